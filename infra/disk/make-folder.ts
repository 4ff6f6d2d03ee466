/**
 * Makes a folder with all that is missing above it. Node 20's own `recursive: true` never returns where a file system
 * answers "no such folder" for the child of a folder that exists, as /proc does.
 */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BubbleError } from '../../schemas/errors.ts';
import { diskFailure, isMissing } from './disk-failure.ts';

/** @returns whether it was made; false: there is something of that name already */
const makeOne = async (folder: string, mode: number): Promise<boolean> => {
  try {
    await mkdir(folder, { mode });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
};

const make = async (folder: string, mode: number): Promise<string | undefined> => {
  try {
    if (await makeOne(folder, mode)) return folder;
    if ((await stat(folder)).isDirectory()) return undefined;
    throw new BubbleError('FOLDER_NOT_WRITABLE', `${folder} is not a folder`);
  } catch (error) {
    const parent = dirname(folder);
    if (!isMissing(error) || parent === folder) throw error;
    const highest = await make(parent, mode);
    try {
      // False: another process made it meanwhile.
      return (await makeOne(folder, mode)) ? (highest ?? folder) : highest;
    } catch (cause) {
      if (!isMissing(cause)) throw cause;
      throw new BubbleError('FOLDER_NOT_WRITABLE', `no folder can be made in ${parent}`, { cause });
    }
  }
};

/**
 * @returns the highest folder that was made, undefined where all were there
 * @throws BubbleError FOLDER_NOT_WRITABLE, DISK_FULL, DISK_FAILED
 */
export const makeFolder = async (folder: string, mode = 0o750): Promise<string | undefined> => {
  try {
    return await make(folder, mode);
  } catch (error) {
    throw diskFailure(error, folder);
  }
};
