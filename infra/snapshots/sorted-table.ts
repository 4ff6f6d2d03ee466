/**
 * A sorted immutable table in one file, opened in place: what is read at open is the footer, the metadata and the
 * sparse index; entries are read block by block when asked for.
 *
 * File: blocks, metadata (JSON), index, footer.
 *   block   entries, then CRC-32 of them (u32 LE); an entry is varint key length, varint value length, key, value
 *   index   for each block: varint length of its first key, the key, varint offset, varint length
 *   footer  64 bytes: see FOOTER below
 *
 * Invariants:
 * 1. Keys rise strictly, compared as UTF-8 bytes; the writer refuses anything else (a programmer's error).
 * 2. A file without a whole, matching footer is not a table: a half-written one never opens.
 * 3. No byte of a block is used before its checksum has been compared.
 * 4. Memory held by an open table is its index and at most `cacheBytes` of blocks.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { BubbleError } from '../../schemas/errors.ts';
import { varintSize, writeVarint } from '../../schemas/wire/row.ts';
import type { Disk, DiskFile } from '../disk/disk.ts';

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

const MAGIC = 0x42_54_41_42; // 'BTAB'
const FORMAT = 1;
/**
 * magic u32, format u32, entries f64, blocks end = meta start f64, index start f64, footer start f64,
 * CRC-32 of meta and index u32, digest 16 bytes (first half of the SHA-256), CRC-32 of the footer so far u32.
 */
const FOOTER_BYTES = 64;
const DIGEST_BYTES = 16;
const BLOCK_BYTES = 8 * 1024;
const WRITE_BYTES = 256 * 1024;
const CHECKSUM_BYTES = 4;
const PARALLEL_READS = 32;
export const DEFAULT_CACHE_BYTES = 4 * 1024 * 1024;

/** Order of keys by their UTF-8 bytes, which is the order of code points. */
export const compareKeys = (left: string, right: string): number => {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  let at = 0;
  while (at < length && left.charCodeAt(at) === right.charCodeAt(at)) at += 1;
  if (at === length) return left.length - right.length;
  // UTF-16 puts surrogates (0xd800-0xdfff) below 0xe000-0xffff, UTF-8 above them.
  const a = left.charCodeAt(at);
  const b = right.charCodeAt(at);
  const highA = a >= 0xd800 && a < 0xe000 ? a + 0x2000 : a >= 0xe000 ? a - 0x800 : a;
  const highB = b >= 0xd800 && b < 0xe000 ? b + 0x2000 : b >= 0xe000 ? b - 0x800 : b;
  return highA - highB;
};

interface IndexEntry {
  readonly firstKey: string;
  readonly offset: number;
  readonly length: number;
}

/** Gathers blocks and writes them in large pieces. */
class TableWriter {
  readonly #file: DiskFile;
  readonly #digest = createHash('sha256');
  readonly index: IndexEntry[] = [];
  entries = 0;
  written = 0;
  #buffer = Buffer.allocUnsafeSlow(2 * WRITE_BYTES);
  #at = 0;
  #blockStart = 0;
  #lastKey: string | null = null;

  constructor(file: DiskFile) {
    this.#file = file;
  }

  /** @returns whether enough is gathered that `flush` should be awaited */
  add(key: string, value: Uint8Array): boolean {
    assert.ok(
      this.#lastKey === null || compareKeys(this.#lastKey, key) < 0,
      `keys of a sorted table must rise: ${this.#lastKey} before ${key}`,
    );
    this.#lastKey = key;
    const keyBytes = Buffer.byteLength(key);
    this.#reserve(10 + keyBytes + value.length + CHECKSUM_BYTES);
    if (this.#at === this.#blockStart) {
      this.index.push({ firstKey: key, offset: this.written + this.#at, length: 0 });
    }
    let at = writeVarint(this.#buffer, this.#at, keyBytes);
    at = writeVarint(this.#buffer, at, value.length);
    at += this.#buffer.write(key, at);
    this.#buffer.set(value, at);
    this.#at = at + value.length;
    this.entries += 1;
    if (this.#at - this.#blockStart >= BLOCK_BYTES) this.#endBlock();
    return this.#at >= WRITE_BYTES;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(2 * (this.#at + bytes));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
  }

  #endBlock(): void {
    const length = this.#at - this.#blockStart;
    if (length === 0) return;
    this.#reserve(CHECKSUM_BYTES);
    const sum = crc32(this.#buffer.subarray(this.#blockStart, this.#at));
    this.#at = this.#buffer.writeUInt32LE(sum, this.#at);
    const last = this.index.at(-1)!;
    this.index[this.index.length - 1] = { ...last, length: length + CHECKSUM_BYTES };
    this.#blockStart = this.#at;
  }

  /** Writes whole blocks out; the block under construction stays. */
  async flush(): Promise<void> {
    if (this.#blockStart === 0) return;
    const piece = this.#buffer.subarray(0, this.#blockStart);
    this.#digest.update(piece);
    await this.#file.write(this.written, piece);
    this.written += this.#blockStart;
    this.#buffer.copyWithin(0, this.#blockStart, this.#at);
    this.#at -= this.#blockStart;
    this.#blockStart = 0;
  }

  async finish(meta: unknown): Promise<TableSummary> {
    this.#endBlock();
    await this.flush();
    const digest = this.#digest.digest();
    const metaBytes = Buffer.from(JSON.stringify(meta ?? null));
    const indexBytes = encodeIndex(this.index);
    const footer = Buffer.alloc(FOOTER_BYTES);
    const indexStart = this.written + metaBytes.length;
    const footerStart = indexStart + indexBytes.length;
    footer.writeUInt32LE(MAGIC, 0);
    footer.writeUInt32LE(FORMAT, 4);
    footer.writeDoubleLE(this.entries, 8);
    footer.writeDoubleLE(this.written, 16);
    footer.writeDoubleLE(indexStart, 24);
    footer.writeDoubleLE(footerStart, 32);
    footer.writeUInt32LE(crc32(indexBytes, crc32(metaBytes)), 40);
    digest.copy(footer, 44, 0, DIGEST_BYTES);
    footer.writeUInt32LE(crc32(footer.subarray(0, 60)), 60);
    await this.#file.write(this.written, Buffer.concat([metaBytes, indexBytes, footer]));
    await this.#file.sync();
    return {
      entries: this.entries,
      bytes: footerStart + FOOTER_BYTES,
      digest: digest.toString('hex', 0, DIGEST_BYTES),
    };
  }
}

/**
 * Writes a table and syncs it. An existing file is overwritten; the caller renames a table into its place once it
 * is whole. The event loop gets its turn after each 256 KiB.
 */
export async function writeSortedTable(
  disk: Disk,
  path: string,
  entries: Entries,
  meta: unknown,
): Promise<TableSummary> {
  const file = await disk.open(path, { create: true });
  try {
    await file.truncate(0);
    const writer = new TableWriter(file);
    if (Symbol.asyncIterator in entries) {
      for await (const [key, value] of entries) if (writer.add(key, value)) await writer.flush();
    } else {
      for (const [key, value] of entries) if (writer.add(key, value)) await writer.flush();
    }
    return await writer.finish(meta);
  } finally {
    await file.close();
  }
}

const encodeIndex = (index: readonly IndexEntry[]): Buffer => {
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
class Cursor {
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

const decodeBlock = (bytes: Buffer): Entry[] => {
  const cursor = new Cursor(bytes);
  const entries: Entry[] = [];
  while (cursor.at < bytes.length) {
    const keyLength = cursor.varint();
    const valueLength = cursor.varint();
    entries.push([cursor.take(keyLength).toString('utf8'), cursor.take(valueLength)]);
  }
  return entries;
};

/** Walks a block without making strings of its keys. */
const findIn = (bytes: Buffer, key: Buffer): Uint8Array | null => {
  const cursor = new Cursor(bytes);
  while (cursor.at < bytes.length) {
    const keyLength = cursor.varint();
    const valueLength = cursor.varint();
    const keyStart = cursor.at;
    cursor.at = keyStart + keyLength + valueLength;
    if (keyLength !== key.length || bytes[keyStart + keyLength - 1] !== key[keyLength - 1]) continue;
    if (bytes.compare(key, 0, keyLength, keyStart, keyStart + keyLength) !== 0) continue;
    return bytes.subarray(keyStart + keyLength, cursor.at);
  }
  return null;
};

/** The last position whose key is <= the wanted one, or -1. */
const floorOf = (count: number, keyAt: (index: number) => string, wanted: string): number => {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keyAt(middle), wanted) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

const damaged = (path: string, what: string, cause?: unknown): BubbleError =>
  new BubbleError('LOG_DAMAGED', `the sorted table ${path} is damaged: ${what}`, { cause });

class FileTable implements SortedTable {
  readonly entries: number;
  readonly bytes: number;
  readonly digest: string;
  readonly meta: unknown;
  readonly #path: string;
  readonly #file: DiskFile;
  readonly #index: readonly IndexEntry[];
  readonly #cacheBytes: number;
  /** Blocks in memory by their number, the longest unused first. */
  readonly #cache = new Map<number, Buffer>();
  #cachedBytes = 0;

  constructor(
    path: string,
    file: DiskFile,
    opened: { summary: TableSummary; meta: unknown; index: readonly IndexEntry[] },
    cacheBytes: number,
  ) {
    this.entries = opened.summary.entries;
    this.bytes = opened.summary.bytes;
    this.digest = opened.summary.digest;
    this.meta = opened.meta;
    this.#path = path;
    this.#file = file;
    this.#index = opened.index;
    this.#cacheBytes = cacheBytes;
  }

  #blockOf(key: string): number {
    return floorOf(this.#index.length, (index) => this.#index[index]!.firstKey, key);
  }

  #cached(number: number): Buffer | undefined {
    const block = this.#cache.get(number);
    if (block === undefined) return undefined;
    this.#cache.delete(number);
    this.#cache.set(number, block);
    return block;
  }

  /** A block with its checksum compared and taken off. */
  async #read(number: number): Promise<Buffer> {
    const { offset, length } = this.#index[number]!;
    const bytes = await this.#file.read(offset, length);
    if (bytes.length !== length) throw damaged(this.#path, `block ${number} is cut short`);
    const payload = bytes.subarray(0, length - CHECKSUM_BYTES);
    if (crc32(payload) !== bytes.readUInt32LE(length - CHECKSUM_BYTES)) {
      throw damaged(this.#path, `the checksum of block ${number} at offset ${offset} does not match`);
    }
    return payload;
  }

  async #load(number: number): Promise<Buffer> {
    const block = await this.#read(number);
    if (this.#cache.has(number)) return block;
    this.#cache.set(number, block);
    this.#cachedBytes += block.length;
    for (const [oldest, held] of this.#cache) {
      if (this.#cachedBytes <= this.#cacheBytes || oldest === number) break;
      this.#cache.delete(oldest);
      this.#cachedBytes -= held.length;
    }
    return block;
  }

  peek(key: string): Uint8Array | null | undefined {
    const number = this.#blockOf(key);
    if (number < 0) return null;
    const block = this.#cached(number);
    return block === undefined ? undefined : findIn(block, Buffer.from(key));
  }

  async get(key: string): Promise<Uint8Array | null> {
    const number = this.#blockOf(key);
    if (number < 0) return null;
    return findIn(this.#cached(number) ?? (await this.#load(number)), Buffer.from(key));
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | null)[]> {
    const found: (Uint8Array | null)[] = new Array(keys.length).fill(null);
    const wanted = new Map<number, number[]>();
    for (const [position, key] of keys.entries()) {
      const number = this.#blockOf(key);
      if (number < 0) continue;
      const block = this.#cached(number);
      if (block !== undefined) {
        found[position] = findIn(block, Buffer.from(key));
        continue;
      }
      const positions = wanted.get(number);
      if (positions === undefined) wanted.set(number, [position]);
      else positions.push(position);
    }
    const numbers = [...wanted.keys()];
    for (let from = 0; from < numbers.length; from += PARALLEL_READS) {
      const part = numbers.slice(from, from + PARALLEL_READS);
      const blocks = await Promise.all(part.map((number) => this.#load(number)));
      for (const [at, block] of blocks.entries()) {
        for (const position of wanted.get(part[at]!)!) {
          found[position] = findIn(block, Buffer.from(keys[position]!));
        }
      }
    }
    return found;
  }

  async *scan(from = ''): AsyncIterable<Entry> {
    for (let number = Math.max(0, this.#blockOf(from)); number < this.#index.length; number += 1) {
      const block = await this.#read(number);
      for (const entry of decodeBlock(block)) if (compareKeys(entry[0], from) >= 0) yield entry;
    }
  }

  async verify(): Promise<boolean> {
    const digest = createHash('sha256');
    for (let number = 0; number < this.#index.length; number += 1) {
      const { offset, length } = this.#index[number]!;
      digest.update(await this.#file.read(offset, length));
    }
    return digest.digest('hex').slice(0, 2 * DIGEST_BYTES) === this.digest;
  }

  async close(): Promise<void> {
    this.#cache.clear();
    await this.#file.close();
  }
}

const readTail = async (path: string, file: DiskFile) => {
  const size = await file.size();
  if (size < FOOTER_BYTES) throw damaged(path, 'it has no footer');
  const footer = await file.read(size - FOOTER_BYTES, FOOTER_BYTES);
  if (footer.length < FOOTER_BYTES || footer.readUInt32LE(0) !== MAGIC) {
    throw damaged(path, 'it has no footer');
  }
  if (crc32(footer.subarray(0, 60)) !== footer.readUInt32LE(60)) {
    throw damaged(path, 'the checksum of its footer does not match');
  }
  if (footer.readUInt32LE(4) !== FORMAT) throw damaged(path, `format ${footer.readUInt32LE(4)} is unknown`);
  const metaStart = footer.readDoubleLE(16);
  const indexStart = footer.readDoubleLE(24);
  const footerStart = footer.readDoubleLE(32);
  if (footerStart !== size - FOOTER_BYTES) throw damaged(path, 'its size is not the one it was written with');
  const tail = await file.read(metaStart, footerStart - metaStart);
  if (crc32(tail) !== footer.readUInt32LE(40))
    throw damaged(path, 'the checksum of its index does not match');
  const summary: TableSummary = {
    entries: footer.readDoubleLE(8),
    bytes: size,
    digest: footer.toString('hex', 44, 44 + DIGEST_BYTES),
  };
  const meta: unknown = JSON.parse(tail.toString('utf8', 0, indexStart - metaStart));
  const index: IndexEntry[] = [];
  const cursor = new Cursor(tail.subarray(indexStart - metaStart));
  const end = footerStart - indexStart;
  while (cursor.at < end) {
    const firstKey = cursor.take(cursor.varint()).toString('utf8');
    const offset = cursor.varint();
    index.push({ firstKey, offset, length: cursor.varint() });
  }
  return { summary, meta, index };
};

/** Opens a table in place. Rejects with LOG_DAMAGED where the file is not a whole table. */
export async function openSortedTable(
  disk: Disk,
  path: string,
  options: { cacheBytes?: number } = {},
): Promise<SortedTable> {
  const file = await disk.open(path);
  try {
    return new FileTable(path, file, await readTail(path, file), options.cacheBytes ?? DEFAULT_CACHE_BYTES);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Merges sorted sources into one. Where several hold a key, the first source (the newest) wins. Entries for which
 * `keep` is false are left out.
 */
export async function* mergeSorted(
  newestFirst: readonly Entries[],
  keep: (key: string, value: Uint8Array) => boolean = () => true,
): AsyncIterable<Entry> {
  const iterators = newestFirst.map((source) =>
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator](),
  );
  const heads: (Entry | null)[] = [];
  for (const iterator of iterators) {
    const step = await iterator.next();
    heads.push(step.done === true ? null : step.value);
  }
  for (;;) {
    let best = -1;
    for (const [at, head] of heads.entries()) {
      if (head !== null && (best < 0 || compareKeys(head[0], heads[best]![0]) < 0)) best = at;
    }
    if (best < 0) return;
    const entry = heads[best]!;
    for (const [at, head] of heads.entries()) {
      if (head === null || head[0] !== entry[0]) continue;
      const step = await iterators[at]!.next();
      heads[at] = step.done === true ? null : step.value;
    }
    if (keep(entry[0], entry[1])) yield entry;
  }
}
