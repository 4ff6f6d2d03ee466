/**
 * Versions of one owner, packed. A mark is `2 * inbox offset + own` (own: the owner sent the row), so a row costs
 * one or two bytes: the difference to the mark's offset before it, doubled, plus own, as a varint.
 *
 * chunk = varint count, varint last offset, stream; stream = varint first mark, then for each further row
 * varint 2 * (offset - offset before) + own. Chunks of rising offsets join without being unpacked.
 */
import assert from 'node:assert/strict';
import { varintSize, writeVarint } from '../../../schemas/wire/row.ts';

export type Mark = number;
export const markOf = (offset: number, own: boolean): Mark => 2 * offset + (own ? 1 : 0);
export const offsetOfMark = (mark: Mark): number => Math.floor(mark / 2);
export const isOwn = (mark: Mark): boolean => mark % 2 === 1;

/** Rows of a chunk at most, but for the last one joined to it. About 3 KiB. */
export const CHUNK_ROWS = 2_048;

/** Bounds of a read, as offsets. */
export interface OffsetBounds {
  /** Rows after this offset. */
  readonly after: number;
  /** No rows after this offset. */
  readonly until: number;
}

let readAt = 0;

const readVarint = (bytes: Uint8Array): number => {
  let value = 0;
  let shift = 0;
  while (shift < 28) {
    const byte = bytes[readAt++]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
    shift += 7;
  }
  let scale = 2 ** 28;
  for (;;) {
    const byte = bytes[readAt++];
    assert.ok(byte !== undefined && scale < 2 ** 56, 'a packed chunk is cut');
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 0x80;
  }
};

/** Packs marks[from, to), which must not be empty. */
export const packMarks = (marks: readonly Mark[], from: number, to: number): Buffer => {
  assert.ok(from < to);
  const last = offsetOfMark(marks[to - 1]!);
  const out = Buffer.allocUnsafe(24 + 8 * (to - from));
  let at = writeVarint(out, writeVarint(out, 0, to - from), last);
  let before = 0;
  for (let index = from; index < to; index += 1) {
    const mark = marks[index]!;
    at = writeVarint(out, at, mark - before);
    before = mark - (mark % 2);
  }
  return Buffer.from(out.subarray(0, at));
};

/** Rows of a chunk and the offset of its last one. */
export const chunkHead = (chunk: Uint8Array): { readonly count: number; readonly last: number } => {
  readAt = 0;
  const count = readVarint(chunk);
  return { count, last: readVarint(chunk) };
};

/** Appends the marks within the bounds to `out`, until it holds `max`. */
export const unpackMarks = (chunk: Uint8Array, bounds: OffsetBounds, out: Mark[], max: number): void => {
  readAt = 0;
  const count = readVarint(chunk);
  readVarint(chunk);
  let base = 0;
  for (let index = 0; index < count && out.length < max; index += 1) {
    const mark = base + readVarint(chunk);
    base = mark - (mark % 2);
    const offset = base / 2;
    if (offset > bounds.until) return;
    if (offset > bounds.after) out.push(mark);
  }
};

/** Joins two chunks, all rows of the first lying before those of the second. */
export const joinChunks = (first: Uint8Array, second: Uint8Array): Buffer => {
  const head = chunkHead(first);
  const firstStream = readAt;
  const tail = chunkHead(second);
  const mark = readVarint(second);
  const rest = second.subarray(readAt);
  const delta = mark - 2 * head.last;
  assert.ok(delta >= 2, 'chunks must be joined in the order of their offsets');
  const count = head.count + tail.count;
  const streamBytes = first.length - firstStream;
  const out = Buffer.allocUnsafe(
    varintSize(count) + varintSize(tail.last) + streamBytes + varintSize(delta) + rest.length,
  );
  let at = writeVarint(out, writeVarint(out, 0, count), tail.last);
  out.set(first.subarray(firstStream), at);
  at = writeVarint(out, at + streamBytes, delta);
  out.set(rest, at);
  return out;
};
