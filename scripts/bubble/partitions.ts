/** `bubble partitions`: shows them, and lets inbox grow, through the admin listener of the running server. */
import { setTimeout as sleep } from 'node:timers/promises';
import Table from 'cli-table3';
import { BubbleError } from '../../schemas/errors.ts';
import { configFrom, type Options } from './config-flags.ts';
import { type AdminFile, readAdminFile } from './inspect/open-view.ts';
import type { InboxEpochs } from './serve/admin.ts';
import { dataFolder } from './serve/data-folder.ts';
import { EXIT, print, printJson } from './terminal.ts';

const POLL_MS = 250;
const WAIT_MS = 120_000;

const adminOf = (options: Options): AdminFile => {
  const folder = configFrom(options).settings['data-folder'];
  const admin = readAdminFile(dataFolder(folder));
  if (admin !== null) return admin;
  throw new BubbleError('REFUSED', `no server runs on ${folder}: start bubble serve, or name another --data`);
};

const ask = async ({ url, token }: AdminFile, query = '', method = 'GET'): Promise<InboxEpochs> => {
  const response = await fetch(`${url}/partitions${query}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  if (response.ok) return (await response.json()) as InboxEpochs;
  throw new BubbleError('REFUSED', `the server refused: ${(await response.text()).trim()}`);
};

const show = ({ layouts, current }: InboxEpochs, options: Options): void => {
  if (options['json'] === true) {
    printJson({ current, epochs: layouts });
    return;
  }
  const table = new Table({ head: ['epoch', 'inbound', 'inbox', ''], style: { head: [], border: [] } });
  for (const { epoch, inboundPartitions, inboxPartitions } of layouts) {
    const state =
      epoch === current ? 'in use' : epoch < current ? 'finished' : 'begins when the old is finished';
    table.push([epoch, inboundPartitions, inboxPartitions, state]);
  }
  print(table.toString());
};

export const showPartitions = async (options: Options): Promise<number> => {
  show(await ask(adminOf(options)), options);
  return EXIT.OK;
};

export const growPartitions = async (options: Options): Promise<number> => {
  const admin = adminOf(options);
  let epochs = await ask(admin, `?inbox=${Number(options['inbox'])}`, 'POST');
  const newest = epochs.layouts.at(-1)!.epoch;
  for (let waited = 0; options['wait'] !== false && epochs.current < newest; waited += POLL_MS) {
    if (waited >= WAIT_MS) {
      throw new BubbleError(
        'REFUSED',
        `epoch ${newest} has begun and is not in use yet: see bubble partitions`,
      );
    }
    await sleep(POLL_MS);
    epochs = await ask(admin);
  }
  show(epochs, options);
  return EXIT.OK;
};
