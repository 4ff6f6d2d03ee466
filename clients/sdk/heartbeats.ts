/** When a session's heartbeats are due, and when the other end is taken for dead. */
import type { Clock, Timer } from '../../schemas/ports/clock.ts';

export interface HeartbeatParts {
  readonly clock: Clock;
  /** As the server demands; 0: the default. */
  readonly periodMs: number;
  readonly graceMs: number;
  /** Sends one; `answered` is to be called with its reply. */
  beat(answered: () => void): void;
  /** Nothing at all arrived within the grace. */
  missed(): void;
}

const DEFAULT_PERIOD_MS = 25_000;

export class Heartbeats {
  readonly #parts: HeartbeatParts;
  readonly #periodMs: number;
  #timer: Timer | null = null;
  #receivedSince = false;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
    this.#periodMs = parts.periodMs > 0 ? parts.periodMs : DEFAULT_PERIOD_MS;
  }

  /** Sends the first one. */
  start(): void {
    this.#beat();
  }

  /** Anything arrived: the other end lives. */
  received(): void {
    this.#receivedSince = true;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  readonly #beat = (): void => {
    this.#receivedSince = false;
    this.#wait(this.#parts.graceMs, this.#graceOver);
    this.#parts.beat(this.#answered);
  };

  readonly #answered = (): void => {
    this.#wait(this.#periodMs, this.#beat);
  };

  readonly #graceOver = (): void => {
    // A process that was stalled itself finds the timer due before it has read what has arrived meanwhile.
    this.#wait(0, () => {
      if (!this.#receivedSince) {
        this.#parts.missed();
        return;
      }
      this.#receivedSince = false;
      this.#wait(this.#parts.graceMs, this.#graceOver);
    });
  };

  #wait(delayMs: number, action: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.after(delayMs, action);
  }
}
