/**
 * Tickets that were used: each opens one session. The set of this process decides; what other gates have spent is
 * asked of a store that all gates share (Redis), where there is one.
 *
 * 1. Nothing waits for the store longer than SHARED_MS, and where it is away the set of this process alone decides:
 *    a ticket used twice is worth nothing without the secret of its session, which only its device knows, so to send
 *    every reconnecting client through a full login would cost more than it gains.
 * 2. A ticket is spent when the first frame of its session opens. That does not wait for the store: of two sessions
 *    that two gates opened with one ticket at the same moment, the one that the store refuses ends with its next
 *    frame.
 * 3. At its limit the set forgets nothing: resumptions are refused, full logins go on.
 */
import type { Logger } from '../../infra/logger/logger.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { WindowedSet } from './windowed-set.ts';

/** What all gates of a deployment share. Ids are ASCII (base64url), unique for a ticket. May reject: it is away. */
export interface SpentTickets {
  isSpent(id: string): Promise<boolean>;
  /**
   * @param expiresAtMs wall clock; the entry may be forgotten then
   * @returns true: this call has spent it; false: it was spent before (`SET NX`)
   */
  spend(id: string, expiresAtMs: number): Promise<boolean>;
}

export const SHARED_MS = 200;
const WINDOW_MS = 3_600_000;
const COMPLAINT_PAUSE_MS = 10_000;

export interface SpentFilterOptions {
  readonly shared: SpentTickets | undefined;
  readonly limit: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

const sharedId = (id: string): string => Buffer.from(id, 'latin1').toString('base64url');

/** What this process knows of tickets that were used, and asks of the others. */
export class SpentFilter {
  readonly #options: SpentFilterOptions;
  readonly #own: WindowedSet;
  #complainedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: SpentFilterOptions) {
    this.#options = options;
    this.#own = new WindowedSet({ windowMs: WINDOW_MS, limit: options.limit });
  }

  /** Spent, or there is no room to remember that it will be. */
  async isSpent(id: string): Promise<boolean> {
    const { shared, clock } = this.#options;
    const nowMs = clock.now();
    if (this.#own.has(id, nowMs) || this.#own.isFull(nowMs)) return true;
    return shared !== undefined && (await this.#ask(shared.isSpent(sharedId(id)), false));
  }

  /**
   * @param lost called where another gate turns out to have spent it before
   * @returns false: this process has spent it before
   */
  spend(id: string, expiresAtMs: number, lost: () => void): boolean {
    const { shared, clock } = this.#options;
    if (this.#own.add(id, expiresAtMs, clock.now()) !== 'added') return false;
    if (shared !== undefined) {
      void this.#ask(shared.spend(sharedId(id), expiresAtMs), true).then((isFirst) => {
        if (!isFirst) lost();
      });
    }
    return true;
  }

  #ask(answer: Promise<boolean>, unknown: boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const give = (value: boolean): void => {
        timer.cancel();
        resolve(value);
      };
      const away = (error: unknown): void => {
        this.#complain(error);
        give(unknown);
      };
      const timer = this.#options.clock.after(SHARED_MS, () => away(`no answer within ${SHARED_MS} ms`));
      answer.then(give, away);
    });
  }

  #complain(error: unknown): void {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs - this.#complainedAtMs < COMPLAINT_PAUSE_MS) return;
    this.#complainedAtMs = nowMs;
    this.#options.logger.warn(
      { error },
      'the shared store of spent tickets is away: each gate knows its own',
    );
  }
}
