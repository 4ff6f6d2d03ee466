/**
 * The one place where 64-bit protobuf numbers are converted. protobufjs takes and gives Long objects; versions,
 * offsets and times are safe-integer numbers here, ids are unsigned bigints. (protobufjs encodes a bigint as 0
 * without a word, so a bigint must never reach it.)
 */
import Long from 'long';

type Int64 = number | Long | null | undefined;

/** @throws RangeError beyond 2^53 - 1 */
export const numberOf = (value: Int64): number => {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'number') return value;
  const high = value.high >>> 0;
  if (high >= 0x200000) throw new RangeError('a 64-bit number beyond 2^53');
  return high * 0x1_0000_0000 + (value.low >>> 0);
};

/** For encoding a number of up to 53 bits. */
export const longOf = (value: number): Long => Long.fromNumber(value, true);

export const idOf = (value: Int64): bigint => {
  if (value === null || value === undefined) return 0n;
  if (typeof value === 'number') return BigInt(value);
  return (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
};

export const longOfId = (id: bigint): Long =>
  Long.fromBits(Number(id & 0xffff_ffffn), Number(id >> 32n), true);
