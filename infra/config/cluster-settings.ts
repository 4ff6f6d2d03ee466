/** Settings of the servers around a deployment on Kafka. */
import { choice, duration, flagValue, integer, list, setting, text } from './setting-forms.ts';

const url = (pattern: RegExp, form: string) => text.regex(pattern, { error: `must be ${form}` });

export const CLUSTER_SETTINGS = {
  'log.kind': setting({
    schema: choice(['embedded', 'kafka']),
    default: 'embedded',
    form: 'embedded, kafka',
    description:
      'Where the log is: in the data folder of this one process, or on a Kafka cluster that many share.',
    flag: '--log',
  }),
  'kafka.brokers': setting({
    schema: list,
    form: 'host:port,host:port',
    description: 'Some brokers of the cluster; the others are learned from them.',
  }),
  'kafka.client-id': setting({
    schema: text,
    default: 'bubble',
    form: 'text',
    description: 'How this process calls itself towards the brokers (their quotas and logs).',
  }),
  'kafka.replication': setting({
    schema: integer(1, 7),
    default: 3,
    form: '1-7',
    description: 'Copies of each partition of topics made here, and the least of those that exist.',
  }),
  'kafka.min-insync': setting({
    schema: integer(1, 7),
    default: 2,
    form: '1-7',
    description:
      'In-sync copies without which an append is refused. One less than kafka.replication survives the loss of a broker.',
  }),
  'kafka.session-timeout': setting({
    schema: duration.refine((ms) => ms >= 6_000 && ms <= 300_000, { error: 'must be from 6s to 5m' }),
    default: '10s',
    form: 'duration',
    description: 'A processor that is silent for so long loses its partitions to others.',
  }),
  'kafka.sasl': setting({
    schema: choice(['none', 'plain', 'scram-sha-256', 'scram-sha-512']),
    default: 'none',
    form: 'none, plain, scram-sha-256, scram-sha-512',
    description: 'How this process logs in at the brokers.',
  }),
  'kafka.username': setting({ schema: text, form: 'text', description: 'For kafka.sasl.' }),
  'kafka.password': setting({
    schema: text,
    form: 'text',
    description: 'For kafka.sasl. Better in the environment than in a file or flag.',
    secret: true,
  }),
  'kafka.tls': setting({
    schema: flagValue,
    default: false,
    form: 'true, false',
    description: 'Whether the brokers speak TLS.',
  }),
  'kafka.ca-file': setting({
    schema: text,
    form: 'file',
    description:
      'The authority that signed the certificates of the brokers, as PEM, if the system does not know it.',
    path: true,
  }),
  'registry.url': setting({
    schema: url(/^https?:\/\//, 'an http or https URL'),
    form: 'URL',
    description:
      "The schema registry (Confluent's API), with user and password where it wants them: https://user:password@host/apis/ccompat/v7.",
    secret: true,
  }),
  'timeline.url': setting({
    schema: url(
      /^(mysql|mariadb|postgres(ql)?):\/\//,
      'a URL that begins with mysql://, mariadb:// or postgres://',
    ),
    form: 'URL',
    description: 'The database of the timelines: mysql://user:password@host/database or postgres://...',
    secret: true,
  }),
  'timeline.pool': setting({
    schema: integer(1, 1_000),
    default: 8,
    form: '1-1000',
    description: 'Connections to the database of the timelines, at most.',
  }),
  'redis.url': setting({
    schema: url(/^rediss?:\/\//, 'a URL that begins with redis:// or rediss://'),
    form: 'URL',
    description: 'Redis, for routes and presence. Without it there is no processor of that name.',
    secret: true,
  }),
  'etcd.endpoints': setting({
    schema: list,
    form: 'http://host:port,...',
    description: 'etcd, which suggests free slots and lists the gates.',
  }),
  'etcd.prefix': setting({
    schema: text,
    default: '/bubble',
    form: 'text',
    description: 'What all keys in etcd begin with.',
  }),
  'tracing.otlp-url': setting({
    schema: url(/^https?:\/\//, 'an http or https URL'),
    form: 'URL',
    description:
      'Where traces are sent, as OTLP over HTTP: http://host:4318/v1/traces. Not traced where nothing is said.',
  }),
  'tracing.share': setting({
    schema: integer(1, 1_000_000),
    default: 1_000,
    form: '1-1000000',
    description: 'One message in so many is traced.',
  }),
};
