/**
 * Waiting for versions that another process writes: the checkpoints of all partitions are asked for together, every
 * few milliseconds while somebody waits, never otherwise. What this process writes wakes its waiters at once.
 */
import type { Clock, Timer } from '../../../schemas/ports/clock.ts';
import type { Logger } from '../../logger/logger.ts';
import { Waiters } from '../embedded/waiters.ts';

export const POLL_MS = 15;
/** While the store is away. */
export const POLL_AWAY_MS = 500;

export interface CheckpointWatchOptions {
  readonly partitions: number;
  /** Waiters over all partitions; beyond, they are told at once that the version is not there. */
  readonly limit: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For each partition the newest version that can be read. */
  readonly poll: () => Promise<readonly { readonly partition: number; readonly readable: number }[]>;
}

export class CheckpointWatch {
  readonly #options: CheckpointWatchOptions;
  readonly #waiters: Waiters[];
  readonly #readable: number[];
  #waiting = 0;
  #timer: Timer | null = null;
  #polling: Promise<void> | null = null;
  #isAway = false;
  #closed = false;

  constructor(options: CheckpointWatchOptions) {
    this.#options = options;
    const { partitions, clock, limit } = options;
    this.#waiters = Array.from({ length: partitions }, () => new Waiters(clock, limit));
    this.#readable = new Array(partitions).fill(-1);
  }

  /** Told by whoever reads a checkpoint. Versions that were readable stay so. */
  reached(partition: number, readable: number): void {
    if (readable <= this.#readable[partition]!) return;
    this.#readable[partition] = readable;
    this.#waiters[partition]!.reached(readable);
  }

  /** True once `seq` is readable; false after waitMs, and at once where too many wait. */
  async wait(partition: number, seq: number, waitMs: number): Promise<boolean> {
    if (seq <= this.#readable[partition]!) return true;
    if (this.#closed || this.#waiting >= this.#options.limit) return false;
    if (waitMs <= 0) {
      await this.#poll();
      return seq <= this.#readable[partition]!;
    }
    this.#waiting += 1;
    try {
      const reached = this.#waiters[partition]!.wait(seq, this.#readable[partition]!, waitMs);
      // A poll under way may have been asked for before the version was written; the next one follows it.
      if (this.#timer === null) void this.#poll();
      return await reached;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#pause();
    }
  }

  #poll(): Promise<void> {
    this.#polling ??= this.#pollOnce().finally(() => {
      this.#polling = null;
      if (this.#waiting > 0 && !this.#closed) this.#next();
    });
    return this.#polling;
  }

  #next(): void {
    this.#pause();
    this.#timer = this.#options.clock.after(this.#isAway ? POLL_AWAY_MS : POLL_MS, () => {
      this.#timer = null;
      if (this.#waiting > 0 && !this.#closed) void this.#poll();
    });
  }

  #pause(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  async #pollOnce(): Promise<void> {
    try {
      for (const { partition, readable } of await this.#options.poll()) {
        if (partition < this.#readable.length) this.reached(partition, readable);
      }
      this.#isAway = false;
    } catch (error) {
      // Those who wait are told false in time, and the read that follows rejects with what is wrong.
      if (!this.#isAway) this.#options.logger.warn({ err: error }, 'checkpoints cannot be read now');
      this.#isAway = true;
    }
  }

  close(): void {
    this.#closed = true;
    this.#pause();
    for (const waiters of this.#waiters) waiters.close();
  }
}
