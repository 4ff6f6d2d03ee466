/**
 * Copies a snapshot into `bubble.snapshots`: the chunks of its tables that are not there yet, the tables' records, and
 * last its manifest.
 *
 * Invariants:
 * 1. A table's record says `whole` only after all its chunks are acknowledged, a manifest is appended only after all
 *    its tables' records are.
 * 2. Memory is `uploadsInFlight` chunks, whatever the snapshot's size.
 * 3. What was acknowledged before an upload was given up is not sent again by this process.
 */
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { SNAPSHOTS } from '../../schemas/topics.ts';
import { pause } from '../clock/pause.ts';
import type { DiskFile } from '../disk/disk.ts';
import type { Log, RecordInput } from '../log/log.ts';
import type { Logger } from '../logger/logger.ts';
import { idKey } from './snapshot-index.ts';
import {
  chunkPartitionOf,
  chunkPrefix,
  encodeChunk,
  encodeIndexRecord,
  INDEX_PARTITION,
  type IndexRecord,
  type ManifestRecord,
  manifestKey,
  type TableRecord,
  tableKey,
} from './snapshot-records.ts';
import type { TableEntry, TableFolder } from './table-folder.ts';
import { Pace, type TransferLimits } from './transfer-limits.ts';

const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 5_000;
const TOMBSTONES_AT_ONCE = 500;

export interface UploaderOptions {
  readonly log: Pick<Log, 'append'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: TransferLimits;
  readonly writer: string;
  /** Of `bubble.snapshots`. */
  readonly partitions: number;
}

/** Where the chunks of a table lie that have been acknowledged. */
type Progress = (number | undefined)[];

const recordOf = (key: string, value: Uint8Array | null): RecordInput => ({ key: Buffer.from(key), value });

export class SnapshotUploader {
  readonly #options: UploaderOptions;
  readonly #pace: Pace;
  readonly #progress = new Map<string, Progress>();
  /** Chunk bytes appended since the start. */
  bytes = 0;

  constructor(options: UploaderOptions) {
    this.#options = options;
    this.#pace = new Pace(options.clock, options.limits.uploadBytesPerSecond);
  }

  /**
   * @param isThere whether the topic has this table
   * @throws BubbleError LEASE_LOST where the signal was aborted; what the log refuses for good
   */
  async upload(
    manifest: ManifestRecord,
    tables: readonly TableEntry[],
    folder: TableFolder,
    isThere: (digest: string) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    // The oldest first: the base serves later snapshots, also where this one is given up.
    for (const table of tables.toReversed()) {
      if (!isThere(table.digest)) await this.#table(manifest, table, folder, signal);
    }
    await this.#index(manifestKey(manifest), manifest, signal);
    for (const { digest } of tables) this.#progress.delete(`${idKey(manifest.id)}/${digest}`);
  }

  async #table(
    { id, writer }: ManifestRecord,
    table: TableEntry,
    folder: TableFolder,
    signal: AbortSignal,
  ): Promise<void> {
    const { digest, bytes, name } = table;
    const { limits, partitions } = this.#options;
    const chunks = Math.ceil(bytes / limits.chunkBytes);
    const partition = chunkPartitionOf(digest, partitions);
    const record: TableRecord = {
      kind: 'table',
      id,
      writer,
      digest,
      bytes,
      partition,
      chunks,
      offsets: null,
    };
    const key = tableKey(record);
    const progressKey = `${idKey(id)}/${digest}`;
    let progress = this.#progress.get(progressKey);
    if (progress === undefined) {
      progress = new Array<number | undefined>(chunks).fill(undefined);
      this.#progress.set(progressKey, progress);
      // Whoever cleans up after us has to know the chunks of a table that never became whole.
      await this.#index(key, record, signal);
    }
    const file = await folder.disk.open(`${folder.path}/${name}`);
    try {
      await this.#chunks(record, file, progress, signal);
    } finally {
      await file.close();
    }
    await this.#index(key, { ...record, offsets: progress.map((offset) => offset!) }, signal);
  }

  async #chunks(table: TableRecord, file: DiskFile, progress: Progress, signal: AbortSignal): Promise<void> {
    let next = 0;
    const send = async (): Promise<void> => {
      while (next < table.chunks) {
        const number = next;
        next += 1;
        if (progress[number] === undefined) progress[number] = await this.#chunk(table, file, number, signal);
      }
    };
    const senders = Math.min(this.#options.limits.uploadsInFlight, table.chunks);
    const done = await Promise.allSettled(Array.from({ length: senders }, send));
    for (const each of done) if (each.status === 'rejected') throw each.reason;
  }

  async #chunk(table: TableRecord, file: DiskFile, number: number, signal: AbortSignal): Promise<number> {
    const { chunkBytes } = this.#options.limits;
    const place = number * chunkBytes;
    const wanted = Math.min(chunkBytes, table.bytes - place);
    const bytes = await file.read(place, wanted);
    if (bytes.length !== wanted) {
      throw new BubbleError('LOG_DAMAGED', `the table ${table.digest} has become shorter than it was`);
    }
    await this.#pace.take(wanted, signal);
    const key = `${chunkPrefix(table)}${number}`;
    const offset = await this.#append(
      table.partition,
      [recordOf(key, encodeChunk({ place, bytes }))],
      signal,
    );
    this.bytes += wanted;
    return offset;
  }

  async #index(key: string, record: IndexRecord, signal: AbortSignal): Promise<void> {
    await this.#append(INDEX_PARTITION, [recordOf(key, encodeIndexRecord(record))], signal);
  }

  /** Removes snapshots: nobody begins with them any more. */
  async removeManifests(manifests: readonly ManifestRecord[], signal: AbortSignal): Promise<void> {
    await this.#tombstones(INDEX_PARTITION, manifests.map(manifestKey), signal);
  }

  /** The chunks go first: while its record is there, somebody knows what is left of a table. */
  async removeTable(table: TableRecord, signal: AbortSignal): Promise<void> {
    const prefix = chunkPrefix(table);
    const keys = Array.from({ length: table.chunks }, (_, number) => `${prefix}${number}`);
    await this.#tombstones(table.partition, keys, signal);
    await this.#tombstones(INDEX_PARTITION, [tableKey(table)], signal);
    this.#progress.delete(`${idKey(table.id)}/${table.digest}`);
  }

  async #tombstones(partition: number, keys: readonly string[], signal: AbortSignal): Promise<void> {
    for (let from = 0; from < keys.length; from += TOMBSTONES_AT_ONCE) {
      const part = keys.slice(from, from + TOMBSTONES_AT_ONCE);
      await this.#append(
        partition,
        part.map((key) => recordOf(key, null)),
        signal,
      );
    }
  }

  /** Until acknowledged, or nobody wants it any more. A repeat has the same key and content: it does no harm. */
  async #append(partition: number, records: readonly RecordInput[], signal: AbortSignal): Promise<number> {
    const { log, clock, logger } = this.#options;
    for (let retryMs = RETRY_FIRST_MS; ; retryMs = Math.min(2 * retryMs, RETRY_MAX_MS)) {
      if (signal.aborted) throw new BubbleError('LEASE_LOST', 'the upload was given up');
      try {
        return (await log.append(SNAPSHOTS, partition, records)).baseOffset;
      } catch (error) {
        if (!isBubbleError(error) || !error.retryable) throw error;
        logger.warn({ partition, retryMs, error }, 'a piece of a snapshot was not taken, trying again');
      }
      await pause(clock, retryMs, signal);
    }
  }
}
