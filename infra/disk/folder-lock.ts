/**
 * One owner of a folder, among processes of one machine. Every claimant leaves a file of its own, named after it, then
 * looks for others.
 *
 * Invariants:
 * 1. A claimant owns the folder only if, after its own file exists, no file of another living claimant does. Of two,
 *    the later to create its file sees the other's: so there are never two owners. (Two that start in the same instant
 *    may both be refused.)
 * 2. A file whose process is gone binds nobody: process id, start time and boot say which process it was, and no later
 *    one has the same. So a lock dies with its owner, kill -9 included.
 * 3. A process of another pid namespace (container) cannot be looked up: it counts as alive as long as its file was
 *    touched within STALE_MS; owners touch theirs every TOUCH_MS.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { BubbleError } from '../../schemas/errors.ts';
import { diskFailure, isMissing } from './disk-failure.ts';

const PREFIX = 'owner-';
const TOUCH_MS = 5_000;
const STALE_MS = 15_000;

interface Claim {
  readonly pid: number;
  readonly started: string;
  readonly boot: string;
  readonly namespace: string;
}

const textOf = (path: string): string => {
  try {
    return fs.readFileSync(path, 'utf8').trim();
  } catch {
    // No procfs here (not Linux), or no such process: nothing is known.
    return '';
  }
};

/** Field 22 of /proc/PID/stat; the name in field 2 may hold blanks, so count from its closing bracket. */
const startTimeOf = (pid: number): string => {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
};

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
});

const processExists = (pid: number): boolean => {
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
    const { pid, started, boot, namespace } = value as Record<string, unknown>;
    if (typeof pid !== 'number' || typeof started !== 'string') return null;
    if (typeof boot !== 'string' || typeof namespace !== 'string') return null;
    return { pid, started, boot, namespace };
  } catch {
    // Cut short by a crash between creating and writing.
    return null;
  }
};

/** Whether the claimant of this file lives; null: the file has gone meanwhile. */
const lives = (path: string, own: Claim): { claim: Claim | null } | null => {
  const ageMs = (): number => Date.now() - fs.statSync(path).mtimeMs;
  try {
    const claim = parseClaim(fs.readFileSync(path, 'utf8'));
    if (claim === null) return ageMs() < STALE_MS ? { claim } : null;
    if (claim.boot !== own.boot) return null;
    if (claim.namespace !== own.namespace) return ageMs() < STALE_MS ? { claim } : null;
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

/** Rejects with LOG_LOCKED where a living process owns the folder. */
export const lockFolder = async (folder: string): Promise<() => Promise<void>> => {
  const own = ownClaim();
  const name = `${PREFIX}${own.pid}-${randomBytes(6).toString('hex')}`;
  const path = join(folder, name);
  let made = false;
  try {
    await fs.promises.mkdir(folder, { recursive: true, mode: 0o750 });
    made = true;
    fs.writeFileSync(path, JSON.stringify(own), { flag: 'wx', mode: 0o640 });
    for (const other of fs.readdirSync(folder)) {
      if (!other.startsWith(PREFIX) || other === name) continue;
      const otherPath = join(folder, other);
      const living = lives(otherPath, own);
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
    const now = new Date();
    // A failure shows in the age of the file, which is what others look at.
    fs.utimes(path, now, now, () => {});
  }, TOUCH_MS);
  touch.unref();
  return async () => {
    clearInterval(touch);
    removeIfThere(path);
  };
};
