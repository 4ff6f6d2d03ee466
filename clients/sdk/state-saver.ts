/** Writes what a device knows besides its outbox: soon after a change, not more often than the limit, in order. */
import type { BubbleError } from '../../schemas/errors.ts';
import type { SdkLimits } from '../../schemas/limits.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { DeviceState, StateStorage } from './state-storage.ts';

export interface SaverHooks {
  /** What is to be written now. */
  state(): DeviceState;
  error(error: BubbleError): void;
}

export class StateSaver {
  readonly #storage: StateStorage;
  readonly #clock: Clock;
  readonly #limits: SdkLimits;
  readonly #hooks: SaverHooks;
  #timer: Timer | null = null;
  #saving: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(storage: StateStorage, clock: Clock, limits: SdkLimits, hooks: SaverHooks) {
    this.#storage = storage;
    this.#clock = clock;
    this.#limits = limits;
    this.#hooks = hooks;
  }

  saveSoon(): void {
    if (this.#timer !== null || this.#stopped) return;
    this.#timer = this.#clock.after(this.#limits.stateSaveMs, () => {
      this.#timer = null;
      this.save().catch((error: BubbleError) => this.#hooks.error(error));
    });
  }

  /** @throws what the storage throws */
  save(): Promise<void> {
    const saved = this.#saving.then(() => this.#storage.save(this.#hooks.state()));
    this.#saving = saved.catch(() => {
      // Reported to whoever asked for this save; the next one tries again.
    });
    return saved;
  }

  /** Nothing is saved by itself any more. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = null;
  }
}
