/**
 * Brings a table from the chunks in `bubble.snapshots` into the local folder.
 *
 * Invariants:
 * 1. The file gets its name only after every chunk was there, with its checksum, and the digest of the whole was that
 *    of the name. A table that cannot be brought so is damaged, and changes nothing.
 * 2. Memory is `downloadReaders` batches, whatever the table's size.
 * 3. Where a chunk is not at the offset its record names, the whole partition is looked through once: an append that
 *    was answered late may have left the chunk at a higher offset, and compaction removes the lower one.
 */
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { SNAPSHOTS } from '../../schemas/topics.ts';
import type { DiskFile } from '../disk/disk.ts';
import type { Log } from '../log/log.ts';
import { chunkPrefix, decodeChunk, type TableRecord } from './snapshot-records.ts';
import { openSortedTable } from './sorted-table.ts';
import { type TableFolder, tableName } from './table-folder.ts';
import type { TableSummary } from './table-format.ts';
import { Pace, type TransferLimits } from './transfer-limits.ts';

const READ = { maxRecords: 64, maxBytes: 4 * 1024 * 1024, maxWaitMs: 1_000 };

export interface DownloaderOptions {
  readonly log: Pick<Log, 'range' | 'reader'>;
  readonly clock: Clock;
  readonly limits: TransferLimits;
}

/** A download under way. */
export interface Download {
  readonly done: Promise<void>;
  /** Somebody waits for it: no pace any more. */
  hurry(): void;
}

interface Progress {
  readonly file: DiskFile;
  readonly table: TableRecord;
  readonly had: Uint8Array;
  left: number;
}

export class SnapshotDownloader {
  readonly #options: DownloaderOptions;
  readonly #pace: Pace;
  /** Bytes of chunks received since the start. */
  bytes = 0;

  constructor(options: DownloaderOptions) {
    this.#options = options;
    this.#pace = new Pace(options.clock, options.limits.prefetchBytesPerSecond);
  }

  /** `done` rejects with LOG_DAMAGED where the topic does not have the table as the summary names it. */
  start(table: TableRecord, summary: TableSummary, folder: TableFolder, signal: AbortSignal): Download {
    const hurried = new AbortController();
    const hurry = (): void => hurried.abort();
    const paced = async (bytes: number): Promise<void> => {
      this.bytes += bytes;
      if (!hurried.signal.aborted) await this.#pace.take(bytes, hurried.signal);
    };
    signal.addEventListener('abort', hurry, { once: true });
    const done = this.#bring(table, summary, folder, paced, signal).finally(() =>
      signal.removeEventListener('abort', hurry),
    );
    return { done, hurry };
  }

  async #bring(
    table: TableRecord,
    summary: TableSummary,
    folder: TableFolder,
    paced: (bytes: number) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    await folder.disk.makeFolder(folder.path);
    const temporary = folder.temporaryPath();
    try {
      const file = await folder.disk.open(temporary, { create: true });
      try {
        await file.truncate(0);
        const progress: Progress = { file, table, had: new Uint8Array(table.chunks), left: table.chunks };
        await this.#readRanges(progress, paced, signal);
        if (progress.left > 0) await this.#lookThrough(progress, paced, signal);
        if (progress.left > 0) throw damaged(table, `${progress.left} of ${table.chunks} chunks are missing`);
        await file.sync();
      } finally {
        await file.close();
      }
      await verify(temporary, table, summary, folder);
      await folder.disk.rename(temporary, `${folder.path}/${tableName(table.digest)}`);
    } catch (error) {
      await folder.disk.remove(temporary).catch(() => {});
      throw error;
    }
  }

  async #readRanges(
    progress: Progress,
    paced: (bytes: number) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const offsets = [...(progress.table.offsets ?? [])].sort((left, right) => left - right);
    const perReader = Math.ceil(offsets.length / this.#options.limits.downloadReaders);
    const ranges: Promise<void>[] = [];
    for (let from = 0; from < offsets.length; from += perReader) {
      const part = offsets.slice(from, from + perReader);
      ranges.push(this.#read(progress, part[0]!, part.at(-1)! + 1, paced, signal));
    }
    const done = await Promise.allSettled(ranges);
    for (const each of done) if (each.status === 'rejected') throw each.reason;
  }

  async #lookThrough(
    progress: Progress,
    paced: (bytes: number) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { begin, end } = await this.#options.log.range(SNAPSHOTS, progress.table.partition);
    await this.#read(progress, begin, end, paced, signal);
  }

  /** Takes what is wanted of the records from one offset up to another. */
  async #read(
    progress: Progress,
    from: number,
    until: number,
    paced: (bytes: number) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { log } = this.#options;
    const { partition } = progress.table;
    const range = await log.range(SNAPSHOTS, partition);
    const end = Math.min(until, range.end);
    const reader = await log.reader(SNAPSHOTS, partition, Math.max(from, range.begin));
    try {
      for (let next = Math.max(from, range.begin); next < end && progress.left > 0; ) {
        const batch = await reader.read(READ, signal);
        let bytes = 0;
        for (const { key, value, offset } of batch.records) {
          if (offset >= end) break;
          if (key !== null && value !== null)
            bytes += await take(progress, Buffer.from(key).toString(), value);
        }
        await paced(bytes);
        if (batch.next === next) break;
        next = batch.next;
      }
    } catch (error) {
      // The places are no longer kept: what is missing is said by the caller.
      if (!isBubbleError(error, 'OFFSET_OUT_OF_RANGE')) throw error;
    } finally {
      await reader.close();
    }
  }
}

/** @returns the bytes taken */
async function take(progress: Progress, key: string, value: Uint8Array): Promise<number> {
  const { table, had, file } = progress;
  const prefix = chunkPrefix(table);
  if (!key.startsWith(prefix)) return 0;
  const number = Number(key.slice(prefix.length));
  if (!Number.isInteger(number) || number < 0 || number >= table.chunks || had[number] === 1) return 0;
  const chunk = decodeChunk(value);
  if (chunk === null || chunk.place + chunk.bytes.length > table.bytes) return 0;
  had[number] = 1;
  progress.left -= 1;
  await file.write(chunk.place, chunk.bytes);
  return chunk.bytes.length;
}

async function verify(
  path: string,
  table: TableRecord,
  summary: TableSummary,
  folder: TableFolder,
): Promise<void> {
  const opened = await openSortedTable(folder.disk, path, { cacheBytes: 0 });
  try {
    if (opened.digest !== summary.digest || opened.entries !== summary.entries) {
      throw damaged(table, 'its chunks make another table');
    }
    if (!(await opened.verify())) throw damaged(table, 'its digest does not match');
  } finally {
    await opened.close();
  }
}

const damaged = ({ id, digest, writer }: TableRecord, what: string): BubbleError =>
  new BubbleError('LOG_DAMAGED', `the table ${digest} of ${id.topic}/${id.partition} by ${writer}: ${what}`);
