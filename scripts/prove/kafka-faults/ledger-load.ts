/** Lanes that append numbered records to every partition, for a ledger to find all of them again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../infra/clock/system-clock.ts';
import type { Lane } from '../../../infra/lanes/lane.ts';
import { PartitionWriters } from '../../../infra/lanes/partition-writers.ts';
import type { Log } from '../../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import { TRIAL_LIMITS } from '../../../schemas/limits.ts';
import type { TopicSpec } from '../../../schemas/topics.ts';
import { Gaps } from '../kafka-kill/gaps.ts';
import { encodeEntry } from '../kafka-kill/ledger.ts';

export interface LedgerPlan {
  readonly topic: string;
  readonly partitions: number;
  readonly sources: number;
  /** Over all sources. */
  readonly records: number;
  readonly perSecond: number;
}

export const topicOf = ({ topic, partitions }: LedgerPlan): TopicSpec => ({
  name: topic,
  partitions,
  cleanup: 'delete',
  retentionMs: Number.POSITIVE_INFINITY,
  durability: 'log',
});

export interface LedgerLoad {
  /** All records are acknowledged. */
  readonly done: Promise<void>;
  /** How many numbers each source has pushed to each partition. */
  readonly pushed: readonly (readonly number[])[];
  readonly gaps: Gaps;
}

const RECORD_BYTES = 120;
const PUSH_EVERY_MS = 20;

/** Each source pushes to every partition in turn, at the rate, until all records are acknowledged. */
export function startLedgerLoad(log: Log, plan: LedgerPlan): LedgerLoad {
  const { topic, partitions, sources, records, perSecond } = plan;
  const writers = new PartitionWriters({
    log,
    clock: systemClock,
    logger: SILENT_LOGGER,
    limits: TRIAL_LIMITS,
  });
  const gaps = new Gaps(partitions, performance.now());
  const pushed = Array.from({ length: sources }, () => new Array<number>(partitions).fill(0));
  const lanes = Array.from({ length: sources }, () =>
    writers.lane(0, (_topic, partition) => gaps.news(partition, performance.now())),
  );
  const push = async (lane: Lane, source: number): Promise<void> => {
    const total = records / sources;
    const startedAt = performance.now();
    let behind = 0;
    for (let sent = 0; sent < total; ) {
      // What was not pushed while the lane was full is not made up for: the rate stays what it is.
      const due = ((performance.now() - startedAt) * perSecond) / sources / 1000 - behind;
      for (; sent < Math.min(due, total); sent += 1) {
        const partition = sent % partitions;
        const number = pushed[source]![partition]!;
        pushed[source]![partition] = number + 1;
        const value = encodeEntry(source, number, RECORD_BYTES);
        if (lane.push(sent, [{ topic, partition, record: { key: null, value } }])) continue;
        const fullAt = performance.now();
        await lane.writable();
        behind += ((performance.now() - fullAt) * perSecond) / sources / 1000;
        sent += 1;
        break;
      }
      await sleep(PUSH_EVERY_MS);
    }
    await lane.drained();
  };
  return { pushed, gaps, done: Promise.all(lanes.map(push)).then(() => {}) };
}
