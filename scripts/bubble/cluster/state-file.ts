/** What a trial cluster has written about itself: `cluster.json` in its folder. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PartState {
  readonly name: string;
  readonly address: string;
  readonly pid: number;
  readonly restarts: number;
  /** Of gates and processors: http://host:port of the admin listener. */
  readonly admin?: string;
}

export interface ClusterState {
  readonly supervisor: number;
  readonly phase: 'starting' | 'running' | 'failed';
  /** What is being done, or why it failed. */
  readonly detail: string;
  readonly clientFile: string;
  readonly configFile: string;
  readonly parts: readonly PartState[];
}

const pathIn = (folder: string): string => join(folder, 'cluster.json');

export const readState = (folder: string): ClusterState | null => {
  try {
    return JSON.parse(readFileSync(pathIn(folder), 'utf8')) as ClusterState;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
};

export const writeState = (folder: string, state: ClusterState): void => {
  writeFileSync(`${pathIn(folder)}.new`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${pathIn(folder)}.new`, pathIn(folder));
};

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
