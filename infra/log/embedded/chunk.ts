/**
 * A piece of memory with encoded records of one partition: appends write into it, the file is written from it, and
 * readers get views of it. Nothing in it is ever overwritten, so views stay valid as long as somebody holds them.
 */
import type { LogRecord, RecordInput } from '../log.ts';
import {
  type Bytes,
  bytesOf,
  END_OF_APPEND,
  FLAGS_AT,
  KEY_LENGTH_AT,
  RECORD_HEADER_BYTES,
  recordAt,
  sealRecord,
  VALUE_LENGTH_AT,
} from './record-format.ts';

export const encodedLength = (record: RecordInput): number =>
  RECORD_HEADER_BYTES + (record.key?.length ?? 0) + (record.value?.length ?? 0);

export class Chunk {
  readonly size: number;
  readonly #bytes: Bytes;
  /** Where each record begins; one more entry for where the next one would. */
  #positions = new Uint32Array(128);
  #count = 0;
  #baseOffset = -1;
  #published = 0;
  #closed = false;

  constructor(size: number) {
    this.size = size;
    this.#bytes = bytesOf(Buffer.allocUnsafeSlow(size));
  }

  get count(): number {
    return this.#count;
  }
  get usedBytes(): number {
    return this.#positions[this.#count]!;
  }
  /** The offset of the first record; -1 before it is sealed. */
  get baseOffset(): number {
    return this.#baseOffset;
  }
  /** Records that readers may see. */
  get published(): number {
    return this.#published;
  }
  get closed(): boolean {
    return this.#closed;
  }

  fits(bytes: number): boolean {
    return !this.#closed && this.usedBytes + bytes <= this.size;
  }

  /** No more appends. */
  close(): void {
    this.#closed = true;
  }

  /** Encodes the records of one append call, all but what only the writing of the file knows. They must fit. */
  encode(records: readonly RecordInput[]): void {
    this.#reservePositions(records.length);
    const { buffer, view } = this.#bytes;
    const positions = this.#positions;
    let at = positions[this.#count]!;
    for (let index = 0; index < records.length; index += 1) {
      const { key, value } = records[index]!;
      const start = at;
      view.setInt32(start + KEY_LENGTH_AT, key === null ? -1 : key.length, true);
      view.setInt32(start + VALUE_LENGTH_AT, value === null ? -1 : value.length, true);
      view.setUint16(start + FLAGS_AT, index === records.length - 1 ? END_OF_APPEND : 0, true);
      at += RECORD_HEADER_BYTES;
      if (key !== null) {
        buffer.set(key, at);
        at += key.length;
      }
      if (value !== null) {
        buffer.set(value, at);
        at += value.length;
      }
      view.setUint32(start, at - start, true);
      this.#count += 1;
      positions[this.#count] = at;
    }
  }

  /** Gives the records from..to-1 their offsets. */
  seal(from: number, to: number, offset: number, time: number, syncedTo: number): void {
    if (this.#baseOffset < 0) this.#baseOffset = offset - from;
    const positions = this.#positions;
    for (let index = from; index < to; index += 1) {
      const at = positions[index]!;
      sealRecord(this.#bytes, at, positions[index + 1]! - at, offset + index - from, time, syncedTo);
    }
  }

  /** Everything below this index may be read. */
  publish(to: number): void {
    this.#published = to;
  }

  /** Forgets what was not published (its write failed). */
  dropUnpublished(): void {
    this.#count = this.#published;
    this.#closed = true;
  }

  bytesOf(from: number, to: number): Buffer {
    return this.#bytes.buffer.subarray(this.#positions[from]!, this.#positions[to]!);
  }

  positionOf(index: number): number {
    return this.#positions[index]!;
  }

  lengthOf(index: number): number {
    return this.#positions[index + 1]! - this.#positions[index]!;
  }

  record(index: number): LogRecord {
    return recordAt(this.#bytes, this.#positions[index]!);
  }

  #reservePositions(more: number): void {
    const needed = this.#count + more + 1;
    if (needed <= this.#positions.length) return;
    const grown = new Uint32Array(Math.max(needed, this.#positions.length * 2));
    grown.set(this.#positions);
    this.#positions = grown;
  }
}
