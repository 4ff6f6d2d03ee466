/** What the error numbers of MySQL and MariaDB mean for us. */
import type { BubbleError } from '../../../schemas/errors.ts';
import { NETWORK_CODES, sqlFailure } from '../sql/sql-failure.ts';

const AWAY_NUMBERS: ReadonlySet<number> = new Set([
  // Too many connections, of all or of this user.
  1040, 1203, 1226,
  // Shutting down, offline, no memory, no disk.
  1053, 3032, 1037, 1041, 1021, 1114,
  // The connection was killed, or ended for its silence.
  1152, 1158, 1159, 1160, 1161, 1927, 4031,
  // Lock wait, deadlock, interrupted, statement too long.
  1205, 1213, 1317, 1969, 3024,
  // Read only: a failover is under way.
  1290, 1792, 1836,
]);
const CONFIG_NUMBERS: ReadonlySet<number> = new Set([1044, 1045, 1049, 1142, 1251, 1698]);
const AWAY_CODES: ReadonlySet<string> = new Set(['PROTOCOL_CONNECTION_LOST', 'PROTOCOL_SEQUENCE_TIMEOUT']);

export interface DriverError extends Error {
  readonly code?: string;
  readonly errno?: number;
  /** The connection cannot be used any more. */
  readonly fatal?: boolean;
}

const asDriverError = (error: unknown): DriverError =>
  error instanceof Error ? error : new Error(String(error));

export function mysqlFailure(server: string, thrown: unknown): BubbleError {
  const error = asDriverError(thrown);
  const { errno, code = '', fatal = false } = error;
  if (errno !== undefined && CONFIG_NUMBERS.has(errno)) return sqlFailure(server, 'config', error);
  const isAway =
    (errno !== undefined && AWAY_NUMBERS.has(errno)) ||
    AWAY_CODES.has(code) ||
    NETWORK_CODES.has(code) ||
    fatal;
  return sqlFailure(server, isAway ? 'away' : 'unknown', error);
}

/** Whether the connection is of no more use after this. */
export const breaksConnection = (thrown: unknown): boolean => {
  const { code = '', errno, fatal = false } = asDriverError(thrown);
  return fatal || AWAY_CODES.has(code) || NETWORK_CODES.has(code) || errno === 1927 || errno === 1053;
};
