import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEmbeddedLog } from '../../infra/log/embedded/embedded-log.ts';
import type { LogRecord } from '../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { numberAt, OFFSETS_PER_EPOCH } from '../../schemas/positions.ts';
import { INBOUND, inboxTopic, topicSpecs } from '../../schemas/topics.ts';
import { FAN_OUT_GROUP } from '../runtime/groups.ts';
import { examineOrigin, examinePast } from './continuity.ts';
import { LAYOUT, Rig } from './fan-out-rig.ts';
import { idAt, message } from './fold-scenario.ts';

const withEnds = (inbound: number, inbox: number, position: { offset: number; vector: number[] } | null) => ({
  range: async (topic: string) => ({ begin: 0, end: topic === INBOUND ? inbound : inbox }),
  committed: async () => position,
});
const past = { source: 1, epoch: 1, prev: [numberAt(1, 5)] };

test('positions that fit their logs are no contradiction', async () => {
  const seen = [-1, numberAt(1, 9)];
  for (const position of [null, { offset: 20, vector: seen }, { offset: 0, vector: [] }]) {
    assert.deepEqual(await examinePast(withEnds(10, 20, position), past), { ends: [20], broken: null });
  }
  const closed = { offset: 20, vector: [-1, numberAt(1, OFFSETS_PER_EPOCH - 1)] };
  assert.equal((await examinePast(withEnds(10, 20, closed), past)).broken, null);
  assert.equal((await examinePast(withEnds(10, 0, null), { ...past, prev: [-1] })).broken, null);
});

test('what is stored beyond an end says so', async () => {
  const empty = await examinePast(withEnds(10, 0, null), past);
  assert.match(empty.broken ?? '', /inbox\.1\/0 is empty/);
  const read = await examinePast(withEnds(10, 20, { offset: 21, vector: [] }), past);
  assert.match(read.broken ?? '', /delivery has read bubble\.inbox\.1\/0 up to 21, and it ends at 20/);
  const rows = await examinePast(withEnds(10, 20, { offset: 20, vector: [-1, numberAt(1, 10)] }), past);
  assert.match(rows.broken ?? '', /delivery has rows of bubble\.inbound\/1\/10/);
});

test('a record in the place of the last one that a state has seen is as old as the state, or it is another log', async () => {
  const lease = { topic: INBOUND, partition: 1, signal: new AbortController().signal };
  const examine = (
    records: readonly Partial<LogRecord>[],
    made = { offset: 10, logTime: 500 },
    begin = 0,
  ) => {
    const read = async () => ({ records: records as LogRecord[], next: 10, end: 20 });
    return examineOrigin({ reader: async () => ({ read, close: async () => {} }) }, lease, made, begin);
  };
  assert.equal(await examine([{ offset: 9, time: 500 }]), null);
  assert.equal(await examine([{ offset: 9, time: 400 }]), null, 'times of Kafka may fall');
  assert.match((await examine([{ offset: 9, time: 501 }])) ?? '', /^bubble\.inbound\/1\/9 was appended at /);
  assert.equal(await examine([{ offset: 12, time: 501 }]), null, 'a gap tells nothing');
  assert.equal(await examine([]), null);
  assert.equal(await examine([{ offset: 9, time: 501 }], { offset: 10, logTime: 500 }, 10), null, 'not kept');
  assert.equal(await examine([{ offset: 0, time: 501 }], { offset: 0, logTime: 0 }), null, 'no state');
});

test('a log that was made anew and has outgrown the state pauses the partitions, which emit nothing', async () => {
  const rig = new Rig({ seed: 3 });
  await rig.start();
  const append = async (count: number): Promise<void> => {
    for (let at = 1; at <= count; at += 1) {
      await rig.clock.until(rig.append(message({ from: `user-${at}`, id: idAt(at) }, 'bob', 'x')));
    }
  };
  await append(30);
  await rig.caughtUp();
  await rig.clock.until(rig.fanOut.stop());
  // The same states over the same log are accepted.
  await rig.startFanOut();
  await rig.caughtUp();
  assert.deepEqual(rig.fanOut.paused(), []);
  await rig.clock.until(rig.fanOut.stop());
  const place = { disk: rig.disk.mount(), folder: '/made-anew', clock: rig.clock, logger: SILENT_LOGGER };
  rig.log = await rig.clock.until(openEmbeddedLog(place));
  await rig.clock.until(rig.log.ensureTopics(topicSpecs(LAYOUT)));
  await append(60);
  await rig.startFanOut();
  await rig.clock.runFor(5_000);
  for (const { reason } of rig.fanOut.paused()) {
    assert.equal(reason.code, 'OFFSET_OUT_OF_RANGE');
    assert.match(reason.message, /was appended at .*, and the state at \d+ has seen no record after /);
  }
  assert.equal(rig.fanOut.paused().length, LAYOUT.inboundPartitions);
  assert.equal((await rig.accepted()).size, 0);
  await rig.clock.until(rig.fanOut.stop());
});

test('a position beyond the end of the log pauses the partition, and is kept as evidence', async () => {
  const rig = new Rig({ seed: 1 });
  await rig.start();
  for (let at = 1; at <= 20; at += 1) {
    await rig.clock.until(rig.append(message({ from: `user-${at}`, id: idAt(at) }, 'bob', 'x')));
  }
  await rig.caughtUp();
  await rig.clock.until(rig.fanOut.stop());
  const { end } = await rig.clock.until(rig.log.range(INBOUND, 0));
  const store = (offset: number) =>
    rig.clock.until(rig.log.commitFor(FAN_OUT_GROUP, INBOUND, 0, { offset, vector: [] }));
  await store(end + 50);
  await rig.startFanOut();
  await rig.clock.runFor(10_000);
  assert.deepEqual(
    rig.fanOut.paused().map(({ partition, reason }) => [partition, reason.code]),
    [[0, 'OFFSET_OUT_OF_RANGE']],
  );
  assert.equal(rig.fanOut.resume(0), true);
  await rig.clock.runFor(3_000);
  assert.equal(rig.fanOut.paused().length, 1, 'trying again is no way around it');
  await rig.clock.until(rig.fanOut.stop());
  const kept = await rig.clock.until(rig.log.committed(FAN_OUT_GROUP, INBOUND, 0));
  assert.equal(kept?.offset, end + 50);
  // What was wrong has been put right.
  await store(end);
  await rig.startFanOut();
  await rig.caughtUp();
  assert.deepEqual(rig.fanOut.paused(), []);
  await rig.clock.until(rig.fanOut.stop());
});

test('readers that have read beyond the end of inbox pause the partitions, which emit nothing', async () => {
  const rig = new Rig({ seed: 2 });
  await rig.openLog();
  const topic = inboxTopic(1);
  await rig.clock.until(rig.log.commitFor('timeline', topic, 2, { offset: 7, vector: [] }));
  await rig.startFanOut();
  for (let at = 1; at <= 20; at += 1) {
    await rig.clock.until(rig.append(message({ from: `user-${at}`, id: idAt(at) }, 'bob', 'x')));
  }
  await rig.clock.runFor(5_000);
  assert.equal(rig.fanOut.paused().length, 2);
  assert.equal((await rig.accepted()).size, 0);
  await rig.clock.until(rig.fanOut.stop());
});
