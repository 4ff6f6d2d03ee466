/**
 * The gates that a process has one after the other: when another gate has taken the slot of one, the next goes on in
 * another slot.
 *
 * Invariants:
 * 1. One gate at a time: the next is opened after the one before has closed. Until then that one refuses connections,
 *    with a word to come back.
 * 2. `ended` rejects when a gate fails, or no slot can be had. After `stop` there is no next gate.
 */
import type { Gate } from '../../../gateways/gate/gate.ts';
import { claimChosenSlot } from '../../../gateways/gate/slot-choice.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import { isBubbleError } from '../../../schemas/errors.ts';

export interface SuccessionOptions {
  /** The slot to claim. @param lost the one that another gate has taken; null: none */
  readonly nextSlot: (lost: number | null) => Promise<number>;
  /** Rejects with SLOT_LOST where another gate claims the slot first. */
  readonly open: (slot: number) => Promise<Gate>;
  readonly logger: Logger;
}

export class GateSuccession {
  readonly ended: Promise<void>;
  readonly #options: SuccessionOptions;
  #settle = { resolve: (): void => {}, reject: (_error: unknown): void => {} };
  #gate: Gate;
  /** The next gate, on its way. */
  #replacing: Promise<void> | null = null;
  #isStopping = false;

  private constructor(options: SuccessionOptions, first: Gate) {
    this.#options = options;
    this.#gate = first;
    this.ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.ended.catch(() => {});
    this.#watch(first);
  }

  static async open(options: SuccessionOptions): Promise<GateSuccession> {
    return new GateSuccession(options, await claimChosenSlot(options.nextSlot, options.open));
  }

  get present(): Gate {
    return this.#gate;
  }

  /** The present one, after the next where that is on its way. */
  async settled(): Promise<Gate> {
    await this.#replacing;
    return this.#gate;
  }

  /** Drains and closes the present gate. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    // Its failure has been told already.
    await this.#replacing?.catch(() => {});
    await this.#gate.drain();
    await this.#gate.close();
    this.#settle.resolve();
  }

  #watch(gate: Gate): void {
    gate.ended.catch((error: unknown) => {
      if (this.#isStopping) return;
      if (!isBubbleError(error, 'SLOT_LOST')) {
        this.#settle.reject(error);
        return;
      }
      this.#replacing = this.#replace(gate);
      this.#replacing.catch((failure: unknown) => this.#settle.reject(failure));
    });
  }

  async #replace(gate: Gate): Promise<void> {
    const { logger, nextSlot, open } = this.#options;
    const { slot } = gate.stats();
    await gate.close();
    this.#gate = await claimChosenSlot(nextSlot, open, slot);
    this.#watch(this.#gate);
    logger.warn({ lost: slot, slot: this.#gate.stats().slot }, 'the gate goes on in another slot');
  }
}
