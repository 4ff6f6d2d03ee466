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
import { layoutsOf } from '../../processors/runtime/epochs.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { startPosition } from '../../schemas/positions.ts';
import { INBOUND, inboxTopic, type Layout } from '../../schemas/topics.ts';
import { configFrom, type Options } from './config-flags.ts';
import { type Progress, startProgress } from './progress.ts';
import type { Comparison } from './rebuild/compare-dumps.ts';
import { decisionRecords, rebuildDecisions, verifyDecisions } from './rebuild/decision-state.ts';
import { fillTimeline, timelineEnd, verifyTimeline } from './rebuild/timeline-state.ts';
import { type DataFolder, dataFolder, FIRST_EPOCH } from './serve/data-folder.ts';
import { type OpenedLog, openLogAndCodecs } from './serve/embedded-stores.ts';
import { logSettingsOf } from './serve/settings-of.ts';
import { EXIT, print, printJson } from './terminal.ts';

interface Work {
  readonly config: Config;
  readonly opened: OpenedLog;
  /** Of all epochs, rising. */
  readonly layouts: readonly Layout[];
  readonly folders: DataFolder;
  /** The second place. */
  readonly place: string;
  readonly logger: Logger;
  readonly progress: (records: number) => void;
}

/** As the log has them, whatever the settings say by now. */
const layoutsOfLog = async (log: Log, config: Config): Promise<Layout[]> =>
  layoutsOf(log, {
    inboundPartitions: await log.partitions(INBOUND),
    inboxPartitions: await log.partitions(inboxTopic(FIRST_EPOCH)),
    epoch: FIRST_EPOCH,
    retentionMs: config.settings['log.retention'],
  });

const openTimeline = (work: Work, layout: Layout, folder: string): Promise<TimelineStore> =>
  openEmbeddedTimeline({
    disk: nodeDisk(),
    folder,
    records: work.opened.log,
    codecs: work.opened.codecs,
    layout,
    clock: systemClock,
    logger: work.logger,
    limits: work.config.limits,
  });

const partitions = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const decisionOptions = (work: Work) => ({
  log: work.opened.log,
  codecs: work.opened.codecs,
  snapshots: openFileSnapshots({ disk: nodeDisk(), folder: work.folders.snapshots }),
  // The fold begins as the log began.
  layout: work.layouts[0]!,
  limits: work.config.limits,
  progress: work.progress,
});

const timelineOptions = ({ opened, progress }: Work, layout: Layout) => ({
  log: opened.log,
  codecs: opened.codecs,
  layout,
  progress,
});

const verify = async (work: Work): Promise<Comparison[]> => {
  const comparisons: Comparison[] = [];
  for (const partition of partitions(work.layouts[0]!.inboundPartitions)) {
    comparisons.push(await verifyDecisions(decisionOptions(work), partition));
  }
  for (const layout of work.layouts) comparisons.push(...(await verifyEpoch(work, layout)));
  return comparisons;
};

const verifyEpoch = async (work: Work, layout: Layout): Promise<Comparison[]> => {
  const comparisons: Comparison[] = [];
  const copied = join(work.place, `stored-timeline.${layout.epoch}`);
  const stored = work.folders.timelineOf(layout.epoch);
  if (existsSync(stored)) {
    // The mark of an owner is not part of the state.
    cpSync(stored, copied, {
      recursive: true,
      filter: (path) => !basename(path).startsWith('owner-'),
    });
  }
  const copy = await openTimeline(work, layout, copied);
  const fresh = await openTimeline(work, layout, join(work.place, `timeline.${layout.epoch}`));
  try {
    for (const partition of partitions(layout.inboxPartitions)) {
      comparisons.push(await verifyTimeline(timelineOptions(work, layout), copy, fresh, partition));
    }
  } finally {
    await copy.close();
    await fresh.close();
  }
  return comparisons;
};

const replace = async (work: Work): Promise<void> => {
  const { folders, place, layouts } = work;
  const snapshots = openFileSnapshots({ disk: nodeDisk(), folder: join(place, 'snapshots') });
  for (const partition of partitions(layouts[0]!.inboundPartitions)) {
    await rebuildDecisions(decisionOptions(work), snapshots, partition);
  }
  for (const layout of layouts) {
    const timeline = await openTimeline(work, layout, dataFolder(place).timelineOf(layout.epoch));
    try {
      for (const partition of partitions(layout.inboxPartitions)) {
        const end = await timelineEnd(work.opened.log, layout, partition);
        await fillTimeline(timelineOptions(work, layout), timeline, partition, startPosition(), end);
      }
    } finally {
      await timeline.close();
    }
  }
  // Each is a cache of the log: a crash between these steps costs the next start some folding, and nothing else.
  const replaced = [folders.snapshots, ...layouts.map(({ epoch }) => folders.timelineOf(epoch))];
  for (const current of replaced) {
    const name = basename(current);
    if (!existsSync(join(place, name))) continue;
    if (existsSync(current)) renameSync(current, join(place, `old-${name}`));
    renameSync(join(place, name), current);
  }
};

const countRecords = async ({ log }: OpenedLog, layouts: readonly Layout[]): Promise<number> => {
  let records = await decisionRecords(log, layouts[0]!.inboundPartitions);
  for (const layout of layouts) {
    for (const partition of partitions(layout.inboxPartitions))
      records += await timelineEnd(log, layout, partition);
  }
  return records;
};

const report = (comparisons: readonly Comparison[], tookMs: number, options: Options): number => {
  const differing = comparisons.filter(({ firstDifference }) => firstDifference !== null);
  if (options['json'] === true) printJson({ equal: differing.length === 0, tookMs, comparisons });
  else {
    const table = new Table({
      head: ['state', 'epoch', 'partition', 'at offset', 'entries', 'digest', 'result'],
      style: { head: [], border: [] },
    });
    for (const { part, epoch, partition, position, stored, rebuilt, firstDifference } of comparisons) {
      const equal = firstDifference === null;
      const entries = equal ? stored.lines : `${stored.lines} / ${rebuilt.lines}`;
      const digest = equal
        ? stored.digest.slice(0, 16)
        : `${stored.digest.slice(0, 8)} / ${rebuilt.digest.slice(0, 8)}`;
      table.push([part, epoch ?? '', partition, position, entries, digest, equal ? 'equal' : 'DIFFERENT']);
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
    const layouts = await layoutsOfLog(opened.log, config);
    bar = startProgress('records', await countRecords(opened, layouts));
    let done = 0;
    const progress = (records: number): void => {
      done += records;
      bar?.update(done);
    };
    const work: Work = { config, opened, layouts, folders, place, logger, progress };
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
