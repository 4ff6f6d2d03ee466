/**
 * One owner of a folder, or of something in it. Every claimant leaves a file of its own, named after it, then looks
 * for others.
 *
 * Invariants:
 * 1. A claimant owns the folder only if, after its own file exists, no file of another living claimant does. Of two,
 *    the later to create its file sees the other's: so there are never two owners. (Two that start in the same instant
 *    may both be refused.)
 * 2. A file whose process is gone binds nobody: process id, start time and boot say which process it was, and no later
 *    one has the same. So a lock dies with its owner, kill -9 included.
 * 3. A process of another pid namespace (container) or machine (a shared volume) cannot be looked up: it counts as
 *    alive as long as its file was written within STALE_MS, by the clock of the file system; owners write theirs every
 *    TOUCH_MS. One that was stopped for longer has lost the lock, and must ask `isHeld` before it relies on it.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BubbleError } from '../../schemas/errors.ts';
import { diskFailure, isMissing } from './disk-failure.ts';
import { makeFolder } from './make-folder.ts';

const OWNER_PREFIX = 'owner-';
const TOUCH_MS = 5_000;
const STALE_MS = 15_000;

interface Claim {
  readonly pid: number;
  readonly started: string;
  readonly boot: string;
  readonly namespace: string;
  readonly host: string;
}

export interface FolderClaim {
  /** False once another owner has taken this one for dead. */
  isHeld(): boolean;
  release(): Promise<void>;
}

const textOf = (path: string): string => {
  try {
    return fs.readFileSync(path, 'utf8').trim();
  } catch {
    // No procfs here (not Linux), or no such process: nothing is known.
    return '';
  }
};

/** Fields of /proc/PID/stat from the third on; the name in the second may hold blanks, so count from its bracket. */
const statOf = (pid: number): string[] => {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

const startTimeOf = (pid: number): string => statOf(pid)[19] ?? '';

const namespaceOf = (): string => {
  try {
    return fs.readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: one namespace.
    return '';
  }
};

const ownClaim = (): Claim => ({
  pid: process.pid,
  started: startTimeOf(process.pid),
  boot: textOf('/proc/sys/kernel/random/boot_id'),
  namespace: namespaceOf(),
  host: hostname(),
});

const processExists = (pid: number): boolean => {
  // Dead, and not yet collected by its parent.
  if (statOf(pid)[0] === 'Z') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

const parseClaim = (text: string): Claim | null => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { pid, started, boot, namespace, host = hostname() } = value as Record<string, unknown>;
    if (typeof pid !== 'number' || typeof started !== 'string' || typeof host !== 'string') return null;
    if (typeof boot !== 'string' || typeof namespace !== 'string') return null;
    return { pid, started, boot, namespace, host };
  } catch {
    // Cut short by a crash between creating and writing.
    return null;
  }
};

/** Whether the claimant of this file lives; null: it does not. */
const lives = (path: string, own: Claim, ownPath: string): { claim: Claim | null } | null => {
  // Both times are the file system's, which on a shared volume is not this machine's clock.
  const isFresh = (): boolean => fs.statSync(ownPath).mtimeMs - fs.statSync(path).mtimeMs < STALE_MS;
  try {
    const claim = parseClaim(fs.readFileSync(path, 'utf8'));
    if (claim === null) return isFresh() ? { claim } : null;
    if (claim.boot !== own.boot) return claim.host !== own.host && isFresh() ? { claim } : null;
    if (claim.namespace !== own.namespace) return isFresh() ? { claim } : null;
    const alive = processExists(claim.pid) && startTimeOf(claim.pid) === claim.started;
    return alive ? { claim } : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

const removeIfThere = (path: string): void => {
  try {
    fs.unlinkSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
};

/**
 * @param prefix of the claims: those of other prefixes are of no concern
 * @throws BubbleError LOG_LOCKED where a living process has it; FOLDER_NOT_WRITABLE, DISK_FULL, DISK_FAILED
 */
export const claimFolder = async (folder: string, prefix: string): Promise<FolderClaim> => {
  const own = ownClaim();
  const text = JSON.stringify(own);
  const name = `${prefix}${own.pid}-${randomBytes(6).toString('hex')}`;
  const path = join(folder, name);
  let made = false;
  try {
    await makeFolder(folder);
    made = true;
    fs.writeFileSync(path, text, { flag: 'wx', mode: 0o640 });
    for (const other of fs.readdirSync(folder)) {
      if (!other.startsWith(prefix) || other === name) continue;
      const otherPath = join(folder, other);
      const living = lives(otherPath, own, path);
      if (living === null) {
        removeIfThere(otherPath);
        continue;
      }
      const who = living.claim === null ? 'a process that is just starting' : `process ${living.claim.pid}`;
      throw new BubbleError('LOG_LOCKED', `${folder} belongs to ${who} (${other}); stop it first`);
    }
  } catch (error) {
    if (made) removeIfThere(path);
    throw diskFailure(error, folder);
  }
  const touch = setInterval(() => {
    // Written, not set: so the time is the file system's. 'r+' does not make the file anew where it was removed. A
    // failure shows in the age of the file, which is what others look at.
    fs.writeFile(path, text, { flag: 'r+' }, () => {});
  }, TOUCH_MS);
  touch.unref();
  return {
    isHeld: () => fs.existsSync(path),
    release: async () => {
      clearInterval(touch);
      removeIfThere(path);
    },
  };
};

/** Rejects with LOG_LOCKED where a living process owns the folder. */
export const lockFolder = async (folder: string): Promise<() => Promise<void>> => {
  const claim = await claimFolder(folder, OWNER_PREFIX);
  return () => claim.release();
};
