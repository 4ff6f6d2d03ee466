/** What lies where in a data folder. */
import { join } from 'node:path';

/** The epoch that a log begins with. */
export const FIRST_EPOCH = 1;

export interface DataFolder {
  /** Keys of the channel, of tickets and of tokens lie here as well, readable by the owner only. */
  readonly root: string;
  readonly log: string;
  readonly registry: string;
  readonly snapshots: string;
  readonly timeline: string;
  /** The timeline of an epoch: the first one's is `timeline`. */
  readonly timelineOf: (epoch: number) => string;
  /** For clients: deployment, root keys, addresses. */
  readonly clientFile: string;
  /** For tools of the same machine and user: address and token of the admin listener; there while a server runs. */
  readonly adminFile: string;
}

export const dataFolder = (root: string): DataFolder => ({
  root,
  log: join(root, 'log'),
  registry: join(root, 'log'),
  snapshots: join(root, 'snapshots'),
  timeline: join(root, 'timeline'),
  timelineOf: (epoch) => join(root, epoch === FIRST_EPOCH ? 'timeline' : `timeline.${epoch}`),
  clientFile: join(root, 'client.json'),
  adminFile: join(root, 'admin.json'),
});
