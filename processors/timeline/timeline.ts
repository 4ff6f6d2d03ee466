/**
 * The timeline processor: brings inbox rows into the timeline store, from which pulls read.
 *
 * 1. It starts at the store's checkpoint, never at the group's commit: rows and (offset, vector) are one value there.
 *    The commit is a copy, for lag tools and for the repair of holes.
 * 2. A batch is written whole, with the position behind it, where the store still stands at the position before it.
 *    A write whose outcome is not known is settled by reading the checkpoint. A store that is away is tried again for
 *    as long as the partition is held; one batch of it waits in memory meanwhile, and no more are asked for.
 * 3. The mailbox never skips: a record that cannot be read is a placeholder row for its recipients. Where not even those
 *    are known, it is none of inbox for any reader (runtime/inbox-reading.ts): it is parked, with an alarm.
 * 4. A partition that waits, for the store or for the registry, is paused in the group: a batch that takes for ever
 *    would pass for one that hangs.
 */
import { pause } from '../../infra/clock/pause.ts';
import type { Lease, Log, RecordBatch } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { AcceptedRecord, TimelineStore } from '../../infra/timeline/timeline-store.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { type InboxPosition, numberAt } from '../../schemas/positions.ts';
import { SourceVector } from '../../schemas/rules/acceptance.ts';
import { inboxTopic, type Layout } from '../../schemas/topics.ts';
import { GroupRunner, type HeldPartition, type Taken } from '../runtime/group-runner.ts';
import { TIMELINE_GROUP } from '../runtime/groups.ts';
import { Parking, type Unreadable } from '../runtime/parking.ts';
import type { PartitionLag, RunningProcessor } from '../runtime/running.ts';
import { BatchAcceptance, type Hole } from './accept-batch.ts';

const COMMIT_MS = 1_000;
const TRIM_MS = 60_000;
const RETRY_MS = 250;
const RETRY_MAX_MS = 5_000;
/** After so long a batch that cannot be written is waited for outside of its handler. */
const HOLD_MS = 30_000;
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
  /** Records that are none of inbox: parked and left out. Each is an alarm. */
  unreadable: number;
}

export interface RunningTimeline extends RunningProcessor {
  readonly counters: Readonly<TimelineCounters>;
}

interface Owned extends HeldPartition {
  vector: SourceVector;
  position: InboxPosition;
  end: number;
  /** Sources whose holes have been alarmed in this second. */
  readonly holes: Set<number>;
  /** The batch that is being written. */
  writing: Promise<void>;
}

class Timeline implements RunningTimeline {
  readonly name = TIMELINE_GROUP;
  readonly counters: TimelineCounters = { rowRecords: 0, repeats: 0, holes: 0, unreadable: 0 };
  readonly #options: TimelineOptions;
  readonly #topic: string;
  readonly #parking: Parking;
  readonly #runner: GroupRunner<Owned>;

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#topic = inboxTopic(options.layout.epoch);
    this.#parking = new Parking({ ...options, group: TIMELINE_GROUP });
    const { log, clock, logger } = options;
    this.#runner = new GroupRunner<Owned>({
      ...{ log, clock, logger, group: TIMELINE_GROUP, topic: this.#topic, fetch: BATCH, commitMs: COMMIT_MS },
      take: (lease) => this.#take(lease),
      batch: (owned, batch) => this.#batch(owned, batch),
    });
  }

  get ended(): Promise<void> {
    return this.#runner.ended;
  }

  lag(): PartitionLag[] {
    return this.#runner.lag();
  }

  async start(): Promise<void> {
    await this.#runner.start();
    this.#runner.every(COMMIT_MS, () => {
      for (const { holes } of this.#runner.partitions) holes.clear();
    });
    this.#runner.every(TRIM_MS, () => {
      for (const owned of this.#runner.partitions) void this.#trim(owned);
    });
  }

  stop(): Promise<void> {
    return this.#runner.stop();
  }

  async #take(lease: Lease): Promise<Taken<Owned>> {
    const { log, logger } = this.#options;
    const { partition } = lease;
    const position = await this.#whileAway(lease, () => this.#options.store.checkpoint(partition));
    // The lease is gone: whoever has it now reads on.
    if (position === null) return { partition: null, from: 0, stored: -1 };
    const { begin, end } = await log.range(this.#topic, partition);
    if (position.offset > end) {
      throw new BubbleError(
        'OFFSET_OUT_OF_RANGE',
        `${this.#topic}/${partition} ends at ${end}, but the timeline stands at ${position.offset}: the topic was made anew, or has lost its end`,
      );
    }
    if (position.offset < begin) {
      throw new BubbleError(
        'OFFSET_OUT_OF_RANGE',
        `${this.#topic}/${partition} begins at ${begin}, but the timeline stands at ${position.offset}: rows are missing`,
      );
    }
    const owned: Owned = {
      lease,
      position,
      vector: new SourceVector(position.vector),
      end: position.offset,
      holes: new Set(),
      writing: Promise.resolve(),
    };
    logger.info({ partition, offset: position.offset }, 'the timeline owns a partition');
    return { partition: owned, from: position.offset, stored: -1 };
  }

  async #batch(owned: Owned, batch: RecordBatch): Promise<void> {
    const { lease } = owned;
    owned.end = batch.end;
    await owned.writing;
    if (lease.signal.aborted) return;
    const began = this.#options.clock.monotonic();
    await this.#held(owned, this.#digest(owned, batch));
    await this.#gather(owned, batch, began);
  }

  /** The next batch comes as late as the store wants it, unless there is more already than this one had. */
  async #gather({ lease }: Owned, { next, end }: RecordBatch, began: number): Promise<void> {
    const { clock, store } = this.#options;
    const left = began + store.gatherMs - clock.monotonic();
    if (next >= end && left > 0) await pause(clock, left, lease.signal);
  }

  async #digest(owned: Owned, batch: RecordBatch): Promise<void> {
    const { lease } = owned;
    const from = owned.position.offset;
    if (batch.next <= from) return;
    const acceptance = new BatchAcceptance(this.#options.codecs, owned.vector, batch, from);
    const accepted = await this.#whileAway(lease, () => acceptance.accept());
    if (accepted === null) return;
    const { records, holes, foreign, next } = accepted;
    this.counters.repeats += accepted.repeats;
    for (const hole of holes) this.#alarmHole(owned, hole);
    for (const unreadable of foreign) this.#alarmUnreadable(lease, unreadable);
    await this.#parking.park(lease, foreign, lease.signal);
    // Where another writer has moved on, what is left of the batch is taken from there.
    if (!(await this.#write(owned, records, next))) await this.#digest(owned, batch);
  }

  #alarmUnreadable({ partition }: Lease, { record, reason }: Unreadable): void {
    this.counters.unreadable += 1;
    const { offset } = record;
    this.#options.logger.error(
      { partition, offset, reason },
      'ALARM: a record in inbox is none of inbox: it is parked and left out',
    );
  }

  /** Resolves when the batch is written or, where that takes too long, when no more batches come until it is. */
  async #held(owned: Owned, writing: Promise<void>): Promise<void> {
    const { clock } = this.#options;
    owned.writing = writing;
    const settled = new AbortController();
    const end = (): void => settled.abort();
    writing.then(end, end);
    await Promise.race([writing, pause(clock, HOLD_MS, settled.signal)]);
    if (settled.signal.aborted) return writing;
    await this.#runner.pause(owned);
    // What it fails with is thrown by the next batch, which comes now.
    const goOn = (): void => this.#runner.resume(owned);
    writing.then(goOn, goOn);
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

  /**
   * Writes until it is known to be written, or the partition is lost.
   * @returns false where another writer was faster: a former owner that woke up, or the next one. Then the position is
   *   where that one stands, for rows and vector are the same whoever writes them.
   */
  async #write(owned: Owned, records: readonly AcceptedRecord[], next: number): Promise<boolean> {
    const { store, logger } = this.#options;
    const { partition } = owned.lease;
    const position: InboxPosition = { offset: next, vector: owned.vector.toArray() };
    const expected = owned.position.offset;
    const stored = await this.#whileAway(owned.lease, async () => {
      try {
        await store.write(partition, records, position, expected);
        return position;
      } catch (error) {
        // The answer to an earlier attempt may have been lost: then the store stands where we wanted it.
        if (!isBubbleError(error, 'STORE_CONFLICT')) throw error;
        const found = await store.checkpoint(partition);
        if (found.offset <= expected) throw error;
        return found;
      }
    });
    if (stored === null) return true;
    owned.position = stored;
    if (samePosition(stored, position)) {
      this.counters.rowRecords += records.length;
      return true;
    }
    logger.warn({ partition, offset: stored.offset }, 'another writer has moved the timeline on');
    owned.vector = new SourceVector(stored.vector);
    return false;
  }

  /** Tries again while the store is away. @returns null when the partition is lost */
  async #whileAway<T>(lease: Lease, action: () => Promise<T>): Promise<T | null> {
    const { logger, clock } = this.#options;
    let waitMs = RETRY_MS;
    while (!lease.signal.aborted) {
      try {
        return await action();
      } catch (error) {
        if (!isBubbleError(error) || !error.retryable) throw error;
        logger.warn(
          { err: error, partition: lease.partition },
          'the timeline store, or the registry, is away',
        );
        await pause(clock, waitMs, lease.signal);
        waitMs = Math.min(RETRY_MAX_MS, 2 * waitMs);
      }
    }
    return null;
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

/**
 * Runs until stopped. The topics must exist. What ends it rejects `ended`: OFFSET_OUT_OF_RANGE where the store stands
 * where the log has nothing, STORE_CONFLICT where the store stands before our own position, and what log and store fail
 * with for good. A store that is away ends nothing.
 */
export async function startTimeline(options: TimelineOptions): Promise<RunningTimeline> {
  const timeline = new Timeline(options);
  await timeline.start();
  return timeline;
}
