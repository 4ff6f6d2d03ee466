/** Whether the event loop goes round: how late a timer was at worst, lately. */
import type { Clock, Timer } from '../../../schemas/ports/clock.ts';

const TICK_MS = 500;
const REMEMBERED_MS = 10_000;

export class LoopWatch {
  readonly #clock: Clock;
  #timer: Timer;
  #dueAt = 0;
  #late: { readonly at: number; readonly ms: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timer = this.#next();
  }

  #next(): Timer {
    this.#dueAt = this.#clock.monotonic() + TICK_MS;
    return this.#clock.after(TICK_MS, () => {
      this.#note();
      this.#timer = this.#next();
    });
  }

  #note(): void {
    const now = this.#clock.monotonic();
    this.#late = this.#late.filter(({ at }) => now - at < REMEMBERED_MS);
    this.#late.push({ at: now, ms: Math.max(0, now - this.#dueAt) });
  }

  /** The longest that the loop stood still in the last 10 s, a stop that is just over included; ms. */
  get worstMs(): number {
    const now = this.#clock.monotonic();
    let worst = Math.max(0, now - this.#dueAt);
    for (const { at, ms } of this.#late) if (now - at < REMEMBERED_MS) worst = Math.max(worst, ms);
    return worst;
  }

  close(): void {
    this.#timer.cancel();
  }
}
