/** Processor state in `bubble.snapshots` on a real broker: copied, fetched ahead, compacted, taken over. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { nodeDisk } from '../../infra/disk/node-disk.ts';
import type { Log, LogRecord } from '../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { openFileSnapshots } from '../../infra/snapshots/file-snapshots.ts';
import { type LogSnapshots, openLogSnapshots } from '../../infra/snapshots/log-snapshots.ts';
import type { OpenedSnapshot } from '../../infra/snapshots/snapshot-store.ts';
import type { Entry } from '../../infra/snapshots/sorted-table.ts';
import { PartitionFold } from '../../processors/fan-out/fold.ts';
import { PartitionState } from '../../processors/fan-out/partition-state.ts';
import { INBOUND, SNAPSHOT_PARTITIONS, SNAPSHOTS, snapshotsSpec } from '../../schemas/topics.ts';
import { planOf, TakeoverProcess, takerOf } from '../bench/takeover.ts';
import { Load } from '../bench/takeover-kafka.ts';
import type { ProcessPlan } from '../bench/takeover-process.ts';
import { BUILDER_LIMITS, CODECS, foldInto, LAYOUT, SESSION_TIMEOUT_MS } from '../bench/takeover-state.ts';
import { kafkaTool } from './kafka.ts';
import { type KafkaFixture, kafkaFixture } from './kafka-fixture.ts';

const ID = { topic: INBOUND, partition: 0 };
const NEWEST = Number.POSITIVE_INFINITY;
const SIZE = { groups: 20, members: 100 };
const DEADLINE_MS = 30_000;
/** A broker that compacts whatever it can, at once. */
const EAGER_COMPACTION = [
  'log.cleaner.min.cleanable.ratio=0',
  'log.cleaner.backoff.ms=200',
  'log.cleaner.threads=1',
];
/** A tombstone takes effect once its segment is no longer written to; the topic's own settings come before the broker's. */
const SHORT_SEGMENTS = 'segment.bytes=1048576,segment.ms=200';

const contents = async (snapshot: OpenedSnapshot): Promise<Map<string, string>> => {
  const all = new Map<string, string>();
  for await (const [key, value] of snapshot.table.scan()) all.set(key, Buffer.from(value).toString('base64'));
  return all;
};

const recordsOf = async (log: Log, topic: string, partition: number): Promise<LogRecord[]> => {
  const { begin, end } = await log.range(topic, partition);
  const reader = await log.reader(topic, partition, begin);
  const records: LogRecord[] = [];
  for (let next = begin; next < end; ) {
    const batch = await reader.read({ maxRecords: 1_000, maxBytes: 4 << 20, maxWaitMs: 500 });
    records.push(...batch.records);
    if (batch.next === next) break;
    next = batch.next;
  }
  await reader.close();
  return records;
};

const until = async (isSo: () => Promise<boolean>, what: string): Promise<void> => {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, what);
    await sleep(100);
  }
};

describe('snapshots on Kafka', () => {
  let fixture: KafkaFixture;
  let log: Log;
  const folder = mkdtempSync(join(tmpdir(), 'bubble-snapshots-'));
  const stores: LogSnapshots[] = [];

  const store = async (writer: string): Promise<LogSnapshots> => {
    const opened = await openLogSnapshots({
      log,
      files: openFileSnapshots({ disk: nodeDisk(), folder: join(folder, writer) }),
      clock: systemClock,
      logger: SILENT_LOGGER,
      writer,
    });
    stores.push(opened);
    return opened;
  };

  before(async () => {
    fixture = await kafkaFixture({ brokers: 1, properties: EAGER_COMPACTION });
    log = await fixture.open();
    await log.ensureTopics([snapshotsSpec()]);
    await kafkaTool('kafka.admin.ConfigCommand', [
      ...['--bootstrap-server', fixture.kafka.bootstrap[0]!, '--alter'],
      ...['--topic', SNAPSHOTS, '--add-config', SHORT_SEGMENTS],
    ]);
  });
  after(async () => {
    for (const opened of stores) await opened.close();
    await log.close();
    await fixture.end();
    rmSync(folder, { recursive: true, force: true });
  });

  test('what one process publishes another opens, fetched ahead or not, also after compaction', async () => {
    const id = { topic: INBOUND, partition: 7 };
    const owner = await store('a');
    const standby = await store('b');
    const entries = (mark: string, count: number): Entry[] =>
      Array.from({ length: count }, (_, at) => [
        `key-${`${at}`.padStart(6, '0')}`,
        Buffer.from(mark.repeat(50)),
      ]);
    /** Chunks that are still there although a tombstone follows. */
    const dead = async (): Promise<number> => {
      let sum = 0;
      for (let partition = 1; partition < SNAPSHOT_PARTITIONS; partition += 1) {
        const values = new Map<string, number>();
        for (const { key, value } of await recordsOf(log, SNAPSHOTS, partition)) {
          const name = Buffer.from(key ?? []).toString();
          if (value !== null) values.set(name, (values.get(name) ?? 0) + 1);
          else sum += values.get(name) ?? 0;
        }
      }
      return sum;
    };
    let snapshot: OpenedSnapshot | null = null;
    for (let round = 1; round <= 8; round += 1) {
      // Every second round a new base of 3 MB, so that tables become nobody's.
      const changes = entries(`${round}`, round % 2 === 1 ? 50_000 : 500);
      const next: OpenedSnapshot = await owner.publish(id, round, { round }, changes, snapshot);
      await owner.settled();
      snapshot = next;
    }
    await standby.settled();
    const before = standby.totals().downloadedBytes;
    const opened = await standby.open(id, NEWEST);
    assert.ok(opened !== null && snapshot !== null);
    assert.equal(opened.offset, 8);
    assert.deepEqual(await contents(opened), await contents(snapshot));
    assert.equal(standby.totals().downloadedBytes, before, 'it was fetched ahead');
    const { uploadedBytes } = owner.totals();
    const atFirst = await dead();
    let offset = 8;
    await until(async () => {
      offset += 1;
      snapshot = await owner.publish(id, offset, {}, entries(`${offset}`, 10), snapshot);
      await owner.settled();
      return (await dead()) < atFirst / 2;
    }, `compaction leaves ${atFirst} dead chunks`);
    const expected = await contents(snapshot);
    const cold = await store('c');
    const found = await cold.open(id, NEWEST);
    assert.equal(found?.offset, offset);
    assert.deepEqual(await contents(found), expected);
    assert.ok(cold.totals().downloadedBytes < uploadedBytes, 'the tables of the newest only');
  });

  /** The newest snapshot is the state that inbound gives from its first record on. */
  const assertTrue = async (snapshot: OpenedSnapshot): Promise<void> => {
    const state = new PartitionState(
      BUILDER_LIMITS,
      { epoch: LAYOUT.epoch, inboxPartitions: LAYOUT.inboxPartitions },
      false,
    );
    const fold = new PartitionFold({ state, source: 0, codecs: CODECS, limits: BUILDER_LIMITS });
    const apply = foldInto(fold);
    for (const { offset, time, value } of await recordsOf(log, INBOUND, 0)) {
      if (offset < snapshot.offset) apply(offset, time, value!);
    }
    assert.deepEqual(snapshot.meta, JSON.parse(JSON.stringify(state.scalars())));
    const straight = [...state.dump()].map(([key, value]) => [key, value.toString('base64')] as const);
    assert.deepEqual([...(await contents(snapshot))].sort(), straight.sort());
  };

  test('an owner that is paused is replaced within seconds, and changes nothing when it wakes up', async () => {
    const plan: ProcessPlan = {
      ...planOf(folder, { brokers: fixture.kafka.bootstrap }, SIZE),
      joins: true,
      limits: { snapshotRecords: 500, snapshotIntervalMs: 1_000 },
    };
    const owner = new TakeoverProcess(plan);
    const built = await owner.said('built');
    await owner.said('joined');
    const standby = new TakeoverProcess(takerOf(plan, 'standby'));
    await standby.said('ready');
    const watching = await store('watching');
    const load = new Load(log, plan, built);
    const offsetOf = async (): Promise<number> => {
      await watching.settled();
      return watching.status().find(({ id }) => id.partition === 0)?.newest ?? 0;
    };
    const growth = async (what: string): Promise<void> => {
      const from = await offsetOf();
      await until(async () => (await offsetOf()) > from, what);
    };
    try {
      await growth('the owner publishes');
      const pausedAt = Date.now();
      owner.signal('SIGSTOP');
      const taken = await standby.said('taken');
      await growth('the standby publishes');
      owner.signal('SIGCONT');
      const awake = await offsetOf();
      await until(async () => (await offsetOf()) > awake + 600, 'snapshots go on');
      await load.stop();
      console.log(
        `pause to assignment ${Math.round(taken.assignedAt - pausedAt)} ms (session timeout ${SESSION_TIMEOUT_MS} ms), ` +
          `assignment to first output ${Math.round(taken.emittedAt - taken.assignedAt)} ms`,
      );
      const cold = await store('cold');
      const newest = await cold.open(ID, NEWEST);
      assert.ok(newest !== null && newest.offset > awake);
      await assertTrue(newest);
    } finally {
      await load.stop();
      await owner.kill();
      await standby.kill();
    }
  });
});
