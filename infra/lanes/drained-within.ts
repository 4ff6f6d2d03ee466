import type { Clock } from '../../schemas/ports/clock.ts';
import type { Lane } from './lane.ts';

/** Whether everything pushed was acknowledged within this time. */
export const drainedWithin = (lane: Lane, clock: Clock, withinMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = clock.after(withinMs, () => resolve(false));
    const settle = (drained: boolean) => (): void => {
      timer.cancel();
      resolve(drained);
    };
    lane.drained().then(settle(true), settle(false));
  });
