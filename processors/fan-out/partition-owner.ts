/**
 * Owns one inbound partition while its lease is valid: has its state restored, takes its batches, stores how far outputs
 * are acknowledged, and ends with the lease.
 *
 * Invariants:
 * 1. What is committed never passes the lane's checkpoint; a snapshot neither (`state-keeper.ts`).
 * 2. What holds the state runs one after another: restoring, batches, repairs, and attempts to go on.
 * 3. A partition that meets an obstacle pauses, with an alarm, until the schema is known, an operator's logged decision
 *    rejects the record (`standstill.ts`), or a release that knows better is started.
 * 4. Once the lease is over nothing more is stored, and no stored state is removed: another owner may build on it.
 */
import { drainedWithin } from '../../infra/lanes/drained-within.ts';
import type { Committed, Lease, Membership, OffsetRange, RecordBatch } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { type BubbleError, isBubbleError } from '../../schemas/errors.ts';
import { offsetOf } from '../../schemas/positions.ts';
import { NO_SOURCE } from '../../schemas/rules/acceptance.ts';
import { FanOutTrace } from './fan-out-trace.ts';
import type { FoldCounts } from './fold.ts';
import { anotherLog, type Obstacle, unknownIdOf } from './obstacle.ts';
import { lowestMissing, OutputAudit } from './output-audit.ts';
import type { OwnerOptions } from './owner-options.ts';
import type { PartitionRun } from './partition-run.ts';
import { restore } from './restore.ts';
import { Standstill } from './standstill.ts';

/** What the partition is at. */
type OwnerPhase =
  | { readonly kind: 'restoring' }
  | { readonly kind: 'running' }
  | {
      readonly kind: 'paused';
      readonly reason: BubbleError;
      readonly offset: number;
      readonly standstill: Standstill;
    }
  | { readonly kind: 'ended' };

export class PartitionOwner {
  readonly lease: Lease;
  readonly #options: OwnerOptions;
  readonly #logger: Logger;
  readonly #trace: FanOutTrace | null;
  #audit: OutputAudit;
  #phase: OwnerPhase = { kind: 'restoring' };
  #run: PartitionRun | null = null;
  #begin = 0;
  #end = 0;
  /** What the group had stored when the partition was assigned. */
  #storedAtStart = 0;
  /** Where the next batch begins. */
  #handedTo = 0;
  #attempting = false;
  #committed = -1;
  #repairs = 0;
  #lastTask: Promise<void> = Promise.resolve();

  constructor(lease: Lease, options: OwnerOptions) {
    this.lease = lease;
    this.#options = options;
    this.#logger = options.logger.child({ topic: lease.topic, partition: lease.partition });
    const { tracing, clock } = options;
    this.#trace = tracing === null ? null : new FanOutTrace(tracing, clock, lease.partition);
    this.#audit = new OutputAudit(lease.partition);
  }

  get phase(): OwnerPhase {
    return this.#phase;
  }
  /** The next offset to apply. */
  get position(): number {
    return this.#run?.position ?? 0;
  }
  get end(): number {
    return Math.max(this.#end, this.position);
  }
  /** How often acknowledged outputs had to be made again. */
  get repairs(): number {
    return this.#repairs;
  }
  /** Outputs not acknowledged yet. */
  get pending(): number {
    return this.#run?.lane.pending ?? 0;
  }
  /** null: no state is open yet. */
  get counts(): Readonly<FoldCounts> | null {
    return this.#run?.counts ?? null;
  }

  get #isOver(): boolean {
    return this.lease.signal.aborted || this.#phase.kind === 'ended';
  }
  get #isStopped(): boolean {
    return this.#isOver || this.#phase.kind === 'paused';
  }

  /** @returns the offset that batches begin at */
  assigned(committed: Committed | null): Promise<number> {
    return this.#exclusive(async () => {
      this.#storedAtStart = committed?.offset ?? 0;
      await this.#restore(Number.POSITIVE_INFINITY, this.#storedAtStart);
      if (this.#phase.kind === 'restoring') this.#phase = { kind: 'running' };
      // A partition that is paused may stand where nothing can be read: others must not fail with it.
      const isPaused = this.#phase.kind === 'paused';
      const readable = Math.min(Math.max(this.position, this.#begin), this.#end);
      this.#handedTo = isPaused ? readable : this.position;
      return this.#handedTo;
    });
  }

  /** An operator asks for another attempt. @returns false where the partition is not paused */
  resume(): boolean {
    if (this.#phase.kind !== 'paused') return false;
    this.#phase.standstill.resume();
    return true;
  }

  /** Takes the next records of the group. While the partition stands still they are left to be read again. */
  batch(batch: RecordBatch): Promise<void> {
    return this.#exclusive(async () => {
      this.#end = batch.end;
      this.#handedTo = batch.next;
      const run = this.#run;
      if (this.#phase.kind !== 'running' || run === null) return;
      this.#pauseBefore(await run.batch(batch));
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

  async #restore(atOrBelow: number, emitFrom: number): Promise<void> {
    const options = {
      shared: this.#options,
      lease: this.lease,
      logger: this.#logger,
      trace: this.#trace,
      audit: this.#audit,
      isStopped: () => this.#isStopped,
      ranged: ({ begin, end }: OffsetRange) => {
        this.#begin = begin;
        this.#end = end;
      },
      opened: (run: PartitionRun) => {
        this.#run = run;
        this.#committed = -1;
      },
    };
    this.#pauseBefore(await restore(options, atOrBelow, emitFrom));
  }

  /** Does nothing where nothing is in the way, the partition stands still already, or is not ours any more. */
  #pauseBefore(obstacle: Obstacle | null): void {
    if (obstacle === null || this.#isStopped) return;
    const { lease } = this;
    const { reason } = obstacle;
    const { log, codecs, clock } = this.#options;
    const logger = this.#logger;
    const offset = this.position;
    if (obstacle.kind === 'log') this.#run?.lane.abandon();
    const about = { offset, reason, schemaId: unknownIdOf(obstacle), decided: this.#run?.decided ?? null };
    const standstill = new Standstill({ lease, ...about, log, codecs, clock, logger });
    this.#phase = { kind: 'paused', reason, offset, standstill };
    logger.error({ error: reason, offset }, 'ALARM: the partition is paused');
    this.#options.membership()?.pause(lease);
  }

  /** What a paused partition does each second. One attempt at a time. */
  #attempt(): void {
    if (this.#attempting) return;
    this.#attempting = true;
    const attempt = this.#exclusive(async () => {
      if (this.#phase.kind !== 'paused' || this.#isOver) return;
      if (await this.#phase.standstill.attempt()) await this.#goOn();
    });
    attempt
      .catch((error: unknown) => {
        if (this.lease.signal.aborted) return;
        this.#logger.warn({ error, offset: this.position }, 'the paused partition could not be helped');
      })
      .finally(() => {
        this.#attempting = false;
      });
  }

  /** Restores again from what is stored, and catches up with the batches that were left out meanwhile. */
  async #goOn(): Promise<void> {
    const membership = this.#options.membership();
    if (membership === null || this.#isOver) return;
    const emitFrom = this.#run?.lane.checkpoint ?? this.#storedAtStart;
    this.#logger.info({ offset: this.position }, 'the paused partition tries to go on');
    this.#phase = { kind: 'restoring' };
    await this.#run?.close();
    this.#audit = new OutputAudit(this.lease.partition);
    await this.#restore(Number.POSITIVE_INFINITY, emitFrom);
    if (!(await this.#catchUpLive(this.#handedTo))) return;
    this.#phase = { kind: 'running' };
    membership.resume(this.lease);
  }

  /** @returns whether the partition stands there now: neither lost nor paused */
  async #catchUpLive(target: number): Promise<boolean> {
    if (this.#isStopped || this.#run === null) return false;
    this.#pauseBefore(await this.#run.catchUp(target, true));
    return !this.#isStopped;
  }

  /**
   * Stores how far outputs are acknowledged; called every second. Throws where the lane has ended for good, unless its
   * inbox was made anew: then the partition is paused.
   */
  async tick(): Promise<void> {
    const run = this.#run;
    const membership = this.#options.membership();
    if (membership === null || this.#isOver) return;
    if (this.#phase.kind === 'running') await this.#watchInbox();
    if (this.#phase.kind === 'paused') {
      membership.pause(this.lease);
      this.#attempt();
    }
    if (run === null) return;
    const { failure, checkpoint } = run.lane;
    if (failure?.code === 'OFFSET_OUT_OF_RANGE') return this.#pauseBefore({ kind: 'log', reason: failure });
    if (failure !== null && failure.code !== 'LEASE_LOST') throw failure;
    // An abandoned lane's checkpoint must not overwrite the lower one that a repair has stored.
    if (failure !== null) return;
    if (this.#phase.kind === 'running') run.snapshotIfDue();
    if (checkpoint === this.#committed || this.#phase.kind === 'restoring') return;
    await this.#commit(membership, checkpoint);
  }

  async #watchInbox(): Promise<void> {
    let fellBack: string | null = null;
    try {
      fellBack = await this.#audit.fellBack(this.#options.log);
    } catch (error) {
      if (!isBubbleError(error)) throw error;
      this.#logger.warn({ error }, 'the end of an inbox partition cannot be read; trying again in a second');
    }
    if (fellBack !== null && this.#phase.kind === 'running') this.#pauseBefore(anotherLog(fellBack));
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

  /**
   * Compares what was acknowledged with what readers have seen, and repairs; called every 5 s. Rejects with what the log
   * and the snapshots reject with.
   */
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
    const run = this.#run;
    if (membership === null || run === null || this.#phase.kind !== 'running' || this.#isOver) return;
    const target = run.position;
    run.lane.abandon();
    await run.keeper.settled();
    await this.#commit(membership, from);
    if (this.#isOver) return;
    const { topic, partition } = this.lease;
    await this.#options.snapshots.discardAbove({ topic, partition }, from);
    await run.close();
    this.#audit.clear();
    await this.#restore(from, from);
    await this.#catchUpLive(target);
    this.#repairs += 1;
  }

  /** Ends work while the lease is still held: outputs acknowledged, state and position stored. */
  async close(withinMs: number): Promise<void> {
    const wasRunning = this.#phase.kind === 'running';
    this.#phase = { kind: 'ended' };
    const run = this.#run;
    const drained = run !== null && (await drainedWithin(run.lane, this.#options.clock, withinMs));
    const membership = this.#options.membership();
    if (run !== null && membership !== null && !this.lease.signal.aborted) {
      if (drained && wasRunning) await run.snapshotChanges();
      if (run.lane.failure === null) await this.#commit(membership, run.lane.checkpoint);
    }
    await this.#release();
  }

  /** The lease is gone: outputs under way get a moment to arrive, which spares the next owner repeats. */
  async revoked(withinMs: number): Promise<void> {
    this.#phase = { kind: 'ended' };
    if (this.#run !== null) await drainedWithin(this.#run.lane, this.#options.clock, withinMs);
    await this.#release();
  }

  async #release(): Promise<void> {
    this.#run?.lane.abandon();
    await this.#lastTask;
    // The last task may have opened another.
    await this.#run?.close();
  }
}
