/**
 * Keys in files of mode 0600, made at first start in embedded mode, demanded in production. All gates of a deployment
 * use one folder, on one machine or on a shared volume.
 *
 * 1. A file is replaced as a whole, so readers need no lock.
 * 2. One process at a time writes. A lock dies with its holder; one that was taken for dead (stopped, and of another
 *    machine or container) is asked once more just before its file would replace a newer one, and writes nothing.
 * 3. What a writer that was killed has left beside a file is removed by the next one: it holds secrets.
 */
import { join } from 'node:path';
import { pause } from '../../infra/clock/pause.ts';
import { claimFolder, type FolderClaim } from '../../infra/disk/folder-lock.ts';
import { readPrivateFile, removeLeftovers, writePrivateFile } from '../../infra/identity/private-files.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { type KeyRing, type KeyRingOptions, openKeyRing } from './key-ring.ts';
import type { KeyStore } from './key-store.ts';
import { systemBytes } from './node-crypto.ts';

const WRITER_PREFIX = 'keys-writer-';
/** A change takes some milliseconds; a holder that was killed elsewhere is taken for dead after 15 s. */
const LOCK_DEADLINE_MS = 20_000;
const LOCK_PAUSE_MS = 10;
const LOCK_PAUSE_MAX_MS = 250;

/** Waits while others write. The pauses are uneven, so that two who meet do not meet again and again. */
const claimOf = async (folder: string, clock: Clock): Promise<FolderClaim> => {
  const startedMs = clock.monotonic();
  for (let pauseMs = LOCK_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LOCK_PAUSE_MAX_MS)) {
    try {
      return await claimFolder(folder, WRITER_PREFIX);
    } catch (error) {
      if (!isBubbleError(error, 'LOG_LOCKED')) throw error;
      if (clock.monotonic() - startedMs > LOCK_DEADLINE_MS) {
        throw new BubbleError('TIMEOUT', `the keys in ${folder} are being written by another process`, {
          retryable: true,
          cause: error,
        });
      }
    }
    await pause(clock, pauseMs * (0.5 + systemBytes(1)[0]! / 256));
  }
};

/** @param folder of the deployment. Updates wait for other writers up to 20 s, then reject with TIMEOUT. */
export const fileKeyStore = (folder: string, clock: Clock): KeyStore => {
  const pathOf = (name: string): string => join(folder, `${name}.json`);
  return {
    load: (name) => readPrivateFile(pathOf(name)),
    update: async (name, change) => {
      const path = pathOf(name);
      const claim = await claimOf(folder, clock);
      try {
        const stored = await readPrivateFile(path);
        const changed = change(stored);
        if (changed === null) return stored;
        await removeLeftovers(path);
        await writePrivateFile(path, changed, () => {
          if (claim.isHeld()) return;
          throw new BubbleError('LEASE_LOST', `another process has changed ${path} meanwhile`, {
            retryable: true,
          });
        });
        return changed;
      } finally {
        await claim.release();
      }
    },
  };
};

/**
 * @param folder of `channel-keys.json` (root, RSA and static keys) and `ticket-keys.json`
 * @param create false in production: the keys must have been put there
 * @throws CONFIG, FOLDER_NOT_WRITABLE, TIMEOUT
 */
export const openKeyFiles = (
  options: Omit<KeyRingOptions, 'store'> & { readonly folder: string },
): Promise<KeyRing> => openKeyRing({ ...options, store: fileKeyStore(options.folder, options.clock) });
