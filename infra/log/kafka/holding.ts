/**
 * A partition that a member of a group holds: runs the handlers for it.
 *
 * Invariants:
 * 1. `assigned`, then batches one after another in offset order, then `revoked`. Only `revoked` may begin while
 *    another handler is under way, because that one may wait for what `revoked` gives up.
 * 2. The lease is aborted before `revoked` is called; the partition is free when both `revoked` and whatever was under
 *    way have ended.
 * 3. A batch that takes longer than `batchTimeoutMs` is taken for one that hangs: it ends the membership, so that
 *    another member gets on with the partition. (`assigned` may restore state for as long as it needs.)
 */
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { pause } from '../../clock/pause.ts';
import type { Logger } from '../../logger/logger.ts';
import type { Committed, GroupHandlers, Lease, ReadLimits, RecordBatch, TopicPartition } from '../log.ts';
import { PartitionReader, type ReaderContext } from './partition-reader.ts';

export interface HoldingContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly reader: ReaderContext;
  readonly handlers: GroupHandlers;
  readonly limits: ReadLimits;
  /** Infinity: a batch may take for ever. */
  readonly batchTimeoutMs: number;
}

const READ_AGAIN_MS = 100;

export class Holding {
  readonly lease: Lease;
  readonly #context: HoldingContext;
  readonly #controller = new AbortController();
  #paused = false;
  #resume: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();
  #revoking: Promise<void> | null = null;

  constructor({ topic, partition }: TopicPartition, context: HoldingContext) {
    this.#context = context;
    this.lease = { topic, partition, signal: this.#controller.signal };
  }

  get valid(): boolean {
    return !this.#controller.signal.aborted;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#resume?.();
  }

  start(committed: Committed | null, failed: (error: unknown) => void): void {
    this.#running = this.#run(committed, failed).catch((error: unknown) => {
      // What a handler throws because its lease is gone is the end of its work, not a failure.
      if (!this.valid && isAbandonment(error)) return;
      failed(error);
    });
  }

  /** At once; `revoked` follows. */
  abort(reason: string): void {
    if (!this.valid) return;
    const { topic, partition } = this.lease;
    this.#controller.abort(new BubbleError('LEASE_LOST', `${topic}/${partition}: ${reason}`));
    this.resume();
  }

  /** After `abort`: resolves when the partition is free. Rejects with what `revoked` threw. */
  revoke(): Promise<void> {
    this.#revoking ??= Promise.all([this.#context.handlers.revoked(this.lease), this.#running]).then(
      () => {},
    );
    return this.#revoking;
  }

  async #run(committed: Committed | null, failed: (error: unknown) => void): Promise<void> {
    const { handlers, reader: readerContext } = this.#context;
    const { lease } = this;
    const from = await handlers.assigned(lease, committed);
    if (!this.valid) return;
    const reader = new PartitionReader(lease.topic, lease.partition, from, readerContext);
    while (this.valid) {
      if (this.#paused) {
        await this.#resumed();
        continue;
      }
      const batch = await this.#read(reader);
      if (batch === null || batch.records.length === 0) continue;
      // Paused while the read waited: the batch is kept for later, so no record is passed over.
      while (this.#paused && this.valid) await this.#resumed();
      if (!this.valid) return;
      await this.#inTime(handlers.batch(lease, batch), failed);
      // Records that are here already are read without any waiting: others get a turn between the batches.
      if (reader.hasMore) await this.#turn();
    }
  }

  /** null: try again. */
  async #read(reader: PartitionReader): Promise<RecordBatch | null> {
    const { clock, limits, logger } = this.#context;
    const { topic, partition, signal } = this.lease;
    try {
      return await reader.read(limits, signal);
    } catch (error) {
      if (!isBubbleError(error) || !error.retryable) throw error;
      logger.warn({ topic, partition, error }, 'a partition cannot be read, trying again');
      await pause(clock, READ_AGAIN_MS, signal);
      return null;
    }
  }

  async #inTime(work: Promise<void>, failed: (error: unknown) => void): Promise<void> {
    const { clock, batchTimeoutMs } = this.#context;
    if (batchTimeoutMs === Number.POSITIVE_INFINITY) return work;
    const { topic, partition } = this.lease;
    const timer = clock.after(batchTimeoutMs, () => {
      failed(
        new BubbleError('TIMEOUT', `${topic}/${partition}: a batch took longer than ${batchTimeoutMs} ms`),
      );
    });
    try {
      await work;
    } finally {
      timer.cancel();
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#context.clock.after(0, resolve);
    });
  }

  #resumed(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = () => {
        this.#resume = null;
        resolve();
      };
    });
  }
}

const isAbandonment = (error: unknown): boolean =>
  isBubbleError(error, 'LEASE_LOST') || (error instanceof Error && error.name === 'AbortError');
