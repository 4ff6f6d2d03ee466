import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMAND, type InboundEvent } from '../../schemas/events/inbound.ts';
import type { PublicEvent } from '../../schemas/events/public-event.ts';
import { EVENTS, eventsSpec, INBOUND } from '../../schemas/topics.ts';
import type { FanOutOptions } from './fan-out.ts';
import { LAYOUT, RIG_LIMITS, Rig } from './fan-out-rig.ts';
import { groupCommand, idAt, message, newFold, publicEvents, TEST_CODECS } from './fold-scenario.ts';

/** Messages, and commands that are rejected: events have gaps. */
const traffic = (at: number): InboundEvent => {
  const asking = { from: `user-${at % 7}`, id: idAt(at) };
  return at % 4 === 0
    ? groupCommand(asking, COMMAND.GROUP_JOIN, '#aaaaaaaaaaaaaaaa')
    : message(asking, `user-${(at * 5) % 11}`, `text ${at}`);
};

const inTopic = async (rig: Rig, partition: number): Promise<PublicEvent[]> => {
  const records = await rig.records(EVENTS, partition);
  return records.map(({ value }) => TEST_CODECS.publicEvent.decode(value!)!);
};

const inInbound = async (rig: Rig, partition: number): Promise<PublicEvent[]> => {
  const fold = newFold(RIG_LIMITS, partition);
  for (const { offset, time, value } of await rig.records(INBOUND, partition)) {
    fold.apply(offset, time, value, true);
  }
  return publicEvents(fold.takeOutputs());
};

/** As a reader that drops repeats sees them, who remembers ids, or the highest number alone. */
const firstOnes = (events: readonly PublicEvent[]): PublicEvent[] => {
  const ids = new Set<string>();
  const byId = events.filter(({ id }) => !ids.has(id) && ids.add(id));
  let highest = -1;
  const rising: PublicEvent[] = [];
  for (const event of events) {
    if (event.convSeq <= highest) continue;
    highest = event.convSeq;
    rising.push(event);
  }
  assert.deepEqual(rising, byId, 'both ways to drop repeats agree');
  return byId;
};

const partitions = Array.from({ length: LAYOUT.inboundPartitions }, (_, at) => at);

const send = async (rig: Rig, from: number, to: number): Promise<void> => {
  for (let at = from; at < to; at += 1) {
    await rig.clock.until(rig.append(traffic(at)));
    if (at % 5 === 0) await rig.clock.runFor(150);
  }
};

test('events cost no sync of their own on one machine, and are as durable as the rest on Kafka', () => {
  assert.equal(eventsSpec(LAYOUT).durability, 'os');
  assert.equal(eventsSpec(LAYOUT, 'log').durability, 'log');
  assert.equal(eventsSpec(LAYOUT).partitions, LAYOUT.inboundPartitions);
});

test('a killed process leaves events complete and in order', async () => {
  const rig = new Rig({ seed: 11 });
  await rig.start();
  for (let life = 0; life < 4; life += 1) {
    await send(rig, 1 + life * 30, 31 + life * 30);
    rig.kill();
    await rig.start();
  }
  await rig.caughtUp();
  await rig.clock.until(rig.fanOut.stop());
  for (const partition of partitions) {
    assert.deepEqual(firstOnes(await inTopic(rig, partition)), await inInbound(rig, partition));
  }
});

test('what a power cut takes from the end of the events is made again at the next start', async () => {
  let lost = 0;
  for (let seed = 1; seed <= 8; seed += 1) {
    const rig = new Rig({ seed });
    await rig.start();
    for (let life = 0; life < 3; life += 1) {
      await send(rig, 1 + life * 60, 61 + life * 60);
      await rig.caughtUp();
      // The place is stored, and states are written: nothing but the events themselves tells that some are gone.
      await rig.clock.runFor(5_000);
      rig.powerCut();
      await rig.openLog();
      for (const partition of partitions) {
        const expected = (await inInbound(rig, partition)).length;
        lost += expected - firstOnes(await inTopic(rig, partition)).length;
      }
      await rig.startFanOut();
    }
    await rig.caughtUp();
    await rig.clock.until(rig.fanOut.stop());
    for (const partition of partitions) {
      const found = firstOnes(await inTopic(rig, partition));
      assert.deepEqual(found, await inInbound(rig, partition), `seed ${seed}`);
    }
    await rig.assertSameAsStraight(`seed ${seed}`);
    assert.deepEqual(rig.alarms, []);
  }
  assert.ok(lost > 100, `the power cuts took ${lost} events`);
});

test('repeats that a former owner has put behind the newest event are not taken for a loss', async () => {
  const rig = new Rig({ seed: 31 });
  await rig.start();
  await send(rig, 1, 60);
  await rig.caughtUp();
  await rig.clock.until(rig.fanOut.stop());
  const before: number[] = [];
  for (const partition of partitions) {
    const records = await rig.records(EVENTS, partition);
    const older = records.slice(2, 12).map(({ key, value }) => ({ key, value }));
    await rig.clock.until(rig.log.append(EVENTS, partition, older));
    before.push(records.length + older.length);
  }
  // Records of strangers among them say nothing.
  const strangers = [null, Buffer.from('hello'), Buffer.from([0]), Buffer.from([0, 0, 0, 9, 9, 9])];
  const records = strangers.map((value) => ({ key: null, value }));
  await rig.clock.until(rig.log.append(EVENTS, 0, records));
  await rig.startFanOut();
  await rig.caughtUp();
  await rig.clock.until(rig.fanOut.stop());
  const after = await Promise.all(partitions.map((partition) => rig.records(EVENTS, partition)));
  assert.deepEqual(
    after.map(({ length }) => length),
    [before[0]! + strangers.length, before[1]],
  );
});

const afterLoss = async (fanOut: NonNullable<Pick<FanOutOptions, 'events' | 'eventsHealedRecords'>>) => {
  // Without events at first: none are there when they are switched on.
  const rig = new Rig({ seed: 21, fanOut: { events: false } });
  await rig.start();
  await send(rig, 1, 80);
  await rig.caughtUp();
  await rig.clock.until(rig.fanOut.stop());
  for (const partition of partitions) assert.deepEqual(await inTopic(rig, partition), []);
  const other = new Rig({ seed: 21, fanOut });
  Object.assign(other, { clock: rig.clock, disk: rig.disk, log: rig.log, snapshots: rig.snapshots });
  await other.startFanOut();
  await send(other, 80, 90);
  await other.caughtUp();
  await other.clock.until(other.fanOut.stop());
  return other;
};

test('switched on, events of the past are made too', async () => {
  const rig = await afterLoss({});
  for (const partition of partitions) {
    assert.deepEqual(await inTopic(rig, partition), await inInbound(rig, partition));
  }
});

test('too many missing ones are left to a command, and new ones come all the same', async () => {
  const rig = await afterLoss({ eventsHealedRecords: 20 });
  for (const partition of partitions) {
    const expected = await inInbound(rig, partition);
    const found = await inTopic(rig, partition);
    assert.ok(found.length > 0 && found.length < 8, `${found.length}`);
    assert.deepEqual(found, expected.slice(-found.length));
  }
});
