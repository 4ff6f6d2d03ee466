/**
 * Snapshots on a log that several processes share: made in the local folder, copied into `bubble.snapshots` in the
 * background, and fetched ahead by every other process.
 *
 * Invariants:
 * 1. The topic says which snapshots there are; the local folder is a cache of its tables. What an earlier process left
 *    in the folder counts only as far as the topic names it: a snapshot that was discarded, or one of another log, does
 *    not come back from a disk. Only what this process has published itself is used before the topic has it.
 * 2. A snapshot is used only where all its tables are what its manifest names; otherwise the next older one is.
 * 3. No process overwrites or can complete what another one wrote; a former owner that goes on can add snapshots, each
 *    of them valid (the state at N is a function of the log), and remove only what is older than the newest two it
 *    knows. Where it removed a table that the present owner's snapshot names, the next snapshot brings it again.
 */
import assert from 'node:assert/strict';
import { isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { SNAPSHOTS } from '../../schemas/topics.ts';
import type { Log } from '../log/log.ts';
import type { Logger } from '../logger/logger.ts';
import type { FileSnapshotStore } from './file-snapshots.ts';
import { entryOf, LocalTables } from './local-tables.ts';
import { Prefetch } from './prefetch.ts';
import { SnapshotDownloader } from './snapshot-download.ts';
import { SnapshotFollower } from './snapshot-follower.ts';
import { idKey, SnapshotIndex } from './snapshot-index.ts';
import { type ManifestRecord, manifestKey } from './snapshot-records.ts';
import type { OpenedSnapshot, SnapshotId, SnapshotStore } from './snapshot-store.ts';
import { SnapshotUploader } from './snapshot-upload.ts';
import type { Entries } from './sorted-table.ts';
import type { TableEntry } from './table-folder.ts';
import type { TableSummary } from './table-format.ts';
import { DEFAULT_TRANSFER_LIMITS, type TransferLimits } from './transfer-limits.ts';
import { UploadQueue } from './upload-queue.ts';

export interface LogSnapshotsOptions {
  /** Large records: best a connection of its own, so that they do not hold up the live ones. */
  readonly log: Log;
  /** The local folder; nothing else uses it. */
  readonly files: FileSnapshotStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Names this process, and no other that runs; without '/'. */
  readonly writer: string;
  readonly transfer?: Partial<TransferLimits>;
}

/** For metrics and `status`. */
export interface SnapshotStatus {
  readonly id: SnapshotId;
  /** Offsets of the newest whole snapshot in the topic, and of the one that is here; null: none. */
  readonly newest: number | null;
  readonly here: number | null;
  readonly bytes: number;
}

export interface LogSnapshots extends SnapshotStore {
  release(id: SnapshotId): void;
  status(): SnapshotStatus[];
  totals(): {
    readonly uploaded: number;
    readonly abandoned: number;
    readonly uploadedBytes: number;
    readonly downloadedBytes: number;
    readonly localBytes: number;
    /** Partitions for whose newest snapshot there was no room. */
    readonly passedOver: number;
  };
  /** What was published is in the topic, and what is in the topic is here, as far as it fits. */
  settled(): Promise<void>;
  /** Uploads under way get `uploadGraceMs`. */
  close(): Promise<void>;
}

/** Snapshots of this process that stay in the local folder. */
const OWN_KEPT = 2;

/** The topic must exist (`snapshotsSpec`). Resolves once it is being followed, not yet read to its end. */
export async function openLogSnapshots(options: LogSnapshotsOptions): Promise<LogSnapshots> {
  assert.ok(options.writer.length > 0 && !options.writer.includes('/'), 'a writer is named without /');
  const partitions = await options.log.partitions(SNAPSHOTS);
  const store = new StoreOnLog(options, partitions);
  store.start();
  return store;
}

interface Published {
  readonly offset: number;
  readonly meta: unknown;
  readonly tables: readonly TableEntry[];
}

class StoreOnLog implements LogSnapshots {
  readonly #options: LogSnapshotsOptions;
  readonly #limits: TransferLimits;
  readonly #index = new SnapshotIndex();
  readonly #follower: SnapshotFollower;
  readonly #uploader: SnapshotUploader;
  readonly #downloader: SnapshotDownloader;
  readonly #local: LocalTables;
  readonly #queue: UploadQueue;
  readonly #prefetch: Prefetch;
  readonly #closing = new AbortController();
  readonly #published = new Map<string, Published[]>();
  readonly #tables = new WeakMap<OpenedSnapshot, readonly TableEntry[]>();

  constructor(options: LogSnapshotsOptions, partitions: number) {
    const { log, files, clock, logger, writer } = options;
    const limits = { ...DEFAULT_TRANSFER_LIMITS, ...options.transfer };
    const index = this.#index;
    this.#options = options;
    this.#limits = limits;
    const changed = (ids: readonly SnapshotId[]): void => this.#prefetch.wake(ids);
    const follower = new SnapshotFollower({ log, clock, logger, index, changed });
    const uploader = new SnapshotUploader({ log, clock, logger, limits, writer, partitions });
    const downloader = new SnapshotDownloader({ log, clock, limits });
    const local = new LocalTables({ files, index, downloader, clock, logger });
    const own = (id: SnapshotId): TableSummary[] =>
      (this.#published.get(idKey(id)) ?? []).flatMap(({ tables }) => tables);
    const needed = (id: SnapshotId): Set<string> => new Set(own(id).map(({ digest }) => digest));
    this.#follower = follower;
    this.#uploader = uploader;
    this.#downloader = downloader;
    this.#local = local;
    this.#queue = new UploadQueue({
      uploader,
      index,
      follower,
      local,
      clock,
      logger,
      limits,
      writer,
      needed,
    });
    this.#prefetch = new Prefetch({ index, follower, local, clock, logger, limits, own });
  }

  start(): void {
    this.#follower.start();
  }

  async publish(
    id: SnapshotId,
    offset: number,
    meta: unknown,
    changes: Entries,
    base: OpenedSnapshot | null,
  ): Promise<OpenedSnapshot> {
    const older = base === null ? [] : this.#tables.get(base);
    assert.ok(older !== undefined, 'the base comes from this store');
    assert.ok(base === null || base.offset <= offset);
    this.#queue.take(id);
    const local = this.#local;
    const tables = await local.layer(id, changes, older);
    let snapshot: OpenedSnapshot;
    try {
      snapshot = await this.#open(id, { offset, meta, tables });
    } catch (error) {
      local.unpin(id, tables);
      throw error;
    }
    const published = this.#published.get(idKey(id)) ?? [];
    this.#published.set(idKey(id), [{ offset, meta, tables }, ...published].slice(0, OWN_KEPT));
    const { writer } = this.#options;
    const summaries = tables.map(({ digest, bytes, entries }) => ({ digest, bytes, entries }));
    this.#queue.put({ kind: 'manifest', id, writer, offset, meta, tables: summaries }, tables);
    return snapshot;
  }

  async #open(id: SnapshotId, { offset, meta, tables }: Published): Promise<OpenedSnapshot> {
    const table = await this.#local.open(id, tables, this.#closing.signal);
    const snapshot: OpenedSnapshot = { id, offset, meta, table };
    this.#tables.set(snapshot, tables);
    return snapshot;
  }

  async open(id: SnapshotId, atOrBelow: number): Promise<OpenedSnapshot | null> {
    const { logger } = this.#options;
    this.#queue.take(id);
    if (!(await this.#follower.caughtUp(this.#limits.lookMs))) {
      logger.warn({ ...id }, 'the snapshots were not read to their end: there may be a newer one');
    }
    const tried = new Set<string>();
    for (;;) {
      const next = this.#candidate(id, atOrBelow, tried);
      if (next === null) return null;
      tried.add(next.name);
      try {
        return await this.#open(id, next);
      } catch (error) {
        if (!isBubbleError(error, 'LOG_DAMAGED') && !isBubbleError(error, 'FILE_NOT_FOUND')) throw error;
        logger.warn({ ...id, offset: next.offset, error }, 'a damaged snapshot is passed over');
      }
    }
  }

  /** The newest that was not tried yet. Asked anew each time: what is whole may change while one is brought. */
  #candidate(
    id: SnapshotId,
    atOrBelow: number,
    tried: ReadonlySet<string>,
  ): (Published & { name: string }) | null {
    const own = (this.#published.get(idKey(id)) ?? []).map((each) => ({
      ...each,
      name: `own/${each.offset}`,
    }));
    const others = this.#index
      .manifests(id)
      .filter(
        ({ record }) => this.#index.isWhole(record) || record.tables.every((t) => this.#local.isHere(id, t)),
      )
      .map(({ record }) => ({
        offset: record.offset,
        meta: record.meta,
        tables: record.tables.map(entryOf),
        name: manifestKey(record),
      }));
    let best: (Published & { name: string }) | null = null;
    for (const each of [...own, ...others]) {
      if (each.offset > atOrBelow || tried.has(each.name)) continue;
      if (best === null || each.offset > best.offset) best = each;
    }
    return best;
  }

  async discardAbove(id: SnapshotId, offset: number): Promise<void> {
    const published = this.#published.get(idKey(id)) ?? [];
    this.#published.set(
      idKey(id),
      published.filter((each) => each.offset <= offset),
    );
    await this.#queue.discardAbove(id, offset);
    await this.#follower.caughtUp(this.#limits.lookMs);
    const doomed: ManifestRecord[] = [];
    for (const { record } of this.#index.manifests(id)) if (record.offset > offset) doomed.push(record);
    await this.#uploader.removeManifests(doomed, this.#closing.signal);
    for (const record of doomed) this.#index.remove(manifestKey(record));
  }

  /** The local folder; the topic is pruned after each upload. */
  async prune(id: SnapshotId): Promise<void> {
    this.#prefetch.wake([id]);
  }

  release(id: SnapshotId): void {
    this.#queue.release(id);
  }

  status(): SnapshotStatus[] {
    return this.#index.ids.map((id) => {
      const newest = this.#index.newest(id);
      const bytes = newest?.tables.reduce((sum, table) => sum + table.bytes, 0) ?? 0;
      return { id, newest: newest?.offset ?? null, here: this.#prefetch.here(id), bytes };
    });
  }

  totals() {
    return {
      uploaded: this.#queue.uploaded,
      abandoned: this.#queue.abandoned,
      uploadedBytes: this.#uploader.bytes,
      downloadedBytes: this.#downloader.bytes,
      localBytes: this.#local.bytes,
      passedOver: this.#prefetch.passedOver,
    };
  }

  async settled(): Promise<void> {
    await this.#queue.idle();
    await this.#follower.caughtUp(this.#limits.lookMs);
    this.#prefetch.wake(this.#index.ids);
    await this.#prefetch.idle();
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#closing.abort();
    await this.#prefetch.close();
    await this.#follower.close();
  }
}
