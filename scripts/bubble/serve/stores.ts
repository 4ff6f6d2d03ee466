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
import type { TimelineStore } from '../../../infra/timeline/timeline-store.ts';
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
  readonly timeline: TimelineStore;
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

export const openStores = async (options: StoreOptions): Promise<Stores> => {
  const { disk, clock, logger, layout, limits } = options;
  const folders = dataFolder(options.folder);
  const opened = await openLogAndCodecs(options);
  const { log, codecs } = opened;
  try {
    await log.ensureTopics(topicSpecs(layout));
    const timeline = await openEmbeddedTimeline({
      disk,
      folder: folders.timeline,
      records: log,
      codecs,
      layout,
      clock,
      logger: logger.child({ part: 'timeline' }),
      limits,
    });
    return {
      ...opened,
      snapshots: openFileSnapshots({ disk, folder: folders.snapshots }),
      timeline,
      close: async () => {
        await timeline.close();
        await opened.close();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
};
