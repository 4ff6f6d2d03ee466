/**
 * Asks queries, waiting for a session where there is none and asking again where the session ends before the answer.
 * Each query has one deadline for all of it; at most limits.queriesWaiting are under way.
 */
import { BubbleError, ERRORS } from '../../schemas/errors.ts';
import type { SdkLimits } from '../../schemas/limits.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { Query } from './queries.ts';
import type { ClientSession } from './session.ts';

interface Waiting {
  readonly operation: number;
  readonly body: Uint8Array;
  /** @returns false: not answered yet, ask again */
  answered(body: Uint8Array): void;
  failed(error: BubbleError): void;
  readonly deadline: Timer;
}

/** The answer was a refusal; `name` and `code` are of the catalogue (schemas/errors.ts). */
export class QueryRefused extends BubbleError {
  readonly answerCode: number;
  readonly answerName: string;

  constructor(name: string, code: number, message: string) {
    const retryable = code >= ERRORS.RETRY_LATER.code && code < ERRORS.NOT_A_MEMBER.code;
    super('REFUSED', message === '' ? name : `${name}: ${message}`, { retryable });
    this.answerCode = code;
    this.answerName = name;
  }
}

export class QueryRunner {
  readonly #clock: Clock;
  readonly #limits: SdkLimits;
  readonly #waiting = new Set<Waiting>();
  #session: ClientSession | null = null;
  #stopped = false;

  constructor(clock: Clock, limits: SdkLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * @throws (rejects) BubbleError TIMEOUT (retryable), REFUSED (stopped, or too many queries); QueryRefused with the
   * code of the answer
   */
  run<T>(query: Query<T>): Promise<T> {
    if (this.#stopped) return Promise.reject(new BubbleError('REFUSED', 'the client was stopped'));
    if (this.#waiting.size >= this.#limits.queriesWaiting) {
      return Promise.reject(new BubbleError('REFUSED', 'too many queries wait', { retryable: true }));
    }
    return new Promise((resolve, reject) => {
      const deadline = this.#clock.after(this.#limits.queryDeadlineMs, () =>
        waiting.failed(new BubbleError('TIMEOUT', 'no answer within the deadline', { retryable: true })),
      );
      const settle = (): void => {
        deadline.cancel();
        this.#waiting.delete(waiting);
      };
      const waiting: Waiting = {
        operation: query.operation,
        body: query.body,
        deadline,
        answered: (body) => {
          settle();
          try {
            const answer = query.read(body);
            if (answer.ok) resolve(answer.value);
            else reject(new QueryRefused(answer.error, answer.code, answer.message));
          } catch (cause) {
            reject(new BubbleError('REFUSED', 'the answer cannot be decoded', { cause }));
          }
        },
        failed: (error) => {
          settle();
          reject(error);
        },
      };
      this.#waiting.add(waiting);
      this.#ask(waiting);
    });
  }

  #ask(waiting: Waiting): void {
    const session = this.#session;
    if (session === null || !session.isOpen) return;
    session.request(waiting.operation, waiting.body, (body) => {
      // Without an answer it is asked again in the next session; after the deadline nobody listens.
      if (body !== null && this.#waiting.has(waiting)) waiting.answered(body);
    });
  }

  sessionOpened(session: ClientSession): void {
    this.#session = session;
    for (const waiting of this.#waiting) this.#ask(waiting);
  }

  sessionClosed(): void {
    this.#session = null;
  }

  stop(): void {
    this.#stopped = true;
    this.#session = null;
    for (const waiting of this.#waiting) waiting.failed(new BubbleError('REFUSED', 'the client was stopped'));
  }
}
