/**
 * A timeline store with a cache of each user's newest rows before it (row-cache.ts).
 *
 * Invariants:
 * 1. The store first: rows reach the cache after the store has taken them, in the order of the partition, and nobody
 *    waits for the cache. What waits for it is bounded; beyond, it is dropped, and the cache begins anew.
 * 2. A read is served from the cache only where its whole range lies within what the cache claims, so it has no gap.
 * 3. A read is never older than what this process has seen of the partition (`#known`): rows that a wait has promised,
 *    pages of the store, writes. And what the store had `verifyMs` ago has been seen. So a cache that its writer
 *    cannot reach is passed over within that time.
 * 4. Whatever fails in the cache, the store serves.
 */
import { isBubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { type InboxPosition, numberAt } from '../../../schemas/positions.ts';
import type { Logger } from '../../logger/logger.ts';
import type {
  AcceptedRecord,
  Owner,
  ReadBounds,
  TimelinePage,
  TimelineRow,
  TimelineStore,
} from '../timeline-store.ts';
import { type Batch, cacheWriteOf, sizeOf } from './cache-write.ts';
import type { CachedRows, RowCache } from './row-cache.ts';

export interface CachedTimelineLimits {
  /** The store is asked for its checkpoint so often, per partition that is read. */
  readonly verifyMs: number;
  /** Rows, in bytes with their recipients, that wait for the cache, per partition; beyond: dropped. */
  readonly waitingBytes: number;
}

const DEFAULT_CACHED_TIMELINE_LIMITS: CachedTimelineLimits = {
  verifyMs: 1_000,
  waitingBytes: 16 * 1024 * 1024,
};

export interface CachedTimelineOptions {
  readonly store: TimelineStore;
  readonly cache: RowCache;
  readonly epoch: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<CachedTimelineLimits>;
}

export interface CacheCounters {
  /** Reads that the cache has served. */
  hits: number;
  /** Reads that went to the store though the cache could be asked. */
  misses: number;
  /** Reads that went to the store for the cache was away. */
  failures: number;
  /** Times a partition of the cache began anew. */
  gaps: number;
  /** Writes that did not reach the cache: it was away, or too much waited. */
  dropped: number;
}

interface Partition {
  readonly partition: number;
  readonly waiting: Batch[];
  waitingBytes: number;
  writing: Promise<void> | null;
  /** The highest version that this process has seen to be readable. */
  known: number;
  /** Rows below may be forgotten. */
  floor: number;
  /** On the monotonic clock. */
  verifiedAt: number;
  verifying: Promise<void> | null;
}

export class CachedTimeline implements TimelineStore {
  readonly counters: CacheCounters = { hits: 0, misses: 0, failures: 0, gaps: 0, dropped: 0 };
  readonly #store: TimelineStore;
  readonly #cache: RowCache;
  readonly #epoch: number;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: CachedTimelineLimits;
  readonly #partitions = new Map<number, Partition>();

  constructor(options: CachedTimelineOptions) {
    this.#store = options.store;
    this.#cache = options.cache;
    this.#epoch = options.epoch;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#limits = { ...DEFAULT_CACHED_TIMELINE_LIMITS, ...options.limits };
  }

  get gatherMs(): number {
    return this.#store.gatherMs;
  }

  async write(
    partition: number,
    records: readonly AcceptedRecord[],
    position: InboxPosition,
    expectedOffset: number,
  ): Promise<void> {
    await this.#store.write(partition, records, position, expectedOffset);
    const state = this.#of(partition);
    this.#saw(state, this.#versionBelow(position.offset));
    const bytes = sizeOf(records);
    if (state.waitingBytes + bytes > this.#limits.waitingBytes) {
      // What waits is of no use without this one: the cache would have a gap behind it.
      this.counters.dropped += state.waiting.length + 1;
      state.waiting.length = 0;
      state.waitingBytes = 0;
      return;
    }
    state.waiting.push({ records, expectedOffset, offset: position.offset, bytes });
    state.waitingBytes += bytes;
    state.writing ??= this.#writeAll(state).finally(() => {
      state.writing = null;
    });
  }

  async read(partition: number, owner: Owner, bounds: ReadBounds): Promise<TimelinePage> {
    const state = this.#of(partition);
    await this.#verified(state);
    let found: CachedRows | null = null;
    try {
      found = await this.#cache.find(partition, owner);
    } catch (error) {
      this.#failed(error);
      return this.#readStore(state, owner, bounds);
    }
    const page = found === null ? null : this.#pageOf(state, found, bounds);
    if (page === null) {
      this.counters.misses += 1;
      return this.#readStore(state, owner, bounds);
    }
    this.counters.hits += 1;
    return page;
  }

  async waitFor(partition: number, seq: number, waitMs: number): Promise<boolean> {
    const isReadable = await this.#store.waitFor(partition, seq, waitMs);
    if (isReadable) this.#saw(this.#of(partition), seq);
    return isReadable;
  }

  async trim(partition: number, below: number): Promise<void> {
    await this.#store.trim(partition, below);
    const state = this.#of(partition);
    state.floor = Math.max(state.floor, below);
    // Without it the cache would serve rows that the store has forgotten: old ones, but no gap.
    await this.#cache.setFloor(partition, below).catch((error: unknown) => this.#failed(error));
  }

  checkpoint(partition: number): Promise<InboxPosition> {
    return this.#store.checkpoint(partition);
  }

  newestRows(partition: number, owner: Owner, until: number, maxRows: number): Promise<TimelinePage> {
    return this.#store.newestRows(partition, owner, until, maxRows);
  }

  newest(partition: number, owner: Owner): Promise<number> {
    return this.#store.newest(partition, owner);
  }

  dump(partition: number): AsyncIterable<string> {
    return this.#store.dump(partition);
  }

  /** Resolves when nothing waits for the cache any more. */
  async flushed(): Promise<void> {
    for (const { writing } of this.#partitions.values()) await writing;
  }

  /** Closes the store. The cache belongs to who has opened it. */
  async close(): Promise<void> {
    await this.flushed();
    await this.#store.close();
  }

  #of(partition: number): Partition {
    let state = this.#partitions.get(partition);
    if (state === undefined) {
      state = {
        ...{ partition, waiting: [], waitingBytes: 0, writing: null, verifying: null },
        ...{ known: 0, floor: 0, verifiedAt: Number.NEGATIVE_INFINITY },
      };
      this.#partitions.set(partition, state);
    }
    return state;
  }

  #saw(state: Partition, seq: number): void {
    if (seq > state.known) state.known = seq;
  }

  /** The version of everything before an offset. */
  #versionBelow(offset: number): number {
    return numberAt(this.#epoch, offset) - 1;
  }

  async #readStore(state: Partition, owner: Owner, bounds: ReadBounds): Promise<TimelinePage> {
    const page = await this.#store.read(state.partition, owner, bounds);
    this.#saw(state, page.syncedTo);
    return page;
  }

  /** null: the range is not wholly within what the cache claims. */
  #pageOf(state: Partition, found: CachedRows, bounds: ReadBounds): TimelinePage | null {
    const to = this.#versionBelow(found.offset);
    const until = Math.min(bounds.until, to);
    const isCurrent = to >= state.known || bounds.until <= to;
    const floor = Math.max(found.floor, state.floor);
    // Before the first version of the epoch there is nothing.
    const from = Math.max(bounds.from, this.#versionBelow(0));
    if (!isCurrent || from < found.from || bounds.from + 1 < floor) return null;
    this.#saw(state, to);
    const rows: TimelineRow[] = [];
    let bytes = 0;
    for (const row of found.rows) {
      if (row.seq <= bounds.from) continue;
      if (row.seq > until) break;
      bytes += row.bytes.length;
      const isFull = rows.length >= Math.max(1, bounds.maxRows) || bytes > bounds.maxBytes;
      if (isFull && rows.length > 0) return { rows, more: true, syncedTo: rows.at(-1)!.seq };
      rows.push(row);
    }
    return { rows, more: false, syncedTo: until };
  }

  /** Sees where the store stands, now and then, and forgets a cache that is ahead of a store that was set back. */
  async #verified(state: Partition): Promise<void> {
    if (this.#clock.monotonic() - state.verifiedAt <= this.#limits.verifyMs) return;
    state.verifying ??= this.#verify(state).finally(() => {
      state.verifying = null;
    });
    await state.verifying;
  }

  async #verify(state: Partition): Promise<void> {
    const { partition } = state;
    let cached: number | null = null;
    try {
      // First the cache: it was never ahead of the store, so it is not ahead of what the store says later.
      cached = await this.#cache.offset(partition);
    } catch (error) {
      // Then it does not serve either.
      this.#failed(error);
      return;
    }
    const { offset } = await this.#store.checkpoint(partition);
    if (cached !== null && cached > offset) {
      this.#logger.warn({ partition, cached, offset }, 'the cache is ahead of the store and is forgotten');
      await this.#cache.dropAbove(partition, offset).catch((error: unknown) => this.#failed(error));
    }
    this.#saw(state, this.#versionBelow(offset));
    state.verifiedAt = this.#clock.monotonic();
  }

  async #writeAll(state: Partition): Promise<void> {
    for (let batch = state.waiting.shift(); batch !== undefined; batch = state.waiting.shift()) {
      state.waitingBytes -= batch.bytes;
      try {
        const write = cacheWriteOf(this.#epoch, state.partition, batch);
        if ((await this.#cache.append(write)) === 'done') continue;
        this.counters.gaps += 1;
        await this.#cache.begin(state.partition, batch.expectedOffset);
        if ((await this.#cache.append(write)) === 'done') continue;
        // It stands between the two, or beyond.
        await this.#cache.begin(state.partition, batch.offset);
      } catch (error) {
        this.#failed(error);
        this.counters.dropped += 1;
      }
    }
  }

  #failed(error: unknown): void {
    this.counters.failures += 1;
    const isAway = isBubbleError(error) && error.retryable;
    if (isAway) this.#logger.debug({ err: error }, 'the cache of rows is away');
    else this.#logger.error({ err: error }, 'the cache of rows fails');
  }
}

export const cachedTimeline = (options: CachedTimelineOptions): CachedTimeline => new CachedTimeline(options);
