/** The stores of a process on Kafka: the log, the registry, snapshots on the log, timelines in SQL. */
import { join } from 'node:path';
import type { Settings } from '../../../infra/config/settings.ts';
import type { Disk } from '../../../infra/disk/disk.ts';
import { openFormerLives } from '../../../infra/log/kafka/former-life.ts';
import { openKafkaLog } from '../../../infra/log/kafka/kafka-log.ts';
import { KafkaCounts } from '../../../infra/log/kafka/request-counts.ts';
import type { Log } from '../../../infra/log/log.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import { measureSnapshots, measureTimeline } from '../../../infra/metrics/measured-stores.ts';
import { openConfluentRegistry } from '../../../infra/schema-registry/confluent-registry.ts';
import { registerCodecs } from '../../../infra/schema-registry/register-codecs.ts';
import type { SchemaRegistry } from '../../../infra/schema-registry/schema-registry.ts';
import { openFileSnapshots } from '../../../infra/snapshots/file-snapshots.ts';
import { openLogSnapshots } from '../../../infra/snapshots/log-snapshots.ts';
import type { SnapshotStore } from '../../../infra/snapshots/snapshot-store.ts';
import { openMysqlTimeline } from '../../../infra/timeline/mysql/mysql-timeline.ts';
import { openPostgresTimeline } from '../../../infra/timeline/postgres/postgres-timeline.ts';
import type { TimelineStore } from '../../../infra/timeline/timeline-store.ts';
import { isTimelineFinished } from '../../../processors/runtime/epochs.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import type { Limits } from '../../../schemas/limits.ts';
import type { Clock, Timer } from '../../../schemas/ports/clock.ts';
import { type Layout, snapshotsSpec, type TopicSpec, topicSpecs } from '../../../schemas/topics.ts';
import { Closers } from './closers.ts';
import { dataFolder } from './data-folder.ts';
import type { Measurements } from './measurements.ts';
import { kafkaOptionsOf, layoutOf } from './settings-of.ts';
import { openTimelines, type Stores } from './stores.ts';

/** A pull that the database does not answer is told to come later, before its client gives up. */
const CONNECT_TIMEOUT_MS = 2_000;
const QUERY_TIMEOUT_MS = 5_000;
/** A process that takes partitions waits so long for their snapshots. */
const FETCHED_WITHIN_MS = 60_000;

export interface KafkaStoreOptions {
  readonly settings: Settings;
  readonly limits: Limits;
  /** Where writes are counted. */
  readonly measurements?: Measurements;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Puts a cache before the store of an epoch. */
  readonly cached?: (store: TimelineStore, layout: Layout) => TimelineStore;
  /** Whether this process keeps the state of partitions (fan-out). */
  readonly keepsState: boolean;
  /** Tells this process from others: in the snapshots it writes. */
  readonly processName: string;
}

const opens = <T extends { close(): Promise<void> }>(closers: Closers, name: string, part: T): T => {
  closers.add(name, () => part.close());
  return part;
};

interface Parts {
  readonly log: Log;
  readonly registry: SchemaRegistry;
  readonly codecs: Codecs;
}

const specsOf = (layout: Layout): TopicSpec[] => [...topicSpecs(layout, 'log'), snapshotsSpec()];

const openTimeline = async (options: KafkaStoreOptions, layout: Layout): Promise<TimelineStore> => {
  const { settings, limits, clock, measurements, cached } = options;
  const url = settings['timeline.url']!;
  const logger = options.logger.child({ part: 'timeline', epoch: layout.epoch });
  const timeouts = { connectTimeoutMs: CONNECT_TIMEOUT_MS, queryTimeoutMs: QUERY_TIMEOUT_MS };
  const common = { url, poolSize: settings['timeline.pool'], layout, clock, logger, limits, ...timeouts };
  const database = await (url.startsWith('postgres')
    ? openPostgresTimeline(common)
    : openMysqlTimeline(common));
  const store = cached?.(database, layout) ?? database;
  return measurements === undefined ? store : measureTimeline(store, measurements.timeline, clock);
};

const openParts = async (options: KafkaStoreOptions, opened: Closers): Promise<Parts> => {
  const { settings, clock, disk } = options;
  const folders = dataFolder(settings['data-folder']);
  opened.add('lock of the folder', await disk.lock(folders.root));
  const logger = options.logger.child({ part: 'kafka' });
  const formerLives = await openFormerLives({ disk, folder: join(folders.root, 'groups'), logger });
  const counts = new KafkaCounts();
  if (options.measurements !== undefined) options.measurements.kafka = counts;
  const log = opens(
    opened,
    'log',
    await openKafkaLog({ ...kafkaOptionsOf(settings), formerLives, counts, clock, logger }),
  );
  const registry = opens(
    opened,
    'schema registry',
    await openConfluentRegistry({
      url: settings['registry.url']!,
      disk,
      folder: folders.registry,
      clock,
      logger: options.logger.child({ part: 'registry' }),
    }),
  );
  return {
    log,
    registry,
    codecs: await registerCodecs(registry, options.logger.child({ part: 'registry' })),
  };
};

/**
 * Snapshots of all partitions are fetched before this process takes any, so that none stands still for a download. A
 * process without state follows none.
 */
const openSnapshots = async (options: KafkaStoreOptions, opened: Closers): Promise<SnapshotStore> => {
  const { settings, clock, disk, keepsState, measurements } = options;
  const logger = options.logger.child({ part: 'snapshots' });
  const files = openFileSnapshots({ disk, folder: dataFolder(settings['data-folder']).snapshots });
  if (!keepsState) return files;
  // Their records are large: on connections of their own they do not hold up the live ones.
  const counts = measurements?.kafka ? { counts: measurements.kafka } : {};
  const log = opens(
    opened,
    'log of the snapshots',
    await openKafkaLog({ ...kafkaOptionsOf(settings), ...counts, clock, logger }),
  );
  const writer = options.processName;
  const snapshots = opens(opened, 'snapshots', await openLogSnapshots({ log, files, clock, logger, writer }));
  let timer: Timer | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = clock.after(FETCHED_WITHIN_MS, () => resolve('late'));
  });
  const outcome = await Promise.race([snapshots.settled(), late]);
  timer?.cancel();
  if (outcome === 'late') logger.warn({ withinMs: FETCHED_WITHIN_MS }, 'not all snapshots are here yet');
  return snapshots;
};

export const openKafkaStores = async (options: KafkaStoreOptions): Promise<Stores> => {
  const { settings, clock, disk, logger, measurements } = options;
  const opened = new Closers();
  try {
    await disk.makeFolder(settings['data-folder']);
    const parts = await openParts(options, opened);
    const { log } = parts;
    const open = (layout: Layout) => openTimeline(options, layout);
    const timelines = opens(opened, 'timelines', await openTimelines(log, layoutOf(settings), specsOf, open));
    const snapshots = await openSnapshots(options, opened);
    return {
      ...parts,
      snapshots:
        measurements === undefined ? snapshots : measureSnapshots(snapshots, measurements.snapshots, clock),
      timelines,
      topicSpecs: specsOf,
      openTimeline: open,
      // Its processor finishes it, in whichever process that runs.
      finishTimeline: (layout) => isTimelineFinished(timelines.storeOf(layout.epoch), layout),
      close: () => opened.close(),
      closesAt: () => opened.waitsFor(),
    };
  } catch (error) {
    await opened.close().catch((cause: unknown) => {
      logger.warn({ error: cause }, 'closing after a failed start');
    });
    throw error;
  }
};
