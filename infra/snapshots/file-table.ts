/** The reading end of a sorted table. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { DiskFile } from '../disk/disk.ts';
import { compareKeys } from './key-order.ts';
import {
  CHECKSUM_BYTES,
  Cursor,
  DIGEST_BYTES,
  damaged,
  type Entry,
  FOOTER_BYTES,
  FORMAT,
  type IndexEntry,
  MAGIC,
  type SortedTable,
  type TableSummary,
} from './table-format.ts';

const PARALLEL_READS = 32;

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

export class FileTable implements SortedTable {
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

export const readTail = async (path: string, file: DiskFile) => {
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
