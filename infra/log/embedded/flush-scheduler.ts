/**
 * Group commit: what is appended in one turn, or while a partition's write is under way, goes out in its next write.
 *
 * A partition has one write under way at most. Those that sync share a few places, so that one thread of the pool stays
 * free for reads, and partitions that wait for a place gather larger batches. Others are quick and do not wait.
 */
import type { Clock } from '../../../schemas/ports/clock.ts';

export interface Flushable {
  /** Whether something waits to be written, and whether it must be synced. */
  readonly waiting: 'nothing' | 'write' | 'sync';
  /** Writes what waits. Never rejects: failures go to those who wait. */
  flush(): Promise<void>;
}

const PARALLEL_SYNCS = 3;

export class FlushScheduler {
  readonly #clock: Clock;
  readonly #waiting = new Set<Flushable>();
  readonly #running = new Set<Flushable>();
  #syncing = 0;
  #scheduled = false;
  #idle: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  request(target: Flushable): void {
    if (this.#running.has(target)) return;
    this.#waiting.add(target);
    this.#schedule();
  }

  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void> {
    if (this.#waiting.size === 0 && this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** A later turn, so that whoever was answered by the last write can append to the next one. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.after(0, () => {
      this.#scheduled = false;
      this.#startWaiting();
    });
  }

  #startWaiting(): void {
    for (const target of this.#waiting) {
      const kind = target.waiting;
      if (kind === 'sync' && this.#syncing >= PARALLEL_SYNCS) continue;
      this.#waiting.delete(target);
      if (kind !== 'nothing') void this.#run(target, kind === 'sync');
    }
    this.#noteIdle();
  }

  async #run(target: Flushable, syncs: boolean): Promise<void> {
    this.#running.add(target);
    if (syncs) this.#syncing += 1;
    await target.flush();
    if (syncs) this.#syncing -= 1;
    this.#running.delete(target);
    if (target.waiting !== 'nothing') this.#waiting.add(target);
    this.#schedule();
  }

  #noteIdle(): void {
    if (this.#waiting.size > 0 || this.#running.size > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
