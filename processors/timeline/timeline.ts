/**
 * The timeline processor: brings inbox rows into the timeline store, from which pulls read.
 *
 * 1. It starts at the store's checkpoint, never at the group's commit: rows and (offset, vector) are one value there.
 *    The commit is a copy, for lag tools and for the repair of holes.
 * 2. A batch is written whole, with the position behind it, where the store still stands at the position before it.
 *    A write whose outcome is not known is settled by reading the checkpoint.
 * 3. The mailbox never skips: a record that cannot be read is a placeholder row for its recipients or, where not even
 *    those are known, stops its partition with an alarm.
 */
import type { GroupHandlers, Lease, Log, Membership, RecordBatch } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { AcceptedRecord, TimelineStore } from '../../infra/timeline/timeline-store.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { type InboxPosition, numberAt } from '../../schemas/positions.ts';
import { SourceVector } from '../../schemas/rules/acceptance.ts';
import { inboxTopic, type Layout } from '../../schemas/topics.ts';
import type { PartitionLag, RunningProcessor } from '../runtime/running.ts';
import { aborted, pause, repeat } from '../runtime/waiting.ts';
import { acceptBatch, type Hole } from './accept-batch.ts';

export const TIMELINE_GROUP = 'timeline';
const COMMIT_MS = 1_000;
const TRIM_MS = 60_000;
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 30_000;
const BATCH = { maxRecords: 4_000, maxBytes: 4 * 1024 * 1024 };

export interface TimelineOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly store: TimelineStore;
  readonly layout: Layout;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface TimelineCounters {
  rowRecords: number;
  repeats: number;
  /** Records dropped because one before them is missing. Each is an alarm. */
  holes: number;
  /** Records that cannot be read; their partition has stopped. Each is an alarm. */
  unreadable: number;
}

export interface RunningTimeline extends RunningProcessor {
  readonly counters: Readonly<TimelineCounters>;
}

interface Owned {
  readonly lease: Lease;
  vector: SourceVector;
  position: InboxPosition;
  end: number;
  committed: number;
  committing: Promise<void> | null;
  /** Sources whose holes have been alarmed since the last commit. */
  readonly holes: Set<number>;
}

class Timeline implements RunningTimeline {
  readonly name = TIMELINE_GROUP;
  readonly counters: TimelineCounters = { rowRecords: 0, repeats: 0, holes: 0, unreadable: 0 };
  readonly #options: TimelineOptions;
  readonly #topic: string;
  readonly #owned = new Map<number, Owned>();
  readonly #endings: (() => void)[] = [];
  #membership: Membership | null = null;
  #stopping = false;
  ended: Promise<void> = Promise.resolve();

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#topic = inboxTopic(options.layout.epoch);
  }

  lag(): PartitionLag[] {
    return [...this.#owned.values()].map(({ lease, position, end }) => ({
      topic: this.#topic,
      partition: lease.partition,
      position: position.offset,
      end,
    }));
  }

  async start(): Promise<void> {
    const handlers: GroupHandlers = {
      assigned: (lease) => this.#assigned(lease),
      batch: async (lease, batch) => {
        const owned = this.#owned.get(lease.partition);
        if (owned === undefined || this.#stopping) return aborted(lease.signal);
        await this.#batch(owned, batch);
      },
      revoked: async (lease) => void this.#owned.delete(lease.partition),
    };
    this.#membership = await this.#options.log.join(TIMELINE_GROUP, [this.#topic], handlers, BATCH);
    this.ended = this.#membership.ended;
    this.#repeat(COMMIT_MS, () => {
      for (const owned of this.#owned.values()) void this.#commit(owned);
    });
    this.#repeat(TRIM_MS, () => {
      for (const owned of this.#owned.values()) void this.#trim(owned);
    });
  }

  #repeat(ms: number, action: () => void): void {
    this.#endings.push(repeat(this.#options.clock, ms, action));
  }

  async stop(): Promise<void> {
    if (this.#stopping) return this.ended;
    this.#stopping = true;
    for (const end of this.#endings) end();
    for (const owned of this.#owned.values()) {
      await owned.committing;
      await this.#commit(owned);
    }
    await this.#membership?.leave();
  }

  async #assigned(lease: Lease): Promise<number> {
    const { store, log, logger } = this.#options;
    const { partition } = lease;
    const position = await store.checkpoint(partition);
    const { begin } = await log.range(this.#topic, partition);
    if (position.offset < begin) {
      throw new BubbleError(
        'OFFSET_OUT_OF_RANGE',
        `${this.#topic}/${partition} begins at ${begin}, but the timeline stands at ${position.offset}: rows are missing`,
      );
    }
    this.#owned.set(partition, {
      lease,
      position,
      vector: new SourceVector(position.vector),
      end: position.offset,
      committed: -1,
      committing: null,
      holes: new Set(),
    });
    logger.info({ partition, offset: position.offset }, 'the timeline owns a partition');
    return position.offset;
  }

  async #batch(owned: Owned, batch: RecordBatch): Promise<void> {
    const { lease } = owned;
    owned.end = batch.end;
    const from = owned.position.offset;
    const accepted = acceptBatch(this.#options.codecs.inbox, owned.vector, batch, from);
    const { records, holes, next } = accepted;
    this.counters.repeats += accepted.repeats;
    for (const hole of holes) this.#alarmHole(owned, hole);
    if (next > from) await this.#write(owned, records, next);
    this.counters.rowRecords += records.length;
    if (!accepted.stopped) return;
    this.counters.unreadable += 1;
    const { partition } = lease;
    this.#options.logger.error(
      { partition, offset: next },
      'an inbox record cannot be read: the timeline of this partition has stopped before it',
    );
    await aborted(lease.signal);
  }

  #alarmHole(owned: Owned, { offset, source }: Hole): void {
    this.counters.holes += 1;
    if (owned.holes.has(source)) return;
    owned.holes.add(source);
    const { partition } = owned.lease;
    this.#options.logger.error(
      { partition, offset, source, last: owned.vector.last(source) },
      'a hole in the inbox: records of this source are dropped until it is repaired',
    );
  }

  /** Writes until it is known to be written, or the partition is lost. */
  async #write(owned: Owned, records: readonly AcceptedRecord[], next: number): Promise<void> {
    const { store, logger, clock } = this.#options;
    const { partition, signal } = owned.lease;
    const position: InboxPosition = { offset: next, vector: owned.vector.toArray() };
    const expected = owned.position.offset;
    let waitMs = RETRY_MS;
    while (!signal.aborted) {
      try {
        await store.write(partition, records, position, expected);
        owned.position = position;
        return;
      } catch (error) {
        if (isBubbleError(error, 'STORE_CONFLICT')) {
          // The answer to an earlier attempt may have been lost.
          const stored = await store.checkpoint(partition);
          if (!samePosition(stored, position)) throw error;
          owned.position = position;
          return;
        }
        if (!isBubbleError(error) || !error.retryable) throw error;
        logger.warn({ err: error, partition }, 'the timeline store is away');
        await pause(clock, waitMs, signal);
        waitMs = Math.min(RETRY_MAX_MS, 2 * waitMs);
      }
    }
  }

  #commit(owned: Owned): Promise<void> {
    owned.committing ??= this.#commitOnce(owned).finally(() => {
      owned.committing = null;
    });
    return owned.committing;
  }

  async #commitOnce(owned: Owned): Promise<void> {
    const { position, lease } = owned;
    owned.holes.clear();
    if (position.offset === owned.committed || this.#membership === null || lease.signal.aborted) return;
    try {
      await this.#membership.commit(lease, position);
      owned.committed = position.offset;
    } catch (error) {
      if (isBubbleError(error, 'LEASE_LOST')) return;
      this.#options.logger.warn({ err: error, partition: lease.partition }, 'the timeline could not commit');
    }
  }

  /** What the log keeps no more cannot be pulled any more. */
  async #trim(owned: Owned): Promise<void> {
    const { log, store, layout, logger } = this.#options;
    const { partition } = owned.lease;
    try {
      const { begin } = await log.range(this.#topic, partition);
      if (begin > 0) await store.trim(partition, numberAt(layout.epoch, begin));
    } catch (error) {
      logger.warn({ err: error, partition }, 'the timeline could not be trimmed');
    }
  }
}

const samePosition = (one: InboxPosition, other: InboxPosition): boolean =>
  one.offset === other.offset &&
  one.vector.length === other.vector.length &&
  one.vector.every((src, source) => src === other.vector[source]);

export async function startTimeline(options: TimelineOptions): Promise<RunningTimeline> {
  const timeline = new Timeline(options);
  await timeline.start();
  return timeline;
}
