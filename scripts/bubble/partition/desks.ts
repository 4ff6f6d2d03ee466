/** The two ways to the partitions: a log that is open here, and the admin listener of a running server. */
import { systemClock } from '../../../infra/clock/system-clock.ts';
import { makeLogger } from '../../../infra/logger/pino-logger.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import { configFrom, type Options } from '../config-flags.ts';
import { openLog } from '../inspect/open-log.ts';
import { type AdminFile, readAdminFile } from '../inspect/open-view.ts';
import type { PartitionDesk, PartitionsShown } from '../partition.ts';
import { dataFolder } from '../serve/data-folder.ts';
import { deskOn } from './desk.ts';

/** Through `GET /partition` and `POST /partition`. */
const remoteDesk = ({ url, token }: AdminFile): PartitionDesk => {
  const ask = async (query: string, method: string): Promise<unknown> => {
    const response = await fetch(`${url}/partition${query}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    });
    if (response.ok) return response.json();
    throw new BubbleError('REFUSED', `the server refused: ${(await response.text()).trim()}`);
  };
  return {
    show: async () => (await ask('', 'GET')) as PartitionsShown,
    decide: async (request) => {
      const fields = Object.entries(request).map(([name, value]): [string, string] => [name, String(value)]);
      const answer = (await ask(`?${new URLSearchParams(fields)}`, 'POST')) as { decision: number };
      return answer.decision;
    },
    close: async () => {},
  };
};

/** The desk of the log that the settings name: this machine's running server where there is one. */
export const openDesk = async (options: Options): Promise<PartitionDesk> => {
  const config = configFrom(options);
  const admin = readAdminFile(dataFolder(config.settings['data-folder']));
  if (admin !== null) return remoteDesk(admin);
  const { log, codecs, close } = await openLog(config, makeLogger({ level: 'warn' }));
  return deskOn({ log, codecs, clock: systemClock, fanOut: null }, close);
};
