/** One process at a time for a device's folder: two would send the same commands under two ids. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { BubbleError } from '../../../schemas/errors.ts';

/** Locks of this process: its own pid in a lock file may be that of a predecessor in a container. */
const held = new Set<string>();

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

const isAlive = (pid: number): boolean => {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};

const create = (path: string): boolean => {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new BubbleError('FOLDER_NOT_WRITABLE', `cannot write ${path}`, { cause: error });
  }
};

/**
 * Takes the lock; that of a process which died is taken over.
 * @returns gives it back
 * @throws BubbleError LOG_LOCKED where another process (or another part of this one) has it
 */
export const lockDevice = (path: string): (() => void) => {
  if (held.has(path)) throw new BubbleError('LOG_LOCKED', `${path} is in use by this process`);
  if (!create(path)) {
    const pid = Number(readFileSync(path, 'utf8'));
    if (isAlive(pid)) throw new BubbleError('LOG_LOCKED', `${path} is in use by process ${pid}`);
    rmSync(path, { force: true });
    if (!create(path)) throw new BubbleError('LOG_LOCKED', `${path} was taken by another process`);
  }
  held.add(path);
  return () => {
    if (!held.delete(path)) return;
    rmSync(path, { force: true });
  };
};
