/** A clock that the test moves; timers run when it says so. */
import type { Clock } from '../../../schemas/ports/clock.ts';

export class HeldClock implements Clock {
  nowMs = 1_790_000_000_000;
  timers: (() => void)[] = [];

  now(): number {
    return this.nowMs;
  }

  monotonic(): number {
    return this.nowMs;
  }

  after(_delayMs: number, action: () => void): { cancel(): void } {
    this.timers.push(action);
    return {
      cancel: () => {
        this.timers = this.timers.filter((each) => each !== action);
      },
    };
  }

  /** All that wait now, and what they lead to in memory. */
  async runTimers(): Promise<void> {
    for (const action of this.timers.splice(0)) action();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
