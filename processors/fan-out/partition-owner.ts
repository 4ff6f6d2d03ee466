/**
 * Owns one inbound partition while its lease is valid: restores the state, folds silently up to where outputs are
 * acknowledged, and emits from there.
 *
 * Invariants:
 * 1. `position` is the next offset to apply; the state is that of everything below it, at every await.
 * 2. Outputs of a source go into the lane in the same turn in which it is applied.
 * 3. What is committed never passes the lane's checkpoint; a snapshot neither (`state-keeper.ts`).
 * 4. A record that cannot be applied (unknown schema, unknown rules) is never skipped: the partition pauses, with an
 *    alarm, until a release that knows better is started.
 */
import { drainedWithin } from '../../infra/lanes/drained-within.ts';
import type { Lane } from '../../infra/lanes/lane.ts';
import type { PartitionWriters } from '../../infra/lanes/partition-writers.ts';
import type { Committed, Lease, Log, LogRecord, Membership, RecordBatch } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { SnapshotStore } from '../../infra/snapshots/snapshot-store.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { numberAt, offsetOf } from '../../schemas/positions.ts';
import { NO_SOURCE } from '../../schemas/rules/acceptance.ts';
import { inboxEpochOf, inboxTopic } from '../../schemas/topics.ts';
import { type FoldCounts, PartitionFold } from './fold.ts';
import { lowestMissing, OutputAudit } from './output-audit.ts';
import type { PartitionState } from './partition-state.ts';
import { StateKeeper } from './state-keeper.ts';
import { turnOf } from './turn-of.ts';

export const FAN_OUT_GROUP = 'fan-out';
const CATCH_UP = { maxRecords: 1_000, maxBytes: 4 * 1024 * 1024, maxWaitMs: 1_000 };
const EVICTED_IN_A_TURN = 4_096;
const SNAPSHOT_RETRY_MS = 1_000;
/** So many records are applied before others get their turn of the event loop: one or two milliseconds. */
const LIVE_IN_A_TURN = 128;
const SILENT_IN_A_TURN = 1_024;

export interface OwnerOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly snapshots: SnapshotStore;
  readonly writers: PartitionWriters;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly genesis: { readonly epoch: number; readonly inboxPartitions: number };
  /** Set once joining has resolved, which may be after the first assignment. */
  readonly membership: () => Membership | null;
}

/** What the partition is at. */
export type OwnerPhase =
  | { readonly kind: 'restoring' }
  | { readonly kind: 'running' }
  | { readonly kind: 'paused'; readonly reason: BubbleError; readonly offset: number }
  | { readonly kind: 'ended' };

interface Work {
  readonly keeper: StateKeeper;
  readonly fold: PartitionFold;
  readonly lane: Lane;
}

export class PartitionOwner {
  readonly lease: Lease;
  readonly #options: OwnerOptions;
  readonly #logger: Logger;
  readonly #audit: OutputAudit;
  #phase: OwnerPhase = { kind: 'restoring' };
  #work: Work | null = null;
  #position = 0;
  #end = 0;
  #committed = -1;
  #repairs = 0;
  /** What holds the state runs one after another: batches, and repairs. */
  #lastTask: Promise<void> = Promise.resolve();
  #reported = 0;

  constructor(lease: Lease, options: OwnerOptions) {
    this.lease = lease;
    this.#options = options;
    this.#logger = options.logger.child({ topic: lease.topic, partition: lease.partition });
    this.#audit = new OutputAudit(lease.partition);
  }

  get phase(): OwnerPhase {
    return this.#phase;
  }
  get position(): number {
    return this.#position;
  }
  get end(): number {
    return Math.max(this.#end, this.#position);
  }
  get repairs(): number {
    return this.#repairs;
  }
  get counts(): Readonly<FoldCounts> | null {
    return this.#work?.fold.counts ?? null;
  }

  get #isOver(): boolean {
    return this.lease.signal.aborted || this.#phase.kind === 'ended';
  }

  /** @returns the offset that batches begin at */
  assigned(committed: Committed | null): Promise<number> {
    return this.#exclusive(async () => {
      await this.#restore(Number.POSITIVE_INFINITY, committed?.offset ?? 0);
      if (this.#phase.kind === 'restoring') this.#phase = { kind: 'running' };
      return this.#position;
    });
  }

  batch(batch: RecordBatch): Promise<void> {
    return this.#exclusive(async () => {
      this.#end = batch.end;
      if (this.#phase.kind !== 'running') return;
      await this.#take(batch.records, true);
      const work = this.#work;
      if (work === null || this.#phase.kind !== 'running' || this.#isOver) return;
      if (batch.next > this.#position && this.#position > (batch.records.at(-1)?.offset ?? -1)) {
        this.#position = batch.next;
      }
      work.keeper.state.evict(this.#options.limits.stateEntries, EVICTED_IN_A_TURN);
      await this.#keepChangesBounded(work);
    });
  }

  #exclusive<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#lastTask.then(action);
    this.#lastTask = result.then(
      () => {},
      () => {},
    );
    return result;
  }

  /**
   * Opens a state at or below an offset and folds on, silently, to the larger of its offset and `emitFrom`.
   */
  async #restore(atOrBelow: number, emitFrom: number): Promise<void> {
    const { log, snapshots, clock, limits, genesis, codecs, writers } = this.#options;
    const { topic, partition } = this.lease;
    const started = clock.monotonic();
    const range = await log.range(topic, partition);
    this.#end = range.end;
    let keeper: StateKeeper;
    try {
      const id = { topic, partition };
      const kept = { id, snapshots, clock, logger: this.#logger, limits, genesis };
      keeper = await StateKeeper.open(kept, Math.min(atOrBelow, range.end));
    } catch (error) {
      if (!isBubbleError(error, 'UNKNOWN_RULES')) throw error;
      this.#pause(error);
      return;
    }
    const fold = new PartitionFold({ state: keeper.state, source: partition, codecs, limits });
    const target = Math.min(Math.max(keeper.openedAt, emitFrom), range.end);
    const lane = writers.lane(target, (to, at, offset, source) =>
      this.#audit.acknowledged(to, at, offset, numberAt(inboxEpochOf(to), source)),
    );
    this.#work = { keeper, fold, lane };
    this.#position = keeper.openedAt;
    this.#committed = -1;
    if (this.#position < range.begin) {
      const reason = `the log begins at ${range.begin}, and there is no state at or after it`;
      this.#pause(new BubbleError('OFFSET_OUT_OF_RANGE', reason));
      return;
    }
    await this.#catchUp(target, false);
    await this.#auditPast(keeper.state);
    const wallMs = Math.round(clock.monotonic() - started);
    const restored = { snapshot: keeper.openedAt, folded: target - keeper.openedAt, wallMs };
    this.#logger.info({ ...restored, position: this.#position }, 'state restored');
  }

  /** What was acknowledged before is examined too: it lies below the present end of each inbox partition. */
  async #auditPast({ epoch, prev }: PartitionState): Promise<void> {
    if (this.#isStopped()) return;
    const topic = inboxTopic(epoch);
    for (const [partition, src] of prev.entries()) {
      if (src === NO_SOURCE) continue;
      const { end } = await this.#options.log.range(topic, partition);
      this.#audit.acknowledged(topic, partition, end - 1, src);
    }
  }

  async #catchUp(target: number, live: boolean): Promise<void> {
    if (this.#position >= target) return;
    const reader = await this.#options.log.reader(this.lease.topic, this.lease.partition, this.#position);
    try {
      while (this.#position < target && !this.#isOver && this.#phase.kind !== 'paused') {
        const batch = await reader.read(CATCH_UP, this.lease.signal);
        const within = batch.records.filter((record) => record.offset < target);
        await this.#take(within, live);
        if (this.#isStopped()) return;
        if (within.length === batch.records.length) this.#position = Math.max(this.#position, batch.next);
        else this.#position = target;
        const work = this.#work;
        if (work !== null) await this.#keepChangesBounded(work);
      }
    } finally {
      await reader.close();
    }
  }

  #isStopped(): boolean {
    return this.#isOver || this.#phase.kind === 'paused';
  }

  /** Applies records in order; returns early where the partition is lost or paused. */
  async #take(records: readonly LogRecord[], live: boolean): Promise<void> {
    const work = this.#work;
    if (work === null) return;
    const { fold, lane } = work;
    for (let at = 0; at < records.length; at += 1) {
      if (this.#isOver) return;
      const { offset, time, value } = records[at]!;
      if (offset < this.#position) continue;
      try {
        while (fold.apply(offset, time, value, live) !== null) await this.#load(work, records, at);
      } catch (error) {
        if (isBubbleError(error, 'UNKNOWN_SCHEMA') || isBubbleError(error, 'UNKNOWN_RULES')) {
          this.#pause(error);
          return;
        }
        throw error;
      }
      this.#position = offset + 1;
      if (live && !lane.push(offset, fold.takeOutputs())) await this.#writable(lane);
      if ((at + 1) % (live ? LIVE_IN_A_TURN : SILENT_IN_A_TURN) !== 0) continue;
      await turnOf(this.#options.clock);
      await this.#keepChangesBounded(work);
    }
    this.#report(fold.counts);
  }

  async #writable(lane: Lane): Promise<void> {
    try {
      await lane.writable();
    } catch (error) {
      // The lease is gone, and with it the lane: what was not emitted the next owner emits.
      if (!isBubbleError(error, 'LEASE_LOST')) throw error;
    }
  }

  /** Reads ahead: what the rest of the batch needs comes in one go. */
  async #load({ fold, keeper }: Work, records: readonly LogRecord[], from: number): Promise<void> {
    const keys = new Set<string>();
    for (let at = from; at < records.length; at += 1) {
      try {
        for (const key of fold.missingFor(records[at]!.value)) keys.add(key);
      } catch (error) {
        // A record that stops the partition stops it when its turn has come.
        if (isBubbleError(error, 'UNKNOWN_SCHEMA')) break;
        throw error;
      }
    }
    await keeper.load(keys);
  }

  async #keepChangesBounded({ keeper, lane }: Work): Promise<void> {
    const { clock, limits } = this.#options;
    if (keeper.isDue(this.#position)) this.#startSnapshot(keeper, lane);
    while (keeper.state.changes >= limits.snapshotChangesMax && !this.#isOver) {
      await keeper.settled();
      if (keeper.state.changes < limits.snapshotChangesMax) return;
      if (await keeper.snapshot(this.#position, lane)) continue;
      await turnOf(clock, SNAPSHOT_RETRY_MS);
    }
  }

  #startSnapshot(keeper: StateKeeper, lane: Lane): void {
    keeper.snapshot(this.#position, lane).catch((error: unknown) => {
      this.#logger.error({ error }, 'writing a snapshot failed in an unexpected way');
    });
  }

  #pause(reason: BubbleError): void {
    this.#phase = { kind: 'paused', reason, offset: this.#position };
    this.#logger.error({ error: reason, offset: this.#position }, 'ALARM: the partition is paused');
    this.#options.membership()?.pause(this.lease);
  }

  #report({ undecodable }: FoldCounts): void {
    if (undecodable <= this.#reported) return;
    const records = undecodable - this.#reported;
    this.#reported = undecodable;
    this.#logger.warn({ records, below: this.#position }, 'records that cannot be read were rejected');
  }

  /** Stores how far outputs are acknowledged; called every second. Throws where the lane has ended for good. */
  async tick(): Promise<void> {
    const work = this.#work;
    const membership = this.#options.membership();
    if (work === null || membership === null || this.#isOver) return;
    const { failure, checkpoint } = work.lane;
    if (failure !== null && failure.code !== 'LEASE_LOST') throw failure;
    // An abandoned lane's checkpoint must not overwrite the lower one that a repair has stored.
    if (failure !== null) return;
    if (this.#phase.kind === 'paused') membership.pause(this.lease);
    if (this.#phase.kind === 'running' && work.keeper.isDue(this.#position)) {
      this.#startSnapshot(work.keeper, work.lane);
    }
    if (checkpoint === this.#committed || this.#phase.kind === 'restoring') return;
    await this.#commit(membership, checkpoint);
  }

  async #commit(membership: Membership, offset: number): Promise<void> {
    try {
      await membership.commit(this.lease, { offset, vector: [] });
      this.#committed = offset;
    } catch (error) {
      if (isBubbleError(error, 'LEASE_LOST')) return;
      if (!isBubbleError(error) || !error.retryable) throw error;
      this.#logger.warn({ offset, error }, 'the position could not be stored; trying again in a second');
    }
  }

  /** Compares what was acknowledged with what readers have seen, and repairs; called every 5 s. */
  async examine(): Promise<void> {
    if (this.#isOver) return;
    const { log } = this.#options;
    // A partition that stands still gets no batches that would tell it how far it lags.
    const { end } = await log.range(this.lease.topic, this.lease.partition);
    this.#end = Math.max(this.#end, end);
    if (this.#phase.kind !== 'running') return;
    const lowest = await lowestMissing(log, this.#audit);
    if (lowest === null) return;
    const from = lowest === NO_SOURCE ? 0 : offsetOf(lowest) + 1;
    this.#logger.error({ from }, 'ALARM: acknowledged outputs are missing; making them again');
    await this.#exclusive(() => this.#repair(from));
  }

  /** First stores the lower position, then starts again from a state at or below it: a crash in between is healed. */
  async #repair(from: number): Promise<void> {
    const membership = this.#options.membership();
    const work = this.#work;
    if (membership === null || work === null || this.#phase.kind !== 'running' || this.#isOver) return;
    const target = this.#position;
    work.lane.abandon();
    await work.keeper.settled();
    await this.#commit(membership, from);
    await this.#options.snapshots.discardAbove(
      { topic: this.lease.topic, partition: this.lease.partition },
      from,
    );
    await work.keeper.close();
    this.#audit.clear();
    await this.#restore(from, from);
    await this.#catchUp(target, true);
    this.#repairs += 1;
  }

  /** Ends work while the lease is still held: outputs acknowledged, state and position stored. */
  async close(withinMs: number): Promise<void> {
    const wasRunning = this.#phase.kind === 'running';
    this.#phase = { kind: 'ended' };
    const work = this.#work;
    const drained = work !== null && (await drainedWithin(work.lane, this.#options.clock, withinMs));
    const membership = this.#options.membership();
    if (work !== null && membership !== null && !this.lease.signal.aborted) {
      if (drained && wasRunning) {
        await work.keeper.settled();
        if (work.keeper.state.changes > 0) await work.keeper.snapshot(this.#position, work.lane);
      }
      if (work.lane.failure === null) await this.#commit(membership, work.lane.checkpoint);
    }
    await this.#release();
  }

  /** The lease is gone: outputs under way get a moment to arrive, which spares the next owner repeats. */
  async revoked(withinMs: number): Promise<void> {
    this.#phase = { kind: 'ended' };
    if (this.#work !== null) await drainedWithin(this.#work.lane, this.#options.clock, withinMs);
    await this.#release();
  }

  async #release(): Promise<void> {
    const work = this.#work;
    work?.lane.abandon();
    await this.#lastTask;
    await work?.keeper.settled();
    await work?.keeper.close();
    if (this.#work !== work) {
      this.#work?.lane.abandon();
      await this.#work?.keeper.close();
    }
  }
}
