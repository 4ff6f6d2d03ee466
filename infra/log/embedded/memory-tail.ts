/**
 * The newest records of all partitions, in memory. Each partition has a tail of chunks without gaps; when the budget
 * is spent, the oldest full chunk of any partition goes.
 */
import type { LogRecord, ReadLimits } from '../log.ts';
import { Chunk } from './chunk.ts';

const SMALLEST_CHUNK_BYTES = 16 * 1024;
const LARGEST_CHUNK_BYTES = 512 * 1024;

/** Bytes of chunks over all partitions. */
export class MemoryBudget {
  readonly limitBytes: number;
  #usedBytes = 0;
  /** Full chunks, oldest first. A cursor, because shift() of a long array is slow. */
  #full: { tail: MemoryTail; chunk: Chunk }[] = [];
  #next = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  added(bytes: number): void {
    this.#usedBytes += bytes;
  }

  removed(bytes: number): void {
    this.#usedBytes -= bytes;
  }

  filled(tail: MemoryTail, chunk: Chunk): void {
    this.#full.push({ tail, chunk });
    this.evict();
  }

  evict(): void {
    while (this.#usedBytes > this.limitBytes && this.#next < this.#full.length) {
      const { tail, chunk } = this.#full[this.#next]!;
      if (!tail.dropOldest(chunk)) return;
      this.#next += 1;
    }
    if (this.#next > 64 && this.#next * 2 > this.#full.length) {
      this.#full = this.#full.slice(this.#next);
      this.#next = 0;
    }
  }
}

export class MemoryTail {
  readonly #budget: MemoryBudget;
  #chunks: Chunk[] = [];
  #nextChunkBytes = SMALLEST_CHUNK_BYTES;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  /** The first offset that can be read from memory, or `end` where there is none. */
  firstOffset(end: number): number {
    const first = this.#chunks[0];
    return first === undefined || first.published === 0 ? end : first.baseOffset;
  }

  /** The chunk that the next append of this many bytes goes to. */
  chunkFor(bytes: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last?.fits(bytes) === true) return last;
    if (last !== undefined && !last.closed) {
      last.close();
      this.#budget.filled(this, last);
    }
    const chunk = new Chunk(Math.max(bytes, this.#nextChunkBytes));
    this.#nextChunkBytes = Math.min(this.#nextChunkBytes * 2, LARGEST_CHUNK_BYTES);
    this.#chunks.push(chunk);
    this.#budget.added(chunk.size);
    this.#budget.evict();
    return chunk;
  }

  /** Removes a chunk if it is the oldest and readers may see all of it; true also where it has gone already. */
  dropOldest(chunk: Chunk): boolean {
    if (this.#chunks[0] !== chunk) return !this.#chunks.includes(chunk);
    if (chunk.published < chunk.count) return false;
    this.#chunks.shift();
    this.#budget.removed(chunk.size);
    return true;
  }

  /** A write failed: forgets everything that is not published. */
  dropUnpublished(): void {
    const kept: Chunk[] = [];
    const newlyFull: Chunk[] = [];
    for (const chunk of this.#chunks) {
      const wasClosed = chunk.closed;
      chunk.dropUnpublished();
      if (chunk.count === 0) {
        this.#budget.removed(chunk.size);
        continue;
      }
      kept.push(chunk);
      if (!wasClosed) newlyFull.push(chunk);
    }
    this.#chunks = kept;
    for (const chunk of newlyFull) this.#budget.filled(this, chunk);
  }

  clear(): void {
    for (const chunk of this.#chunks) this.#budget.removed(chunk.size);
    this.#chunks = [];
  }

  /** The record at an offset that lies at or behind `firstOffset`, or null where it is not published. */
  recordAt(offset: number): LogRecord | null {
    const chunk = this.#chunks[this.#indexOf(offset)];
    if (chunk === undefined) return null;
    const index = offset - chunk.baseOffset;
    return index < chunk.published ? chunk.record(index) : null;
  }

  /** Adds published records from this offset on until a limit is reached; one at least. */
  readInto(records: LogRecord[], from: number, limits: Pick<ReadLimits, 'maxRecords' | 'maxBytes'>): void {
    let bytes = 0;
    let offset = from;
    for (let at = this.#indexOf(from); at < this.#chunks.length; at += 1) {
      const chunk = this.#chunks[at]!;
      for (let index = offset - chunk.baseOffset; index < chunk.published; index += 1) {
        bytes += chunk.lengthOf(index);
        if (records.length > 0 && (records.length >= limits.maxRecords || bytes > limits.maxBytes)) return;
        records.push(chunk.record(index));
        offset += 1;
      }
      if (chunk.published < chunk.count) return;
    }
  }

  /** The last chunk that begins at or below this offset. Those not sealed yet stand at the end. */
  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const { baseOffset } = this.#chunks[middle]!;
      if (baseOffset >= 0 && baseOffset <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
