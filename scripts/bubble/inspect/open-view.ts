/**
 * The log of a data folder, whoever owns it at the moment. A stopped server's log is opened here, under its lock. A
 * running server is asked through its admin listener with the token of admin.json, which only the owner of the
 * folder can read: a second reader beside its writer would have to guess what is durable.
 */
import { readFileSync } from 'node:fs';
import { systemClock } from '../../../infra/clock/system-clock.ts';
import type { Config } from '../../../infra/config/read-config.ts';
import { nodeDisk } from '../../../infra/disk/node-disk.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import { type DataFolder, dataFolder } from '../serve/data-folder.ts';
import { openLogAndCodecs } from '../serve/stores.ts';
import { type DescribedTopic, type LogView, logViewOf, type ReadPage } from './log-view.ts';

export interface AdminFile {
  readonly url: string;
  readonly token: string;
}

export const readAdminFile = (folders: DataFolder): AdminFile | null => {
  try {
    return JSON.parse(readFileSync(folders.adminFile, 'utf8')) as AdminFile;
  } catch {
    // No server has written it, or one is being started: the caller says what that means.
    return null;
  }
};

const remoteView = ({ url, token }: AdminFile): LogView => {
  const ask = async (path: string, signal?: AbortSignal): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      ...(signal === undefined ? {} : { signal }),
    });
    if (!response.ok)
      throw new BubbleError('REFUSED', `the server refused: ${(await response.text()).trim()}`);
    return response.json();
  };
  return {
    topics: async () => (await ask('/log/topics')) as DescribedTopic[],
    read: async (request, signal) => {
      const query = new URLSearchParams(
        Object.entries(request).map(([name, value]): [string, string] => [name, String(value)]),
      );
      return (await ask(`/log/read?${query}`, signal)) as ReadPage;
    },
    close: async () => {},
  };
};

export const openLogView = async (config: Config, logger: Logger): Promise<LogView> => {
  const folder = config.settings['data-folder'];
  const folders = dataFolder(folder);
  const disk = nodeDisk();
  if ((await disk.list(folders.log)).length === 0) {
    throw new BubbleError(
      'UNKNOWN_TOPIC',
      `${folder} holds no log: start bubble serve once, or name another --data`,
    );
  }
  try {
    const opened = await openLogAndCodecs({ disk, clock: systemClock, logger, folder });
    return logViewOf(opened.log, opened.codecs, () => opened.close());
  } catch (error) {
    if (!isBubbleError(error, 'LOG_LOCKED')) throw error;
    const admin = readAdminFile(folders);
    if (admin !== null) return remoteView(admin);
    throw new BubbleError(
      'LOG_LOCKED',
      `${folder} is in use by a process that offers no admin listener (yet)`,
      {
        cause: error,
      },
    );
  }
};
