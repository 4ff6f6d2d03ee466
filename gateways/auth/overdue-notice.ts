/** Says that something is overdue and this process may not do it: at once, then once an hour, louder near the end. */
import type { Logger } from '../../infra/logger/logger.ts';

const REPEAT_MS = 3_600_000;
const URGENT_MS = 24 * 3_600_000;

export class OverdueNotice {
  readonly #logger: Logger;
  readonly #sentence: string;
  #saidAtMs: number | null = null;

  constructor(logger: Logger, sentence: string) {
    this.#logger = logger;
    this.#sentence = sentence;
  }

  get isOverdue(): boolean {
    return this.#saidAtMs !== null;
  }

  /** @param endsAtMs what is in use now ends then */
  overdue(endsAtMs: number, nowMs: number, error: unknown): void {
    if (this.#saidAtMs !== null && nowMs - this.#saidAtMs < REPEAT_MS) return;
    this.#saidAtMs = nowMs;
    const fields = { endsAt: new Date(endsAtMs).toISOString(), error };
    if (endsAtMs - nowMs < URGENT_MS) this.#logger.error(fields, this.#sentence);
    else this.#logger.warn(fields, this.#sentence);
  }

  done(): void {
    if (this.#saidAtMs === null) return;
    this.#saidAtMs = null;
    this.#logger.info({}, 'what was overdue has been done');
  }
}
