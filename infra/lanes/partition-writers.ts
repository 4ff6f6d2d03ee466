/**
 * The appending end of all lanes of a process: for each target partition a queue, of which one batch at a time is in
 * flight, and is appended again until acknowledged. The invariants are those of `lane.ts`.
 *
 * A batch takes whatever waits, so batches grow with the load and nobody waits when idle. Everything pushed in one
 * turn goes together: the first append is called in the microtask after the push.
 */
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import type { Log, RecordInput } from '../log/log.ts';
import type { Logger } from '../logger/logger.ts';
import type { Acknowledged, Lane, LaneOutput } from './lane.ts';
import { outputBytes, SourceLane } from './source-lane.ts';

interface Waiting {
  readonly lane: SourceLane;
  readonly ticket: number;
  readonly sourceOffset: number;
  readonly record: RecordInput;
  readonly bytes: number;
}

interface Target {
  readonly topic: string;
  readonly partition: number;
  queue: Waiting[];
  /** Where the queue begins: what lies before has left it. */
  head: number;
  /** Whether an append is unanswered or waits to be tried again. */
  busy: boolean;
  dirty: boolean;
}

export type LaneLimits = Pick<
  Limits,
  'laneQueueRecords' | 'laneQueueBytes' | 'laneBatchRecords' | 'laneBatchBytes'
>;

export interface PartitionWritersOptions {
  readonly log: Pick<Log, 'append'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: LaneLimits;
}

const RETRY_FIRST_MS = 10;
const RETRY_MAX_MS = 1_000;

export class PartitionWriters {
  readonly #options: PartitionWritersOptions;
  readonly #targets = new Map<string, Target[]>();
  #dirty: Target[] = [];

  constructor(options: PartitionWritersOptions) {
    this.#options = options;
  }

  /** @param start the first source offset that will be pushed, at least */
  lane(start: number, acknowledged?: Acknowledged): Lane {
    const { laneQueueRecords: records, laneQueueBytes: bytes } = this.#options.limits;
    return new SourceLane(this.#enqueue, { records, bytes }, start, acknowledged);
  }

  readonly #enqueue = (lane: SourceLane, ticket: number, sourceOffset: number, output: LaneOutput): void => {
    const target = this.#target(output.topic, output.partition);
    target.queue.push({ lane, ticket, sourceOffset, record: output.record, bytes: outputBytes(output) });
    if (target.busy || target.dirty) return;
    target.dirty = true;
    this.#dirty.push(target);
    if (this.#dirty.length === 1) queueMicrotask(() => this.#sendDirty());
  };

  #target(topic: string, partition: number): Target {
    let targets = this.#targets.get(topic);
    if (targets === undefined) {
      targets = [];
      this.#targets.set(topic, targets);
    }
    let target = targets[partition];
    if (target === undefined) {
      target = { topic, partition, queue: [], head: 0, busy: false, dirty: false };
      targets[partition] = target;
    }
    return target;
  }

  #sendDirty(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const target of dirty) {
      target.dirty = false;
      this.#sendNext(target);
    }
  }

  #sendNext(target: Target): void {
    if (target.busy) return;
    const batch = this.#takeBatch(target);
    if (batch.length > 0) this.#send(target, batch, RETRY_FIRST_MS);
  }

  #takeBatch(target: Target): Waiting[] {
    const { laneBatchRecords, laneBatchBytes } = this.#options.limits;
    const batch: Waiting[] = [];
    let bytes = 0;
    while (target.head < target.queue.length && batch.length < laneBatchRecords) {
      const waiting = target.queue[target.head]!;
      if (batch.length > 0 && bytes + waiting.bytes > laneBatchBytes) break;
      target.head += 1;
      if (waiting.lane.failure !== null) continue;
      bytes += waiting.bytes;
      batch.push(waiting);
    }
    if (target.head === target.queue.length) {
      target.queue = [];
      target.head = 0;
    } else if (target.head >= 4096 && target.head * 2 > target.queue.length) {
      target.queue.splice(0, target.head);
      target.head = 0;
    }
    return batch;
  }

  /** Appends a batch; `busy` stays set until it is acknowledged, or nobody wants it any more. */
  #send(target: Target, batch: Waiting[], retryMs: number): void {
    target.busy = true;
    const records = batch.map((waiting) => waiting.record);
    let appended: ReturnType<Log['append']>;
    try {
      appended = this.#options.log.append(target.topic, target.partition, records);
    } catch (error) {
      this.#failed(target, batch, retryMs, error);
      return;
    }
    appended.then(
      ({ baseOffset }) => this.#acknowledged(target, batch, baseOffset),
      (error: unknown) => this.#failed(target, batch, retryMs, error),
    );
  }

  #acknowledged(target: Target, batch: readonly Waiting[], baseOffset: number): void {
    target.busy = false;
    const last = new Map<SourceLane, number>();
    for (let at = 0; at < batch.length; at += 1) {
      const { lane, ticket, bytes } = batch[at]!;
      lane.settle(ticket, bytes);
      last.set(lane, at);
    }
    this.#sendNext(target);
    for (const [lane, at] of last) {
      if (lane.failure !== null) continue;
      lane.acknowledged?.(target.topic, target.partition, baseOffset + at, batch[at]!.sourceOffset);
      lane.wake();
    }
  }

  #failed(target: Target, batch: readonly Waiting[], retryMs: number, error: unknown): void {
    const { clock, logger } = this.#options;
    const { topic, partition } = target;
    if (!isBubbleError(error) || !error.retryable) {
      const failure = isBubbleError(error)
        ? error
        : new BubbleError('REFUSED', `an append to ${topic}/${partition} failed for good`, { cause: error });
      logger.error({ topic, partition, error: failure }, 'an append will never succeed; its lanes end');
      for (const waiting of batch) waiting.lane.fail(failure);
      target.busy = false;
      this.#sendNext(target);
      return;
    }
    logger.warn({ topic, partition, records: batch.length, retryMs, error }, 'append failed, trying again');
    clock.after(retryMs, () => {
      // The order of what is left stays; a lane that was abandoned meanwhile wants nothing any more.
      const wanted = batch.filter((waiting) => waiting.lane.failure === null);
      if (wanted.length > 0) {
        this.#send(target, wanted, Math.min(2 * retryMs, RETRY_MAX_MS));
        return;
      }
      target.busy = false;
      this.#sendNext(target);
    });
  }
}
