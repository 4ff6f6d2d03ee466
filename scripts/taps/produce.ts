/** Brings a day into a Kafka of its own by way of the real fan-out, with a takeover that makes some events twice. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { nodeDisk } from '../../infra/disk/node-disk.ts';
import type { Log, RecordInput } from '../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { openConfluentRegistry } from '../../infra/schema-registry/confluent-registry.ts';
import { registerCodecs } from '../../infra/schema-registry/register-codecs.ts';
import { openFileSnapshots } from '../../infra/snapshots/file-snapshots.ts';
import { type FanOut, startFanOut } from '../../processors/fan-out/fan-out.ts';
import { FAN_OUT_GROUP } from '../../processors/runtime/groups.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import { conversationKey } from '../../schemas/ids.ts';
import { DEFAULT_LIMITS } from '../../schemas/limits.ts';
import { partitionOf } from '../../schemas/partition.ts';
import { EVENTS, INBOUND, type Layout, topicSpecs } from '../../schemas/topics.ts';
import type { Day } from './day.ts';

const LAYOUT: Layout = {
  inboundPartitions: 4,
  inboxPartitions: 4,
  epoch: 1,
  retentionMs: Number.POSITIVE_INFINITY,
};
const LIMITS = { ...DEFAULT_LIMITS, groupMembers: 12_000 };
const BATCH_RECORDS = 500;
const CAUGHT_UP_WITHIN_MS = 120_000;
/** So many inbound records of each partition are emitted once more. */
const REPEATED_RECORDS = 100;

export interface Produced {
  /** Commands that fan-out accepted: so many events there are. */
  readonly events: number;
  /** Records in the topic: events, and repeats. */
  readonly records: number;
}

export interface ProduceOptions {
  readonly log: Log;
  readonly registryUrl: string;
  /** For the states of the processors. */
  readonly folder: string;
}

async function appendAll(log: Log, codecs: Codecs, day: Day): Promise<void> {
  const byPartition = Array.from({ length: LAYOUT.inboundPartitions }, (): RecordInput[] => []);
  for (const command of day.commands) {
    const key = conversationKey(command.tenant, command.conversation);
    byPartition[partitionOf(key, LAYOUT.inboundPartitions)]!.push({
      key: Buffer.from(key),
      value: codecs.inbound.encode(command),
    });
  }
  await Promise.all(
    byPartition.map(async (records, partition) => {
      for (let at = 0; at < records.length; at += BATCH_RECORDS) {
        await log.append(INBOUND, partition, records.slice(at, at + BATCH_RECORDS));
      }
    }),
  );
}

async function caughtUp(log: Log, fanOut: FanOut): Promise<void> {
  const deadline = Date.now() + CAUGHT_UP_WITHIN_MS;
  for (;;) {
    const lag = fanOut.lag();
    let behind = lag.length < LAYOUT.inboundPartitions ? 1 : 0;
    for (const { partition, position } of lag) behind += (await log.range(INBOUND, partition)).end - position;
    if (behind === 0) return;
    assert(Date.now() < deadline, `fan-out is ${behind} records behind`);
    await sleep(100);
  }
}

async function run(options: ProduceOptions, codecs: Codecs, machine: string): Promise<number> {
  const { log, folder } = options;
  const fanOut = await startFanOut({
    log,
    codecs,
    snapshots: openFileSnapshots({ disk: nodeDisk(), folder: join(folder, machine), limits: LIMITS }),
    layout: LAYOUT,
    limits: LIMITS,
    clock: systemClock,
    logger: SILENT_LOGGER,
  });
  await caughtUp(log, fanOut);
  const { accepted } = fanOut.counts();
  await fanOut.stop();
  return accepted;
}

/** What the first owner has done last is done once more by one on another machine, as after a kill. */
async function takeOver(options: ProduceOptions, codecs: Codecs): Promise<void> {
  const { log } = options;
  for (let partition = 0; partition < LAYOUT.inboundPartitions; partition += 1) {
    const { end } = await log.range(INBOUND, partition);
    const offset = Math.max(0, end - REPEATED_RECORDS);
    await log.commitFor(FAN_OUT_GROUP, INBOUND, partition, { offset, vector: [] });
  }
  await run(options, codecs, 'second-machine');
}

/** Resolves when every command of the day is decided and its event acknowledged. */
export async function produce(options: ProduceOptions, day: Day): Promise<Produced> {
  const { log, registryUrl, folder } = options;
  const registry = await openConfluentRegistry({
    url: registryUrl,
    disk: nodeDisk(),
    folder: join(folder, 'registry'),
    clock: systemClock,
    logger: SILENT_LOGGER,
  });
  try {
    const codecs = await registerCodecs(registry);
    await log.ensureTopics(topicSpecs(LAYOUT, 'log'));
    await appendAll(log, codecs, day);
    const events = await run(options, codecs, 'first-machine');
    await takeOver(options, codecs);
    let records = 0;
    for (let partition = 0; partition < LAYOUT.inboundPartitions; partition += 1) {
      records += (await log.range(EVENTS, partition)).end;
    }
    return { events, records };
  } finally {
    await registry.close();
  }
}
