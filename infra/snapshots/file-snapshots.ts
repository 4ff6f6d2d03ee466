/**
 * Snapshots as files, a folder for each source partition:
 *
 *   table-<offset>-<number>.table   a sorted table (sorted-table.ts)
 *   snapshot-<offset>.json          the manifest: which tables, newest first, with their digests
 *   *.tmp                           half-written, removed by `prune`
 *
 * Invariants:
 * 1. A manifest is renamed into its place after all its tables are there and synced, and never changed afterwards.
 * 2. A table is removed only when no kept manifest names it.
 * 3. Tables get merged when the newer ones together have grown to half of the next older one, so an entry is written
 *    again a logarithmic number of times; and when there are more than `tables`.
 */
import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import { DEFAULT_LIMITS, type Limits } from '../../schemas/limits.ts';
import type { Disk } from '../disk/disk.ts';
import { type Logger, SILENT_LOGGER } from '../logger/logger.ts';
import { LayeredTable } from './layered-table.ts';
import type { OpenedSnapshot, SnapshotId, SnapshotStore } from './snapshot-store.ts';
import {
  type Entries,
  mergeSorted,
  openSortedTable,
  type SortedTable,
  type TableSummary,
  writeSortedTable,
} from './sorted-table.ts';

interface TableEntry extends TableSummary {
  readonly name: string;
}

interface Manifest {
  readonly format: 1;
  readonly offset: number;
  readonly meta: unknown;
  readonly tables: readonly TableEntry[];
}

interface FileSnapshot extends OpenedSnapshot {
  readonly tables: readonly TableEntry[];
}

export interface FileSnapshotsOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly logger?: Logger;
  readonly limits?: Pick<Limits, 'snapshotTables' | 'snapshotCacheBytes'>;
}

const OFFSET_DIGITS = 16;
const MANIFEST = /^snapshot-(\d{16})\.json$/;
const KEPT = 2;

const padded = (offset: number): string => offset.toString().padStart(OFFSET_DIGITS, '0');
const manifestName = (offset: number): string => `snapshot-${padded(offset)}.json`;

class FileSnapshots implements SnapshotStore {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #logger: Logger;
  readonly #limits: Pick<Limits, 'snapshotTables' | 'snapshotCacheBytes'>;
  readonly #opened = new WeakSet<OpenedSnapshot>();

  constructor(options: FileSnapshotsOptions) {
    this.#disk = options.disk;
    this.#folder = options.folder;
    this.#logger = options.logger ?? SILENT_LOGGER;
    this.#limits = options.limits ?? DEFAULT_LIMITS;
  }

  #folderOf({ topic, partition }: SnapshotId): string {
    return `${this.#folder}/${topic}/${partition}`;
  }

  async publish(
    id: SnapshotId,
    offset: number,
    meta: unknown,
    changes: Entries,
    base: OpenedSnapshot | null,
  ): Promise<OpenedSnapshot> {
    assert.ok(base === null || this.#opened.has(base), 'the base comes from this store');
    assert.ok(base === null || base.offset <= offset);
    const folder = this.#folderOf(id);
    await this.#disk.makeFolder(folder);
    const older = base === null ? [] : (base as FileSnapshot).tables;
    const newest = await this.#writeTable(folder, offset, changes);
    const tables = await this.#merge(folder, offset, [newest, ...older]);
    await this.#writeManifest(folder, { format: 1, offset, meta, tables });
    return this.#openTables(id, { format: 1, offset, meta, tables });
  }

  async #writeTable(folder: string, offset: number, entries: Entries): Promise<TableEntry> {
    const taken = new Set(await this.#disk.list(folder));
    let number = 0;
    let name = '';
    do {
      name = `table-${padded(offset)}-${number}.table`;
      number += 1;
    } while (taken.has(name));
    const temporary = `${folder}/${name}.tmp`;
    const summary = await writeSortedTable(this.#disk, temporary, entries, null);
    await this.#disk.rename(temporary, `${folder}/${name}`);
    return { ...summary, name };
  }

  /** @param tables newest first */
  async #merge(
    folder: string,
    offset: number,
    tables: readonly TableEntry[],
  ): Promise<readonly TableEntry[]> {
    let merged = 1;
    let bytes = tables[0]!.bytes;
    for (let at = 1; at < tables.length; at += 1) {
      if (tables[at]!.bytes <= 2 * bytes) merged = at + 1;
      bytes += tables[at]!.bytes;
    }
    if (tables.length > this.#limits.snapshotTables) merged = tables.length;
    if (merged === 1) return tables;
    const sources: SortedTable[] = [];
    try {
      for (const { name } of tables.slice(0, merged)) {
        sources.push(await openSortedTable(this.#disk, `${folder}/${name}`, { cacheBytes: 0 }));
      }
      // Where nothing older is left, a removal has nothing to remove.
      const keep = merged === tables.length ? (_: string, value: Uint8Array) => value.length > 0 : undefined;
      const scans = sources.map((source) => source.scan());
      const table = await this.#writeTable(folder, offset, mergeSorted(scans, keep));
      return [table, ...tables.slice(merged)];
    } finally {
      for (const source of sources) await source.close();
    }
  }

  async #writeManifest(folder: string, manifest: Manifest): Promise<void> {
    const body = JSON.stringify(manifest);
    const text = JSON.stringify({ checksum: crc32(body), body });
    const path = `${folder}/${manifestName(manifest.offset)}`;
    const file = await this.#disk.open(`${path}.tmp`, { create: true });
    try {
      await file.truncate(0);
      await file.write(0, Buffer.from(text));
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#disk.rename(`${path}.tmp`, path);
  }

  async #offsets(folder: string): Promise<number[]> {
    const offsets: number[] = [];
    for (const name of await this.#disk.list(folder)) {
      const match = MANIFEST.exec(name);
      if (match !== null) offsets.push(Number(match[1]));
    }
    return offsets.sort((left, right) => right - left);
  }

  async open(id: SnapshotId, atOrBelow: number): Promise<OpenedSnapshot | null> {
    const folder = this.#folderOf(id);
    for (const offset of await this.#offsets(folder)) {
      if (offset > atOrBelow) continue;
      try {
        return await this.#openTables(id, await this.#readManifest(folder, offset));
      } catch (error) {
        if (!isBubbleError(error, 'LOG_DAMAGED') && !isBubbleError(error, 'FILE_NOT_FOUND')) throw error;
        this.#logger.warn({ ...id, offset, error }, 'a damaged snapshot is passed over');
      }
    }
    return null;
  }

  async #readManifest(folder: string, offset: number): Promise<Manifest> {
    const path = `${folder}/${manifestName(offset)}`;
    const file = await this.#disk.open(path);
    let text: string;
    try {
      text = (await file.read(0, await file.size())).toString();
    } finally {
      await file.close();
    }
    const manifest = parseManifest(text);
    if (manifest === null || manifest.offset !== offset) {
      throw new BubbleError('LOG_DAMAGED', `the manifest ${path} is damaged`);
    }
    return manifest;
  }

  async #openTables(id: SnapshotId, manifest: Manifest): Promise<FileSnapshot> {
    const opened: SortedTable[] = [];
    try {
      for (const { name, digest, entries } of manifest.tables) {
        const path = `${this.#folderOf(id)}/${name}`;
        const table = await openSortedTable(this.#disk, path, {
          cacheBytes: this.#limits.snapshotCacheBytes,
        });
        opened.push(table);
        if (table.digest !== digest || table.entries !== entries) {
          throw new BubbleError('LOG_DAMAGED', `the table ${path} is not the one its manifest names`);
        }
      }
    } catch (error) {
      for (const table of opened) await table.close();
      throw error;
    }
    const { offset, meta, tables } = manifest;
    const snapshot: FileSnapshot = { id, offset, meta, tables, table: new LayeredTable(opened) };
    this.#opened.add(snapshot);
    return snapshot;
  }

  async discardAbove(id: SnapshotId, offset: number): Promise<void> {
    const folder = this.#folderOf(id);
    for (const found of await this.#offsets(folder)) {
      if (found > offset) await this.#disk.remove(`${folder}/${manifestName(found)}`);
    }
    await this.#disk.syncFolder(folder);
  }

  async prune(id: SnapshotId): Promise<void> {
    const folder = this.#folderOf(id);
    const kept = new Set<string>();
    let whole = 0;
    const doomed: string[] = [];
    for (const offset of await this.#offsets(folder)) {
      const name = manifestName(offset);
      if (whole === KEPT) {
        doomed.push(name);
        continue;
      }
      try {
        const manifest = await this.#readManifest(folder, offset);
        kept.add(name);
        for (const table of manifest.tables) kept.add(table.name);
        whole += 1;
      } catch (error) {
        if (!isBubbleError(error, 'LOG_DAMAGED')) throw error;
        doomed.push(name);
      }
    }
    // Manifests go first: a crash in between leaves tables nobody names, and not a manifest without its tables.
    for (const name of doomed) await this.#disk.remove(`${folder}/${name}`);
    for (const name of await this.#disk.list(folder)) {
      if (!kept.has(name)) await this.#disk.remove(`${folder}/${name}`);
    }
  }
}

const parseManifest = (text: string): Manifest | null => {
  let outer: unknown;
  try {
    outer = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof outer !== 'object' || outer === null || !('body' in outer) || !('checksum' in outer))
    return null;
  if (typeof outer.body !== 'string' || outer.checksum !== crc32(outer.body)) return null;
  const manifest = JSON.parse(outer.body) as Manifest;
  return manifest.format === 1 ? manifest : null;
};

/** Nothing is read or made before the first use. */
export const openFileSnapshots = (options: FileSnapshotsOptions): SnapshotStore => new FileSnapshots(options);
