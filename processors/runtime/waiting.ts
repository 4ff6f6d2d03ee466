/** Small pieces of waiting that processors share, all through the clock and a lease's signal. */
import type { Clock, Timer } from '../../schemas/ports/clock.ts';

/** Calls the action every `ms`, counted from the end of the call before. @returns how to end that */
export const repeat = (clock: Clock, ms: number, action: () => void): (() => void) => {
  let timer: Timer;
  let ended = false;
  const again = (): void => {
    timer = clock.after(ms, () => {
      action();
      if (!ended) again();
    });
  };
  again();
  return () => {
    ended = true;
    timer.cancel();
  };
};

/** Resolves when the signal is aborted. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
