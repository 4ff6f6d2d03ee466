/**
 * The log, whoever owns it at the moment. Kafka's, and a stopped server's under its lock, are opened here. A
 * running server is asked through its admin listener with the token of admin.json, which only the owner of the
 * folder can read: a second reader beside its writer would have to guess what is durable.
 */
import { readFileSync } from 'node:fs';
import type { Config } from '../../../infra/config/read-config.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import { type DataFolder, dataFolder } from '../serve/data-folder.ts';
import { type DescribedTopic, type LogView, logViewOf, type ReadPage } from './log-view.ts';
import { openLog } from './open-log.ts';

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
  try {
    const { log, codecs, close } = await openLog(config, logger);
    return logViewOf(log, codecs, close);
  } catch (error) {
    if (!isBubbleError(error, 'LOG_LOCKED')) throw error;
    const admin = readAdminFile(dataFolder(folder));
    if (admin !== null) return remoteView(admin);
    throw new BubbleError(
      'LOG_LOCKED',
      `${folder} is in use by a process that offers no admin listener (yet)`,
      { cause: error },
    );
  }
};
