/**
 * The embedded log: the whole of `Log` in one process, on segment files. Durability:
 *
 * - `always`: an answered append is synced; one sync for all that wait.
 * - `interval`: answered when the operating system has it, synced every `intervalMs`.
 * - `os`: never synced but when a segment is sealed.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { BubbleError } from '../../../schemas/errors.ts';
import { DEFAULT_LIMITS } from '../../../schemas/limits.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { TopicSpec } from '../../../schemas/topics.ts';
import type { Disk } from '../../disk/disk.ts';
import type { Logger } from '../../logger/logger.ts';
import type {
  Appended,
  AppendOptions,
  Committed,
  GroupHandlers,
  Log,
  LogRecord,
  Membership,
  OffsetRange,
  RandomAccess,
  Reader,
  ReadLimits,
  RecordInput,
} from '../log.ts';
import { BlockCache } from './block-cache.ts';
import { encodedLength } from './chunk.ts';
import { CommittedPositions, POSITIONS_TOPIC } from './committed-positions.ts';
import { FlushScheduler } from './flush-scheduler.ts';
import { Group } from './group.ts';
import { offsetAtTime, recordsAt } from './lookup.ts';
import { MemoryBudget } from './memory-tail.ts';
import { Partition, type PartitionContext, type PartitionSettings } from './partition.ts';
import { PartitionReader } from './partition-reader.ts';
import { TopicCatalog } from './topic-catalog.ts';
import { Upkeep } from './upkeep.ts';

export type Durability = 'always' | 'interval' | 'os';

export interface EmbeddedLogOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly durability?: Durability;
  /** Between two syncs with durability `interval`, ms. */
  readonly intervalMs?: number;
  readonly segmentBytes?: number;
  /** Zeros written ahead in a segment at most, bytes; 0: none. */
  readonly fillBytes?: number;
  /** Between two rounds of retention and compaction, ms. */
  readonly maintenanceMs?: number;
  readonly memoryBytes?: number;
  readonly cacheBytes?: number;
  readonly pendingBytes?: number;
  readonly recordBytes?: number;
  readonly appendBytes?: number;
  readonly compactionKeys?: number;
  readonly rebalanceMs?: number;
  /** Reads all segments at opening, not only what was not synced yet, and refuses damage anywhere. */
  readonly verify?: boolean;
}

export type EmbeddedLog = Log & RandomAccess;

const SEGMENT_BYTES = 64 * 1024 * 1024;
/** Segments of compacted topics are small: the newest one is never compacted, and a start reads all of it. */
const COMPACTED_SEGMENT_BYTES = 4 * 1024 * 1024;
const FILL_BYTES = 1024 * 1024;
const INTERVAL_MS = 50;
const MAINTENANCE_MS = 30_000;
/** Records of a topic with retention are removed at the latest this share of it too late. */
const SEGMENTS_PER_RETENTION = 4;
const PARALLEL_OPENS = 8;
const GROUP_LIMITS: ReadLimits = {
  maxRecords: 1_000,
  maxBytes: 1024 * 1024,
  maxWaitMs: Number.POSITIVE_INFINITY,
};

/** Rejects with LOG_LOCKED, LOG_DAMAGED, FOLDER_NOT_WRITABLE. */
export const openEmbeddedLog = async (options: EmbeddedLogOptions): Promise<EmbeddedLog> => {
  const { disk, folder } = options;
  await disk.makeFolder(folder);
  const unlock = await disk.lock(folder);
  try {
    const log = new SegmentLog(options, unlock);
    await log.open();
    return log;
  } catch (error) {
    await unlock();
    throw error;
  }
};

class SegmentLog implements EmbeddedLog {
  readonly #options: EmbeddedLogOptions;
  readonly #unlock: () => Promise<void>;
  readonly #catalog: TopicCatalog;
  readonly #context: PartitionContext;
  readonly #durability: Durability;
  readonly #recordBytes: number;
  readonly #appendBytes: number;
  readonly #pendingLimit: number;
  readonly #topics = new Map<string, Partition[]>();
  readonly #groups = new Map<string, Group>();
  readonly #positions: CommittedPositions;
  readonly #positionsPartition: Partition;
  readonly #upkeep: Upkeep;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #changing: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | null = null;

  constructor(options: EmbeddedLogOptions, unlock: () => Promise<void>) {
    const { disk, folder, clock, logger } = options;
    this.#options = options;
    this.#unlock = unlock;
    this.#durability = options.durability ?? 'always';
    this.#recordBytes = options.recordBytes ?? DEFAULT_LIMITS.recordBytes;
    this.#appendBytes = options.appendBytes ?? DEFAULT_LIMITS.appendBytes;
    this.#pendingLimit = options.pendingBytes ?? DEFAULT_LIMITS.logPendingBytes;
    this.#catalog = new TopicCatalog(disk, folder);
    this.#context = {
      disk,
      clock,
      logger,
      budget: new MemoryBudget(options.memoryBytes ?? DEFAULT_LIMITS.logMemoryBytes),
      blocks: new BlockCache(options.cacheBytes ?? DEFAULT_LIMITS.logCacheBytes),
      scheduler: new FlushScheduler(clock),
      pending: { bytes: 0 },
    };
    this.#upkeep = new Upkeep(clock, logger);
    this.#positionsPartition = this.#makePartition(POSITIONS_TOPIC, 0);
    this.#positions = new CommittedPositions(this.#positionsPartition);
  }

  async open(): Promise<void> {
    await this.#catalog.load();
    for (const spec of this.#catalog.specs) this.#addTopic(spec);
    const partitions = [...this.#topics.values()].flat();
    await this.#positionsPartition.open();
    await forEachAtOnce(partitions, PARALLEL_OPENS, async (partition) => {
      await partition.open();
      if (this.#options.verify === true) await partition.verify();
    });
    await this.#positions.load();
    this.#positions.dropBeyond(
      (topic, partition) => this.#topics.get(topic)?.[partition]?.end ?? 0,
      this.#context.logger,
    );
    const { maintenanceMs, intervalMs, compactionKeys } = this.#options;
    const all = (): Partition[] => [this.#positionsPartition, ...[...this.#topics.values()].flat()];
    this.#upkeep.start({
      partitions: all,
      maintenanceMs: maintenanceMs ?? MAINTENANCE_MS,
      intervalMs: this.#durability === 'interval' ? (intervalMs ?? INTERVAL_MS) : null,
      compactionKeys: compactionKeys ?? DEFAULT_LIMITS.compactionKeys,
    });
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.#changeTopics(async () => {
      this.#assertOpen();
      for (const spec of await this.#catalog.add(specs)) {
        for (const partition of this.#addTopic(spec)) await partition.open();
      }
    });
  }

  async topics(): Promise<TopicSpec[]> {
    return this.#catalog.specs;
  }

  async partitions(topic: string): Promise<number> {
    return this.#partitionsOf(topic).length;
  }

  append(
    topic: string,
    partition: number,
    records: readonly RecordInput[],
    options?: AppendOptions,
  ): Promise<Appended> {
    assert(records.length > 0, 'an append has at least one record');
    try {
      return this.#append(this.#partition(topic, partition), records, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async range(topic: string, partition: number): Promise<OffsetRange> {
    return this.#partition(topic, partition).range;
  }

  async offsetAt(topic: string, partition: number, timeMs: number): Promise<number> {
    return offsetAtTime(this.#partition(topic, partition), timeMs);
  }

  async reader(topic: string, partition: number, from: number): Promise<Reader> {
    return new PartitionReader(this.#partition(topic, partition), from);
  }

  async join(
    group: string,
    topics: readonly string[],
    handlers: GroupHandlers,
    limits: Partial<ReadLimits> = {},
  ): Promise<Membership> {
    this.#assertOpen();
    for (const topic of topics) this.#partitionsOf(topic);
    let joined = this.#groups.get(group);
    if (joined === undefined) {
      joined = new Group(group, {
        clock: this.#context.clock,
        logger: this.#context.logger,
        positions: this.#positions,
        rebalanceMs: this.#options.rebalanceMs ?? DEFAULT_LIMITS.rebalanceMs,
        partitionsOf: (topic) => this.#partitionsOf(topic),
      });
      this.#groups.set(group, joined);
    }
    return joined.join(topics, handlers, { ...GROUP_LIMITS, ...limits });
  }

  async committed(group: string, topic: string, partition: number): Promise<Committed | null> {
    this.#partition(topic, partition);
    return this.#positions.get(group, topic, partition);
  }

  async commitFor(group: string, topic: string, partition: number, position: Committed): Promise<void> {
    this.#partition(topic, partition);
    await this.#positions.set(group, topic, partition, position);
  }

  recordsAt(
    topic: string,
    partition: number,
    offsets: readonly number[],
  ): (LogRecord | null)[] | Promise<(LogRecord | null)[]> {
    return recordsAt(this.#partition(topic, partition), offsets);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #append(
    partition: Partition,
    records: readonly RecordInput[],
    options: AppendOptions | undefined,
  ): Promise<Appended> {
    const compacted = partition.spec.cleanup === 'compact';
    let bytes = 0;
    for (const record of records) {
      const length = encodedLength(record);
      if (length > this.#recordBytes) throw tooLarge('a record', length, this.#recordBytes);
      assert(
        !compacted || record.key !== null,
        `a record of the compacted topic ${partition.spec.name} has a key`,
      );
      bytes += length;
    }
    if (bytes > this.#appendBytes) throw tooLarge('an append', bytes, this.#appendBytes);
    const waiting = this.#context.pending.bytes;
    if (waiting + bytes > this.#pendingLimit) {
      throw new BubbleError('LOG_BUSY', `${waiting} bytes wait for the disk already`, { retryable: true });
    }
    return partition.append(records, bytes, options?.durability ?? partition.spec.durability);
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#groups.values()].map((group) => group.close()));
    this.#state = 'closing';
    await this.#changing;
    await this.#context.scheduler.idle();
    await this.#upkeep.stop();
    const partitions = [...this.#topics.values()].flat();
    const closed = await Promise.allSettled([...partitions, this.#positionsPartition].map((p) => p.close()));
    this.#state = 'closed';
    await this.#unlock();
    for (const result of closed) {
      if (result.status === 'rejected') throw result.reason;
    }
  }

  #assertOpen(): void {
    if (this.#state !== 'open') throw new BubbleError('LOG_CLOSED', 'the log is closed');
  }

  #partitionsOf(topic: string): readonly Partition[] {
    this.#assertOpen();
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) throw new BubbleError('UNKNOWN_TOPIC', `there is no topic ${topic}`);
    return partitions;
  }

  #partition(topic: string, number: number): Partition {
    const partition = this.#partitionsOf(topic)[number];
    if (partition === undefined) {
      throw new BubbleError('UNKNOWN_TOPIC', `topic ${topic} has no partition ${number}`);
    }
    return partition;
  }

  #addTopic(spec: TopicSpec): Partition[] {
    const partitions = Array.from({ length: spec.partitions }, (_, number) =>
      this.#makePartition(spec, number),
    );
    this.#topics.set(spec.name, partitions);
    return partitions;
  }

  #makePartition(spec: TopicSpec, number: number): Partition {
    const { segmentBytes = SEGMENT_BYTES, fillBytes = FILL_BYTES } = this.#options;
    const settings: PartitionSettings = {
      segmentBytes:
        spec.cleanup === 'compact' ? Math.min(segmentBytes, COMPACTED_SEGMENT_BYTES) : segmentBytes,
      fillBytes,
      segmentMs:
        spec.cleanup === 'delete' ? spec.retentionMs / SEGMENTS_PER_RETENTION : Number.POSITIVE_INFINITY,
      durability: this.#durability,
    };
    const folder = join(this.#options.folder, spec.name, String(number));
    return new Partition(spec, number, folder, settings, this.#context);
  }

  /** Topics are added one call after another. */
  #changeTopics(change: () => Promise<void>): Promise<void> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => {
      // Whoever asked for the change is told; the next one begins anyway.
    });
    return changed;
  }
}

const tooLarge = (what: string, bytes: number, limit: number): BubbleError =>
  new BubbleError('RECORD_TOO_LARGE', `${what} of ${bytes} bytes is above the limit of ${limit}`);

async function forEachAtOnce<T>(
  items: readonly T[],
  atOnce: number,
  action: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next]!;
      next += 1;
      await action(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
}
