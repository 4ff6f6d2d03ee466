/**
 * A warning about what every client meets again and again while something is away: the first is logged at once, then a
 * line each `EACH_MS` at most, which says how many there were since the line before.
 */
import type { Logger } from '../../infra/logger/logger.ts';
import type { Clock } from '../../schemas/ports/clock.ts';

const EACH_MS = 5_000;

export class RepeatedWarning {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #sentence: string;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #times = 0;

  constructor(options: { readonly clock: Clock; readonly logger: Logger }, sentence: string) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#sentence = sentence;
  }

  warn(error: unknown): void {
    this.#times += 1;
    const now = this.#clock.monotonic();
    if (now - this.#loggedAt < EACH_MS) return;
    this.#logger.warn({ error: String(error), times: this.#times }, this.#sentence);
    this.#loggedAt = now;
    this.#times = 0;
  }
}
