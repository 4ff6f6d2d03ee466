/** `bubble parked list|show|retry|discard`: records that projections could not digest. */
import { userInfo } from 'node:os';
import Table from 'cli-table3';
import type { Log } from '../../infra/log/log.ts';
import { BubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { Options } from './config-flags.ts';
import {
  discardParked,
  type ParkedRecord,
  parkedNamed,
  parkedRecords,
  retryParked,
} from './parked/parked-records.ts';
import { EXIT, print, printJson } from './terminal.ts';

export interface OpenedForParked {
  readonly log: Log;
  readonly codecs: Codecs;
  close(): Promise<void>;
}
export type OpenForParked = (options: Options) => Promise<OpenedForParked>;

const withLog = async (
  open: OpenForParked,
  options: Options,
  act: (opened: OpenedForParked) => Promise<number>,
): Promise<number> => {
  const opened = await open(options);
  try {
    return await act(opened);
  } finally {
    await opened.close();
  }
};

const described = (record: ParkedRecord) => ({
  id: record.id,
  group: record.group,
  reason: record.reason,
  time: new Date(record.time).toISOString(),
  parked: new Date(record.parkedAt).toISOString(),
  bytes: record.valueBytes,
});

const operatorOf = (options: Options): string => String(options['operator'] ?? userInfo().username);

export const listParked = (open: OpenForParked, options: Options): Promise<number> =>
  withLog(open, options, async ({ log, codecs }) => {
    const records = await parkedRecords(log, codecs);
    if (options['json'] === true) {
      for (const record of records) printJson(described(record));
      return EXIT.OK;
    }
    const table = new Table({ head: ['record', 'parked', 'bytes', 'why'], style: { head: [], border: [] } });
    for (const record of records) {
      const { id, parked, bytes, reason } = described(record);
      table.push([id, parked, bytes, reason]);
    }
    print(records.length === 0 ? 'Nothing is parked.' : table.toString());
    return EXIT.OK;
  });

export const showParked = (open: OpenForParked, id: string, options: Options): Promise<number> =>
  withLog(open, options, async ({ log, codecs }) => {
    const record = parkedNamed(await parkedRecords(log, codecs), id);
    const text = (bytes: Uint8Array | null): string | null =>
      bytes === null ? null : Buffer.from(bytes).toString('base64');
    printJson({ ...described(record), keyBase64: text(record.key), valueBase64: text(record.value) });
    return EXIT.OK;
  });

export const retryRecord = (open: OpenForParked, id: string, options: Options): Promise<number> =>
  withLog(open, options, async ({ log, codecs }) => {
    const record = parkedNamed(await parkedRecords(log, codecs), id);
    const retried = await retryParked(log, codecs, record, operatorOf(options));
    if (options['json'] === true) printJson({ id, ...retried });
    else if (retried.kind === 'settled') print(`${id}: ${retried.reason}.`);
    else if (retried.kind === 'unreadable') print(`${id} stays parked: ${retried.reason}.`);
    else print(`${id} can be read now and was passed: fan-out's repair brings it under another version.`);
    return retried.kind === 'settled' ? EXIT.OK : EXIT.FAILURE;
  });

export const discardRecord = (open: OpenForParked, id: string, options: Options): Promise<number> =>
  withLog(open, options, async ({ log, codecs }) => {
    const reason = String(options['reason'] ?? '');
    if (reason.trim() === '') throw new BubbleError('REFUSED', 'why is needed: --reason');
    const record = parkedNamed(await parkedRecords(log, codecs), id);
    await discardParked(log, codecs, record, operatorOf(options), reason);
    if (options['json'] === true) printJson({ id, discarded: true });
    else print(`${id} is discarded.`);
    return EXIT.OK;
  });
