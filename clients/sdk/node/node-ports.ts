/** The SDK's clock and dice in Node. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Random } from '../../../schemas/ports/random.ts';

export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, action) => {
    if (delayMs <= 0) {
      const immediate = setImmediate(action);
      return { cancel: () => clearImmediate(immediate) };
    }
    const timer = setTimeout(action, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

export const nodeRandom: Random = {
  below: (bound) => (bound <= 1 ? 0 : randomInt(bound)),
  bytes: (length) => randomBytes(length),
};
