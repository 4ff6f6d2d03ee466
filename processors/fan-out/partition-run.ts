/**
 * A state of an inbound partition that is open, with the fold over it and the lane that its outputs go into: applies
 * records, silently or live.
 *
 * Invariants:
 * 1. `position` is the next offset to apply; the state is that of everything below it, at every await.
 * 2. Outputs of a source go into the lane in the same turn in which it is applied.
 * 3. A record that cannot be applied is never skipped: what is applied ends before it, and the obstacle is returned.
 *    It is left out only where an operator's logged decision has rejected it (`decided-records.ts`).
 * 4. Changes not in a snapshot are bounded: at `limits.snapshotChangesMax` nothing is applied until one is written.
 */
import { pause } from '../../infra/clock/pause.ts';
import type { Lane } from '../../infra/lanes/lane.ts';
import type { Lease, LogRecord, RecordBatch } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import { envelopeIdOf } from '../../schemas/events/envelope-id.ts';
import type { DecidedRecords } from './decided-records.ts';
import type { FanOutTrace } from './fan-out-trace.ts';
import type { FoldCounts, PartitionFold } from './fold.ts';
import { type Obstacle, stopsPartition } from './obstacle.ts';
import type { OwnerOptions } from './owner-options.ts';
import type { StateKeeper } from './state-keeper.ts';

const CATCH_UP = { maxRecords: 1_000, maxBytes: 4 * 1024 * 1024, maxWaitMs: 1_000 };
const EVICTED_IN_A_TURN = 4_096;
const SNAPSHOT_RETRY_MS = 1_000;
const LOOK_AGAIN_MS = 100;
const LOOK_AGAIN_MAX_MS = 10_000;
/** So many records are applied before others get their turn of the event loop: one or two milliseconds. */
const LIVE_IN_A_TURN = 128;
const SILENT_IN_A_TURN = 1_024;

export interface RunOptions extends Pick<OwnerOptions, 'log' | 'codecs' | 'limits' | 'clock'> {
  readonly lease: Lease;
  readonly logger: Logger;
  readonly trace: FanOutTrace | null;
  readonly keeper: StateKeeper;
  readonly fold: PartitionFold;
  readonly lane: Lane;
  readonly decided: DecidedRecords;
  /** The partition is lost, or stands still: nothing more is applied. */
  readonly isStopped: () => boolean;
}

export class PartitionRun {
  readonly lane: Lane;
  readonly decided: DecidedRecords;
  readonly keeper: StateKeeper;
  readonly #options: RunOptions;
  readonly #fold: PartitionFold;
  #position: number;
  /** Records that cannot be read, as far as they are reported. */
  #reported = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.lane = options.lane;
    this.decided = options.decided;
    this.keeper = options.keeper;
    this.#fold = options.fold;
    this.#position = options.keeper.openedAt;
  }

  get position(): number {
    return this.#position;
  }
  get counts(): Readonly<FoldCounts> {
    return this.#fold.counts;
  }

  /** Applies a batch of the group, live. @returns what stands in the way; null where all is applied, or it is stopped */
  async batch(batch: RecordBatch): Promise<Obstacle | null> {
    const obstacle = await this.#take(batch.records, true, batch);
    if (obstacle !== null || this.#options.isStopped()) return obstacle;
    // Offsets behind the last record that hold none are passed too.
    if (this.#position > (batch.records.at(-1)?.offset ?? -1)) {
      this.#position = Math.max(this.#position, batch.next);
    }
    this.keeper.state.evict(this.#options.limits.stateEntries, EVICTED_IN_A_TURN);
    await this.#keepChangesBounded();
    return null;
  }

  /** Reads and applies everything below `target`. @returns as `batch` does */
  async catchUp(target: number, live: boolean): Promise<Obstacle | null> {
    if (this.#position >= target) return null;
    const { log, lease, isStopped } = this.#options;
    const reader = await log.reader(lease.topic, lease.partition, this.#position);
    try {
      while (this.#position < target && !isStopped()) {
        const batch = await reader.read(CATCH_UP, lease.signal);
        const within = batch.records.filter((record) => record.offset < target);
        const obstacle = await this.#take(within, live, batch);
        if (obstacle !== null || isStopped()) return obstacle;
        const isWhole = within.length === batch.records.length;
        this.#position = isWhole ? Math.max(this.#position, batch.next) : target;
        await this.#keepChangesBounded();
      }
      return null;
    } finally {
      await reader.close();
    }
  }

  /** Catches up while only public events are made: those that were lost. @returns as `batch` does */
  async makeEvents(target: number): Promise<Obstacle | null> {
    this.#fold.emits = 'events';
    try {
      return await this.catchUp(target, true);
    } finally {
      this.#fold.emits = 'all';
    }
  }

  /**
   * Applies records in order; ends early where the run is stopped.
   * @param batch what they were read with
   */
  async #take(records: readonly LogRecord[], live: boolean, batch: RecordBatch): Promise<Obstacle | null> {
    const { isStopped, clock, trace } = this.#options;
    const fold = this.#fold;
    for (let at = 0; at < records.length; at += 1) {
      if (isStopped()) return null;
      const { offset, time, value } = records[at]!;
      if (offset < this.#position) continue;
      try {
        if (this.decided.mustLook(offset, value)) await this.#lookBehind(offset, batch);
        if (isStopped()) return null;
        const isRejected = this.decided.isRejected(offset);
        if (isRejected) {
          this.#options.logger.warn({ offset }, 'a record is left out: an operator has rejected it');
        }
        const applied = isRejected ? null : value;
        while (fold.apply(offset, time, applied, live) !== null) await this.#load(records, at);
      } catch (error) {
        if (isBubbleError(error, 'UNKNOWN_SCHEMA') && (await this.#learns(value))) {
          at -= 1;
          continue;
        }
        if (!stopsPartition(error)) throw error;
        return { kind: 'record', reason: error, value };
      }
      this.#position = offset + 1;
      if (live) {
        const outputs = fold.takeOutputs();
        trace?.decided(offset, time, outputs);
        if (!this.lane.push(offset, outputs)) await this.#writable();
      }
      if ((at + 1) % (live ? LIVE_IN_A_TURN : SILENT_IN_A_TURN) !== 0) continue;
      await pause(clock, 0);
      await this.#keepChangesBounded();
    }
    this.#report();
    return null;
  }

  async #lookBehind(offset: number, batch: RecordBatch): Promise<void> {
    const { clock, logger, isStopped } = this.#options;
    const { signal } = this.#options.lease;
    let waitMs = LOOK_AGAIN_MS;
    while (!isStopped()) {
      try {
        await this.decided.lookBehind(offset, { batch, signal });
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!isBubbleError(error) || !error.retryable) throw error;
        logger.warn({ offset, error }, 'decisions behind a record cannot be read now; trying again');
      }
      await pause(clock, waitMs, signal);
      waitMs = Math.min(LOOK_AGAIN_MAX_MS, 2 * waitMs);
    }
  }

  /** Whether the registry knows the schema of a record that we do not: as in a rolling upgrade. */
  async #learns(value: Uint8Array | null): Promise<boolean> {
    const id = value === null ? null : envelopeIdOf(value);
    if (id === null) return false;
    try {
      return await this.#options.codecs.learn(id);
    } catch (error) {
      if (!isBubbleError(error) || !error.retryable) throw error;
      const place = { offset: this.#position, schemaId: id };
      this.#options.logger.warn({ ...place, error }, 'the schema registry is away');
      return false;
    }
  }

  async #writable(): Promise<void> {
    try {
      await this.lane.writable();
    } catch (error) {
      // The lease is gone, and with it the lane: what was not emitted the next owner emits.
      if (!isBubbleError(error, 'LEASE_LOST')) throw error;
    }
  }

  /** Reads ahead: what the rest of the batch needs comes in one go. */
  async #load(records: readonly LogRecord[], from: number): Promise<void> {
    const keys = new Set<string>();
    for (let at = from; at < records.length; at += 1) {
      try {
        for (const key of this.#fold.missingFor(records[at]!.value)) keys.add(key);
      } catch (error) {
        // A record that stops the partition stops it when its turn has come.
        if (isBubbleError(error, 'UNKNOWN_SCHEMA')) break;
        throw error;
      }
    }
    await this.keeper.load(keys);
  }

  #report(): void {
    const { undecodable } = this.#fold.counts;
    if (undecodable <= this.#reported) return;
    const records = undecodable - this.#reported;
    this.#reported = undecodable;
    const below = this.#position;
    this.#options.logger.warn({ records, below }, 'records that cannot be read were rejected');
  }

  async #keepChangesBounded(): Promise<void> {
    const { clock, limits, isStopped } = this.#options;
    const { keeper } = this;
    this.snapshotIfDue();
    while (keeper.state.changes >= limits.snapshotChangesMax && !isStopped()) {
      await keeper.settled();
      if (keeper.state.changes < limits.snapshotChangesMax) return;
      if (await keeper.snapshot(this.#position, this.lane)) continue;
      await pause(clock, SNAPSHOT_RETRY_MS);
    }
  }

  /** Begins one where it is time. */
  snapshotIfDue(): void {
    if (!this.keeper.isDue(this.#position)) return;
    this.keeper.snapshot(this.#position, this.lane).catch((error: unknown) => {
      this.#options.logger.error({ error }, 'writing a snapshot failed in an unexpected way');
    });
  }

  /** Stores what has changed since the last one, for a clean end. */
  async snapshotChanges(): Promise<void> {
    await this.keeper.settled();
    if (this.keeper.state.changes > 0) await this.keeper.snapshot(this.#position, this.lane);
  }

  /** What is in the lane is resent no more; the state is closed once a snapshot under way has ended. */
  async close(): Promise<void> {
    this.lane.abandon();
    await this.keeper.settled();
    await this.keeper.close();
  }
}
