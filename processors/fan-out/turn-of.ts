import type { Clock } from '../../schemas/ports/clock.ts';

/** Resolves in a later turn of the event loop, or so much later. */
export const turnOf = (clock: Clock, delayMs = 0): Promise<void> =>
  new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
