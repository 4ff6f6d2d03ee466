/** The stores of the embedded mode, opened together: by the server, by `rebuild`, and by tools on a stopped one. */
import type { Disk } from '../../../infra/disk/disk.ts';
import { type Durability, openEmbeddedLog } from '../../../infra/log/embedded/embedded-log.ts';
import type { Log, RandomAccess } from '../../../infra/log/log.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import { openFileRegistry } from '../../../infra/schema-registry/file-registry.ts';
import { registerCodecs } from '../../../infra/schema-registry/register-codecs.ts';
import type { SchemaRegistry } from '../../../infra/schema-registry/schema-registry.ts';
import { openFileSnapshots } from '../../../infra/snapshots/file-snapshots.ts';
import type { SnapshotStore } from '../../../infra/snapshots/snapshot-store.ts';
import { openEmbeddedTimeline } from '../../../infra/timeline/embedded/embedded-timeline.ts';
import { EpochTimelines } from '../../../infra/timeline/epochs.ts';
import type { TimelineStore } from '../../../infra/timeline/timeline-store.ts';
import { layoutsOf } from '../../../processors/runtime/epochs.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import type { Limits } from '../../../schemas/limits.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { type Layout, topicSpecs } from '../../../schemas/topics.ts';
import { dataFolder } from './data-folder.ts';

export interface LogSettings {
  readonly durability: Durability;
  readonly intervalMs: number;
  readonly segmentBytes: number;
}

export interface StoreOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The data folder. */
  readonly folder: string;
  /** Of the first epoch. */
  readonly layout: Layout;
  readonly limits: Limits;
  readonly log?: Partial<LogSettings>;
}

export interface OpenedLog {
  readonly log: Log & RandomAccess;
  readonly registry: SchemaRegistry;
  readonly codecs: Codecs;
  close(): Promise<void>;
}

export interface Stores extends OpenedLog {
  readonly snapshots: SnapshotStore;
  /** Of all epochs that the log has. */
  readonly timelines: EpochTimelines;
}

type LogOptions = Pick<StoreOptions, 'disk' | 'clock' | 'logger' | 'folder' | 'log'>;

export const openLogAndCodecs = async (options: LogOptions): Promise<OpenedLog> => {
  const { disk, clock, logger } = options;
  const folders = dataFolder(options.folder);
  const log = await openEmbeddedLog({ disk, folder: folders.log, clock, logger, ...options.log });
  try {
    const registry = await openFileRegistry({ disk, folder: folders.registry });
    const codecs = await registerCodecs(registry);
    return {
      log,
      registry,
      codecs,
      close: async () => {
        await registry.close();
        await log.close();
      },
    };
  } catch (error) {
    await log.close();
    throw error;
  }
};

export const openTimeline = (
  options: StoreOptions,
  { log, codecs }: OpenedLog,
  layout: Layout,
): Promise<TimelineStore> => {
  const { disk, clock, logger, limits } = options;
  const { timelineOf } = dataFolder(options.folder);
  return openEmbeddedTimeline({
    disk,
    folder: timelineOf(layout.epoch),
    records: log,
    codecs,
    layout,
    clock,
    logger: logger.child({ part: 'timeline', epoch: layout.epoch }),
    limits,
  });
};

const openTimelines = async (options: StoreOptions, opened: OpenedLog): Promise<EpochTimelines> => {
  const { log } = opened;
  const stores: { layout: Layout; store: TimelineStore }[] = [];
  try {
    await log.ensureTopics(topicSpecs(options.layout));
    for (const layout of await layoutsOf(log, options.layout)) {
      await log.ensureTopics(topicSpecs(layout));
      stores.push({ layout, store: await openTimeline(options, opened, layout) });
    }
    return new EpochTimelines(stores);
  } catch (error) {
    for (const { store } of stores) await store.close();
    throw error;
  }
};

export const openStores = async (options: StoreOptions): Promise<Stores> => {
  const opened = await openLogAndCodecs(options);
  try {
    const timelines = await openTimelines(options, opened);
    return {
      ...opened,
      snapshots: openFileSnapshots({ disk: options.disk, folder: dataFolder(options.folder).snapshots }),
      timelines,
      close: async () => {
        await timelines.close();
        await opened.close();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
};
