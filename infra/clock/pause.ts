import type { Clock } from '../../schemas/ports/clock.ts';

/** Resolves after `ms`, or when the signal is aborted. 0 ms: in a later turn of the event loop. */
export const pause = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal === undefined) {
      clock.after(ms, resolve);
      return;
    }
    if (signal.aborted) return resolve();
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(ms, done);
    signal.addEventListener('abort', done);
  });
