/** The vector of a position as the metadata of an offset commit: text that Kafka's tools can show. */
import assert from 'node:assert/strict';
import { BubbleError } from '../../../schemas/errors.ts';
import { MAX_PARTITIONS } from '../../../schemas/topics.ts';

/** `offset.metadata.max.bytes` of a broker, by default. 256 numbers below 2^53 take 3,077 of it. */
const MAX_CHARACTERS = 4_096;
const MARK = 'v1:';
/** Digits of 32: each number exact, 11 digits at most. */
const RADIX = 32;

export function encodeVector(vector: readonly number[]): string {
  assert.ok(vector.length <= MAX_PARTITIONS, `a vector of ${vector.length} sources`);
  const text = MARK + vector.map((src) => src.toString(RADIX)).join(',');
  assert.ok(text.length <= MAX_CHARACTERS);
  return text;
}

/** @param place for the message; a foreign text is refused with STORE_CONFLICT */
export function decodeVector(metadata: string | null, place: string): number[] {
  // A tool that has reset the offset has left no vector: then the reader would number its rows differently.
  if (metadata === null || !metadata.startsWith(MARK)) {
    throw new BubbleError(
      'STORE_CONFLICT',
      `${place}: the committed offset carries no vector; commit a position with its vector, or reset the group whole`,
    );
  }
  const text = metadata.slice(MARK.length);
  if (text === '') return [];
  return text.split(',').map((digits) => {
    const src = Number.parseInt(digits, RADIX);
    if (Number.isSafeInteger(src) && src >= -1 && src.toString(RADIX) === digits) return src;
    throw new BubbleError('STORE_CONFLICT', `${place}: the committed vector cannot be read`);
  });
}
