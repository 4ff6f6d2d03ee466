/** Ids that a registry has said not to have, so that a topic full of them does not ask for each record. */
import type { Clock } from '../../schemas/ports/clock.ts';

/** Beyond, the oldest is forgotten, and asked for again when it is met. */
const UNKNOWN_IDS = 1_000;

export class UnknownIds {
  readonly #clock: Clock;
  readonly #rememberedMs: number;
  /** Monotonic ms until which an id counts as unknown. */
  readonly #until = new Map<number, number>();

  constructor(clock: Clock, rememberedMs: number) {
    this.#clock = clock;
    this.#rememberedMs = rememberedMs;
  }

  has(id: number): boolean {
    const until = this.#until.get(id);
    return until !== undefined && this.#clock.monotonic() < until;
  }

  add(id: number): void {
    this.#until.delete(id);
    this.#until.set(id, this.#clock.monotonic() + this.#rememberedMs);
    if (this.#until.size <= UNKNOWN_IDS) return;
    const [oldest] = this.#until.keys();
    this.#until.delete(oldest!);
  }
}
