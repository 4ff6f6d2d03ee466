/** What the SQLSTATEs of PostgreSQL mean for us. */
import type { BubbleError } from '../../../schemas/errors.ts';
import { NETWORK_CODES, sqlFailure } from '../sql/sql-failure.ts';

/** Classes (the first two characters) and single states that say "not now". */
const AWAY_STATES: ReadonlySet<string> = new Set([
  // Connection, resources (disk, memory, connections), operator intervention (shutdown, starting up, cancelled).
  ...['08', '53', '57'],
  // Serialization, deadlock, lock timeout, read only (a failover), idle in a transaction for too long.
  ...['40001', '40P01', '55P03', '25006', '25P03', '25P02'],
]);
const CONFIG_STATES: ReadonlySet<string> = new Set(['28', '3D000', '42501', '3F000']);
/** What the driver says of a connection that is gone has no code. */
const LOST =
  /connection terminated|client has encountered a connection error|connection was closed|not queryable|timeout expired/i;

const stateOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
const isIn = (states: ReadonlySet<string>, state: string): boolean =>
  states.has(state) || states.has(state.slice(0, 2));
const isNetwork = (error: unknown): boolean =>
  NETWORK_CODES.has(stateOf(error)) || (error instanceof Error && LOST.test(error.message));

export function postgresFailure(server: string, error: unknown): BubbleError {
  const state = stateOf(error);
  if (isIn(CONFIG_STATES, state)) return sqlFailure(server, 'config', error);
  return sqlFailure(server, isNetwork(error) || isIn(AWAY_STATES, state) ? 'away' : 'unknown', error);
}

/** Whether the connection is of no more use after this. */
export const breaksConnection = (error: unknown): boolean =>
  isNetwork(error) || isIn(new Set(['08', '57P01', '57P02', '57P03', '25P03']), stateOf(error));
