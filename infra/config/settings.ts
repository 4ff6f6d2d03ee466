/**
 * Every setting of a bubble process: its name, form, one visible default and what it is for. The name is the key in
 * the file (`[tcp] port = 7000`); `BUBBLE_TCP_PORT` in the environment; `--set tcp.port=7000` on the command line,
 * and for the common ones a flag of their own. Limits are settings too: the profile's value unless overridden.
 */
import type { z } from 'zod';
import { TENANT_PATTERN } from '../../schemas/ids.ts';
import { DEFAULT_LIMITS, type Limits } from '../../schemas/limits.ts';
import { MAX_PARTITIONS } from '../../schemas/topics.ts';
import { CLUSTER_SETTINGS } from './cluster-settings.ts';
import {
  choice,
  duration,
  flagValue,
  host,
  hostPort,
  integer,
  PORT_FORM,
  port,
  setting,
  text,
  webSocketUrl,
} from './setting-forms.ts';

export const SETTINGS = {
  mode: setting({
    schema: choice(['development', 'production']),
    default: 'development',
    form: 'development, production',
    description:
      'Production refuses the own signing key, the trial limits, and listeners that others reach without TLS.',
    flag: '--mode',
  }),
  'data-folder': setting({
    schema: text,
    default: 'data',
    form: 'folder',
    description: 'Where the log, local state and keys are kept. One process owns it at a time.',
    flag: '--data',
    path: true,
  }),
  'keys-folder': setting({
    schema: text,
    form: 'folder',
    description:
      'Where the keys of the secure channel, of tickets and of own tokens are kept: shared by all gates of a deployment. The data folder where nothing is said.',
    path: true,
  }),
  deployment: setting({
    schema: text.max(64, { error: 'must have at most 64 characters' }),
    default: 'bubble',
    form: 'name',
    description: 'The name that clients pin together with the root keys.',
  }),
  tenant: setting({
    schema: text.regex(TENANT_PATTERN, {
      error: 'must be 1-32 of a-z, 0-9, _ and -, beginning with a letter or digit',
    }),
    default: 'main',
    form: 'tenant',
    description: 'Tenant of tokens that name none.',
  }),
  'gate.name': setting({
    schema: text.max(64, { error: 'must have at most 64 characters' }),
    default: 'gate-0',
    form: 'name',
    description: 'How this gate calls itself towards clients and in the sessions topic.',
  }),
  'gate.slot': setting({
    schema: integer(0, 9_999),
    form: '0-9999',
    description:
      'The delivery slot of this gate: a number that no other gate has. Taken from etcd where nothing is said and etcd.endpoints is set; 0 in the embedded mode.',
  }),
  'tcp.host': setting({
    schema: host,
    default: '127.0.0.1',
    form: 'address',
    description: 'Address of the TCP listener.',
  }),
  'tcp.port': setting({
    schema: port,
    default: 7000,
    form: PORT_FORM,
    description: 'Port of the TCP listener.',
    flag: '--tcp-port',
  }),
  'tcp.advertise': setting({
    schema: hostPort,
    form: 'host:port',
    description:
      'Where clients reach the TCP listener, for client.json and etcd. Its own address where nothing is said.',
  }),
  'websocket.host': setting({
    schema: host,
    default: '127.0.0.1',
    form: 'address',
    description: 'Address of the WebSocket listener.',
  }),
  'websocket.port': setting({
    schema: port,
    default: 7001,
    form: PORT_FORM,
    description: 'Port of the WebSocket listener.',
    flag: '--websocket-port',
  }),
  'websocket.advertise': setting({
    schema: webSocketUrl,
    form: 'ws://host:port, wss://host',
    description:
      'Where clients reach the WebSocket listener, for client.json and etcd: with a TLS proxy before it wss://. Its own address where nothing is said.',
  }),
  'behind-tls': setting({
    schema: flagValue,
    default: false,
    form: 'true, false',
    description: 'A proxy before the listeners speaks TLS 1.3 with the clients. Production asks for it.',
  }),
  'admin.host': setting({
    schema: host,
    default: '127.0.0.1',
    form: 'address',
    description: 'Address of the admin listener (/healthz, /readyz, /metrics, and the log with its token).',
  }),
  'admin.port': setting({
    schema: port,
    default: 7002,
    form: PORT_FORM,
    description: 'Port of the admin listener.',
    flag: '--admin-port',
  }),
  'log.durability': setting({
    schema: choice(['always', 'interval', 'os']),
    default: 'always',
    form: 'always, interval, os',
    description:
      'What an answered send has survived: always: fsync; interval: fsync every log.interval; os: given to the system.',
    flag: '--durability',
  }),
  'log.interval': setting({
    schema: duration.refine((ms) => ms > 0 && ms <= 60_000, { error: 'must be from 1ms to 60s' }),
    default: '50ms',
    form: 'duration',
    description: 'Time between two fsyncs where log.durability is interval.',
  }),
  'log.segment-bytes': setting({
    schema: integer(65_536, 2 ** 31 - 1),
    default: 67_108_864,
    form: 'bytes',
    description: 'Size at which a new segment file is begun.',
  }),
  'log.retention': setting({
    schema: duration.refine((ms) => ms >= 3_600_000, { error: 'must be at least 1h' }),
    default: 'forever',
    form: 'duration or forever',
    description: 'How long inbound and inbox records are kept.',
  }),
  'partitions.inbound': setting({
    schema: integer(1, MAX_PARTITIONS),
    form: `1-${MAX_PARTITIONS}`,
    description:
      'Partitions of the inbound topic, fixed once the log exists. Embedded 1 where nothing is said (one process gains nothing from more: each costs an fsync of its own), on Kafka 8.',
  }),
  'partitions.inbox': setting({
    schema: integer(1, MAX_PARTITIONS),
    form: `1-${MAX_PARTITIONS}`,
    description:
      'Partitions of the inbox and sessions topics that the log begins with (more: bubble partitions grow). See partitions.inbound.',
  }),
  'events.publish': setting({
    schema: flagValue,
    default: true,
    form: 'true, false',
    description: 'Whether accepted commands are published in bubble.events, the topic for others to read.',
  }),
  ...CLUSTER_SETTINGS,
  'logging.level': setting({
    schema: choice(['debug', 'info', 'warn', 'error', 'silent']),
    default: 'warn',
    form: 'debug, info, warn, error, silent',
    description: 'Lowest level of structured logs (standard error; JSON where it is not a terminal).',
    flag: '--log-level',
  }),
  'sso.kind': setting({
    schema: choice(['own', 'static', 'oidc']),
    default: 'own',
    form: 'own, static, oidc',
    description:
      'Who issues tokens: own: this process with a key of its data folder (`bubble token`), for development; ' +
      'static: JWTs under one public key; oidc: an OpenID provider whose keys are fetched.',
  }),
  'sso.issuer': setting({
    schema: text,
    form: 'URL',
    description: 'The issuer (iss) that tokens must name; for oidc also where the keys are found.',
  }),
  'sso.audience': setting({
    schema: text,
    default: 'bubble',
    form: 'text',
    description: 'The audience (aud) that tokens must name.',
  }),
  'sso.key-file': setting({
    schema: text,
    form: 'file',
    description: 'static: the public key of the issuer, as PEM (SubjectPublicKeyInfo).',
    path: true,
  }),
  'sso.algorithm': setting({
    schema: choice(['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA']),
    default: 'ES256',
    form: 'ES256, ES384, RS256, PS256, EdDSA',
    description: 'static: how the issuer signs.',
  }),
  'sso.jwks-url': setting({
    schema: text.regex(/^https?:\/\//, { error: 'must be an http or https URL' }),
    form: 'URL',
    description: 'oidc: where the keys are, if not where the discovery document of the issuer says.',
  }),
  'sso.tenant-claim': setting({
    schema: text,
    default: 'tenant',
    form: 'text',
    description: 'The claim that holds the tenant.',
  }),
  'limits.profile': setting({
    schema: choice(['default', 'trial']),
    default: 'default',
    form: 'default, trial',
    description: 'The named set of limits. trial limits no rate and is for imports and benchmarks.',
    flag: '--limits',
  }),
};

type SettingTable = typeof SETTINGS;
export type SettingName = keyof SettingTable;
/** Settings without a default in the table may be absent. */
type Optional =
  | 'tcp.advertise'
  | 'websocket.advertise'
  | 'partitions.inbound'
  | 'partitions.inbox'
  | 'keys-folder'
  | 'gate.slot'
  | 'kafka.brokers'
  | 'kafka.username'
  | 'kafka.password'
  | 'kafka.ca-file'
  | 'registry.url'
  | 'timeline.url'
  | 'redis.url'
  | 'etcd.endpoints'
  | 'tracing.otlp-url'
  | 'sso.issuer'
  | 'sso.key-file'
  | 'sso.jwks-url';
export type Settings = {
  readonly [K in Exclude<SettingName, Optional>]: z.output<SettingTable[K]['schema']>;
} & { readonly [K in Optional]?: z.output<SettingTable[K]['schema']> };

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `limits.group-members` -> `groupMembers`. */
export const LIMIT_OF_SETTING: ReadonlyMap<string, keyof Limits> = new Map(
  (Object.keys(DEFAULT_LIMITS) as (keyof Limits)[]).map((limit) => [`limits.${kebab(limit)}`, limit]),
);

export const LIMIT_SCHEMA = integer(1, Number.MAX_SAFE_INTEGER);

export const environmentName = (setting: string): string =>
  `BUBBLE_${setting.replaceAll(/[.-]/g, '_').toUpperCase()}`;
