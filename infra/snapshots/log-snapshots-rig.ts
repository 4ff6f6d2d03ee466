/** Test support: stores of several processes on one log in memory, each with a disk of its own. */
import { SNAPSHOTS, snapshotsSpec } from '../../schemas/topics.ts';
import { SimClock } from '../clock/sim-clock.ts';
import { SimDisk, type SimMount } from '../disk/sim-disk.ts';
import type { LogRecord } from '../log/log.ts';
import type { Logger } from '../logger/logger.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import { MemoryLog } from '../timeline/testing/memory-log.ts';
import { openFileSnapshots } from './file-snapshots.ts';
import { type LogSnapshots, openLogSnapshots } from './log-snapshots.ts';
import type { OpenedSnapshot } from './snapshot-store.ts';
import type { Entry } from './sorted-table.ts';
import type { TransferLimits } from './transfer-limits.ts';

export const ID = { topic: 'bubble.inbound', partition: 3 };
export const FOLDER = '/snapshots/bubble.inbound/3';
const TABLES = { snapshotTables: 4, snapshotCacheBytes: 64 * 1024 };
export const TRANSFER: Partial<TransferLimits> = {
  chunkBytes: 1_000,
  uploadGraceMs: 2_000,
  strangerMs: 60_000,
};

const recordingLogger = (lines: string[]): Logger => {
  const nothing = (): void => {};
  const note = (_fields: unknown, text: string): void => {
    lines.push(text);
  };
  const logger: Logger = { debug: nothing, info: nothing, warn: note, error: note, child: () => logger };
  return logger;
};

export interface Process {
  readonly store: LogSnapshots;
  readonly mount: SimMount;
  readonly warnings: string[];
}

export class Rig {
  readonly clock = new SimClock();
  readonly log = new MemoryLog(this.clock);
  readonly disks = new Map<string, SimDisk>();

  done<T>(promise: Promise<T>): Promise<T> {
    return this.clock.until(promise);
  }

  async start(writer: string, transfer: Partial<TransferLimits> = {}, partitions = 3): Promise<Process> {
    await this.log.ensureTopics([snapshotsSpec(partitions)]);
    const disk = this.disks.get(writer) ?? new SimDisk({ random: new SeededRandom(5), clock: this.clock });
    this.disks.set(writer, disk);
    const mount = disk.mount();
    const warnings: string[] = [];
    const store = await this.done(
      openLogSnapshots({
        log: this.log,
        files: openFileSnapshots({ disk: mount, folder: '/snapshots', limits: TABLES }),
        clock: this.clock,
        logger: recordingLogger(warnings),
        writer,
        transfer: { ...TRANSFER, ...transfer },
      }),
    );
    return { store, mount, warnings };
  }

  /** What compaction would leave of a partition. */
  compacted(partition: number): LogRecord[] {
    const newest = new Map<string, LogRecord>();
    for (const record of this.log.records(SNAPSHOTS, partition)) {
      newest.set(Buffer.from(record.key ?? []).toString(), record);
    }
    return [...newest.values()].filter(({ value }) => value !== null);
  }

  keys(kind: string, partitions = 3): string[] {
    const keys: string[] = [];
    for (let partition = 0; partition < partitions; partition += 1) {
      for (const { key } of this.compacted(partition)) keys.push(Buffer.from(key ?? []).toString());
    }
    return keys.filter((key) => key.startsWith(`${kind}/`));
  }

  async publish(
    { store }: Process,
    offset: number,
    entries: Record<string, string>,
    base: OpenedSnapshot | null = null,
  ): Promise<OpenedSnapshot> {
    const sorted = Object.entries(entries).sort(([left], [right]) => (left < right ? -1 : 1));
    const changes = sorted.map(([key, value]): Entry => [key, Buffer.from(value)]);
    const snapshot = await this.done(store.publish(ID, offset, { n: offset }, changes, base));
    await this.done(store.settled());
    return snapshot;
  }
}

export const contents = async (snapshot: OpenedSnapshot | null): Promise<Record<string, string> | null> => {
  if (snapshot === null) return null;
  const all: Record<string, string> = {};
  for await (const [key, value] of snapshot.table.scan()) all[key] = Buffer.from(value).toString();
  return all;
};

/** Enough that a table has several chunks. */
export const large = (mark: string, keys = 100): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: keys }, (_, at) => [`key-${at.toString().padStart(4, '0')}`, mark.repeat(20)]),
  );

export const newest = Number.POSITIVE_INFINITY;
