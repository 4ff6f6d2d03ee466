/**
 * `bubble rebuild`: all local state computed again from the log, into a second place. With `--verify` it is compared
 * with what is there and nothing is changed; without, it takes its place.
 */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import Table from 'cli-table3';
import { systemClock } from '../../infra/clock/system-clock.ts';
import type { Config } from '../../infra/config/read-config.ts';
import { nodeDisk } from '../../infra/disk/node-disk.ts';
import type { Log } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { makeLogger } from '../../infra/logger/pino-logger.ts';
import { openFileSnapshots } from '../../infra/snapshots/file-snapshots.ts';
import { openEmbeddedTimeline } from '../../infra/timeline/embedded/embedded-timeline.ts';
import type { TimelineStore } from '../../infra/timeline/timeline-store.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { startPosition } from '../../schemas/positions.ts';
import { INBOUND, inboxTopic, type Layout } from '../../schemas/topics.ts';
import { configFrom, type Options } from './config-flags.ts';
import { type Progress, startProgress } from './progress.ts';
import type { Comparison } from './rebuild/compare-dumps.ts';
import { decisionRecords, rebuildDecisions, verifyDecisions } from './rebuild/decision-state.ts';
import { fillTimeline, timelineEnd, verifyTimeline } from './rebuild/timeline-state.ts';
import { type DataFolder, dataFolder, FIRST_EPOCH } from './serve/data-folder.ts';
import { logSettingsOf } from './serve/running.ts';
import { type OpenedLog, openLogAndCodecs } from './serve/stores.ts';
import { EXIT, print, printJson } from './terminal.ts';

interface Work {
  readonly config: Config;
  readonly opened: OpenedLog;
  readonly layout: Layout;
  readonly folders: DataFolder;
  /** The second place. */
  readonly place: string;
  readonly logger: Logger;
  readonly progress: (records: number) => void;
}

/** As the log has it, whatever the settings say by now. */
const layoutOfLog = async (log: Log, config: Config): Promise<Layout> => ({
  inboundPartitions: await log.partitions(INBOUND),
  inboxPartitions: await log.partitions(inboxTopic(FIRST_EPOCH)),
  epoch: FIRST_EPOCH,
  retentionMs: config.settings['log.retention'],
});

const openTimeline = (work: Work, folder: string): Promise<TimelineStore> =>
  openEmbeddedTimeline({
    disk: nodeDisk(),
    folder,
    records: work.opened.log,
    codecs: work.opened.codecs,
    layout: work.layout,
    clock: systemClock,
    logger: work.logger,
    limits: work.config.limits,
  });

const partitions = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const decisionOptions = (work: Work) => ({
  log: work.opened.log,
  codecs: work.opened.codecs,
  snapshots: openFileSnapshots({ disk: nodeDisk(), folder: work.folders.snapshots }),
  layout: work.layout,
  limits: work.config.limits,
  progress: work.progress,
});

const timelineOptions = ({ opened, layout, progress }: Work) => ({
  log: opened.log,
  codecs: opened.codecs,
  layout,
  progress,
});

const verify = async (work: Work): Promise<Comparison[]> => {
  const comparisons: Comparison[] = [];
  for (const partition of partitions(work.layout.inboundPartitions)) {
    comparisons.push(await verifyDecisions(decisionOptions(work), partition));
  }
  const copied = join(work.place, 'stored-timeline');
  if (existsSync(work.folders.timeline)) {
    // The mark of an owner is not part of the state.
    cpSync(work.folders.timeline, copied, {
      recursive: true,
      filter: (path) => !basename(path).startsWith('owner-'),
    });
  }
  const copy = await openTimeline(work, copied);
  const fresh = await openTimeline(work, join(work.place, 'timeline'));
  try {
    for (const partition of partitions(work.layout.inboxPartitions)) {
      comparisons.push(await verifyTimeline(timelineOptions(work), copy, fresh, partition));
    }
  } finally {
    await copy.close();
    await fresh.close();
  }
  return comparisons;
};

const replace = async (work: Work): Promise<void> => {
  const { folders, place, layout } = work;
  const snapshots = openFileSnapshots({ disk: nodeDisk(), folder: join(place, 'snapshots') });
  for (const partition of partitions(layout.inboundPartitions)) {
    await rebuildDecisions(decisionOptions(work), snapshots, partition);
  }
  const timeline = await openTimeline(work, join(place, 'timeline'));
  try {
    for (const partition of partitions(layout.inboxPartitions)) {
      const end = await timelineEnd(work.opened.log, layout, partition);
      await fillTimeline(timelineOptions(work), timeline, partition, startPosition(), end);
    }
  } finally {
    await timeline.close();
  }
  // Each is a cache of the log: a crash between these steps costs the next start some folding, and nothing else.
  for (const [name, current] of [
    ['snapshots', folders.snapshots],
    ['timeline', folders.timeline],
  ] as const) {
    if (!existsSync(join(place, name))) continue;
    if (existsSync(current)) renameSync(current, join(place, `old-${name}`));
    renameSync(join(place, name), current);
  }
};

const countRecords = async ({ log }: OpenedLog, layout: Layout): Promise<number> => {
  let records = await decisionRecords(log, layout.inboundPartitions);
  for (const partition of partitions(layout.inboxPartitions))
    records += await timelineEnd(log, layout, partition);
  return records;
};

const report = (comparisons: readonly Comparison[], tookMs: number, options: Options): number => {
  const differing = comparisons.filter(({ firstDifference }) => firstDifference !== null);
  if (options['json'] === true) printJson({ equal: differing.length === 0, tookMs, comparisons });
  else {
    const table = new Table({
      head: ['state', 'partition', 'at offset', 'entries', 'digest', 'result'],
      style: { head: [], border: [] },
    });
    for (const { part, partition, position, stored, rebuilt, firstDifference } of comparisons) {
      const equal = firstDifference === null;
      const entries = equal ? stored.lines : `${stored.lines} / ${rebuilt.lines}`;
      const digest = equal
        ? stored.digest.slice(0, 16)
        : `${stored.digest.slice(0, 8)} / ${rebuilt.digest.slice(0, 8)}`;
      table.push([part, partition, position, entries, digest, equal ? 'equal' : 'DIFFERENT']);
    }
    print(table.toString());
    const [first] = differing;
    if (first === undefined) print(`All ${comparisons.length} parts are equal (${Math.round(tookMs)} ms).`);
    else {
      print(`First difference, ${first.part} of partition ${first.partition}:`);
      print(`  stored   ${first.firstDifference!.stored ?? '(nothing)'}`);
      print(`  rebuilt  ${first.firstDifference!.rebuilt ?? '(nothing)'}`);
    }
  }
  return differing.length === 0 ? EXIT.OK : EXIT.FAILURE;
};

export const rebuild = async (options: Options): Promise<number> => {
  const config = configFrom(options);
  const { settings } = config;
  const folder = settings['data-folder'];
  const folders = dataFolder(folder);
  if (!existsSync(folders.log))
    throw new BubbleError('CONFIG', `${folder} holds no log: name another --data`);
  const started = performance.now();
  const logger = makeLogger({ level: settings['logging.level'], plain: process.stderr.isTTY === true });
  const opened = await openLogAndCodecs({
    disk: nodeDisk(),
    clock: systemClock,
    logger,
    folder,
    log: logSettingsOf(settings),
  });
  const place = join(folder, `rebuild-${process.pid}`);
  let bar: Progress | null = null;
  try {
    mkdirSync(place, { recursive: true });
    const layout = await layoutOfLog(opened.log, config);
    bar = startProgress('records', await countRecords(opened, layout));
    let done = 0;
    const progress = (records: number): void => {
      done += records;
      bar?.update(done);
    };
    const work: Work = { config, opened, layout, folders, place, logger, progress };
    if (options['verify'] !== true) {
      await replace(work);
      bar.finish();
      bar = null;
      print(`All local state was computed again from ${done.toLocaleString('en')} records.`);
      return EXIT.OK;
    }
    const comparisons = await verify(work);
    bar.finish();
    bar = null;
    return report(comparisons, performance.now() - started, options);
  } finally {
    bar?.finish();
    rmSync(place, { recursive: true, force: true });
    await opened.close();
  }
};
