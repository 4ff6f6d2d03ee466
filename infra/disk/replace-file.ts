import type { Disk } from './disk.ts';

/**
 * Writes a file whole beside the one there is, then puts it in its place: a crash leaves the one or the other. Durable
 * once resolved. One writer of a path at a time. Rejects as `Disk` does.
 * @param temporary where it is written first; in the same folder
 */
export const replaceFile = async (
  disk: Disk,
  path: string,
  bytes: Uint8Array,
  temporary = `${path}.new`,
): Promise<void> => {
  const file = await disk.open(temporary, { create: true });
  try {
    await file.truncate(0);
    await file.write(0, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(temporary, path);
};
