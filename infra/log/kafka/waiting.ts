/** Pieces of waiting for work that is under way. */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { pause } from '../../clock/pause.ts';

const ASK_AGAIN_MS = 100;

export interface Patience {
  readonly clock: Clock;
  /** How long failures that pass with time are tried again. */
  readonly patienceMs: number;
  /** LOG_CLOSED, once the log is. */
  readonly closed: () => BubbleError | null;
}

/** Questions that change nothing, or the same thing again: asked until one is answered or the time is up. */
export async function retrying<Answer>(
  { clock, patienceMs, closed }: Patience,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const deadline = clock.monotonic() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isFinal = !(error instanceof BubbleError) || !error.retryable;
      if (isFinal || closed() !== null || clock.monotonic() > deadline) throw error;
      await pause(clock, ASK_AGAIN_MS);
    }
  }
}

/** Calls that come while one is under way share its outcome. */
export function shared<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<Value> | null = null;
  return () => {
    running ??= work().finally(() => {
      running = null;
    });
    return running;
  };
}

/** Rejects with the signal's reason if it is aborted first; the work goes on. */
export function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return work;
  if (signal.aborted) {
    work.catch(() => {}); // Its outcome has become nobody's.
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const done = (): void => signal.removeEventListener('abort', abort);
    work.then(
      (value) => {
        done();
        resolve(value);
      },
      (error: unknown) => {
        done();
        reject(error);
      },
    );
  });
}
