import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { writeVarint } from '../../schemas/wire/row.ts';
import type { DiskFile } from '../disk/disk.ts';
import { compareKeys } from './key-order.ts';
import {
  CHECKSUM_BYTES,
  DIGEST_BYTES,
  encodeIndex,
  FOOTER_BYTES,
  FORMAT,
  type IndexEntry,
  MAGIC,
  type TableSummary,
} from './table-format.ts';

const BLOCK_BYTES = 8 * 1024;
const WRITE_BYTES = 256 * 1024;

/** Gathers blocks and writes them in large pieces. */
export class TableWriter {
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
