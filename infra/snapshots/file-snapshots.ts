/**
 * Snapshots as files, a folder for each source partition: tables (table-folder.ts), and
 *
 *   snapshot-<offset>.json   the manifest: which tables, newest first, with their digests
 *
 * Invariants:
 * 1. A manifest is renamed into its place after all its tables are there and synced, and never changed afterwards.
 * 2. A table is removed only when no kept manifest names it.
 */
import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import { DEFAULT_LIMITS } from '../../schemas/limits.ts';
import type { Disk } from '../disk/disk.ts';
import { replaceFile } from '../disk/replace-file.ts';
import { type Logger, SILENT_LOGGER } from '../logger/logger.ts';
import type { OpenedSnapshot, SnapshotId, SnapshotStore } from './snapshot-store.ts';
import type { Entries } from './sorted-table.ts';
import { type TableEntry, TableFolder, type TableLimits, TEMPORARY_SUFFIX } from './table-folder.ts';

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
  readonly limits?: TableLimits;
}

/** A store of files that gives its folders of tables to others. */
export interface FileSnapshotStore extends SnapshotStore {
  tables(id: SnapshotId): TableFolder;
}

const OFFSET_DIGITS = 16;
const MANIFEST = /^snapshot-(\d{16})\.json$/;
const KEPT = 2;

const padded = (offset: number): string => offset.toString().padStart(OFFSET_DIGITS, '0');
const manifestName = (offset: number): string => `snapshot-${padded(offset)}.json`;

class FileSnapshots implements FileSnapshotStore {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #logger: Logger;
  readonly #limits: TableLimits;
  readonly #folders = new Map<string, TableFolder>();
  readonly #opened = new WeakSet<OpenedSnapshot>();

  constructor(options: FileSnapshotsOptions) {
    this.#disk = options.disk;
    this.#folder = options.folder;
    this.#logger = options.logger ?? SILENT_LOGGER;
    this.#limits = options.limits ?? DEFAULT_LIMITS;
  }

  tables({ topic, partition }: SnapshotId): TableFolder {
    const path = `${this.#folder}/${topic}/${partition}`;
    let folder = this.#folders.get(path);
    if (folder === undefined) {
      folder = new TableFolder(this.#disk, path, this.#limits);
      this.#folders.set(path, folder);
    }
    return folder;
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
    const folder = this.tables(id);
    const tables = await folder.layer(changes, base === null ? [] : (base as FileSnapshot).tables);
    const manifest: Manifest = { format: 1, offset, meta, tables };
    await this.#writeManifest(folder.path, manifest);
    return this.#openTables(id, manifest);
  }

  async #writeManifest(folder: string, manifest: Manifest): Promise<void> {
    const body = JSON.stringify(manifest);
    const text = JSON.stringify({ checksum: crc32(body), body });
    const path = `${folder}/${manifestName(manifest.offset)}`;
    await replaceFile(this.#disk, path, Buffer.from(text), `${path}${TEMPORARY_SUFFIX}`);
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
    const folder = this.tables(id).path;
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

  async #openTables(id: SnapshotId, { offset, meta, tables }: Manifest): Promise<FileSnapshot> {
    const table = await this.tables(id).open(tables);
    const snapshot: FileSnapshot = { id, offset, meta, tables, table };
    this.#opened.add(snapshot);
    return snapshot;
  }

  async discardAbove(id: SnapshotId, offset: number): Promise<void> {
    const folder = this.tables(id).path;
    for (const found of await this.#offsets(folder)) {
      if (found > offset) await this.#disk.remove(`${folder}/${manifestName(found)}`);
    }
    await this.#disk.syncFolder(folder);
  }

  async prune(id: SnapshotId): Promise<void> {
    const folder = this.tables(id).path;
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
export const openFileSnapshots = (options: FileSnapshotsOptions): FileSnapshotStore =>
  new FileSnapshots(options);
