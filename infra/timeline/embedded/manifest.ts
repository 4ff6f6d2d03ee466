/** What a partition of the timeline has on disk: its runs and the position they reach, one atomic value. */
import type { InboxPosition } from '../../../schemas/positions.ts';
import type { Disk } from '../../disk/disk.ts';
import { replaceFile } from '../../disk/replace-file.ts';
import type { RunInfo } from './run.ts';

export const MANIFEST_FORMAT = 1;

export interface Manifest {
  readonly format: number;
  readonly epoch: number;
  /** Rows of all records below it are in the runs. */
  readonly position: InboxPosition;
  readonly trimmedBelow: number;
  /** Oldest first; their offsets do not overlap. */
  readonly runs: readonly RunInfo[];
  readonly nextRun: number;
}

export const emptyManifest = (epoch: number): Manifest => ({
  format: MANIFEST_FORMAT,
  epoch,
  position: { offset: 0, vector: [] },
  trimmedBelow: 0,
  runs: [],
  nextRun: 1,
});

const NAME = 'manifest.json';
const NEW_NAME = 'manifest.new';

/** @returns null where there is none, or none that this release can use: then the partition begins anew */
export const readManifest = async (disk: Disk, folder: string, epoch: number): Promise<Manifest | null> => {
  if (!(await disk.list(folder)).includes(NAME)) return null;
  const file = await disk.open(`${folder}/${NAME}`);
  try {
    const text = (await file.read(0, await file.size())).toString('utf8');
    const manifest = JSON.parse(text) as Manifest;
    return manifest.format === MANIFEST_FORMAT && manifest.epoch === epoch ? manifest : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  } finally {
    await file.close();
  }
};

export const writeManifest = async (disk: Disk, folder: string, manifest: Manifest): Promise<void> => {
  const bytes = Buffer.from(JSON.stringify(manifest));
  await replaceFile(disk, `${folder}/${NAME}`, bytes, `${folder}/${NEW_NAME}`);
};
