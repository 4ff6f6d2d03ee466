/**
 * Which of several gates a client goes to, and when to another. Pure.
 *
 * 1. Every device has an order of its own, by a hash of device and address: devices spread over all gates, those of a
 *    gate that goes away spread over all others, and a gate more or less changes the order of the others for nobody.
 * 2. What a gate is (gone, full, without its log, of another deployment) sends the client to the next one. What the
 *    client is (slow, too fast, its token, its clock) does not: the next gate would say the same.
 * 3. When a gate asks to log in anew because the session is old, the client goes to its first one: so the load comes
 *    home after a gate was away.
 */
import { type CloseName, closeNameOf, type ErrorName, isRetryable } from '../../schemas/errors.ts';
import { murmur2 } from '../../schemas/partition.ts';

export type Move = 'stay' | 'next' | 'first';

/** One attempt may take this long where there are other gates; twice as long in the next round, and so on. */
const GATE_DEADLINE_MS = 5_000;

const utf8 = new TextEncoder();

/** @returns indexes of the addresses, the first choice first */
export const gateOrder = (addresses: readonly string[], user: string, device: string): readonly number[] =>
  addresses
    .map((address, index) => ({ index, hash: murmur2(utf8.encode(`${user}@${device} ${address}`)) >>> 0 }))
    .sort((a, b) => b.hash - a.hash || a.index - b.index)
    .map(({ index }) => index);

/** @param sealed false: anybody on the path may have said it, so it says nothing about the client */
export const moveAfterRefusal = (error: ErrorName, sealed: boolean): Move =>
  !sealed || error === 'AUTH_BUSY' || isRetryable(error) ? 'next' : 'stay';

const GATE_CLOSES: readonly CloseName[] = ['DRAIN', 'SLOT_LOST', 'ADMISSION', 'AUTH_TIMEOUT'];

/** @param code of the close frame, or of the connection's end; unknown ones are the gate's, not the client's */
export const moveAfterClose = (code: number): Move => {
  const name = closeNameOf(code);
  if (name === 'REAUTH') return 'first';
  return name === undefined || GATE_CLOSES.includes(name) ? 'next' : 'stay';
};

/** The order of one device, and where it is in it. Addresses are host:port or URLs, as they are configured. */
export class GateChoice {
  readonly #order: readonly number[];
  #at = 0;
  /** Since the last session. */
  #failures = 0;

  constructor(addresses: readonly string[], user: string, device: string) {
    this.#order = gateOrder(addresses, user, device);
  }

  /** Index of the gate to go to. */
  get current(): number {
    return this.#order[this.#at]!;
  }

  opened(): void {
    this.#failures = 0;
  }

  ended(move: Move): void {
    this.#failures += 1;
    if (move === 'next') this.#at = (this.#at + 1) % this.#order.length;
    else if (move === 'first') this.#at = 0;
  }

  /** A gate whose machine is gone does not even refuse: with others at hand it is not waited for as long. */
  deadlineMs(limitMs: number): number {
    const count = this.#order.length;
    if (count === 1) return limitMs;
    return Math.min(limitMs, GATE_DEADLINE_MS * 2 ** Math.min(Math.floor(this.#failures / count), 16));
  }
}
