/** What settings say, in the forms that the parts want it in. */
import { readFileSync } from 'node:fs';
import type { Settings } from '../../../infra/config/settings.ts';
import type { KafkaLogOptions } from '../../../infra/log/kafka/kafka-options.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Layout } from '../../../schemas/topics.ts';
import { FIRST_EPOCH } from './data-folder.ts';
import type { LogSettings } from './embedded-stores.ts';
import type { Role, Roles } from './roles.ts';

const EMBEDDED_PARTITIONS = 1;
const KAFKA_PARTITIONS = 8;

/** Of the first epoch; what came after is in the log. */
export const layoutOf = (settings: Settings): Layout => {
  const partitions = settings['log.kind'] === 'kafka' ? KAFKA_PARTITIONS : EMBEDDED_PARTITIONS;
  return {
    inboundPartitions: settings['partitions.inbound'] ?? partitions,
    inboxPartitions: settings['partitions.inbox'] ?? partitions,
    epoch: FIRST_EPOCH,
    retentionMs: settings['log.retention'],
  };
};

export const logSettingsOf = (settings: Settings): LogSettings => ({
  durability: settings['log.durability'],
  intervalMs: settings['log.interval'],
  segmentBytes: settings['log.segment-bytes'],
});

/** Where the keys are that all gates of the deployment share. */
export const keysFolderOf = (settings: Settings): string =>
  settings['keys-folder'] ?? settings['data-folder'];

const saslOf = (settings: Settings): Pick<KafkaLogOptions, 'sasl'> => {
  const mechanism = settings['kafka.sasl'];
  if (mechanism === 'none') return {};
  return {
    sasl: { mechanism, username: settings['kafka.username']!, password: settings['kafka.password']! },
  };
};

const tlsOf = (settings: Settings): Pick<KafkaLogOptions, 'ssl'> => {
  if (!settings['kafka.tls']) return {};
  const path = settings['kafka.ca-file'];
  if (path === undefined) return { ssl: {} };
  try {
    return { ssl: { ca: readFileSync(path, 'utf8') } };
  } catch (cause) {
    throw new BubbleError('CONFIG', `kafka.ca-file: cannot read ${path}`, { cause });
  }
};

export const kafkaOptionsOf = (settings: Settings): Omit<KafkaLogOptions, 'clock' | 'logger'> => ({
  brokers: settings['kafka.brokers']!,
  clientId: settings['kafka.client-id'],
  replication: settings['kafka.replication'],
  minInsync: settings['kafka.min-insync'],
  sessionTimeoutMs: settings['kafka.session-timeout'],
  ...saslOf(settings),
  ...tlsOf(settings),
});

/** The roles that can be had with these settings, of those wanted. @throws BubbleError CONFIG where one was named */
export const possibleRoles = (settings: Settings, wanted: Roles, named: boolean): Roles => {
  const roles = new Set<Role>(wanted);
  if (roles.has('presence') && settings['redis.url'] === undefined) {
    if (named) throw new BubbleError('CONFIG', 'the processor presence writes to Redis: set redis.url');
    roles.delete('presence');
  }
  return roles;
};
