/** The partition of a key: murmur2 as Kafka's Java client computes it, so that strangers' producers agree with us. */

const M = 0x5bd1e995;
const SEED = 0x9747b28c;

/** @returns the signed 32-bit hash of `org.apache.kafka.common.utils.Utils.murmur2` */
export function murmur2(key: Uint8Array): number {
  const length = key.length;
  let h = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let k = key[at]! | (key[at + 1]! << 8) | (key[at + 2]! << 16) | (key[at + 3]! << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    k = Math.imul(k, M);
    h = Math.imul(h, M) ^ k;
  }
  const rest = length - at;
  if (rest >= 3) h ^= key[at + 2]! << 16;
  if (rest >= 2) h ^= key[at + 1]! << 8;
  if (rest >= 1) h = Math.imul(h ^ key[at]!, M);
  h ^= h >>> 13;
  h = Math.imul(h, M);
  h ^= h >>> 15;
  return h | 0;
}

const utf8 = new TextEncoder();

export const partitionOf = (key: string | Uint8Array, partitions: number): number =>
  partitions === 1
    ? 0
    : (murmur2(typeof key === 'string' ? utf8.encode(key) : key) & 0x7fffffff) % partitions;
