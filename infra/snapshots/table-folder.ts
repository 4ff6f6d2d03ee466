/**
 * The tables of one source partition, in a folder of their own:
 *
 *   table-<digest>.table   a sorted table (sorted-table.ts), named by its content
 *   *.tmp                  half-written
 *
 * Invariants:
 * 1. A table is renamed into its place whole and synced, and never changed afterwards; a name stands for one content,
 *    whichever process made it.
 * 2. Tables get merged when the newer ones together have grown to half of the next older one, so an entry is written
 *    again a logarithmic number of times; and when there are more than `snapshotTables`.
 */
import { BubbleError } from '../../schemas/errors.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Disk } from '../disk/disk.ts';
import { LayeredTable } from './layered-table.ts';
import {
  type Entries,
  mergeSorted,
  openSortedTable,
  type SortedTable,
  writeSortedTable,
} from './sorted-table.ts';
import type { TableSummary } from './table-format.ts';

export interface TableEntry extends TableSummary {
  /** Its file in the folder. */
  readonly name: string;
}

export type TableLimits = Pick<Limits, 'snapshotTables' | 'snapshotCacheBytes'>;

export const tableName = (digest: string): string => `table-${digest}.table`;
export const TEMPORARY_SUFFIX = '.tmp';

export class TableFolder {
  readonly disk: Disk;
  readonly path: string;
  readonly #limits: TableLimits;
  #writing = 0;

  constructor(disk: Disk, path: string, limits: TableLimits) {
    this.disk = disk;
    this.path = path;
    this.#limits = limits;
  }

  /** Writes the changes as a table over these (newest first), and merges what is worth it. */
  async layer(changes: Entries, older: readonly TableEntry[]): Promise<readonly TableEntry[]> {
    await this.disk.makeFolder(this.path);
    return this.#merge([await this.#write(changes), ...older]);
  }

  async #write(entries: Entries): Promise<TableEntry> {
    const temporary = this.temporaryPath();
    const summary = await writeSortedTable(this.disk, temporary, entries, null);
    const name = tableName(summary.digest);
    await this.disk.rename(temporary, `${this.path}/${name}`);
    return { ...summary, name };
  }

  /** A name nobody else in this process uses. */
  temporaryPath(): string {
    this.#writing += 1;
    return `${this.path}/writing-${this.#writing}${TEMPORARY_SUFFIX}`;
  }

  async #merge(newestFirst: readonly TableEntry[]): Promise<readonly TableEntry[]> {
    let merged = 1;
    let bytes = newestFirst[0]!.bytes;
    for (let at = 1; at < newestFirst.length; at += 1) {
      if (newestFirst[at]!.bytes <= 2 * bytes) merged = at + 1;
      bytes += newestFirst[at]!.bytes;
    }
    if (newestFirst.length > this.#limits.snapshotTables) merged = newestFirst.length;
    if (merged === 1) return newestFirst;
    const sources: SortedTable[] = [];
    try {
      for (const { name } of newestFirst.slice(0, merged)) {
        sources.push(await openSortedTable(this.disk, `${this.path}/${name}`, { cacheBytes: 0 }));
      }
      // Where nothing older is left, a removal has nothing to remove.
      const keep =
        merged === newestFirst.length ? (_: string, value: Uint8Array) => value.length > 0 : undefined;
      const scans = sources.map((source) => source.scan());
      return [await this.#write(mergeSorted(scans, keep)), ...newestFirst.slice(merged)];
    } finally {
      for (const source of sources) await source.close();
    }
  }

  /**
   * Opens these as one, in place.
   * @param closed called once they are closed again
   * @throws BubbleError LOG_DAMAGED, FILE_NOT_FOUND
   */
  async open(newestFirst: readonly TableEntry[], closed?: () => void): Promise<LayeredTable> {
    const opened: SortedTable[] = [];
    try {
      for (const entry of newestFirst) opened.push(await this.openOne(entry));
    } catch (error) {
      for (const table of opened) await table.close();
      throw error;
    }
    return new LayeredTable(opened, closed);
  }

  async openOne({ name, digest, entries }: TableEntry): Promise<SortedTable> {
    const path = `${this.path}/${name}`;
    const table = await openSortedTable(this.disk, path, { cacheBytes: this.#limits.snapshotCacheBytes });
    if (table.digest === digest && table.entries === entries) return table;
    await table.close();
    throw new BubbleError('LOG_DAMAGED', `the table ${path} is not the one its manifest names`);
  }

  names(): Promise<string[]> {
    return this.disk.list(this.path);
  }

  remove(name: string): Promise<void> {
    return this.disk.remove(`${this.path}/${name}`);
  }
}
