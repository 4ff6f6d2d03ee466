/**
 * The runs of one partition on disk, their manifest, and their merging.
 *
 * 1. What the manifest does not name does not exist: a run is whole and synced before the manifest names it, and a
 *    file is removed only after the manifest has ceased to.
 * 2. Manifests are written one after the other, each made from the one before.
 * 3. A reader holds the runs it has begun with; a merged one is closed and removed when the last reader is done.
 * 4. At most three runs of each level, but for what a merge under way will take away, so their number grows with the
 *    logarithm of the rows.
 */
import assert from 'node:assert/strict';
import type { InboxPosition } from '../../../schemas/positions.ts';
import type { Disk } from '../../disk/disk.ts';
import type { Logger } from '../../logger/logger.ts';
import {
  type Entries,
  openSortedTable,
  type SortedTable,
  writeSortedTable,
} from '../../snapshots/sorted-table.ts';
import { emptyManifest, type Manifest, readManifest, writeManifest } from './manifest.ts';
import { mergedEntries, type RunInfo } from './run.ts';

/** So many neighbouring runs of a level become one of the next. */
const MERGED_RUNS = 4;
const RUN_CACHE_BYTES = 1024 * 1024;

export class Run {
  readonly info: RunInfo;
  readonly table: SortedTable;
  #readers = 0;
  #whenUnused: (() => Promise<void>) | null = null;

  constructor(info: RunInfo, table: SortedTable) {
    this.info = info;
    this.table = table;
  }

  hold(): void {
    this.#readers += 1;
  }

  async release(): Promise<void> {
    this.#readers -= 1;
    assert.ok(this.#readers >= 0);
    if (this.#readers === 0) await this.#whenUnused?.();
  }

  /** Calls this once no reader holds the run. */
  async dropped(action: () => Promise<void>): Promise<void> {
    this.#whenUnused = action;
    if (this.#readers === 0) await action();
  }
}

export class Runs {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #logger: Logger;
  #manifest: Manifest;
  #runs: Run[];
  #changes: Promise<void> = Promise.resolve();

  private constructor(disk: Disk, folder: string, logger: Logger, manifest: Manifest, runs: Run[]) {
    this.#disk = disk;
    this.#folder = folder;
    this.#logger = logger;
    this.#manifest = manifest;
    this.#runs = runs;
  }

  /** Rejects with LOG_DAMAGED where a run named by the manifest is not whole. */
  static async open(disk: Disk, folder: string, epoch: number, logger: Logger): Promise<Runs> {
    await disk.makeFolder(folder);
    const manifest = (await readManifest(disk, folder, epoch)) ?? emptyManifest(epoch);
    const known = new Set(manifest.runs.map(({ name }) => name));
    for (const name of await disk.list(folder)) {
      if (name.endsWith('.run') && !known.has(name)) await disk.remove(`${folder}/${name}`);
    }
    const runs: Run[] = [];
    try {
      for (const info of manifest.runs) runs.push(new Run(info, await openRun(disk, folder, info.name)));
    } catch (error) {
      for (const { table } of runs) await table.close();
      throw error;
    }
    return new Runs(disk, folder, logger, manifest, runs);
  }

  /** Forgets everything on disk, so that it is computed anew from offset 0. */
  static async clear(disk: Disk, folder: string, epoch: number): Promise<void> {
    await writeManifest(disk, folder, emptyManifest(epoch));
    for (const name of await disk.list(folder)) {
      if (name.endsWith('.run')) await disk.remove(`${folder}/${name}`);
    }
  }

  /** Oldest first. */
  get all(): readonly Run[] {
    return this.#runs;
  }

  get position(): InboxPosition {
    return this.#manifest.position;
  }

  get trimmedBelow(): number {
    return this.#manifest.trimmedBelow;
  }

  /**
   * Writes the rows of [from, position.offset) and moves the position; `taken` is called in the same tick as the
   * new run can be read.
   */
  async add(
    entries: Entries | null,
    from: number,
    position: InboxPosition,
    taken: () => void,
  ): Promise<void> {
    let run: Run | null = null;
    if (entries !== null) {
      run = await this.#write({ from, to: position.offset, level: 0 }, entries);
    }
    await this.#change(
      (manifest) => ({
        ...manifest,
        position,
        runs: run === null ? manifest.runs : [...manifest.runs, run.info],
      }),
      () => {
        if (run !== null) this.#runs = [...this.#runs, run];
        taken();
      },
    );
  }

  /** Merges once where a level has enough runs. @returns whether it did */
  async mergeOnce(): Promise<boolean> {
    const first = firstMergeable(this.#runs.map(({ info }) => info));
    if (first < 0) return false;
    const merged = this.#runs.slice(first, first + MERGED_RUNS);
    const oldest = merged[0]!;
    const newest = merged.at(-1)!;
    const range = { from: oldest.info.from, to: newest.info.to, level: oldest.info.level + 1 };
    const entries = mergedEntries(
      merged.map(({ table }) => table),
      this.trimmedBelow,
    );
    const run = await this.#write(range, entries);
    const instead = <T>(all: readonly T[], is: (one: T) => boolean, becomes: T): T[] => {
      const at = all.findIndex(is);
      assert.ok(at >= 0);
      return [...all.slice(0, at), becomes, ...all.slice(at + MERGED_RUNS)];
    };
    await this.#change(
      (manifest) => ({
        ...manifest,
        runs: instead(manifest.runs, ({ name }) => name === oldest.info.name, run.info),
      }),
      () => {
        this.#runs = instead(this.#runs, (one) => one === oldest, run);
      },
    );
    for (const one of merged) await this.#drop(one);
    return true;
  }

  /** Rows below this offset are forgotten; runs that hold nothing else go at once. */
  async trim(below: number): Promise<void> {
    if (below <= this.trimmedBelow) return;
    let gone: Run[] = [];
    await this.#change(
      (manifest) => ({
        ...manifest,
        trimmedBelow: below,
        runs: manifest.runs.filter(({ to }) => to > below),
      }),
      () => {
        gone = this.#runs.filter(({ info }) => info.to <= below);
        this.#runs = this.#runs.filter(({ info }) => info.to > below);
      },
    );
    for (const one of gone) await this.#drop(one);
  }

  async close(): Promise<void> {
    await this.#changes;
    for (const { table } of this.#runs) await table.close();
  }

  async #write(range: Omit<RunInfo, 'name'>, entries: Entries): Promise<Run> {
    // Names are never used twice, also where the manifest that should have named the run was not written.
    const number = this.#manifest.nextRun;
    this.#manifest = { ...this.#manifest, nextRun: number + 1 };
    const name = `${number.toString().padStart(8, '0')}.run`;
    try {
      await writeSortedTable(this.#disk, `${this.#folder}/${name}`, entries, range);
      await this.#disk.syncFolder(this.#folder);
    } catch (error) {
      await this.#remove(name);
      throw error;
    }
    return new Run({ name, ...range }, await openRun(this.#disk, this.#folder, name));
  }

  #change(next: (manifest: Manifest) => Manifest, done: () => void): Promise<void> {
    const change = this.#changes.then(async () => {
      const made = next(this.#manifest);
      await writeManifest(this.#disk, this.#folder, made);
      this.#manifest = { ...made, nextRun: this.#manifest.nextRun };
      done();
    });
    // A failed change is its caller's; the next one begins from the manifest before it.
    this.#changes = change.catch(() => {});
    return change;
  }

  #drop(run: Run): Promise<void> {
    return run.dropped(async () => {
      await run.table.close();
      await this.#remove(run.info.name);
    });
  }

  /** A file that stays behind is removed at the next start. */
  async #remove(name: string): Promise<void> {
    try {
      await this.#disk.remove(`${this.#folder}/${name}`);
    } catch (error) {
      this.#logger.warn({ err: error, name }, 'an unused timeline file could not be removed');
    }
  }
}

const openRun = (disk: Disk, folder: string, name: string): Promise<SortedTable> =>
  openSortedTable(disk, `${folder}/${name}`, { cacheBytes: RUN_CACHE_BYTES });

/** The first of `MERGED_RUNS` neighbours of one level, or -1. */
const firstMergeable = (runs: readonly RunInfo[]): number => {
  let first = 0;
  for (let at = 0; at < runs.length; at += 1) {
    if (runs[at]!.level !== runs[first]!.level) first = at;
    if (at - first + 1 === MERGED_RUNS) return first;
  }
  return -1;
};
