/**
 * 32-bit murmur3 of a command's body, seeded with its kind: tells "the same again" from "another under this id".
 * A collision turns a conflict of one's own making into a duplicate, and hurts nobody else.
 */
const mix = (k: number): number => {
  const m = Math.imul(k, 0xcc9e2d51);
  return Math.imul((m << 15) | (m >>> 17), 0x1b873593);
};

/** @returns an unsigned 32-bit number */
export const bodyHash = (bytes: Buffer, start: number, end: number, kind: number): number => {
  let h = kind;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    h ^= mix(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    h = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let shift = 0; at < end; at += 1, shift += 8) tail |= bytes[at]! << shift;
  h ^= mix(tail);
  h ^= end - start;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};
