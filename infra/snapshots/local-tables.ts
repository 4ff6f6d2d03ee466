/**
 * The local folder as a cache of the tables in `bubble.snapshots`: which are here, who uses them, and how those that
 * are not come.
 *
 * Invariants:
 * 1. A table that is pinned (open, being uploaded, about to be opened) is not removed.
 * 2. One download of a table is under way at a time; who needs it at once hurries the one that was begun ahead.
 * 3. A file that an earlier process left is read whole and compared before it counts as fetched ahead. A takeover does
 *    not wait for that: its blocks have checksums, which are compared when they are read.
 */
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { pause } from '../clock/pause.ts';
import type { Logger } from '../logger/logger.ts';
import type { FileSnapshotStore } from './file-snapshots.ts';
import type { LayeredTable } from './layered-table.ts';
import type { Download, SnapshotDownloader } from './snapshot-download.ts';
import { idKey, type SnapshotIndex } from './snapshot-index.ts';
import type { SnapshotId } from './snapshot-store.ts';
import type { Entries } from './sorted-table.ts';
import { type TableEntry, type TableFolder, TEMPORARY_SUFFIX, tableName } from './table-folder.ts';
import type { TableSummary } from './table-format.ts';

const ATTEMPTS = 3;
const RETRY_MS = 200;

export interface LocalTablesOptions {
  readonly files: Pick<FileSnapshotStore, 'tables'>;
  readonly index: SnapshotIndex;
  readonly downloader: SnapshotDownloader;
  readonly clock: Clock;
  readonly logger: Logger;
}

export const entryOf = (summary: TableSummary): TableEntry => ({
  digest: summary.digest,
  bytes: summary.bytes,
  entries: summary.entries,
  name: tableName(summary.digest),
});

export class LocalTables {
  readonly #options: LocalTablesOptions;
  /** Bytes of the tables that are here and known to be what they should be. */
  readonly #present = new Map<string, number>();
  readonly #pins = new Map<string, number>();
  readonly #downloads = new Map<string, Download>();
  readonly #lastTask = new Map<string, Promise<unknown>>();
  readonly #cleaned = new Set<string>();

  constructor(options: LocalTablesOptions) {
    this.#options = options;
  }

  folder(id: SnapshotId): TableFolder {
    return this.#options.files.tables(id);
  }

  get bytes(): number {
    let sum = 0;
    for (const bytes of this.#present.values()) sum += bytes;
    return sum;
  }

  isHere(id: SnapshotId, { digest }: TableSummary): boolean {
    return this.#present.has(`${idKey(id)}/${digest}`);
  }

  /** What writes and removes files of a partition runs one after another. */
  #exclusive<T>(id: SnapshotId, action: () => Promise<T>): Promise<T> {
    const key = idKey(id);
    const result = (this.#lastTask.get(key) ?? Promise.resolve()).then(action, action);
    this.#lastTask.set(
      key,
      result.catch(() => {}),
    );
    return result;
  }

  /** Writes changes over older tables; the result is pinned once. */
  layer(id: SnapshotId, changes: Entries, older: readonly TableEntry[]): Promise<readonly TableEntry[]> {
    return this.#exclusive(id, async () => {
      const tables = await this.folder(id).layer(changes, older);
      for (const { digest, bytes } of tables) this.#present.set(`${idKey(id)}/${digest}`, bytes);
      this.pin(id, tables);
      return tables;
    });
  }

  pin(id: SnapshotId, tables: readonly TableSummary[]): void {
    for (const { digest } of tables) {
      const key = `${idKey(id)}/${digest}`;
      this.#pins.set(key, (this.#pins.get(key) ?? 0) + 1);
    }
  }

  unpin(id: SnapshotId, tables: readonly TableSummary[]): void {
    for (const { digest } of tables) {
      const key = `${idKey(id)}/${digest}`;
      const left = (this.#pins.get(key) ?? 0) - 1;
      if (left > 0) this.#pins.set(key, left);
      else this.#pins.delete(key);
    }
  }

  /**
   * Opens tables that are here, or can be brought.
   * @throws BubbleError LOG_DAMAGED, FILE_NOT_FOUND where one of them is not to be had
   */
  async open(id: SnapshotId, tables: readonly TableEntry[], signal: AbortSignal): Promise<LayeredTable> {
    this.pin(id, tables);
    try {
      for (let attempt = 1; ; attempt += 1) {
        for (const table of tables) await this.bring(id, table, 'at once', signal);
        try {
          return await this.folder(id).open(tables, () => this.unpin(id, tables));
        } catch (error) {
          const isGone = isBubbleError(error, 'LOG_DAMAGED') || isBubbleError(error, 'FILE_NOT_FOUND');
          if (!isGone || attempt === 2) throw error;
          // Somebody has been at our files: what the topic has is brought again.
          for (const table of tables) await this.#checkAgain(id, table);
        }
      }
    } catch (error) {
      this.unpin(id, tables);
      throw error;
    }
  }

  async #checkAgain(id: SnapshotId, table: TableEntry): Promise<void> {
    this.#present.delete(`${idKey(id)}/${table.digest}`);
    await this.#found(id, table, 'at once');
  }

  /** Sees to it that a table is here. The caller has pinned it. */
  async bring(
    id: SnapshotId,
    table: TableEntry,
    when: 'ahead' | 'at once',
    signal: AbortSignal,
  ): Promise<void> {
    const key = `${idKey(id)}/${table.digest}`;
    if (this.#present.has(key)) return;
    const running = this.#downloads.get(key);
    if (running !== undefined) {
      if (when === 'at once') running.hurry();
      await running.done;
      return;
    }
    if (await this.#found(id, table, when)) {
      if (when === 'ahead') this.#present.set(key, table.bytes);
      return;
    }
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#download(id, table, when, signal);
        return;
      } catch (error) {
        const again = isBubbleError(error) && error.retryable && error.code !== 'DISK_FULL';
        if (!again || attempt === ATTEMPTS) throw error;
        this.#options.logger.warn({ ...id, error }, 'a table was not brought, trying again');
      }
      await pause(this.#options.clock, RETRY_MS, signal);
    }
  }

  async #download(
    id: SnapshotId,
    table: TableEntry,
    when: 'ahead' | 'at once',
    signal: AbortSignal,
  ): Promise<void> {
    const { index, downloader, logger } = this.#options;
    const key = `${idKey(id)}/${table.digest}`;
    for (;;) {
      const record = index.table(id, table.digest);
      if (record === null) {
        throw new BubbleError('LOG_DAMAGED', `nobody has the table ${table.digest} of ${idKey(id)}`);
      }
      const download = downloader.start(record, table, this.folder(id), signal);
      if (when === 'at once') download.hurry();
      this.#downloads.set(key, download);
      try {
        await download.done;
        this.#present.set(key, table.bytes);
        return;
      } catch (error) {
        if (!isBubbleError(error, 'LOG_DAMAGED')) throw error;
        logger.warn({ ...id, error }, 'a table in the topic is damaged');
        index.markDamaged(record);
      } finally {
        this.#downloads.delete(key);
      }
    }
  }

  /** Whether the file is here; one that is damaged is removed. */
  async #found(id: SnapshotId, table: TableEntry, when: 'ahead' | 'at once'): Promise<boolean> {
    const folder = this.folder(id);
    try {
      const opened = await folder.openOne(table);
      try {
        if (when === 'at once' || (await opened.verify())) return true;
      } finally {
        await opened.close();
      }
    } catch (error) {
      if (isBubbleError(error, 'FILE_NOT_FOUND')) return false;
      if (!isBubbleError(error, 'LOG_DAMAGED')) throw error;
    }
    this.#options.logger.warn({ ...id, table: table.name }, 'a damaged file in the local folder is removed');
    await folder.remove(table.name);
    return false;
  }

  /** Removes what is neither kept nor pinned; the first time also what an earlier process left half-written. */
  sweep(id: SnapshotId, kept: readonly TableSummary[]): Promise<void> {
    return this.#exclusive(id, async () => {
      const folder = this.folder(id);
      const key = idKey(id);
      const isFirst =
        !this.#cleaned.has(key) && ![...this.#downloads.keys()].some((each) => each.startsWith(`${key}/`));
      if (isFirst) this.#cleaned.add(key);
      const names = await folder.names();
      const wanted = new Set(kept.map(({ digest }) => tableName(digest)));
      for (const name of names) {
        if (name.endsWith(TEMPORARY_SUFFIX)) {
          if (isFirst) await folder.remove(name);
          continue;
        }
        const digest = /^table-([0-9a-f]{32})\.table$/.exec(name)?.[1];
        const isPinned = digest !== undefined && this.#pins.has(`${key}/${digest}`);
        if (wanted.has(name) || isPinned) continue;
        if (digest !== undefined) this.#present.delete(`${key}/${digest}`);
        await folder.remove(name);
      }
    });
  }
}
