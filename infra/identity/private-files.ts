/** Files with secrets: mode 0600, written whole and atomically. Used at start and by key rotation only. */
import { randomUUID } from 'node:crypto';
import { link, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BubbleError } from '../../schemas/errors.ts';
import { makeFolder } from '../disk/make-folder.ts';

const OTHERS = 0o077;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const translated = (path: string, error: unknown): BubbleError => {
  if (error instanceof BubbleError) return error;
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new BubbleError('DISK_FULL', `no space for ${path}`, { retryable: true, cause: error });
  }
  return new BubbleError('FOLDER_NOT_WRITABLE', `cannot read or write ${path}`, { cause: error });
};

/** @returns null where there is no such file. @throws CONFIG where others may read it */
export const readPrivateFile = async (path: string): Promise<Buffer | null> => {
  try {
    const { mode } = await stat(path);
    if ((mode & OTHERS) !== 0) {
      throw new BubbleError('CONFIG', `${path} holds secrets but others may read it: chmod 600 ${path}`);
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof BubbleError) throw error;
    if (codeOf(error) === 'ENOENT') return null;
    throw translated(path, error);
  }
};

const TEMPORARY = '.tmp';
const temporaryPrefix = (path: string): string => `.${basename(path)}.`;

const writeBeside = async (path: string, bytes: Uint8Array): Promise<string> => {
  await makeFolder(dirname(path), 0o700);
  const temporary = join(dirname(path), `${temporaryPrefix(path)}${randomUUID()}${TEMPORARY}`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
};

const syncFolderOf = async (path: string): Promise<void> => {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/**
 * Replaces the file; survives a power cut once resolved.
 * @param mayReplace asked last: what it throws leaves the file as it is
 */
export const writePrivateFile = async (
  path: string,
  bytes: Uint8Array,
  mayReplace: () => void = () => {},
): Promise<void> => {
  try {
    const temporary = await writeBeside(path, bytes);
    try {
      mayReplace();
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary);
      throw error;
    }
    await syncFolderOf(path);
  } catch (error) {
    throw translated(path, error);
  }
};

/** What writers of this file that were killed have left beside it. Only while nobody writes it. */
export const removeLeftovers = async (path: string): Promise<void> => {
  const prefix = temporaryPrefix(path);
  try {
    for (const name of await readdir(dirname(path))) {
      if (name.startsWith(prefix) && name.endsWith(TEMPORARY)) await unlink(join(dirname(path), name));
    }
  } catch (error) {
    throw translated(path, error);
  }
};

/** Creates the file unless there is one: of two processes that start together, one wins. @returns what is there now */
export const createPrivateFile = async (path: string, bytes: Uint8Array): Promise<Buffer> => {
  try {
    const temporary = await writeBeside(path, bytes);
    try {
      await link(temporary, path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    } finally {
      await unlink(temporary);
    }
    await syncFolderOf(path);
    return await readFile(path);
  } catch (error) {
    throw translated(path, error);
  }
};
