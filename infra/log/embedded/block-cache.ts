/** Blocks of old segments for reads of single records. Least recently used goes first. */
import type { LogRecord } from '../log.ts';
import { type Bytes, bytesOf, offsetAt, recordAt, validLength } from './record-format.ts';
import type { Segment } from './segment.ts';
import { damaged } from './segment-scan.ts';

/** The records between two entries of a sparse index, checked. */
class Block {
  readonly #bytes: Bytes;
  readonly #positions: number[] = [];

  constructor(buffer: Buffer, path: string, start: number) {
    this.#bytes = bytesOf(buffer);
    for (let at = 0; at < buffer.length; ) {
      const length = validLength(this.#bytes, at, buffer.length);
      if (length === 0) throw damaged(path, start + at, 'no whole record stands here');
      this.#positions.push(at);
      at += length;
    }
  }

  get size(): number {
    return this.#bytes.buffer.length;
  }

  record(offset: number): LogRecord | null {
    let low = 0;
    let high = this.#positions.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const at = this.#positions[middle]!;
      const found = offsetAt(this.#bytes.view, at);
      if (found === offset) return recordAt(this.#bytes, at);
      if (found < offset) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }
}

export class BlockCache {
  readonly #limitBytes: number;
  readonly #blocks = new Map<Segment, Map<number, Block>>();
  /** Order of use over all segments: a map keeps the order of insertion. */
  readonly #used = new Map<Block, { segment: Segment; entry: number }>();
  readonly #loading = new Map<Segment, Map<number, Promise<Block>>>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#bytes;
  }

  /** The record, or null where the segment has none with this offset; undefined: the block is not here, `load` it. */
  find(segment: Segment, offset: number): LogRecord | null | undefined {
    if (segment.empty) return undefined;
    const entry = segment.index.entryAt(offset);
    const block = this.#blocks.get(segment)?.get(entry);
    if (block === undefined) return undefined;
    this.#used.delete(block);
    this.#used.set(block, { segment, entry });
    return block.record(offset);
  }

  async load(segment: Segment, offset: number): Promise<LogRecord | null> {
    return segment.reading(async () => {
      if (segment.empty) return null;
      const found = this.find(segment, offset);
      if (found !== undefined) return found;
      const block = await this.#loadBlock(segment, segment.index.entryAt(offset));
      return block.record(offset);
    });
  }

  /** Forgets the blocks of a segment that was removed or replaced. */
  forget(segment: Segment): void {
    for (const block of this.#blocks.get(segment)?.values() ?? []) {
      this.#used.delete(block);
      this.#bytes -= block.size;
    }
    this.#blocks.delete(segment);
  }

  #loadBlock(segment: Segment, entry: number): Promise<Block> {
    let ofSegment = this.#loading.get(segment);
    if (ofSegment === undefined) {
      ofSegment = new Map();
      this.#loading.set(segment, ofSegment);
    }
    const under = ofSegment.get(entry);
    if (under !== undefined) return under;
    const loading = this.#readBlock(segment, entry).finally(() => {
      ofSegment.delete(entry);
      if (ofSegment.size === 0) this.#loading.delete(segment);
    });
    ofSegment.set(entry, loading);
    return loading;
  }

  async #readBlock(segment: Segment, entry: number): Promise<Block> {
    const start = segment.index.position(entry);
    const last = entry + 1 >= segment.index.count;
    const end = last ? segment.end : segment.index.position(entry + 1);
    const block = new Block(await segment.file.read(start, end - start), segment.path, start);
    // The last block of the newest segment still grows.
    if (!last || segment.sealed) this.#keep(segment, entry, block);
    return block;
  }

  #keep(segment: Segment, entry: number, block: Block): void {
    let ofSegment = this.#blocks.get(segment);
    if (ofSegment === undefined) {
      ofSegment = new Map();
      this.#blocks.set(segment, ofSegment);
    }
    ofSegment.set(entry, block);
    this.#used.set(block, { segment, entry });
    this.#bytes += block.size;
    for (const [oldest, { segment: of, entry: at }] of this.#used) {
      if (this.#bytes <= this.#limitBytes) break;
      this.#used.delete(oldest);
      this.#bytes -= oldest.size;
      const left = this.#blocks.get(of);
      left?.delete(at);
      if (left?.size === 0) this.#blocks.delete(of);
    }
  }
}
