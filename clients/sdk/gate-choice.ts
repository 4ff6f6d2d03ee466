/**
 * Which of several gates a client goes to, and when to another. Pure.
 *
 * 1. Every device has an order of its own, by a hash of device and address: devices spread over all gates, those of a
 *    gate that goes away spread over all others, and a gate more or less changes the order of the others for nobody.
 * 2. What a gate is (gone, full, without its log, of another deployment) sends the client to the next one. What the
 *    client is (slow, too fast, its token, its clock) does not: the next gate would say the same.
 * 3. When a gate asks to log in anew because the session is old, the client goes to its first one: so the load comes
 *    home after a gate was away.
 * 4. The gates may change between two attempts. A new one that comes before the gate whose turn it is takes the turn,
 *    so that it gets its share as clients connect anew; one that is gone leaves its turn to the next.
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

/** The order of one device, and whose turn it is. Addresses are host:port or URLs, as they are configured. */
export class GateChoice<Gate extends { readonly address: string }> {
  readonly #user: string;
  readonly #device: string;
  #order: readonly Gate[] = [];
  #at = 0;
  /** Since the last session. */
  #failures = 0;

  constructor(user: string, device: string) {
    this.#user = user;
    this.#device = device;
  }

  /** The gates as they are now. */
  update(gates: readonly Gate[]): void {
    const addresses = gates.map(({ address }) => address);
    const order = gateOrder(addresses, this.#user, this.#device).map((index) => gates[index]!);
    const placeOf = (address: string): number => order.findIndex((gate) => gate.address === address);
    const known = new Set(this.#order.map(({ address }) => address));
    const inTurn = [...this.#order.slice(this.#at), ...this.#order.slice(0, this.#at)];
    const next = inTurn.find(({ address }) => addresses.includes(address));
    const turn = next === undefined ? 0 : placeOf(next.address);
    const newcomer = order.findIndex(({ address }) => !known.has(address));
    this.#order = order;
    this.#at = newcomer === -1 ? turn : Math.min(newcomer, turn);
  }

  /** How many there are. */
  get count(): number {
    return this.#order.length;
  }

  /** The gate to go to; null before there was any. */
  get current(): Gate | null {
    return this.#order[this.#at] ?? null;
  }

  opened(): void {
    this.#failures = 0;
  }

  ended(move: Move): void {
    this.#failures += 1;
    if (move === 'next' && this.count > 0) this.#at = (this.#at + 1) % this.count;
    else if (move === 'first') this.#at = 0;
  }

  /** A gate whose machine is gone does not even refuse: with others at hand it is not waited for as long. */
  deadlineMs(limitMs: number): number {
    if (this.count <= 1) return limitMs;
    return Math.min(limitMs, GATE_DEADLINE_MS * 2 ** Math.min(Math.floor(this.#failures / this.count), 16));
  }
}
