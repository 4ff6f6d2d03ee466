/** The gates of a deployment: fixed ones, or those that somebody tells. */
import type { MaybePromise } from '../../schemas/channel/crypto-port.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { assert } from './assert.ts';
import type { GateTransport, Transport } from './transport.ts';

/** Says where the gates are now: asked before each attempt to connect, never twice at a time. */
export type GateSource = () => MaybePromise<readonly GateTransport[]>;

/** Keeps the last answer of its source, so that a source that is away costs nothing but news. */
export class GateList {
  /** Null: the gates are fixed. */
  readonly #source: GateSource | null;
  readonly #clock: Clock;
  #gates: readonly GateTransport[];
  #asking: Promise<void> | null = null;

  constructor(gates: Transport | readonly GateTransport[] | GateSource, clock: Clock) {
    const fixed = fixedGates(gates);
    assert(fixed === null || fixed.length > 0, 'there is a gate to go to');
    this.#source = typeof gates === 'function' ? gates : null;
    this.#clock = clock;
    this.#gates = fixed ?? [];
  }

  /** The last answer; empty before the first one of a source. */
  get gates(): readonly GateTransport[] {
    return this.#gates;
  }

  /**
   * Resolves when `gates` are as new as the source knows. An answer that comes too late is kept for the next time.
   * @param signal given up: resolves at once
   * @throws BubbleError what the source throws; TIMEOUT (retryable) where it says nothing within the deadline
   */
  async refresh(deadlineMs: number, signal: AbortSignal): Promise<void> {
    const source = this.#source;
    if (source === null) return;
    // A source that hangs is waited for again, not asked again.
    this.#asking ??= this.#ask(source).finally(() => {
      this.#asking = null;
    });
    const asking = this.#asking;
    await new Promise<void>((resolve, reject) => {
      const settle = (how: () => void): void => {
        deadline.cancel();
        signal.removeEventListener('abort', onAbort);
        how();
      };
      const onAbort = (): void => settle(resolve);
      const deadline = this.#clock.after(deadlineMs, () =>
        settle(() =>
          reject(new BubbleError('TIMEOUT', 'nobody says where the gates are', { retryable: true })),
        ),
      );
      signal.addEventListener('abort', onAbort);
      asking.then(
        () => settle(resolve),
        (error: unknown) => settle(() => reject(failureOf(error))),
      );
    });
  }

  async #ask(source: GateSource): Promise<void> {
    const gates = await source();
    if (gates.length === 0) throw new BubbleError('CONFIG', 'the list of gates is empty');
    this.#gates = gates;
  }
}

const fixedGates = (
  gates: Transport | readonly GateTransport[] | GateSource,
): readonly GateTransport[] | null => {
  if (typeof gates === 'function') return null;
  if (!('connect' in gates)) return gates;
  return [{ address: '', connect: (handler, signal) => gates.connect(handler, signal) }];
};

const failureOf = (error: unknown): BubbleError =>
  isBubbleError(error)
    ? error
    : new BubbleError('CONNECTION_LOST', 'cannot learn where the gates are', {
        retryable: true,
        cause: error,
      });
