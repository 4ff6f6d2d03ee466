import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Random } from '../../schemas/ports/random.ts';

const POOL_BYTES = 4096;
const WORD_BYTES = 6;
const WORD_RANGE = 2 ** 48;

let pool = Buffer.alloc(0);
let used = 0;

const nextWord = (): number => {
  if (used + WORD_BYTES > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  used += WORD_BYTES;
  return pool.readUIntLE(used - WORD_BYTES, WORD_BYTES);
};

/** The operating system's randomness, fit for keys. */
export const systemRandom: Random = {
  below(bound: number): number {
    assert(Number.isSafeInteger(bound) && bound > 0 && bound <= WORD_RANGE, `bound ${bound}`);
    // Words above the last whole multiple of the bound are drawn anew, so that every value is equally likely.
    const limit = WORD_RANGE - (WORD_RANGE % bound);
    for (;;) {
      const word = nextWord();
      if (word < limit) return word % bound;
    }
  },
  bytes: (length: number): Uint8Array => randomBytes(length),
};
