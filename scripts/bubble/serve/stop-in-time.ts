/** A stop with a limit: a process that does not end keeps its orchestrator from starting another in its place. */
import type { Clock } from '../../../schemas/ports/clock.ts';

export type StopOutcome =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** It goes on; `waitsFor` names the parts that had not stopped then. */
  | { readonly kind: 'late'; readonly waitsFor: readonly string[] };

/** A stop may take so long beyond the gate's drain. */
export const STOP_MARGIN_MS = 15_000;

export interface Stopping {
  stop(): Promise<void>;
  stopsAt(): readonly string[];
}

export const stopInTime = (parts: Stopping, clock: Clock, withinMs: number): Promise<StopOutcome> =>
  new Promise((resolve) => {
    const timer = clock.after(withinMs, () => resolve({ kind: 'late', waitsFor: parts.stopsAt() }));
    const settle = (outcome: StopOutcome): void => {
      timer.cancel();
      resolve(outcome);
    };
    parts.stop().then(
      () => settle({ kind: 'stopped' }),
      (error: unknown) => settle({ kind: 'failed', error }),
    );
  });
