/**
 * Which snapshot is copied into the topic next, and what goes from there once it is in.
 *
 * Invariants:
 * 1. One upload is under way in a process; of each partition the newest snapshot waits, an older one that waited gives
 *    way to it. So a slow log makes snapshots rarer, and nothing grows.
 * 2. What waits or is under way keeps its tables pinned.
 * 3. Of a released partition nothing is uploaded or removed after `uploadGraceMs`. (What a former owner writes is only
 *    another valid snapshot: this spares work, and is not what makes it safe.)
 */
import { isBubbleError } from '../../schemas/errors.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { Logger } from '../logger/logger.ts';
import type { LocalTables } from './local-tables.ts';
import type { SnapshotFollower } from './snapshot-follower.ts';
import { idKey, type SnapshotIndex } from './snapshot-index.ts';
import type { ManifestRecord } from './snapshot-records.ts';
import type { SnapshotId } from './snapshot-store.ts';
import type { SnapshotUploader } from './snapshot-upload.ts';
import type { TableEntry } from './table-folder.ts';
import type { TransferLimits } from './transfer-limits.ts';

export interface UploadQueueOptions {
  readonly uploader: SnapshotUploader;
  readonly index: SnapshotIndex;
  readonly follower: SnapshotFollower;
  readonly local: LocalTables;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: TransferLimits;
  readonly writer: string;
  /** Digests of tables that snapshots of this process still name. */
  readonly needed: (id: SnapshotId) => ReadonlySet<string>;
}

interface Job {
  readonly manifest: ManifestRecord;
  readonly tables: readonly TableEntry[];
  readonly abort: AbortController;
}

export class UploadQueue {
  readonly #options: UploadQueueOptions;
  readonly #waiting = new Map<string, Job>();
  readonly #released = new Map<string, Timer>();
  #current: Job | null = null;
  #uploading: Promise<void> = Promise.resolve();
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;
  /** Snapshots whose manifest was acknowledged, and those that were given up or gave way. */
  uploaded = 0;
  abandoned = 0;

  constructor(options: UploadQueueOptions) {
    this.#options = options;
  }

  /** @param tables pinned once by the caller: the queue unpins them */
  put(manifest: ManifestRecord, tables: readonly TableEntry[]): void {
    const key = idKey(manifest.id);
    const job: Job = { manifest, tables, abort: new AbortController() };
    this.#drop(key);
    if (this.#isClosed) {
      this.#options.local.unpin(manifest.id, tables);
      return;
    }
    this.#waiting.set(key, job);
    if (this.#current === null) this.#running = this.#run();
  }

  #drop(key: string): void {
    const job = this.#waiting.get(key);
    if (job === undefined) return;
    this.#waiting.delete(key);
    this.abandoned += 1;
    this.#options.local.unpin(job.manifest.id, job.tables);
  }

  async #run(): Promise<void> {
    for (;;) {
      const next = this.#waiting.entries().next();
      if (next.done === true) return;
      const [key, job] = next.value;
      this.#waiting.delete(key);
      this.#current = job;
      try {
        this.#uploading = this.#upload(job);
        await this.#uploading;
      } finally {
        this.#options.local.unpin(job.manifest.id, job.tables);
        this.#current = null;
      }
    }
  }

  async #upload({ manifest, tables, abort }: Job): Promise<void> {
    const { uploader, index, local, logger, clock } = this.#options;
    const { id, offset } = manifest;
    const started = clock.monotonic();
    const before = uploader.bytes;
    const isThere = (digest: string): boolean => index.table(id, digest) !== null;
    try {
      await uploader.upload(manifest, tables, local.folder(id), isThere, abort.signal);
      this.uploaded += 1;
      const bytes = uploader.bytes - before;
      logger.debug(
        { ...id, offset, bytes, wallMs: Math.round(clock.monotonic() - started) },
        'snapshot uploaded',
      );
      await this.#prune(id, abort.signal);
    } catch (error) {
      this.abandoned += 1;
      if (isBubbleError(error, 'LEASE_LOST')) logger.debug({ ...id, offset }, 'an upload was given up');
      else logger.warn({ ...id, offset, error }, 'a snapshot was not uploaded; the next one will be');
    }
  }

  /** Removes what is no longer kept. What others have written meanwhile is read first. */
  async #prune(id: SnapshotId, signal: AbortSignal): Promise<void> {
    const { index, follower, uploader, limits, writer, needed, logger } = this.#options;
    if (!(await follower.caughtUp(limits.lookMs))) {
      logger.warn({ ...id }, 'old snapshots stay in the topic: it could not be read to its end');
      return;
    }
    const kept = index.kept(id, limits.hourMs);
    const doomed = index
      .manifests(id)
      .map(({ record }) => record)
      .filter((record) => !kept.has(record));
    await uploader.removeManifests(doomed, signal);
    const wanted = new Set(needed(id));
    for (const { digest } of this.#waiting.get(idKey(id))?.tables ?? []) wanted.add(digest);
    for (const table of index.doomedTables(id, kept, writer, limits.strangerMs, wanted)) {
      await uploader.removeTable(table, signal);
    }
  }

  /** The partition is this process's. */
  take(id: SnapshotId): void {
    this.#released.get(idKey(id))?.cancel();
    this.#released.delete(idKey(id));
  }

  release(id: SnapshotId): void {
    const key = idKey(id);
    if (this.#released.has(key)) return;
    const { clock, limits } = this.#options;
    const timer = clock.after(limits.uploadGraceMs, () => {
      this.#released.delete(key);
      this.#drop(key);
      if (this.#current !== null && idKey(this.#current.manifest.id) === key) this.#current.abort.abort();
    });
    this.#released.set(key, timer);
  }

  /** Nothing above this offset gets into the topic any more; resolves when that is so. */
  async discardAbove(id: SnapshotId, offset: number): Promise<void> {
    const key = idKey(id);
    if ((this.#waiting.get(key)?.manifest.offset ?? offset) > offset) this.#drop(key);
    const current = this.#current;
    if (current === null || idKey(current.manifest.id) !== key || current.manifest.offset <= offset) return;
    current.abort.abort();
    await this.#uploading;
  }

  /** Nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#current !== null || this.#waiting.size > 0) await this.#running;
  }

  /** What is under way and waits gets its grace, then is given up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const { clock, limits } = this.#options;
    const timer = clock.after(limits.uploadGraceMs, () => {
      for (const key of [...this.#waiting.keys()]) this.#drop(key);
      this.#current?.abort.abort();
    });
    await this.idle();
    timer.cancel();
    for (const released of this.#released.values()) released.cancel();
  }
}
