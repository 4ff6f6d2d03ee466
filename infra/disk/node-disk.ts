/**
 * Files through Node. Callback functions on bare descriptors: `FileHandle` took 5-30 % longer in a cycle of write and
 * fdatasync, and twice the time of the main thread.
 */
import fs from 'node:fs';
import { dirname } from 'node:path';
import type { Disk, DiskFile } from './disk.ts';
import { diskFailure, isMissing } from './disk-failure.ts';
import { lockFolder } from './folder-lock.ts';
import { makeFolder } from './make-folder.ts';

const perform = <T>(
  path: string,
  start: (done: (error: unknown, value?: T) => void) => void,
): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(diskFailure(error, path)) : resolve(value)));
  });

const act = async (path: string, start: (done: (error: unknown) => void) => void): Promise<void> => {
  await perform<never>(path, start);
};

class NodeFile implements DiskFile {
  readonly #descriptor: number;
  readonly #path: string;
  /** The same file opened with O_DSYNC, once it is needed. */
  #synced: Promise<number> | null = null;

  constructor(descriptor: number, path: string) {
    this.#descriptor = descriptor;
    this.#path = path;
  }

  async read(position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const count = await perform<number>(this.#path, (done) =>
        fs.read(this.#descriptor, buffer, filled, length - filled, position + filled, done),
      );
      if (count === undefined || count === 0) break;
      filled += count;
    }
    return filled === length ? buffer : buffer.subarray(0, filled);
  }

  write(position: number, bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const writeFrom = (at: number): void => {
        fs.write(this.#descriptor, bytes, at, bytes.length - at, position + at, (error, count) => {
          if (error !== null) reject(diskFailure(error, this.#path));
          else if (at + count < bytes.length) writeFrom(at + count);
          else resolve();
        });
      };
      writeFrom(0);
    });
  }

  async writeSynced(position: number, parts: readonly Uint8Array[]): Promise<void> {
    this.#synced ??= perform<number>(this.#path, (done) =>
      fs.open(this.#path, fs.constants.O_WRONLY | fs.constants.O_DSYNC, done),
    ).then((descriptor) => descriptor ?? -1);
    const descriptor = await this.#synced;
    let left = [...parts];
    for (let at = position; left.length > 0; ) {
      const written = await perform<number>(this.#path, (done) => fs.writev(descriptor, left, at, done));
      at += written ?? 0;
      left = behind(left, written ?? 0);
    }
  }

  sync(): Promise<void> {
    return act(this.#path, (done) => fs.fdatasync(this.#descriptor, done));
  }

  truncate(size: number): Promise<void> {
    return act(this.#path, (done) => fs.ftruncate(this.#descriptor, size, done));
  }

  async size(): Promise<number> {
    const stats = await perform<fs.Stats>(this.#path, (done) => fs.fstat(this.#descriptor, done));
    return stats?.size ?? 0;
  }

  async close(): Promise<void> {
    if (this.#synced !== null) {
      const descriptor = await this.#synced;
      await act(this.#path, (done) => fs.close(descriptor, done));
    }
    await act(this.#path, (done) => fs.close(this.#descriptor, done));
  }
}

/** What is left of the parts after so many bytes were written. */
const behind = (parts: readonly Uint8Array[], written: number): Uint8Array[] => {
  let skip = written;
  const left: Uint8Array[] = [];
  for (const part of parts) {
    if (skip >= part.length) skip -= part.length;
    else {
      left.push(skip === 0 ? part : part.subarray(skip));
      skip = 0;
    }
  }
  return left;
};

const openFile = async (path: string, options: { create?: boolean } = {}): Promise<DiskFile> => {
  const flags = fs.constants.O_RDWR | (options.create === true ? fs.constants.O_CREAT : 0);
  const descriptor = await perform<number>(path, (done) => fs.open(path, flags, 0o640, done));
  return new NodeFile(descriptor ?? -1, path);
};

const list = async (folder: string): Promise<string[]> => {
  try {
    return (await fs.promises.readdir(folder)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw diskFailure(error, folder);
  }
};

const syncFolder = async (folder: string): Promise<void> => {
  const descriptor = await perform<number>(folder, (done) => fs.open(folder, fs.constants.O_RDONLY, done));
  if (descriptor === undefined) return;
  try {
    await act(folder, (done) => fs.fsync(descriptor, done));
  } finally {
    await act(folder, (done) => fs.close(descriptor, done));
  }
};

const makeSyncedFolder = async (folder: string): Promise<void> => {
  const made = await makeFolder(folder, 0o750);
  if (made !== undefined) await syncFolder(dirname(made));
};

const rename = async (from: string, to: string): Promise<void> => {
  await act(from, (done) => fs.rename(from, to, done));
  await syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
};

/** Removing what is not there is no failure: a crash may have come between removing and noting it. */
const remove = async (path: string): Promise<void> => {
  try {
    await fs.promises.unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw diskFailure(error, path);
  }
};

export const nodeDisk = (): Disk => ({
  open: openFile,
  list,
  makeFolder: makeSyncedFolder,
  rename,
  remove,
  syncFolder,
  lock: lockFolder,
});
