/** Pulls that wait until a version can be read, each for a bounded time, a bounded number of them. */
import type { Clock, Timer } from '../../../schemas/ports/clock.ts';

interface Waiter {
  readonly seq: number;
  readonly timer: Timer;
  readonly resolve: (reached: boolean) => void;
}

export class Waiters {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #waiting = new Set<Waiter>();
  /** No waiter waits for less. */
  #least = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** True once `seq` is readable; false after waitMs, or at once where too many wait. */
  wait(seq: number, readable: number, waitMs: number): Promise<boolean> {
    if (seq <= readable) return Promise.resolve(true);
    if (waitMs <= 0 || this.#waiting.size >= this.#limit) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        seq,
        resolve,
        timer: this.#clock.after(waitMs, () => {
          this.#waiting.delete(waiter);
          resolve(false);
        }),
      };
      this.#waiting.add(waiter);
      this.#least = Math.min(this.#least, seq);
    });
  }

  reached(readable: number): void {
    if (readable < this.#least) return;
    let least = Number.POSITIVE_INFINITY;
    for (const waiter of this.#waiting) {
      if (waiter.seq > readable) {
        least = Math.min(least, waiter.seq);
        continue;
      }
      this.#waiting.delete(waiter);
      waiter.timer.cancel();
      waiter.resolve(true);
    }
    this.#least = least;
  }

  close(): void {
    for (const { timer, resolve } of this.#waiting) {
      timer.cancel();
      resolve(false);
    }
    this.#waiting.clear();
  }
}
