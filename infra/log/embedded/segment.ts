/**
 * One segment: a file of records and the sparse index of it.
 *
 * Invariants:
 * 1. Only the newest segment of a partition is written; the others are sealed and never change, but are replaced as a
 *    whole by compaction or removed by retention.
 * 2. `end`, `nextOffset` and `lastTime` describe what readers may see; bytes behind `end` are none of their business.
 * 3. A file is closed only when nobody reads it, so that replaced segments serve the readers they have.
 */
import { join } from 'node:path';
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import type { Disk, DiskFile } from '../../disk/disk.ts';
import type { Logger } from '../../logger/logger.ts';
import type { Chunk } from './chunk.ts';
import { parseSegmentHeader, SEGMENT_HEADER_BYTES, segmentHeader } from './record-format.ts';
import { damaged, findSyncedBehind, type Scan, scanSegment } from './segment-scan.ts';
import { type Coverage, SparseIndex } from './sparse-index.ts';

export const SEGMENT_SUFFIX = '.log';
export const INDEX_SUFFIX = '.index';

const nameOf = (baseOffset: number): string => String(baseOffset).padStart(20, '0');
export const segmentPath = (folder: string, baseOffset: number): string =>
  join(folder, `${nameOf(baseOffset)}${SEGMENT_SUFFIX}`);
export const indexPath = (folder: string, baseOffset: number): string =>
  join(folder, `${nameOf(baseOffset)}${INDEX_SUFFIX}`);
/** @returns null where the name is not of a segment */
export const baseOffsetOf = (name: string): number | null =>
  /^\d{20}\.log$/.test(name) ? Number(name.slice(0, 20)) : null;

export interface SegmentPlace {
  readonly disk: Disk;
  readonly folder: string;
  readonly logger: Logger;
  /** Compaction leaves gaps in the sealed segments of this partition. */
  readonly compacted: boolean;
}

export class Segment {
  readonly baseOffset: number;
  readonly path: string;
  readonly #place: SegmentPlace;
  #file: DiskFile | null = null;
  #loading: Promise<void> | null = null;
  #index = new SparseIndex();
  #end = SEGMENT_HEADER_BYTES;
  #nextOffset: number;
  #lastTime = 0;
  #readers = 0;
  #retired = false;
  /** Base offset of the segment after it; null for the newest, which is the one that is written. */
  followedBy: number | null = null;

  constructor(place: SegmentPlace, baseOffset: number) {
    this.#place = place;
    this.baseOffset = baseOffset;
    this.#nextOffset = baseOffset;
    this.path = segmentPath(place.folder, baseOffset);
  }

  get index(): SparseIndex {
    return this.#index;
  }
  get end(): number {
    return this.#end;
  }
  get nextOffset(): number {
    return this.#nextOffset;
  }
  get lastTime(): number {
    return this.#lastTime;
  }
  get sealed(): boolean {
    return this.followedBy !== null;
  }
  get empty(): boolean {
    return this.#index.count === 0;
  }
  get file(): DiskFile {
    if (this.#file === null) throw new BubbleError('LOG_CLOSED', `${this.path} is closed`);
    return this.#file;
  }

  /** Makes the file; its name and header are durable when this resolves. */
  async create(floorTime: number): Promise<void> {
    const file = await this.#place.disk.open(this.path, { create: true });
    await file.truncate(0);
    await file.write(0, segmentHeader(this.baseOffset, floorTime));
    await file.sync();
    await this.#place.disk.syncFolder(this.#place.folder);
    this.#file = file;
    this.#lastTime = floorTime;
    this.#loading = Promise.resolve();
  }

  /** Opens a sealed segment where it is not open yet. Rejects with LOG_DAMAGED where it is not whole. */
  load(): Promise<void> {
    this.#loading ??= this.#loadSealed().catch((error: unknown) => {
      this.#loading = null;
      throw error;
    });
    return this.#loading;
  }

  /**
   * Opens the newest segment after a start: what was never synced and is not whole is cut.
   * @param floorTime the last append time of the segment before; asked where the header is torn
   */
  async recover(floorTime: () => Promise<number>): Promise<void> {
    const file = await this.#open();
    const header = parseSegmentHeader(await file.read(0, SEGMENT_HEADER_BYTES), this.baseOffset);
    const floor = header?.floorTime ?? (await floorTime());
    const start = header === null ? this.#coverageOfNothing(floor) : await this.#readIndex(floor);
    const scan = await scanSegment(file, start, this.#index, false);
    if (!scan.clean) {
      const synced = await findSyncedBehind(file, scan.stopped, scan.nextOffset);
      if (synced !== null) {
        throw damaged(
          this.path,
          scan.stopped,
          `offset ${scan.nextOffset} should begin here, and a whole record at ${synced} says that this was synced`,
        );
      }
    }
    if (header === null) await file.write(0, segmentHeader(this.baseOffset, floor));
    if (header === null || scan.stopped > scan.position || !scan.clean) await this.#cut(file, scan);
    this.#take(scan);
    this.#loading = Promise.resolve();
  }

  /** Notes records that were written and may be read now. */
  advance(chunk: Chunk, fromIndex: number, toIndex: number, time: number): void {
    const start = this.#end - chunk.positionOf(fromIndex);
    const firstOffset = this.#nextOffset - fromIndex;
    for (let at = fromIndex; at < toIndex; at += 1) {
      const position = start + chunk.positionOf(at);
      if (this.#index.wants(position)) this.#index.add(firstOffset + at, position, time);
    }
    this.#end = start + chunk.positionOf(toIndex);
    this.#nextOffset = firstOffset + toIndex;
    this.#lastTime = time;
  }

  /** Writes the index, a cache: a start reads it instead of scanning what lies below the present end. */
  async writeIndex(): Promise<void> {
    const coverage = { position: this.#end, nextOffset: this.#nextOffset, lastTime: this.#lastTime };
    const bytes = this.#index.encode(coverage);
    const file = await this.#place.disk.open(indexPath(this.#place.folder, this.baseOffset), {
      create: true,
    });
    try {
      await file.write(0, bytes);
    } finally {
      await file.close();
    }
  }

  /** Opens the segment and keeps it open while somebody reads it. */
  async reading<T>(read: (file: DiskFile) => Promise<T>): Promise<T> {
    this.#readers += 1;
    try {
      await this.load();
      return await read(this.file);
    } finally {
      this.#readers -= 1;
      await this.#closeIfUnused();
    }
  }

  /** The partition has no use for it any more. */
  async retire(): Promise<void> {
    this.#retired = true;
    await this.#closeIfUnused();
  }

  async #closeIfUnused(): Promise<void> {
    if (!this.#retired || this.#readers > 0 || this.#file === null) return;
    const file = this.#file;
    this.#file = null;
    await file.close();
  }

  async #open(): Promise<DiskFile> {
    this.#file ??= await this.#place.disk.open(this.path);
    return this.#file;
  }

  async #loadSealed(): Promise<void> {
    const file = await this.#open();
    const header = parseSegmentHeader(await file.read(0, SEGMENT_HEADER_BYTES), this.baseOffset);
    if (header === null) throw damaged(this.path, 0, 'this is no header of a segment of this name');
    const start = await this.#readIndex(header.floorTime);
    const scan = await scanSegment(file, start, this.#index, this.#place.compacted);
    if (!scan.clean || scan.stopped > scan.position) {
      throw damaged(
        this.path,
        scan.stopped,
        `offset ${scan.nextOffset} should begin here, but no whole record does`,
      );
    }
    const expected = this.followedBy ?? scan.nextOffset;
    if (scan.nextOffset > expected || (scan.nextOffset < expected && !this.#place.compacted)) {
      throw damaged(
        this.path,
        scan.position,
        `it ends before offset ${scan.nextOffset}, not before ${expected}`,
      );
    }
    this.#take(scan);
  }

  #coverageOfNothing(floorTime: number): Coverage {
    this.#index = new SparseIndex();
    return { position: SEGMENT_HEADER_BYTES, nextOffset: this.baseOffset, lastTime: floorTime };
  }

  async #readIndex(floorTime: number): Promise<Coverage> {
    const path = indexPath(this.#place.folder, this.baseOffset);
    let decoded: ReturnType<typeof SparseIndex.decode>;
    try {
      const file = await this.#place.disk.open(path);
      try {
        decoded = SparseIndex.decode(await file.read(0, await file.size()));
      } finally {
        await file.close();
      }
    } catch (error) {
      if (!isBubbleError(error, 'FILE_NOT_FOUND')) throw error;
      decoded = null;
    }
    if (decoded === null) return this.#coverageOfNothing(floorTime);
    const size = await this.file.size();
    if (decoded.coverage.position > size) {
      throw damaged(this.path, size, `it was once synced up to ${decoded.coverage.position}`);
    }
    this.#index = decoded.index;
    return { ...decoded.coverage, lastTime: Math.max(floorTime, decoded.coverage.lastTime) };
  }

  async #cut(file: DiskFile, scan: Scan): Promise<void> {
    this.#place.logger.warn(
      { file: this.path, position: scan.position, bytes: (await file.size()) - scan.position },
      'cut the torn end of a segment: it was never synced',
    );
    await file.truncate(scan.position);
    await file.sync();
    this.#index.cut(scan.position);
  }

  #take(scan: Scan): void {
    this.#end = scan.position;
    this.#nextOffset = scan.nextOffset;
    this.#lastTime = scan.lastTime;
  }
}
