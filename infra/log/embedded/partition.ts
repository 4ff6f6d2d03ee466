/**
 * One partition of the embedded log.
 *
 * Invariants:
 * 1. `end` moves only when a write has succeeded, synced where it had to be; nothing at or behind it is ever given to a
 *    reader. The memory tail and the newest segment hold the same records up to it.
 * 2. Records get offset, time and CRC when they are written, in the order of the append calls. A failed write fails
 *    every append that waits behind it too, so there are neither holes nor overtaking.
 * 3. Append times never fall, whatever the clock does: each is at least the last one, across restarts as well.
 * 4. Segments are sealed before the next one is made, and only sealed ones are compacted or removed.
 */
import { join } from 'node:path';
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { TopicSpec } from '../../../schemas/topics.ts';
import type { Disk } from '../../disk/disk.ts';
import type { Logger } from '../../logger/logger.ts';
import type { Appended, OffsetRange, RecordInput } from '../log.ts';
import { AppendQueue, type Piece, rejectPiece, resolvePiece } from './append-queue.ts';
import type { BlockCache } from './block-cache.ts';
import { finishCompaction } from './compaction.ts';
import type { Flushable, FlushScheduler } from './flush-scheduler.ts';
import { type MemoryBudget, MemoryTail } from './memory-tail.ts';
import { baseOffsetOf, INDEX_SUFFIX, indexPath, Segment, type SegmentPlace } from './segment.ts';
import { readSpan } from './segment-span.ts';
import { SegmentWriter } from './segment-writer.ts';

export interface PartitionSettings {
  readonly segmentBytes: number;
  /** Zeros written ahead at most. */
  readonly fillBytes: number;
  /** A segment with records older than this is sealed, so that retention can remove it. Infinity: never. */
  readonly segmentMs: number;
  readonly durability: 'always' | 'interval' | 'os';
}

/** What all partitions of a log share. */
export interface PartitionContext {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly budget: MemoryBudget;
  readonly blocks: BlockCache;
  readonly scheduler: FlushScheduler;
  /** Appended and not yet answered, over all partitions. */
  readonly pending: { bytes: number };
}

const FLUSH_BYTES = 8 * 1024 * 1024;
const VERIFY_BYTES = 1024 * 1024;
/** The index of the newest segment is written anew when it has grown by so much: a start scans at most this. */
const CHECKPOINT_BYTES = 2 * 1024 * 1024;

export class Partition implements Flushable {
  readonly spec: TopicSpec;
  readonly number: number;
  readonly folder: string;
  readonly settings: PartitionSettings;
  readonly context: PartitionContext;
  readonly #place: SegmentPlace;
  readonly #tail: MemoryTail;
  readonly #queue: AppendQueue;
  #segments: Segment[] = [];
  #writer: SegmentWriter | null = null;
  #end = 0;
  #lastTime = 0;
  #firstTime: number | null = null;
  #rollDue = false;
  #checkpointed = 0;
  #waiters: (() => void)[] = [];
  #busy: Promise<void> | null = null;
  #closed = false;

  constructor(
    spec: TopicSpec,
    number: number,
    folder: string,
    settings: PartitionSettings,
    context: PartitionContext,
  ) {
    this.spec = spec;
    this.number = number;
    this.folder = folder;
    this.settings = settings;
    this.context = context;
    const { disk, logger } = context;
    this.#place = { disk, folder, logger, compacted: spec.cleanup === 'compact' };
    this.#tail = new MemoryTail(context.budget);
    this.#queue = new AppendQueue(this.#tail);
  }

  get name(): string {
    return `${this.spec.name}/${this.number}`;
  }
  get range(): OffsetRange {
    return { begin: this.#segments[0]?.baseOffset ?? this.#end, end: this.#end };
  }
  get begin(): number {
    return this.#segments[0]?.baseOffset ?? this.#end;
  }
  get end(): number {
    return this.#end;
  }
  get lastTime(): number {
    return this.#lastTime;
  }
  get closed(): boolean {
    return this.#closed;
  }
  get tail(): MemoryTail {
    return this.#tail;
  }
  get place(): SegmentPlace {
    return this.#place;
  }
  /** Oldest first; the last one is being written. */
  get segments(): readonly Segment[] {
    return this.#segments;
  }
  /** Answered records that a power cut may still take. */
  get unsynced(): boolean {
    return this.#writer !== null && !this.#writer.synced;
  }
  get waiting(): 'nothing' | 'write' | 'sync' {
    if (this.#queue.empty) return 'nothing';
    return this.#queue.mustSync ? 'sync' : 'write';
  }

  /** Opens what is on the disk. Rejects with LOG_DAMAGED. */
  async open(): Promise<void> {
    const { disk } = this.context;
    await finishCompaction(disk, this.folder);
    const names = await disk.list(this.folder);
    const bases = names.map(baseOffsetOf).filter((base) => base !== null);
    await this.#removeOrphans(names, new Set(bases));
    this.#segments = bases.map((base) => new Segment(this.#place, base));
    for (let at = 0; at + 1 < bases.length; at += 1) this.#segments[at]!.followedBy = bases[at + 1]!;
    const newest = this.#segments.at(-1);
    if (newest === undefined) return;
    await newest.recover(() => this.#lastTimeBefore(newest));
    // What was found may stand in the page cache only (the process was killed): readers must not build on it, and the
    // writer must not call it synced, before a power cut cannot take it any more.
    await newest.file.sync();
    this.#end = newest.nextOffset;
    this.#lastTime = newest.lastTime;
    this.#firstTime = newest.empty ? null : newest.index.time(0);
    this.#checkpointed = newest.end;
    this.#writer = new SegmentWriter(newest, newest.end, this.settings.fillBytes);
  }

  /** Reads everything. Rejects with LOG_DAMAGED where a record is not whole. */
  async verify(): Promise<void> {
    for (const segment of this.#segments) {
      for (let from = segment.baseOffset; ; ) {
        const span = await readSpan(segment, from, VERIFY_BYTES);
        if (span === null) break;
        for (let record = span.next(); record !== null; record = span.next()) from = record.offset + 1;
      }
    }
  }

  append(records: readonly RecordInput[], bytes: number, durability: 'log' | 'os'): Promise<Appended> {
    const mustSync = durability === 'log' && this.settings.durability === 'always';
    this.context.pending.bytes += bytes;
    const appended = this.#queue.add(records, bytes, mustSync);
    this.context.scheduler.request(this);
    return appended;
  }

  flush(): Promise<void> {
    return this.#exclusive(() => this.#flush());
  }

  /** Calls back once, when there is more to read or the partition closes. Returns how to take the wish back. */
  onMore(action: () => void): () => void {
    this.#waiters.push(action);
    return () => {
      const at = this.#waiters.indexOf(action);
      if (at >= 0) this.#waiters.splice(at, 1);
    };
  }

  /** The segment an offset lies in, or null where it is not kept. */
  segmentOf(offset: number): Segment | null {
    let low = 0;
    let high = this.#segments.length - 1;
    if (high < 0 || this.#segments[0]!.baseOffset > offset) return null;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#segments[middle]!.baseOffset <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#segments[low]!;
  }

  /** Makes the next write begin a new segment if this one's records are old enough. */
  rollIfOld(): void {
    if (this.#firstTime === null) return;
    if (this.context.clock.now() - this.#firstTime >= this.settings.segmentMs) this.#rollDue = true;
  }

  /** Seals the newest segment now, between writes, so that retention can take it. */
  rollNow(): Promise<void> {
    return this.#exclusive(async () => {
      if (this.#writer === null || this.#writer.segment.empty) return;
      this.#rollDue = true;
      await this.#roll();
    });
  }

  /** Puts one segment (or none) in the place of several that stand together. */
  replaceSegments(old: readonly Segment[], by: Segment | null): void {
    const at = this.#segments.indexOf(old[0]!);
    this.#segments.splice(at, old.length, ...(by === null ? [] : [by]));
    for (const segment of old) this.context.blocks.forget(segment);
  }

  removeIndexOf(segment: Segment): Promise<void> {
    return this.context.disk.remove(indexPath(this.folder, segment.baseOffset));
  }

  async syncNow(): Promise<void> {
    if (this.#writer !== null && !this.#writer.synced) await this.#writer.sync();
  }

  /** Everything that waits is answered before this is called. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#wake();
    await this.#exclusive(async () => {
      try {
        if (this.#writer !== null) await this.#writer.seal();
      } finally {
        for (const segment of this.#segments) await segment.retire();
        this.#tail.clear();
      }
    });
  }

  async #flush(): Promise<void> {
    let pieces: Piece[] = [];
    try {
      const writer = await this.#writerForNext();
      const room = this.settings.segmentBytes - writer.segment.end;
      pieces = this.#queue.take(Math.min(FLUSH_BYTES, Math.max(room, 1)));
      const time = Math.max(this.#lastTime, this.context.clock.now());
      const mustSync = pieces.some((piece) => piece.mustSync);
      await writer.write(pieces, time, mustSync);
      this.#published(pieces, time, writer.segment);
    } catch (error) {
      this.#failed(pieces, error);
    }
  }

  #published(pieces: readonly Piece[], time: number, segment: Segment): void {
    this.#firstTime ??= time;
    this.#lastTime = time;
    this.#end = segment.nextOffset;
    for (const { chunk, toIndex } of pieces) chunk.publish(toIndex);
    for (const piece of pieces) {
      this.context.pending.bytes -= piece.bytes;
      resolvePiece(piece, time);
    }
    this.#wake();
    this.#checkpoint(segment);
  }

  #failed(pieces: readonly Piece[], cause: unknown): void {
    const error = isBubbleError(cause)
      ? cause
      : new BubbleError('DISK_FAILED', `writing ${this.name} failed: ${String(cause)}`, { cause });
    if (!error.retryable) this.context.logger.error({ partition: this.name, error }, 'an append failed');
    const behind = this.#queue.take(Number.POSITIVE_INFINITY);
    this.#tail.dropUnpublished();
    for (const piece of [...pieces, ...behind]) {
      this.context.pending.bytes -= piece.bytes;
      rejectPiece(piece, error);
    }
  }

  async #writerForNext(): Promise<SegmentWriter> {
    const writer = this.#writer;
    if (writer !== null) {
      const { segment } = writer;
      const full = segment.end + this.#queue.firstBytes > this.settings.segmentBytes && !segment.empty;
      this.rollIfOld();
      if (!full && !this.#rollDue) return writer;
      this.#rollDue = true;
    }
    return this.#roll();
  }

  /** `#rollDue` stays set until the new segment is there: a half-made one must not be followed by more in the old. */
  async #roll(): Promise<SegmentWriter> {
    if (this.#writer === null) await this.context.disk.makeFolder(this.folder);
    else await this.#writer.seal();
    const segment = new Segment(this.#place, this.#end);
    await segment.create(this.#lastTime);
    const previous = this.#segments.at(-1);
    if (previous !== undefined) previous.followedBy = segment.baseOffset;
    this.#segments.push(segment);
    this.#writer = new SegmentWriter(segment, segment.end, this.settings.fillBytes);
    this.#firstTime = null;
    this.#checkpointed = segment.end;
    this.#rollDue = false;
    return this.#writer;
  }

  /** One at a time: writes, rolls, the end. */
  async #exclusive(action: () => Promise<void>): Promise<void> {
    while (this.#busy !== null) await this.#busy;
    let release = (): void => {};
    this.#busy = new Promise((resolve) => {
      release = resolve;
    });
    try {
      await action();
    } finally {
      this.#busy = null;
      release();
    }
  }

  #wake(): void {
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  #checkpoint(segment: Segment): void {
    if (segment.end - this.#checkpointed < CHECKPOINT_BYTES || this.unsynced) return;
    this.#checkpointed = segment.end;
    segment.writeIndex().catch((error: unknown) => {
      // Without it a start takes longer, nothing else.
      this.context.logger.warn({ partition: this.name, error }, 'the index of a segment was not written');
    });
  }

  async #lastTimeBefore(newest: Segment): Promise<number> {
    const previous = this.#segments[this.#segments.indexOf(newest) - 1];
    if (previous === undefined) return 0;
    await previous.load();
    return previous.lastTime;
  }

  async #removeOrphans(names: readonly string[], bases: ReadonlySet<number>): Promise<void> {
    for (const name of names) {
      if (!name.endsWith(INDEX_SUFFIX) || bases.has(Number(name.slice(0, -INDEX_SUFFIX.length)))) continue;
      await this.context.disk.remove(join(this.folder, name));
    }
  }
}
