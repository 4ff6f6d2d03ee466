import type { LogRecord } from '../log.ts';
import { type Bytes, bytesOf, offsetAt, recordAt, validLength } from './record-format.ts';
import type { Segment } from './segment.ts';
import { damaged } from './segment-scan.ts';

/** Records read from a segment in one piece, checked and made into objects one by one. */
export class SegmentSpan {
  readonly #bytes: Bytes;
  readonly #path: string;
  readonly #start: number;
  readonly #from: number;
  #at = 0;
  #length = 0;

  constructor(buffer: Buffer, path: string, start: number, fromOffset: number) {
    this.#bytes = bytesOf(buffer);
    this.#path = path;
    this.#start = start;
    this.#from = fromOffset;
  }

  /** Encoded length of the record that `next` gave last, bytes. */
  get length(): number {
    return this.#length;
  }

  /** The record that `next` gave last, as it stands in the segment. */
  bytes(): Buffer {
    return this.#bytes.buffer.subarray(this.#at - this.#length, this.#at);
  }

  /** The next record at or behind the offset the span was read for; null: all are given. */
  next(): LogRecord | null {
    const { buffer, view } = this.#bytes;
    while (this.#at < buffer.length) {
      const at = this.#at;
      const length = validLength(this.#bytes, at, buffer.length);
      if (length === 0) throw damaged(this.#path, this.#start + at, 'no whole record stands here');
      this.#at += length;
      this.#length = length;
      if (offsetAt(view, at) >= this.#from) return recordAt(this.#bytes, at);
    }
    return null;
  }
}

/**
 * Reads about so many bytes of a segment, whole records, from an offset on.
 * @returns null where the segment has no record at or behind the offset
 */
export const readSpan = (segment: Segment, fromOffset: number, bytes: number): Promise<SegmentSpan | null> =>
  segment.reading(async (file) => {
    const { index, end, nextOffset } = segment;
    if (segment.empty || fromOffset >= nextOffset) return null;
    const first = index.entryAt(fromOffset);
    const start = index.position(first);
    let entry = first + 1;
    while (entry < index.count && index.position(entry) - start < bytes) entry += 1;
    const to = entry < index.count ? index.position(entry) : end;
    return new SegmentSpan(await file.read(start, to - start), segment.path, start, fromOffset);
  });
