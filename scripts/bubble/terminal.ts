/** What every command shares at its edge: where it writes, how it fails, what its exit code is. */
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';

export const EXIT = { OK: 0, FAILURE: 1, USAGE: 2 } as const;

export const print = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

/** Notices for people; never part of the data a command gives. */
export const note = (line = ''): void => {
  process.stderr.write(`${line}\n`);
};

export const printJson = (value: unknown): void => {
  print(JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)));
};

/** What to do about failures of the machine that libraries report in their own words. */
const SYSTEM_SENTENCES: Readonly<Record<string, string>> = {
  EACCES: 'permission is missing: choose a folder or port that this user may use',
  EADDRINUSE: 'the port is in use: stop its owner or choose another port',
  EADDRNOTAVAIL: 'this machine has no such address: check the host settings',
  ECONNREFUSED: 'nobody listens there: is the server running? (bubble serve)',
  ECONNRESET: 'the server closed the connection: is it still running?',
  EMFILE: 'too many open files: raise the limit (ulimit -n)',
  ENOENT: 'the file does not exist',
  ENOSPC: 'the disk is full: free some space',
  ENOTFOUND: 'the name of the server is not known: check its address',
  EROFS: 'the disk is mounted read-only',
};

const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

export const sentenceOf = (error: unknown): string => {
  if (error instanceof BubbleError) return error.message;
  const errno = errnoOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const advice = errno === undefined ? undefined : SYSTEM_SENTENCES[errno];
  return advice === undefined ? message : `${message}: ${advice}`;
};

const stackOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
};

/** One clear sentence; the stack only where it was asked for. @returns the exit code */
export const reportFailure = (error: unknown, verbose: boolean): number => {
  note(`bubble: ${sentenceOf(error)}`);
  if (verbose) note(stackOf(error));
  else if (!(error instanceof BubbleError) && errnoOf(error) === undefined) {
    note('This was not expected. Run it again with --verbose to see where it happened.');
  }
  return isBubbleError(error, 'CONFIG') ? EXIT.USAGE : EXIT.FAILURE;
};

/** Ends the process once what was written has left; commands return instead of calling process.exit. */
export const endWith = (code: number): void => {
  process.exitCode = code;
};
