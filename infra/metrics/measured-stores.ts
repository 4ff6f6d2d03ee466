/** Stores that count what is written to them: each is a store over another one. Not for hot paths: once for a batch. */
import { isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import type { SnapshotId, SnapshotStore } from '../snapshots/snapshot-store.ts';
import type { TimelineStore } from '../timeline/timeline-store.ts';
import { withWrite } from '../timeline/with-write.ts';
import { Histogram, Tally } from './histogram.ts';

export class TimelineCounts {
  /** 'conflict': another writer had moved on, or an earlier attempt had succeeded after all. */
  readonly writes = new Tally<'written' | 'conflict' | 'failed'>();
  /** Inbox records with rows, and rows: one for each recipient. */
  records = 0;
  readonly writeSeconds = new Histogram();
}

/** The newest snapshot that this process has written or opened of a partition. */
export interface SnapshotSeen {
  readonly id: SnapshotId;
  readonly offset: number;
  readonly entries: number;
  /** ms since the epoch: when it was written, or, of another process, when it was opened here. */
  readonly since: number;
}

export class SnapshotCounts {
  readonly writes = new Tally<'written' | 'failed'>();
  readonly writeSeconds = new Histogram([0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]);
  readonly #newest = new Map<string, SnapshotSeen>();

  get newest(): IterableIterator<SnapshotSeen> {
    return this.#newest.values();
  }

  saw(seen: SnapshotSeen): void {
    this.#newest.set(`${seen.id.topic}/${seen.id.partition}`, seen);
  }
}

export const measureTimeline = (store: TimelineStore, counts: TimelineCounts, clock: Clock): TimelineStore =>
  withWrite(store, async (partition, records, position, expectedOffset) => {
    const started = clock.monotonic();
    try {
      await store.write(partition, records, position, expectedOffset);
      counts.writes.add('written');
      counts.records += records.length;
    } catch (error) {
      counts.writes.add(isBubbleError(error, 'STORE_CONFLICT') ? 'conflict' : 'failed');
      throw error;
    } finally {
      counts.writeSeconds.observe((clock.monotonic() - started) / 1_000);
    }
  });

export const measureSnapshots = (
  store: SnapshotStore,
  counts: SnapshotCounts,
  clock: Clock,
): SnapshotStore => ({
  publish: async (id, offset, meta, changes, base) => {
    const started = clock.monotonic();
    try {
      const opened = await store.publish(id, offset, meta, changes, base);
      counts.writes.add('written');
      counts.saw({ id, offset, entries: opened.table.entries, since: clock.now() });
      return opened;
    } catch (error) {
      counts.writes.add('failed');
      throw error;
    } finally {
      counts.writeSeconds.observe((clock.monotonic() - started) / 1_000);
    }
  },
  open: async (id, atOrBelow) => {
    const opened = await store.open(id, atOrBelow);
    if (opened !== null)
      counts.saw({ id, offset: opened.offset, entries: opened.table.entries, since: clock.now() });
    return opened;
  },
  discardAbove: (id, offset) => store.discardAbove(id, offset),
  prune: (id) => store.prune(id),
  ...(store.release === undefined ? {} : { release: (id) => store.release?.(id) }),
});
