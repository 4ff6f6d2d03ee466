/** The bytes of a sorted table that its writer and its reader agree on. The layout is described in `sorted-table.ts`. */
import { BubbleError } from '../../schemas/errors.ts';
import { varintSize, writeVarint } from '../../schemas/wire/row.ts';

export const MAGIC = 0x42_54_41_42; // 'BTAB'
export const FORMAT = 1;
/**
 * magic u32, format u32, entries f64, blocks end = meta start f64, index start f64, footer start f64,
 * CRC-32 of meta and index u32, digest 16 bytes (first half of the SHA-256), CRC-32 of the footer so far u32.
 */
export const FOOTER_BYTES = 64;
export const DIGEST_BYTES = 16;
export const CHECKSUM_BYTES = 4;

export type Entry = readonly [key: string, value: Uint8Array];
export type Entries = Iterable<Entry> | AsyncIterable<Entry>;

export interface TableSummary {
  readonly entries: number;
  readonly bytes: number;
  /** SHA-256 of all blocks, hex. */
  readonly digest: string;
}

/** Entries sorted by key, bytewise. Values are valid until the table is closed; keep a copy to change them. */
export interface SortedTable extends TableSummary {
  /** What the writer stored beside the entries. */
  readonly meta: unknown;
  /** One lookup in the index and, unless the block is in memory, one read. Rejects with LOG_DAMAGED. */
  get(key: string): Promise<Uint8Array | null>;
  /** The same from memory alone; undefined: the block must be read. */
  peek(key: string): Uint8Array | null | undefined;
  /** Many at once, in the order of the keys; sorted keys read each block once. */
  getMany(keys: readonly string[]): Promise<(Uint8Array | null)[]>;
  /** All entries in key order, beginning at the first key >= from. */
  scan(from?: string): AsyncIterable<Entry>;
  /** Reads everything and compares the digest. */
  verify(): Promise<boolean>;
  close(): Promise<void>;
}

export interface IndexEntry {
  readonly firstKey: string;
  readonly offset: number;
  readonly length: number;
}

export const encodeIndex = (index: readonly IndexEntry[]): Buffer => {
  let size = 0;
  for (const { firstKey, offset, length } of index) {
    const keyBytes = Buffer.byteLength(firstKey);
    size += varintSize(keyBytes) + keyBytes + varintSize(offset) + varintSize(length);
  }
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { firstKey, offset, length } of index) {
    at = writeVarint(out, at, Buffer.byteLength(firstKey));
    at += out.write(firstKey, at);
    at = writeVarint(out, at, offset);
    at = writeVarint(out, at, length);
  }
  return out;
};

/** Reads varints one after the other. */
export class Cursor {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined || scale > 2 ** 49) throw new RangeError('a varint runs out of its bytes');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  take(length: number): Buffer {
    const from = this.at;
    this.at += length;
    if (this.at > this.#bytes.length) throw new RangeError('an entry runs out of its block');
    return this.#bytes.subarray(from, this.at);
  }
}

export const damaged = (path: string, what: string, cause?: unknown): BubbleError =>
  new BubbleError('LOG_DAMAGED', `the sorted table ${path} is damaged: ${what}`, { cause });
