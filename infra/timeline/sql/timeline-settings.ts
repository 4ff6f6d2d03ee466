/** How a timeline in SQL is opened, and the bounds it keeps. */
import type { Limits } from '../../../schemas/limits.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Layout } from '../../../schemas/topics.ts';
import type { Logger } from '../../logger/logger.ts';
import type { PoolBounds } from './connection-pool.ts';

export interface SqlTimelineSettings {
  /** With user, password and database. Never shown: neither in messages nor in logs. */
  readonly url: string;
  /** TLS, with this authority (PEM) or, where there is none, those of the system. */
  readonly tls?: { readonly ca?: string };
  readonly layout: Layout;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Limits;
  /** Connections at most. 8. */
  readonly poolSize?: number;
  /** To open a connection, and to wait for a free one. 3,000. */
  readonly connectTimeoutMs?: number;
  /** For the answer to one statement, and how long the server lets an open transaction be silent. 10,000. */
  readonly queryTimeoutMs?: number;
  /** Operations under way or waiting for a connection; beyond, they reject with STORE_AWAY at once. 1,000. */
  readonly operations?: number;
}

/** With the defaults; ms. */
export const boundsOf = (settings: SqlTimelineSettings): PoolBounds & { readonly operations: number } => ({
  connections: settings.poolSize ?? 8,
  connectTimeoutMs: settings.connectTimeoutMs ?? 3_000,
  queryTimeoutMs: settings.queryTimeoutMs ?? 10_000,
  operations: settings.operations ?? 1_000,
});
