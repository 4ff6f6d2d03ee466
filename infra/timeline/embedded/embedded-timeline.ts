/**
 * The timeline of the embedded mode: for each owner the packed versions of its rows, the newest in memory, older
 * ones in sorted files. A row's content stays where it is once, in the inbox log, and is read from there by offset
 * (a row for each recipient as a key of its own costs 7.6 us in lmdb, more than a whole delivery may).
 *
 * All files are a cache of the inbox: what is damaged is thrown away and computed again.
 */

import { isBubbleError } from '../../../schemas/errors.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../schemas/limits.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { InboxPosition } from '../../../schemas/positions.ts';
import { inboxTopic, type Layout } from '../../../schemas/topics.ts';
import type { Disk } from '../../disk/disk.ts';
import type { RandomAccess } from '../../log/log.ts';
import type { Logger } from '../../logger/logger.ts';
import type { AcceptedRecord, Owner, ReadBounds, TimelinePage, TimelineStore } from '../timeline-store.ts';
import { PartitionTimeline } from './partition-timeline.ts';
import { RowReader, type RowSource } from './rows.ts';
import { Runs } from './runs.ts';

export interface EmbeddedTimelineOptions {
  readonly disk: Disk;
  /** Its own: a folder for each partition is made in it. */
  readonly folder: string;
  /** The log that holds the inbox of the layout's epoch. */
  readonly records: RandomAccess;
  readonly codecs: Codecs;
  readonly layout: Layout;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Limits;
}

class EmbeddedTimeline implements TimelineStore {
  readonly gatherMs = 0;
  readonly #partitions: readonly PartitionTimeline[];
  readonly #unlock: () => Promise<void>;

  constructor(partitions: readonly PartitionTimeline[], unlock: () => Promise<void>) {
    this.#partitions = partitions;
    this.#unlock = unlock;
  }

  #partition(partition: number): PartitionTimeline {
    const found = this.#partitions[partition];
    if (found === undefined) throw new RangeError(`the layout has no inbox partition ${partition}`);
    return found;
  }

  async write(
    partition: number,
    records: readonly AcceptedRecord[],
    position: InboxPosition,
    expectedOffset: number,
  ): Promise<void> {
    return this.#partition(partition).write(records, position, expectedOffset);
  }

  async checkpoint(partition: number): Promise<InboxPosition> {
    return this.#partition(partition).position;
  }

  async waitFor(partition: number, seq: number, waitMs: number): Promise<boolean> {
    return this.#partition(partition).waitFor(seq, waitMs);
  }

  async read(partition: number, owner: Owner, bounds: ReadBounds): Promise<TimelinePage> {
    return this.#partition(partition).read(owner, bounds);
  }

  async newestRows(partition: number, owner: Owner, until: number, maxRows: number): Promise<TimelinePage> {
    return this.#partition(partition).newestRows(owner, until, maxRows);
  }

  async newest(partition: number, owner: Owner): Promise<number> {
    return this.#partition(partition).newest(owner);
  }

  async trim(partition: number, below: number): Promise<void> {
    return this.#partition(partition).trim(below);
  }

  dump(partition: number): AsyncIterable<string> {
    return this.#partition(partition).dump();
  }

  async close(): Promise<void> {
    for (const partition of this.#partitions) await partition.close();
    await this.#unlock();
  }
}

const openRuns = async (options: EmbeddedTimelineOptions, folder: string): Promise<Runs> => {
  const { disk, layout, logger } = options;
  try {
    return await Runs.open(disk, folder, layout.epoch, logger);
  } catch (error) {
    if (!isBubbleError(error, 'LOG_DAMAGED') && !isBubbleError(error, 'FILE_NOT_FOUND')) throw error;
    logger.error({ err: error, folder }, 'the timeline is damaged and is computed again from the inbox');
    await Runs.clear(disk, folder, layout.epoch);
    return Runs.open(disk, folder, layout.epoch, logger);
  }
};

/** Rejects with LOG_LOCKED where another process has the folder. */
export async function openEmbeddedTimeline(options: EmbeddedTimelineOptions): Promise<TimelineStore> {
  const { disk, folder, layout, clock, logger } = options;
  const limits = options.limits ?? DEFAULT_LIMITS;
  const count = layout.inboxPartitions;
  await disk.makeFolder(folder);
  const unlock = await disk.lock(folder);
  const source: RowSource = {
    records: options.records,
    codec: options.codecs.inbox,
    topic: inboxTopic(layout.epoch),
    epoch: layout.epoch,
  };
  const partitions: PartitionTimeline[] = [];
  for (let partition = 0; partition < count; partition += 1) {
    partitions.push(
      new PartitionTimeline({
        epoch: layout.epoch,
        runs: await openRuns(options, `${folder}/${partition}`),
        rows: new RowReader(source, partition, limits.timelineRowCacheBytes / count),
        bounds: {
          tailRows: limits.timelineTailRows / count,
          tailBytes: limits.timelineTailBytes / count,
          waiters: limits.timelineWaiters,
        },
        clock,
        logger: logger.child({ partition }),
      }),
    );
  }
  return new EmbeddedTimeline(partitions, unlock);
}
