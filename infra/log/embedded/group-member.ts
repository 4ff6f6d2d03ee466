/**
 * One member of a group: runs the handlers for the partitions it holds.
 *
 * Invariants:
 * 1. For one partition: `assigned`, then batches one after another in offset order, then `revoked`. Only `revoked` may
 *    begin while another handler is under way, because that one may wait for what `revoked` gives up.
 * 2. A lease is aborted before `revoked` is called, and the partition is free when both `revoked` and whatever was
 *    under way have ended, or when the time for it is up.
 */
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Committed, GroupHandlers, Lease, ReadLimits } from '../log.ts';
import type { Partition } from './partition.ts';
import { PartitionReader } from './partition-reader.ts';

export class Holding {
  readonly lease: Lease;
  readonly partition: Partition;
  readonly #controller = new AbortController();
  #paused = false;
  #resume: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(partition: Partition) {
    this.partition = partition;
    this.lease = { topic: partition.spec.name, partition: partition.number, signal: this.#controller.signal };
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

  start(
    handlers: GroupHandlers,
    limits: ReadLimits,
    committed: () => Committed | null,
    failed: (error: unknown) => void,
  ): void {
    this.#running = this.#run(handlers, limits, committed).catch((error: unknown) => {
      // What a handler throws because its lease is gone is the end of its work, not a failure.
      if (!this.valid && isAbandonment(error)) return;
      failed(error);
    });
  }

  /** Takes the partition away. False where the handlers have not ended in time. Rejects with what `revoked` threw. */
  async revoke(handlers: GroupHandlers, clock: Clock, waitMs: number): Promise<boolean> {
    this.#controller.abort(new BubbleError('LEASE_LOST', `${this.partition.name} is taken away`));
    this.resume();
    const ended = Promise.all([handlers.revoked(this.lease), this.#running]).then(() => true);
    const late = new Promise<boolean>((resolve) => {
      const timer = clock.after(waitMs, () => resolve(false));
      const cancel = (): void => timer.cancel();
      ended.then(cancel, cancel);
    });
    return Promise.race([ended, late]);
  }

  async #run(handlers: GroupHandlers, limits: ReadLimits, committed: () => Committed | null): Promise<void> {
    const { lease } = this;
    const from = await handlers.assigned(lease, committed());
    const reader = new PartitionReader(this.partition, from);
    while (this.valid) {
      if (this.#paused) {
        await this.#resumed();
        continue;
      }
      const batch = await reader.read(limits, lease.signal);
      if (!this.valid) return;
      if (batch.records.length === 0) continue;
      // Paused while the read waited: the batch is kept for later, so no record is passed over.
      while (this.#paused && this.valid) await this.#resumed();
      if (!this.valid) return;
      await handlers.batch(lease, batch);
      // Far behind, batches come from memory without any waiting: others get a turn between them.
      if (reader.position < this.partition.end) await this.#turn();
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.partition.context.clock.after(0, resolve);
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
