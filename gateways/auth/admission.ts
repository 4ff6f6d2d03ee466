/**
 * How many handshakes an address may make: a token bucket for full logins and one of its own for resumptions, so
 * that half of the capacity is kept for them. IPv6 counts by /64, since one host owns that many addresses.
 *
 * Beyond the limit of addresses, new ones share one pair of buckets until idle ones have been swept away.
 */
import { isIPv6 } from 'node:net';

export type HandshakeKind = 'login' | 'resumption';

interface Buckets {
  readonly tokens: Record<HandshakeKind, number>;
  atMs: number;
}

const SWEEP_PAUSE_MS = 1_000;

/** The key by which an address is counted. */
export const addressKey = (address: string): string => {
  const bare = address.split('%')[0]!;
  if (!isIPv6(bare)) return bare;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  if (mapped !== null) return mapped[1]!;
  const [left = '', right] = bare.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...tail];
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
};

export class Admission {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #limit: number;
  readonly #byAddress = new Map<string, Buckets>();
  readonly #shared: Buckets;
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: { readonly perSecond: number; readonly burst: number; readonly addresses: number }) {
    this.#perSecond = options.perSecond;
    this.#burst = options.burst;
    this.#limit = options.addresses;
    this.#shared = { tokens: { login: options.burst, resumption: options.burst }, atMs: 0 };
  }

  get addresses(): number {
    return this.#byAddress.size;
  }

  /** Takes one handshake of this kind. @param nowMs monotonic */
  admit(address: string, kind: HandshakeKind, nowMs: number): boolean {
    const buckets = this.#bucketsOf(addressKey(address), nowMs);
    this.#refill(buckets, nowMs);
    if (buckets.tokens[kind] < 1) return false;
    buckets.tokens[kind] -= 1;
    return true;
  }

  #bucketsOf(key: string, nowMs: number): Buckets {
    const known = this.#byAddress.get(key);
    if (known !== undefined) return known;
    if (this.#byAddress.size >= this.#limit) this.#sweep(nowMs);
    if (this.#byAddress.size >= this.#limit) return this.#shared;
    const fresh: Buckets = { tokens: { login: this.#burst, resumption: this.#burst }, atMs: nowMs };
    this.#byAddress.set(key, fresh);
    return fresh;
  }

  #refill(buckets: Buckets, nowMs: number): void {
    const gained = (Math.max(0, nowMs - buckets.atMs) * this.#perSecond) / 1_000;
    buckets.tokens.login = Math.min(this.#burst, buckets.tokens.login + gained);
    buckets.tokens.resumption = Math.min(this.#burst, buckets.tokens.resumption + gained);
    buckets.atMs = nowMs;
  }

  /** Forgets the addresses whose buckets are full again: they lose nothing by it. */
  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptAtMs < SWEEP_PAUSE_MS) return;
    this.#sweptAtMs = nowMs;
    const fullAfterMs = (this.#burst / this.#perSecond) * 1_000;
    for (const [key, buckets] of this.#byAddress) {
      if (nowMs - buckets.atMs >= fullAfterMs) this.#byAddress.delete(key);
    }
  }
}
