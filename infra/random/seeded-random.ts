import assert from 'node:assert/strict';
import type { Random } from '../../schemas/ports/random.ts';

/** A reproducible source for simulations and tests (sfc32). Never for keys. */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    assert(Number.isSafeInteger(seed), `seed ${seed} is no integer`);
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 2 ** 32) >>> 0;
    this.#c = 0x9e3779b9;
    for (let round = 0; round < 12; round += 1) this.next();
  }

  /** 32 random bits, unsigned. */
  next(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result;
    this.#c |= 0;
    return result >>> 0;
  }

  below(bound: number): number {
    assert(Number.isSafeInteger(bound) && bound > 0, `bound ${bound} is no positive integer`);
    // The bias of a modulus over 53 bits does not matter to tests.
    const bits = (this.next() & 0x1fffff) * 2 ** 32 + this.next();
    return bits % bound;
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 1) out[at] = this.next() & 0xff;
    return out;
  }

  /** True once in so many calls. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  /** A source of its own: what one part of a simulation draws does not shift what another draws. */
  fork(): SeededRandom {
    return new SeededRandom((this.next() & 0x1fffff) * 2 ** 32 + this.next());
  }
}
