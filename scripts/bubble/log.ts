/** `bubble log`: topics and decoded records, of a stopped server's folder or through a running server. */
import Table from 'cli-table3';
import type { Config } from '../../infra/config/read-config.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { configFrom, type Options } from './config-flags.ts';
import type { DescribedRecord } from './inspect/describe-record.ts';
import { type DescribedTopic, type LogView, topicNamed } from './inspect/log-view.ts';
import { openLogView } from './inspect/open-view.ts';
import { EXIT, print, printJson } from './terminal.ts';

const VALUE_WIDTH = 100;
const WAIT_MS = 5_000;
const PAGE = 1_000;

const plainTable = (head: string[]): Table.Table => new Table({ head, style: { head: [], border: [] } });

const withView = async (options: Options, act: (view: LogView) => Promise<number>): Promise<number> => {
  const config: Config = configFrom(options);
  const view = await openLogView(config, SILENT_LOGGER);
  try {
    return await act(view);
  } finally {
    await view.close();
  }
};

const retentionText = (ms: number | null): string => {
  if (ms === null) return 'forever';
  return ms >= 86_400_000 ? `${ms / 86_400_000} d` : `${ms / 60_000} min`;
};

export const logTopics = (options: Options): Promise<number> =>
  withView(options, async (view) => {
    const topics = await view.topics();
    if (options['json'] === true) {
      for (const topic of topics) printJson(topic);
      return EXIT.OK;
    }
    const table = plainTable(['topic', 'partition', 'begin', 'end', 'cleanup', 'kept', 'durability']);
    for (const { topic, partitions, cleanup, retentionMs, durability } of topics) {
      for (const { partition, begin, end } of partitions) {
        table.push([topic, partition, begin, end, cleanup, retentionText(retentionMs), durability]);
      }
    }
    print(table.toString());
    return EXIT.OK;
  });

/** The fields that tell most, first; the rest as JSON, cut to a line. */
const summary = (record: DescribedRecord): string => {
  const text = JSON.stringify(record.value);
  return text.length > VALUE_WIDTH ? `${text.slice(0, VALUE_WIDTH - 1)}…` : text;
};

const show = (records: readonly DescribedRecord[], options: Options, head = true): void => {
  if (options['json'] === true) {
    for (const record of records) printJson(record);
    return;
  }
  if (!head) {
    for (const record of records) {
      print(
        `${record.time} ${record.partition}/${record.offset} ${record.key ?? '-'} ${record.type} ${summary(record)}`,
      );
    }
    return;
  }
  const table = plainTable(['partition', 'offset', 'time', 'key', 'type', 'value']);
  for (const record of records) {
    const { partition, offset, time, key, type } = record;
    table.push([partition, offset, time, key ?? '', type, summary(record)]);
  }
  print(table.toString());
};

const partitionsOf = (topic: DescribedTopic, options: Options): DescribedTopic['partitions'] => {
  const wanted = options['partition'];
  return wanted === undefined
    ? topic.partitions
    : topic.partitions.filter(({ partition }) => partition === wanted);
};

const readUpTo = async (
  view: LogView,
  topic: string,
  partition: number,
  from: number,
  limit: number,
): Promise<DescribedRecord[]> => {
  const records: DescribedRecord[] = [];
  let at = from;
  while (records.length < limit) {
    const wanted = Math.min(PAGE, limit - records.length);
    const page = await view.read({ topic, partition, from: at, limit: wanted, waitMs: 0 });
    records.push(...page.records);
    if (page.records.length === 0 || page.next >= page.end) break;
    at = page.next;
  }
  return records;
};

export const logRead = (name: string, options: Options): Promise<number> =>
  withView(options, async (view) => {
    const topic = topicNamed(await view.topics(), name);
    const limit = Number(options['limit']);
    const records: DescribedRecord[] = [];
    for (const { partition, begin } of partitionsOf(topic, options)) {
      const from = options['from'] === undefined ? begin : Number(options['from']);
      records.push(...(await readUpTo(view, topic.topic, partition, from, limit)));
    }
    show(records, options);
    return EXIT.OK;
  });

const follow = async (
  view: LogView,
  topic: string,
  partition: number,
  from: number,
  options: Options,
  signal: AbortSignal,
): Promise<void> => {
  let at = from;
  while (!signal.aborted) {
    const page = await view.read({ topic, partition, from: at, limit: PAGE, waitMs: WAIT_MS }, signal);
    show(page.records, options, false);
    at = page.next;
  }
};

export const logTail = (name: string, options: Options): Promise<number> =>
  withView(options, async (view) => {
    const topic = topicNamed(await view.topics(), name);
    const limit = Number(options['limit']);
    const starts: { partition: number; next: number }[] = [];
    const newest: DescribedRecord[] = [];
    for (const { partition, begin, end } of partitionsOf(topic, options)) {
      newest.push(...(await readUpTo(view, topic.topic, partition, Math.max(begin, end - limit), limit)));
      starts.push({ partition, next: end });
    }
    newest.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    show(newest, options, false);
    if (options['follow'] === false) return EXIT.OK;
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort());
    process.once('SIGTERM', () => stop.abort());
    try {
      await Promise.all(
        starts.map(({ partition, next }) => follow(view, topic.topic, partition, next, options, stop.signal)),
      );
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
    return EXIT.OK;
  });
