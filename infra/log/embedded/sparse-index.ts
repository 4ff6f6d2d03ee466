import { bytesOf, crcOf } from './record-format.ts';

/** One entry for about so many bytes of a segment. */
export const INDEX_INTERVAL_BYTES = 8 * 1024;

const FIELDS = 3;
const HEAD_FIELDS = 5;
const FORMAT = 1;

/** How far an index file describes its segment: everything below was whole and synced when it was written. */
export interface Coverage {
  readonly position: number;
  readonly nextOffset: number;
  readonly lastTime: number;
}

/** Places in a segment where a record begins: offset, position, time, rising in all three. */
export class SparseIndex {
  #fields = new Float64Array(FIELDS * 16);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  offset(entry: number): number {
    return this.#fields[entry * FIELDS]!;
  }
  position(entry: number): number {
    return this.#fields[entry * FIELDS + 1]!;
  }
  time(entry: number): number {
    return this.#fields[entry * FIELDS + 2]!;
  }

  /** Whether a record at this position should get an entry. */
  wants(position: number): boolean {
    return this.#count === 0 || position - this.position(this.#count - 1) >= INDEX_INTERVAL_BYTES;
  }

  add(offset: number, position: number, time: number): void {
    const at = this.#count * FIELDS;
    if (at + FIELDS > this.#fields.length) {
      const grown = new Float64Array(this.#fields.length * 2);
      grown.set(this.#fields);
      this.#fields = grown;
    }
    this.#fields[at] = offset;
    this.#fields[at + 1] = position;
    this.#fields[at + 2] = time;
    this.#count += 1;
  }

  /** Forgets entries at or behind a position (cut). */
  cut(position: number): void {
    while (this.#count > 0 && this.position(this.#count - 1) >= position) this.#count -= 1;
  }

  /** The last entry at or below this offset; 0 where all lie above. */
  entryAt(offset: number): number {
    return this.#lastEntry((entry) => this.offset(entry) <= offset);
  }

  /** The last entry of a record older than this; 0 where none is. */
  entryBefore(timeMs: number): number {
    return this.#lastEntry((entry) => this.time(entry) < timeMs);
  }

  #lastEntry(holds: (entry: number) => boolean): number {
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (holds(middle)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Float64 fields (format, count, coverage, entries) and a CRC. */
  encode(coverage: Coverage): Buffer {
    const used = this.#count * FIELDS;
    const fields = new Float64Array(HEAD_FIELDS + used);
    fields.set([FORMAT, this.#count, coverage.position, coverage.nextOffset, coverage.lastTime]);
    fields.set(this.#fields.subarray(0, used), HEAD_FIELDS);
    const bytes = bytesOf(Buffer.alloc(fields.byteLength + 4));
    Buffer.from(fields.buffer).copy(bytes.buffer);
    bytes.view.setUint32(fields.byteLength, crcOf(bytes, 0, fields.byteLength), true);
    return bytes.buffer;
  }

  /** @returns null where the bytes are no whole index: it is made anew from its segment then */
  static decode(buffer: Buffer): { index: SparseIndex; coverage: Coverage } | null {
    const headBytes = HEAD_FIELDS * 8;
    if (buffer.length < headBytes + 4) return null;
    const bytes = bytesOf(buffer);
    const field = (at: number): number => bytes.view.getFloat64(at * 8, true);
    const count = field(1);
    const end = headBytes + count * FIELDS * 8;
    if (field(0) !== FORMAT || !Number.isInteger(count) || count < 0 || end + 4 > buffer.length) return null;
    if (bytes.view.getUint32(end, true) !== crcOf(bytes, 0, end)) return null;
    const index = new SparseIndex();
    for (let entry = 0; entry < count; entry += 1) {
      const at = HEAD_FIELDS + entry * FIELDS;
      index.add(field(at), field(at + 1), field(at + 2));
    }
    return { index, coverage: { position: field(2), nextOffset: field(3), lastTime: field(4) } };
  }
}
