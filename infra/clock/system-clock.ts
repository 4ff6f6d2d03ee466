import type { Clock, Timer } from '../../schemas/ports/clock.ts';

const MAX_DELAY_MS = 2 ** 31 - 1;

/** The machine's clock. A delay of 0 is `setImmediate`: later in this turn, after what has arrived already. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs: number, action: () => void): Timer {
    if (delayMs <= 0) {
      const immediate = setImmediate(action);
      return { cancel: () => clearImmediate(immediate) };
    }
    const timeout = setTimeout(action, Math.min(delayMs, MAX_DELAY_MS));
    return { cancel: () => clearTimeout(timeout) };
  },
};
