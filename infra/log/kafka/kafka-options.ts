/** What a deployment says about its Kafka cluster, with the defaults of the rest. */
import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Logger } from '../../logger/logger.ts';
import type { Sasl } from './broker-connection.ts';
import type { FormerLives } from './former-life.ts';
import type { KafkaCounts } from './request-counts.ts';

export interface KafkaLogOptions {
  /** host:port of some brokers; the others are learned. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Copies of each partition of topics made here, and the least of those that exist. */
  readonly replication: number;
  /** In-sync copies without which an append is refused: 2 where replication is 3. */
  readonly minInsync: number;
  /** TLS, as Node's tls.connect takes it. */
  readonly ssl?: ConnectionOptions;
  readonly sasl?: Sasl;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where memberships are noted, so that the next process ends those of one that was killed. */
  readonly formerLives?: FormerLives;
  /** Where requests, bytes and generations are counted, for metrics. */
  readonly counts?: KafkaCounts;
  readonly connectTimeoutMs?: number;
  /** An append not answered for so long is rejected, and may have happened. */
  readonly requestTimeoutMs?: number;
  /** Under load, requests to one leader are so far apart. */
  readonly lingerMs?: number;
  /** One record, key and value. */
  readonly recordBytes?: number;
  /** One append, and one batch of a partition; becomes max.message.bytes. */
  readonly batchBytes?: number;
  /** Appends not acknowledged yet; beyond: LOG_BUSY, retryable. */
  readonly pendingBytes?: number;
  /** Between the broker's group.min.session.timeout.ms (6 s) and group.max.session.timeout.ms. */
  readonly sessionTimeoutMs?: number;
  readonly heartbeatMs?: number;
  /** How long a rebalance waits for handlers. */
  readonly rebalanceMs?: number;
  /** A batch handler that takes longer ends its membership. */
  readonly batchTimeoutMs?: number;
}

/** Bytes of one request to a leader. */
export const REQUEST_BYTES = 8 * 1024 * 1024;

export const KAFKA_DEFAULTS = {
  connectTimeoutMs: 2_000,
  requestTimeoutMs: 5_000,
  lingerMs: 5,
  recordBytes: 1024 * 1024,
  batchBytes: 2 * 1024 * 1024,
  pendingBytes: 64 * 1024 * 1024,
  sessionTimeoutMs: 10_000,
  heartbeatMs: 500,
  rebalanceMs: 30_000,
  batchTimeoutMs: 300_000,
} as const satisfies Partial<KafkaLogOptions>;

export type CompleteKafkaOptions = KafkaLogOptions & {
  readonly [Name in keyof typeof KAFKA_DEFAULTS]: number;
};
