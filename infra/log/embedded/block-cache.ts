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

/** Blocks that stand together are read at once, up to so many; and so many reads are under way for one call. */
const BLOCKS_PER_READ = 32;
const PARALLEL_READS = 4;

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

  /** Brings the blocks of these rising offsets of one segment; those that stand together in one read. */
  async load(segment: Segment, offsets: readonly number[]): Promise<(LogRecord | null)[]> {
    return segment.reading(async () => {
      if (segment.empty) return offsets.map(() => null);
      const { index } = segment;
      const wanted: number[] = [];
      for (const offset of offsets) {
        const entry = index.entryAt(offset);
        if (wanted.at(-1) !== entry) wanted.push(entry);
      }
      const blocks = new Map<number, Block>();
      const missing: number[] = [];
      for (const entry of wanted) {
        const block = this.#blocks.get(segment)?.get(entry);
        if (block === undefined) missing.push(entry);
        else blocks.set(entry, block);
      }
      await this.#loadMissing(segment, missing, blocks);
      return offsets.map((offset) => blocks.get(index.entryAt(offset))?.record(offset) ?? null);
    });
  }

  async #loadMissing(segment: Segment, entries: readonly number[], into: Map<number, Block>): Promise<void> {
    for (let from = 0; from < entries.length; from += PARALLEL_READS * BLOCKS_PER_READ) {
      const reads: Promise<void>[] = [];
      const end = Math.min(entries.length, from + PARALLEL_READS * BLOCKS_PER_READ);
      for (let at = from; at < end; ) {
        let next = at + 1;
        while (next < end && next - at < BLOCKS_PER_READ && entries[next] === entries[next - 1]! + 1)
          next += 1;
        reads.push(this.#loadRun(segment, entries[at]!, next - at, into));
        at = next;
      }
      await Promise.all(reads);
    }
  }

  async #loadRun(segment: Segment, first: number, count: number, into: Map<number, Block>): Promise<void> {
    if (count === 1) {
      into.set(first, await this.#loadBlock(segment, first));
      return;
    }
    const { index } = segment;
    const start = index.position(first);
    const after = first + count;
    const last = after >= index.count;
    const end = last ? segment.end : index.position(after);
    const bytes = await segment.file.read(start, end - start);
    for (let entry = first; entry < after; entry += 1) {
      const from = index.position(entry) - start;
      const to = entry + 1 < after ? index.position(entry + 1) - start : end - start;
      // A copy for each: a block that stays must not hold the memory of its neighbours.
      const block = new Block(Buffer.from(bytes.subarray(from, to)), segment.path, start + from);
      into.set(entry, block);
      if (!(last && entry + 1 === after) || segment.sealed) this.#keep(segment, entry, block);
    }
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
    const before = ofSegment.get(entry);
    if (before !== undefined) {
      this.#used.delete(before);
      this.#bytes -= before.size;
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
