/**
 * Keeps the newest snapshot of every partition in the local folder, so that whoever takes a partition over only opens
 * files and folds what came since.
 *
 * Invariants:
 * 1. One table is fetched ahead at a time.
 * 2. Until a newer snapshot is here whole, the older one stays.
 * 3. At `localBytes` partitions of other owners are passed over, with a warning: taking them over costs the download.
 */
import { isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { pause } from '../clock/pause.ts';
import type { Logger } from '../logger/logger.ts';
import { entryOf, type LocalTables } from './local-tables.ts';
import type { SnapshotFollower } from './snapshot-follower.ts';
import { bytesOf, idKey, type SnapshotIndex } from './snapshot-index.ts';
import type { ManifestRecord } from './snapshot-records.ts';
import type { SnapshotId } from './snapshot-store.ts';
import type { TableSummary } from './table-format.ts';
import type { TransferLimits } from './transfer-limits.ts';

const RETRY_MS = 1_000;

export interface PrefetchOptions {
  readonly index: SnapshotIndex;
  readonly follower: SnapshotFollower;
  readonly local: LocalTables;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: TransferLimits;
  /** Tables that this process's own snapshots name. */
  readonly own: (id: SnapshotId) => readonly TableSummary[];
}

export class Prefetch {
  readonly #options: PrefetchOptions;
  readonly #stop = new AbortController();
  readonly #dirty = new Map<string, SnapshotId>();
  /** The snapshot of each partition that was last here whole. */
  readonly #here = new Map<string, ManifestRecord>();
  /** What did not fit, by partition: its offset. */
  readonly #passedOver = new Map<string, number>();
  #isRunning = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: PrefetchOptions) {
    this.#options = options;
  }

  /** The offset of the newest snapshot that is here whole; null: none. */
  here(id: SnapshotId): number | null {
    return this.#here.get(idKey(id))?.offset ?? null;
  }

  get passedOver(): number {
    return this.#passedOver.size;
  }

  wake(ids: readonly SnapshotId[]): void {
    if (this.#stop.signal.aborted) return;
    for (const id of ids) this.#dirty.set(idKey(id), id);
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#running = this.#run().finally(() => {
      this.#isRunning = false;
    });
  }

  async idle(): Promise<void> {
    while (this.#isRunning) await this.#running;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { follower, limits, logger, clock } = this.#options;
    const { signal } = this.#stop;
    // At a start everything that was ever written passes by: only what is the newest at its end is wanted.
    while (!(await follower.caughtUp(limits.lookMs)) && !signal.aborted) {
      await pause(clock, RETRY_MS, signal);
    }
    while (!signal.aborted) {
      const next = this.#dirty.entries().next();
      if (next.done === true) return;
      const [key, id] = next.value;
      this.#dirty.delete(key);
      try {
        await this.#fetch(id, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!isBubbleError(error)) throw error;
        logger.warn({ ...id, error }, 'a snapshot could not be fetched ahead');
        // A damaged one is known to be so now, and the next older one is the newest.
        // A full disk is tried again when there is something newer.
        const again = error.code === 'LOG_DAMAGED' || (error.retryable && error.code !== 'DISK_FULL');
        if (again) this.#dirty.set(key, id);
        await pause(clock, RETRY_MS, signal);
      }
    }
  }

  async #fetch(id: SnapshotId, signal: AbortSignal): Promise<void> {
    const { index, local, own } = this.#options;
    const key = idKey(id);
    const newest = index.newest(id);
    if (newest !== null && this.#fits(id, newest)) {
      local.pin(id, newest.tables);
      try {
        // The oldest first: it serves later snapshots also where this one is gone meanwhile.
        for (const table of newest.tables.toReversed())
          await local.bring(id, entryOf(table), 'ahead', signal);
        this.#here.set(key, newest);
      } finally {
        local.unpin(id, newest.tables);
      }
    }
    const here = this.#here.get(key);
    await local.sweep(id, [...(newest?.tables ?? []), ...(here?.tables ?? []), ...own(id)]);
  }

  #fits(id: SnapshotId, { tables, offset }: ManifestRecord): boolean {
    const { local, limits, logger } = this.#options;
    const key = idKey(id);
    const missing = bytesOf(tables.filter((table) => !local.isHere(id, table)));
    if (missing === 0 || local.bytes + missing <= limits.localBytes) {
      this.#passedOver.delete(key);
      return true;
    }
    if (!this.#passedOver.has(key)) {
      const sizes = { missing, here: local.bytes, localBytes: limits.localBytes };
      logger.warn(
        { ...id, offset, ...sizes },
        'no room to fetch this snapshot ahead: a takeover will download it',
      );
    }
    this.#passedOver.set(key, offset);
    return false;
  }
}
