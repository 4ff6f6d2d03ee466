/** The stores of the embedded mode, opened together: by the server, by `rebuild`, and by tools on a stopped one. */
import type { Disk } from '../../../infra/disk/disk.ts';
import { type Durability, openEmbeddedLog } from '../../../infra/log/embedded/embedded-log.ts';
import type { Log, RandomAccess } from '../../../infra/log/log.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import { measureSnapshots, measureTimeline } from '../../../infra/metrics/measured-stores.ts';
import { openFileRegistry } from '../../../infra/schema-registry/file-registry.ts';
import { registerCodecs } from '../../../infra/schema-registry/register-codecs.ts';
import type { SchemaRegistry } from '../../../infra/schema-registry/schema-registry.ts';
import { openFileSnapshots } from '../../../infra/snapshots/file-snapshots.ts';
import { openEmbeddedTimeline } from '../../../infra/timeline/embedded/embedded-timeline.ts';
import { finishTimeline } from '../../../processors/timeline/finish-epoch.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import type { Limits } from '../../../schemas/limits.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { type Layout, topicSpecs } from '../../../schemas/topics.ts';
import { dataFolder } from './data-folder.ts';
import type { Measurements } from './measurements.ts';
import { openTimelines, type Stores } from './stores.ts';

export interface LogSettings {
  readonly durability: Durability;
  readonly intervalMs: number;
  readonly segmentBytes: number;
}

export interface EmbeddedStoreOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The data folder. */
  readonly folder: string;
  /** Of the first epoch. */
  readonly layout: Layout;
  readonly limits: Limits;
  /** Where writes are counted. */
  readonly measurements?: Measurements;
  readonly log?: Partial<LogSettings>;
}

export interface OpenedLog {
  readonly log: Log & RandomAccess;
  readonly registry: SchemaRegistry;
  readonly codecs: Codecs;
  close(): Promise<void>;
}

type LogOptions = Pick<EmbeddedStoreOptions, 'disk' | 'clock' | 'logger' | 'folder' | 'log'>;

export const openLogAndCodecs = async (options: LogOptions): Promise<OpenedLog> => {
  const { disk, clock, logger } = options;
  const folders = dataFolder(options.folder);
  const log = await openEmbeddedLog({ disk, folder: folders.log, clock, logger, ...options.log });
  try {
    const registry = await openFileRegistry({ disk, folder: folders.registry });
    const codecs = await registerCodecs(registry, logger.child({ part: 'registry' }));
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

export const openEmbeddedStores = async (options: EmbeddedStoreOptions): Promise<Stores> => {
  const { disk, clock, logger, limits, measurements } = options;
  const folders = dataFolder(options.folder);
  const opened = await openLogAndCodecs(options);
  const { log, codecs } = opened;
  const openTimeline = async (layout: Layout) => {
    const store = await openEmbeddedTimeline({
      disk,
      folder: folders.timelineOf(layout.epoch),
      records: log,
      codecs,
      layout,
      clock,
      logger: logger.child({ part: 'timeline', epoch: layout.epoch }),
      limits,
    });
    return measurements === undefined ? store : measureTimeline(store, measurements.timeline, clock);
  };
  try {
    const timelines = await openTimelines(log, options.layout, topicSpecs, openTimeline);
    const snapshots = openFileSnapshots({ disk, folder: folders.snapshots });
    return {
      ...opened,
      snapshots:
        measurements === undefined ? snapshots : measureSnapshots(snapshots, measurements.snapshots, clock),
      timelines,
      topicSpecs,
      openTimeline,
      finishTimeline: (layout) =>
        finishTimeline({ log, codecs, layout, store: timelines.storeOf(layout.epoch), logger }),
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
