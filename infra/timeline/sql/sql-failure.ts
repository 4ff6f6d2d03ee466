/** Errors of a SQL driver, as ours: without the statement, its values or the connection's settings. */
import { BubbleError } from '../../../schemas/errors.ts';

/** 'away': not now. 'config': wrong password, unknown database, no right. 'unknown': anything else. */
export type SqlFailureKind = 'away' | 'config' | 'unknown';

/** What is kept of a driver's error: a driver hangs statements, hence messages of people, and values to its own. */
class SqlCause extends Error {
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.name = 'SqlCause';
    this.code = code;
  }
}

const CODES = { away: 'STORE_AWAY', config: 'CONFIG', unknown: 'REFUSED' } as const;

/** @param server such as `MySQL at 10.0.0.1:3306` */
export function sqlFailure(server: string, kind: SqlFailureKind, error: unknown): BubbleError {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'none';
  const text = `${server}: ${message === '' ? code : message}`;
  return new BubbleError(CODES[kind], text, {
    retryable: kind === 'away',
    cause: new SqlCause(message, code),
  });
}

/** Codes of sockets and name look-ups that say "cannot be reached now". */
export const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
]);

/**
 * The parts of a database URL that may be shown.
 * @throws BubbleError CONFIG, which does not repeat the text: there may be a password in it
 */
export function serverOf(name: string, url: string, protocols: readonly string[], port: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new BubbleError(
      'CONFIG',
      `the URL of ${name} cannot be read: ${protocols[0]}//user:password@host/db`,
    );
  }
  if (!protocols.includes(parsed.protocol) || parsed.pathname.length < 2) {
    throw new BubbleError(
      'CONFIG',
      `the URL of ${name} must look like ${protocols[0]}//user:password@host/database`,
    );
  }
  return `${name} at ${parsed.hostname}:${parsed.port === '' ? port : parsed.port}`;
}
