/**
 * A disk in memory for simulations and tests: loses what was not synced, fills up, and is slow on demand.
 *
 * Invariants:
 * 1. A process works through a `mount`. After its `kill`, or after `powerCut` of the disk, every call on the mount and
 *    on its files rejects, calls under way included, and its locks are gone.
 * 2. `kill` keeps what was written (the operating system lives on), except that a write under way may be cut short.
 *    `powerCut` keeps what was synced; of the rest nothing, all, a prefix or torn sectors, drawn file by file.
 * 3. Names (create, remove) are durable after `syncFolder`, or `rename` of any name; of later ones a power cut keeps
 *    a prefix in the order of the calls, as a journal does.
 * 4. Same seed, same calls, same outcome.
 */
import { dirname } from 'node:path';
import { BubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import type { Random } from '../../schemas/ports/random.ts';
import type { Disk, DiskFile } from './disk.ts';
import { SimFile, type Survival } from './sim-file.ts';

export type DiskOperation = 'open' | 'read' | 'write' | 'sync' | 'truncate' | 'name';

export interface SimDiskOptions {
  readonly random: Random;
  /** Needed where `delayMs` is set. */
  readonly clock?: Clock;
  /** How long an operation takes, ms; 0 or absent: it is done in the same turn. */
  readonly delayMs?: (operation: DiskOperation, path: string) => number;
  /** False: this sync resolves and nothing has happened (a disk that lies). */
  readonly syncHappens?: (path: string) => boolean;
  /**
   * An error to fail an operation with, before it has any effect; null: none. May also cut the power or kill the
   * process: the operation is under way then.
   */
  readonly fault?: (operation: DiskOperation, path: string) => Error | null;
}

export interface SimMount extends Disk {
  /** The process dies: see invariant 2. */
  kill(): void;
}

type NameChange = { readonly path: string; readonly file: SimFile | null };

const SURVIVALS: readonly Survival[] = ['none', 'all', 'prefix', 'torn'];

const gone = (): BubbleError => new BubbleError('DISK_FAILED', 'the simulated process has died');
const missing = (path: string): BubbleError => new BubbleError('FILE_NOT_FOUND', `${path} does not exist`);

interface Process {
  alive: boolean;
  /** Cut short by a kill. */
  readonly writing: Set<{ readonly file: SimFile; readonly position: number; readonly bytes: Uint8Array }>;
}

export class SimDisk {
  /** No space is left: writes beyond the end of a file reject with DISK_FULL, after a random part of them. */
  full = false;
  readonly #options: SimDiskOptions;
  readonly #names = new Map<string, SimFile>();
  readonly #durableNames = new Map<string, SimFile>();
  #unsyncedNames: NameChange[] = [];
  readonly #processes = new Set<Process>();
  readonly #locks = new Map<string, Process>();
  #operations = 0;

  constructor(options: SimDiskOptions) {
    this.#options = options;
  }

  /** Operations begun so far: a crash "at every point" is a crash at every value of this. */
  get operations(): number {
    return this.#operations;
  }

  mount(): SimMount {
    const process: Process = { alive: true, writing: new Set() };
    this.#processes.add(process);
    return {
      open: (path, options) => this.#open(process, path, options?.create === true),
      list: (folder) => this.#perform(process, 'name', folder, () => this.#list(folder)),
      makeFolder: (folder) => this.#perform(process, 'name', folder, () => undefined),
      rename: (from, to) => this.#perform(process, 'name', from, () => this.#rename(from, to)),
      remove: (path) => this.#perform(process, 'name', path, () => this.#remove(path)),
      syncFolder: (folder) => this.#perform(process, 'sync', folder, () => this.#syncNames(folder)),
      lock: (folder) => this.#perform(process, 'name', folder, () => this.#lock(process, folder)),
      kill: () => this.#kill(process),
    };
  }

  /** Everything dies and what was not synced may be lost. New mounts see what is left. */
  powerCut(): void {
    const { random } = this.#options;
    for (const process of this.#processes) this.#kill(process);
    const kept = random.below(this.#unsyncedNames.length + 1);
    this.#applyNames(this.#unsyncedNames.slice(0, kept));
    this.#unsyncedNames = [];
    this.#names.clear();
    for (const [path, file] of this.#durableNames) this.#names.set(path, file);
    for (const file of new Set(this.#names.values())) {
      file.crash(SURVIVALS[random.below(SURVIVALS.length)] ?? 'none', random);
    }
  }

  /** Bytes of a file as the operating system has them, or null; for tests that look or do damage. */
  contentOf(path: string): Buffer | null {
    const file = this.#names.get(path);
    return file === undefined ? null : file.read(0, file.size);
  }

  /** Overwrites bytes behind the log's back, durably. */
  damage(path: string, position: number, bytes: Uint8Array): void {
    const file = this.#names.get(path);
    if (file === undefined) throw missing(path);
    file.write(position, bytes);
    file.sync(file.changes);
  }

  paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  async #open(process: Process, path: string, create: boolean): Promise<DiskFile> {
    const file = await this.#perform(process, 'open', path, () => {
      const found = this.#names.get(path);
      if (found !== undefined) return found;
      if (!create) throw missing(path);
      const made = new SimFile();
      this.#changeName({ path, file: made });
      return made;
    });
    return {
      read: (position, length) => this.#perform(process, 'read', path, () => file.read(position, length)),
      write: async (position, bytes) => {
        await this.#write(process, path, file, position, bytes);
      },
      writeSynced: (position, parts) => this.#writeSynced(process, path, file, position, parts),
      sync: () => this.#sync(process, path, file),
      truncate: (size) => this.#perform(process, 'truncate', path, () => file.truncate(size)),
      size: () => this.#perform(process, 'read', path, () => file.size),
      close: () => this.#perform(process, 'name', path, () => undefined),
    };
  }

  async #write(
    process: Process,
    path: string,
    file: SimFile,
    position: number,
    bytes: Uint8Array,
  ): Promise<number> {
    const under = { file, position, bytes: Uint8Array.from(bytes) };
    process.writing.add(under);
    try {
      return await this.#perform(process, 'write', path, () => {
        if (this.full && position + bytes.length > file.size) {
          this.#writePart(under);
          throw new BubbleError('DISK_FULL', `no space left for ${path}`, { retryable: true });
        }
        return file.write(position, under.bytes);
      });
    } finally {
      process.writing.delete(under);
    }
  }

  async #writeSynced(
    process: Process,
    path: string,
    file: SimFile,
    position: number,
    parts: readonly Uint8Array[],
  ): Promise<void> {
    const change = await this.#write(process, path, file, position, Buffer.concat(parts));
    await this.#perform(process, 'sync', path, () => {
      if (this.#options.syncHappens?.(path) !== false) file.syncChange(change);
    });
  }

  #writePart(under: { file: SimFile; position: number; bytes: Uint8Array }): void {
    const part = this.#options.random.below(under.bytes.length + 1);
    const room = this.full ? Math.max(0, under.file.size - under.position) : under.bytes.length;
    const length = Math.min(part, room);
    if (length > 0) under.file.write(under.position, under.bytes.subarray(0, length));
  }

  async #sync(process: Process, path: string, file: SimFile): Promise<void> {
    const covered = file.changes;
    await this.#perform(process, 'sync', path, () => {
      if (this.#options.syncHappens?.(path) === false) return;
      file.sync(covered);
    });
  }

  /** Runs an operation after its delay, unless the process has died. */
  async #perform<T>(process: Process, operation: DiskOperation, path: string, effect: () => T): Promise<T> {
    if (!process.alive) throw gone();
    this.#operations += 1;
    const fault = this.#options.fault?.(operation, path) ?? null;
    if (fault !== null) throw fault;
    if (!process.alive) throw gone();
    const delayMs = this.#options.delayMs?.(operation, path) ?? 0;
    const { clock } = this.#options;
    if (delayMs > 0 && clock !== undefined) {
      await new Promise<void>((resolve) => clock.after(delayMs, resolve));
      if (!process.alive) throw gone();
    }
    const result = effect();
    await Promise.resolve();
    if (!process.alive) throw gone();
    return result;
  }

  #kill(process: Process): void {
    if (!process.alive) return;
    process.alive = false;
    this.#processes.delete(process);
    for (const under of process.writing) this.#writePart(under);
    process.writing.clear();
    for (const [folder, owner] of this.#locks) {
      if (owner === process) this.#locks.delete(folder);
    }
  }

  #lock(process: Process, folder: string): () => Promise<void> {
    if (this.#locks.has(folder)) {
      throw new BubbleError('LOG_LOCKED', `${folder} belongs to another simulated process`);
    }
    this.#locks.set(folder, process);
    return async () => {
      if (this.#locks.get(folder) === process) this.#locks.delete(folder);
    };
  }

  #list(folder: string): string[] {
    const names = new Set<string>();
    for (const path of this.#names.keys()) {
      if (path.startsWith(`${folder}/`)) names.add(path.slice(folder.length + 1).split('/')[0] ?? '');
    }
    return [...names].sort();
  }

  #rename(from: string, to: string): void {
    const file = this.#names.get(from);
    if (file === undefined) throw missing(from);
    this.#changeName({ path: from, file: null });
    this.#changeName({ path: to, file });
    this.#syncNames(dirname(to));
  }

  #remove(path: string): void {
    if (this.#names.has(path)) this.#changeName({ path, file: null });
  }

  #changeName(change: NameChange): void {
    if (change.file === null) this.#names.delete(change.path);
    else this.#names.set(change.path, change.file);
    this.#unsyncedNames.push(change);
  }

  /** One journal for the whole disk: earlier changes of other folders become durable as well. */
  #syncNames(_folder: string): void {
    this.#applyNames(this.#unsyncedNames);
    this.#unsyncedNames = [];
  }

  #applyNames(changes: readonly NameChange[]): void {
    for (const { path, file } of changes) {
      if (file === null) this.#durableNames.delete(path);
      else this.#durableNames.set(path, file);
    }
  }
}
