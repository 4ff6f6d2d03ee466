/**
 * Records and segment headers as bytes. All numbers little endian.
 *
 * Segment header, 32 bytes: magic 8 | base offset u64 | floor time u64 (append times before this segment are at most
 * this) | CRC-32C of the 24 bytes before u32 | zero u32.
 *
 * Record, 36 bytes and key and value: length u32 (all of it) | CRC-32C of what follows u32 | offset u64 |
 * append time u48 | flags u16 | syncedTo u32 | key length i32 (-1: null) | value length i32 (-1: null) | key | value.
 *
 * `syncedTo` is the position up to which the file was known to be synced when the record was written. It tells a torn
 * tail from damage: bytes that do not parse at position p are damage where a valid record behind them says
 * syncedTo > p, for then p was once safe on the disk; otherwise they were never synced, never answered, and are cut.
 */
import { crc32c } from '@node-rs/crc32';
import type { LogRecord } from '../log.ts';

export const SEGMENT_HEADER_BYTES = 32;
export const RECORD_HEADER_BYTES = 36;
/** The last record of an append call: recovery cuts behind such a record only. */
export const END_OF_APPEND = 1;

export const LENGTH_AT = 0;
export const CRC_AT = 4;
export const OFFSET_AT = 8;
export const TIME_AT = 16;
export const FLAGS_AT = 22;
export const SYNCED_TO_AT = 24;
export const KEY_LENGTH_AT = 28;
export const VALUE_LENGTH_AT = 32;

const MAGIC = Buffer.from('BUBLOG01', 'latin1');
const TWO_32 = 2 ** 32;

/** Bytes with a view: DataView sets a number in a sixth of the time Buffer's methods take. */
export interface Bytes {
  readonly buffer: Buffer;
  readonly view: DataView;
}

export const bytesOf = (buffer: Buffer): Bytes => ({
  buffer,
  view: new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength),
});

export const setU64 = (view: DataView, at: number, value: number): void => {
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, Math.floor(value / TWO_32), true);
};
export const getU64 = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * TWO_32 + view.getUint32(at, true);

export const crcOf = ({ buffer }: Bytes, from: number, to: number): number =>
  crc32c(new Uint8Array(buffer.buffer, buffer.byteOffset + from, to - from));

export const segmentHeader = (baseOffset: number, floorTime: number): Buffer => {
  const bytes = bytesOf(Buffer.alloc(SEGMENT_HEADER_BYTES));
  MAGIC.copy(bytes.buffer);
  setU64(bytes.view, 8, baseOffset);
  setU64(bytes.view, 16, floorTime);
  bytes.view.setUint32(24, crcOf(bytes, 0, 24), true);
  return bytes.buffer;
};

/** @returns null where this is no header of a segment with this base offset */
export const parseSegmentHeader = (buffer: Buffer, baseOffset: number): { floorTime: number } | null => {
  if (buffer.length < SEGMENT_HEADER_BYTES || !buffer.subarray(0, 8).equals(MAGIC)) return null;
  const bytes = bytesOf(buffer);
  if (bytes.view.getUint32(24, true) !== crcOf(bytes, 0, 24)) return null;
  if (getU64(bytes.view, 8) !== baseOffset) return null;
  return { floorTime: getU64(bytes.view, 16) };
};

/** Fills in what is known only when the record is written, and closes it with its CRC. */
export const sealRecord = (
  bytes: Bytes,
  at: number,
  length: number,
  offset: number,
  time: number,
  syncedTo: number,
): void => {
  const { view } = bytes;
  setU64(view, at + OFFSET_AT, offset);
  view.setUint32(at + TIME_AT, time >>> 0, true);
  view.setUint16(at + TIME_AT + 4, Math.floor(time / TWO_32), true);
  view.setUint32(at + SYNCED_TO_AT, syncedTo, true);
  view.setUint32(at + CRC_AT, crcOf(bytes, at + OFFSET_AT, at + length), true);
};

export const offsetAt = (view: DataView, at: number): number => getU64(view, at + OFFSET_AT);
export const timeAt = (view: DataView, at: number): number =>
  view.getUint16(at + TIME_AT + 4, true) * TWO_32 + view.getUint32(at + TIME_AT, true);

/**
 * The length of a whole record at a place, with its form and CRC checked.
 * @param to the end of the bytes that may belong to it
 * @returns 0: no valid record stands here (or it is cut)
 */
export const validLength = (bytes: Bytes, at: number, to: number): number => {
  if (at + RECORD_HEADER_BYTES > to) return 0;
  const { view } = bytes;
  const length = view.getUint32(at, true);
  if (length < RECORD_HEADER_BYTES || at + length > to) return 0;
  const keyLength = view.getInt32(at + KEY_LENGTH_AT, true);
  const valueLength = view.getInt32(at + VALUE_LENGTH_AT, true);
  if (keyLength < -1 || valueLength < -1) return 0;
  if (RECORD_HEADER_BYTES + Math.max(0, keyLength) + Math.max(0, valueLength) !== length) return 0;
  return view.getUint32(at + CRC_AT, true) === crcOf(bytes, at + OFFSET_AT, at + length) ? length : 0;
};

/** The record at a place; key and value are views of the same memory. */
export const recordAt = ({ buffer, view }: Bytes, at: number): LogRecord => {
  const keyLength = view.getInt32(at + KEY_LENGTH_AT, true);
  const valueLength = view.getInt32(at + VALUE_LENGTH_AT, true);
  const keyAt = at + RECORD_HEADER_BYTES;
  const valueAt = keyLength > 0 ? keyAt + keyLength : keyAt;
  return {
    offset: offsetAt(view, at),
    time: timeAt(view, at),
    key: keyLength < 0 ? null : buffer.subarray(keyAt, valueAt),
    value: valueLength < 0 ? null : buffer.subarray(valueAt, valueAt + valueLength),
  };
};
