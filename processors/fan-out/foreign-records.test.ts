/** Records of inbound that no gate of this release wrote: what pauses, what is rejected, and how a pause ends. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { byOtherRelease, OtherRelease } from '../../infra/schema-registry/testing/other-release.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { INBOUND_EVENT } from '../../schemas/events/inbound.ts';
import { conversationKey } from '../../schemas/ids.ts';
import { partitionOf } from '../../schemas/partition.ts';
import { type DecisionAction, decisionEvent, decisionKey } from '../../schemas/rules/operator-decision.ts';
import { INBOUND } from '../../schemas/topics.ts';
import { FAN_OUT_GROUP } from '../runtime/groups.ts';
import { DECISIONS_AT_MOST, DecidedRecords } from './decided-records.ts';
import { Rig } from './fan-out-rig.ts';
import { idAt, message, newFold, TEST_CODECS } from './fold-scenario.ts';

/** A registry that does not know the next release yet. */
const unregistered = (): OtherRelease =>
  Object.assign(new OtherRelease(INBOUND_EVENT), { isRegistered: false });

/** As a gate of a later release writes it. */
const foreign = (from: string, ms: number): Buffer => {
  const command = message({ from, id: idAt(ms) }, 'bob', 'of the next release');
  return byOtherRelease(TEST_CODECS.inbound.encode(command));
};

const partitionFor = (from: string): number =>
  partitionOf(conversationKey('acme', message({ from, id: 1n }, 'bob', '').conversation), 2);
/** A user whose conversation with bob lies in this partition. */
const userIn = (partition: number): string => {
  for (let at = 0; ; at += 1) if (partitionFor(`user-${at}`) === partition) return `user-${at}`;
};

const decide = (rig: Rig, partition: number, offset: number, action: DecisionAction): Promise<unknown> => {
  const decision = { offset, action, operator: 'ada', reason: 'a test' };
  const value = TEST_CODECS.inbound.encode(decisionEvent(decision, 0));
  return rig.clock.until(rig.log.append(INBOUND, partition, [{ key: decisionKey(decision), value }]));
};

const send = (rig: Rig, from: string, ms: number): Promise<unknown> =>
  rig.clock.until(rig.append(message({ from, id: idAt(ms) }, 'bob', `text ${ms}`)));

const pausedAt = (rig: Rig): (readonly [number, number])[] =>
  rig.fanOut.paused().map(({ partition, offset }) => [partition, offset] as const);

const decisionsIn = async (rig: Rig, partition: number): Promise<string[]> =>
  (await rig.records(INBOUND, partition))
    .map(({ key }) => key?.toString() ?? '')
    .filter((key) => key.startsWith('fact/decision'));

/** What readers of inbox have accepted of a source, as texts. */
const textsOf = async (rig: Rig, source: number): Promise<string[]> => {
  const accepted = [...(await rig.accepted())].filter(([pair]) => pair.startsWith(`${source}/`));
  const records = accepted.flatMap(([, events]) => events).filter(({ ack }) => ack.length > 0);
  return records
    .toSorted((one, other) => one.src - other.src)
    .map(({ content }) => Buffer.from(content).toString());
};

/** One message, a foreign record at offset 1, and another message behind it, all in partition 0. */
const standing = async (
  seed: number,
  registry = unregistered(),
): Promise<{ rig: Rig; registry: OtherRelease }> => {
  const rig = new Rig({ seed });
  rig.codecs = registry.codecs();
  await rig.start();
  const user = userIn(0);
  await send(rig, user, 1);
  await rig.clock.until(rig.appendRaw(0, foreign(user, 2)));
  await send(rig, user, 3);
  await rig.clock.runFor(3_000);
  assert.deepEqual(pausedAt(rig), [[0, 1]]);
  return { rig, registry };
};

describe('a record of a schema that is not known', () => {
  test('pauses its partition until the registry knows it; then all goes on by itself', async () => {
    const { rig, registry } = await standing(1);
    assert.equal(rig.alarms.length, 1);
    await send(rig, userIn(1), 4);
    await rig.clock.runFor(60_000);
    assert.deepEqual(await textsOf(rig, 1), ['text 4'], 'the other partition has gone on');
    assert.deepEqual(await textsOf(rig, 0), ['text 1']);
    // 1 s, 2 s, ... and no more often than every 30 s.
    assert.ok(registry.asked >= 5 && registry.asked <= 10, `${registry.asked} questions`);
    registry.isRegistered = true;
    await rig.clock.runFor(31_000);
    await rig.caughtUp();
    assert.deepEqual(pausedAt(rig), []);
    assert.deepEqual(await textsOf(rig, 0), ['text 1', 'of the next release', 'text 3']);
    await send(rig, userIn(0), 5);
    await rig.caughtUp();
    assert.deepEqual((await textsOf(rig, 0)).at(-1), 'text 5');
    assert.equal(rig.alarms.length, 1);
    await rig.clock.until(rig.fanOut.stop());
  });

  test('is read without a pause where the registry knows it at once', async () => {
    const registry = new OtherRelease(INBOUND_EVENT);
    const rig = new Rig({ seed: 2 });
    rig.codecs = registry.codecs();
    await rig.start();
    await rig.clock.until(rig.appendRaw(0, foreign(userIn(0), 2)));
    await rig.caughtUp();
    assert.deepEqual(await textsOf(rig, 0), ['of the next release']);
    assert.deepEqual([registry.asked, rig.alarms.length], [1, 0]);
    await rig.clock.until(rig.fanOut.stop());
  });

  test('pauses while the registry is away, and goes on when it is back', async () => {
    const registry = new OtherRelease(INBOUND_EVENT);
    registry.isAway = true;
    const { rig } = await standing(3, registry);
    registry.isAway = false;
    await rig.clock.runFor(31_000);
    await rig.caughtUp();
    assert.deepEqual(await textsOf(rig, 0), ['text 1', 'of the next release', 'text 3']);
    await rig.clock.until(rig.fanOut.stop());
  });

  test('an operator lets it be tried again at once: logged, or through the process', async () => {
    const { rig, registry } = await standing(4);
    await rig.clock.runFor(60_000);
    registry.isRegistered = true;
    const before = registry.asked;
    await decide(rig, 0, 1, 'resume');
    await rig.clock.runFor(2_500);
    assert.deepEqual(pausedAt(rig), []);
    assert.equal(registry.asked, before + 1);
    assert.equal(rig.fanOut.resume(0), false);
    await rig.clock.until(rig.fanOut.stop());

    const other = await standing(5);
    await other.rig.clock.runFor(60_000);
    other.registry.isRegistered = true;
    assert.equal(other.rig.fanOut.resume(0), true);
    await other.rig.clock.runFor(1_500);
    assert.deepEqual(pausedAt(other.rig), []);
    await other.rig.clock.until(other.rig.fanOut.stop());
  });
});

describe("an operator's decision", () => {
  test('rejects the record: the owner confirms it in the log and goes on', async () => {
    const { rig } = await standing(11);
    await decide(rig, 0, 1, 'reject');
    await rig.clock.runFor(3_000);
    await rig.caughtUp();
    assert.deepEqual(pausedAt(rig), []);
    assert.deepEqual(await textsOf(rig, 0), ['text 1', 'text 3']);
    assert.equal(rig.fanOut.counts().undecodable, 1);
    assert.deepEqual(await decisionsIn(rig, 0), ['fact/decision/1/reject', 'fact/decision/1/rejected']);
    await rig.clock.until(rig.fanOut.stop());
  });

  test('holds for a release that could read the record, on every replay', async () => {
    const { rig, registry } = await standing(12);
    await decide(rig, 0, 1, 'reject');
    await rig.clock.runFor(3_000);
    await rig.caughtUp();
    await send(rig, userIn(0), 6);
    await rig.caughtUp();
    await rig.clock.until(rig.fanOut.stop());
    const before = await textsOf(rig, 0);
    // The next release has no state of this one, and makes all outputs again: readers see repeats, nothing else.
    registry.isRegistered = true;
    rig.codecs = registry.codecs();
    for (const partition of [0, 1]) {
      await rig.clock.until(rig.snapshots.discardAbove({ topic: INBOUND, partition }, -1));
      await rig.clock.until(rig.log.commitFor(FAN_OUT_GROUP, INBOUND, partition, { offset: 0, vector: [] }));
    }
    await rig.startFanOut();
    await rig.caughtUp();
    await send(rig, userIn(0), 7);
    await rig.caughtUp();
    assert.deepEqual(await textsOf(rig, 0), [...before, 'text 7'], 'no hole, no other outcome');
    assert.deepEqual(before, ['text 1', 'text 3', 'text 6']);
    await rig.clock.until(rig.fanOut.stop());
  });

  test('asked for and not confirmed changes nothing where the record was read after all', async () => {
    const { rig, registry } = await standing(13);
    await rig.clock.until(rig.fanOut.stop());
    await decide(rig, 0, 1, 'reject');
    // A release that knows the schema takes over before the owner has seen the decision.
    registry.isRegistered = true;
    rig.codecs = registry.codecs();
    await rig.startFanOut();
    await rig.caughtUp();
    assert.deepEqual(await textsOf(rig, 0), ['text 1', 'of the next release', 'text 3']);
    assert.deepEqual(await decisionsIn(rig, 0), ['fact/decision/1/reject']);
    await rig.clock.until(rig.fanOut.stop());
  });

  test('survives a restart while paused, and another owner carries it out', async () => {
    const { rig } = await standing(14);
    await rig.clock.until(rig.fanOut.stop());
    await decide(rig, 0, 1, 'reject');
    await rig.startFanOut();
    await rig.clock.runFor(3_000);
    await rig.caughtUp();
    assert.deepEqual(await textsOf(rig, 0), ['text 1', 'text 3']);
    await rig.clock.until(rig.fanOut.stop());
  });

  test('killed after the confirmation, before anything came of it: the next owner goes on from it', async () => {
    const { rig } = await standing(15);
    rig.kill();
    await rig.openLog();
    await decide(rig, 0, 1, 'reject');
    await decide(rig, 0, 1, 'rejected');
    await rig.startFanOut();
    await rig.caughtUp();
    assert.deepEqual(await textsOf(rig, 0), ['text 1', 'text 3']);
    assert.deepEqual(rig.alarms.length, 1, 'it did not pause again');
    assert.equal((await decisionsIn(rig, 0)).length, 2);
    await rig.clock.until(rig.fanOut.stop());
  });

  test('is taken over: the partition moves to another process while it stands', async () => {
    const { rig } = await standing(16);
    const first = rig.fanOut;
    await rig.startFanOut();
    const second = rig.fanOut;
    await rig.clock.runFor(2_000);
    await decide(rig, 0, 1, 'reject');
    await rig.clock.until(first.stop());
    await rig.clock.runFor(3_000);
    await rig.caughtUp();
    assert.equal(second.lag().length, 2);
    assert.deepEqual(await textsOf(rig, 0), ['text 1', 'text 3']);
    await rig.clock.until(second.stop());
  });

  test('made twice, about a record that was applied, or about one that is not there yet, is nothing', async () => {
    const { rig } = await standing(17);
    for (const offset of [0, 1, 1, 2, 500]) await decide(rig, 0, offset, 'reject');
    await rig.clock.runFor(3_000);
    await rig.caughtUp();
    await decide(rig, 0, 1, 'reject');
    await send(rig, userIn(0), 8);
    await rig.caughtUp();
    await rig.clock.runFor(5_000);
    assert.deepEqual(await textsOf(rig, 0), ['text 1', 'text 3', 'text 8']);
    const confirmed = (await decisionsIn(rig, 0)).filter((key) => key.endsWith('rejected'));
    assert.deepEqual(confirmed, ['fact/decision/1/rejected']);
    await rig.clock.until(rig.fanOut.stop());
  });

  test('many foreign records, some rejected and some read, with restarts between: as a straight run', async () => {
    const registry = unregistered();
    const rig = new Rig({ seed: 18 });
    rig.codecs = registry.codecs();
    await rig.start();
    const user = userIn(0);
    let ms = 1;
    for (let round = 0; round < 12; round += 1) {
      const offset = (await rig.clock.until(rig.log.range(INBOUND, 0))).end;
      await rig.clock.until(rig.appendRaw(0, foreign(user, ms++)));
      for (let at = 0; at < 5; at += 1) await send(rig, user, ms++);
      await rig.clock.runFor(1_500);
      assert.deepEqual(pausedAt(rig), [[0, offset]], `round ${round}`);
      await decide(rig, 0, offset, 'reject');
      if (round % 3 === 0) {
        rig.kill();
        await rig.start();
      }
      await rig.clock.runFor(3_500);
      await rig.caughtUp();
    }
    await rig.clock.until(rig.fanOut.stop());
    const fold = newFold(undefined, 0);
    const decided = new DecidedRecords({
      log: rig.log,
      topic: INBOUND,
      partition: 0,
      ownId: TEST_CODECS.inbound.id,
    });
    let rejected = 0;
    for (const { offset, time, value } of await rig.records(INBOUND, 0)) {
      if (decided.mustLook(offset, value)) await rig.clock.until(decided.lookBehind(offset));
      if (decided.isRejected(offset)) rejected += 1;
      fold.apply(offset, time, decided.isRejected(offset) ? null : value, true);
    }
    assert.equal(rejected, 12);
    const texts = await textsOf(rig, 0);
    assert.equal(texts.length, 60);
    assert.deepEqual(fold.counts.accepted, 60);
  });
});

describe('decided records', () => {
  test('records of our own schema, and bytes of none, need no look behind', () => {
    const log = {
      range: () => Promise.reject(new Error('not asked')),
      reader: () => Promise.reject(new Error()),
    };
    const decided = new DecidedRecords({ log, topic: INBOUND, partition: 0, ownId: TEST_CODECS.inbound.id });
    const own = TEST_CODECS.inbound.encode(message({ from: 'a', id: 1n }, 'b', 'x'));
    assert.equal(decided.mustLook(0, own), false);
    assert.equal(decided.mustLook(0, null), false);
    assert.equal(decided.mustLook(0, Buffer.from('junk')), false);
    assert.equal(decided.mustLook(0, foreign('a', 1)), true);
  });

  test('more decisions than are kept are refused', async () => {
    const log = {
      range: () => Promise.reject(new Error('not asked')),
      reader: () => Promise.reject(new Error()),
    };
    const decided = new DecidedRecords({ log, topic: INBOUND, partition: 0, ownId: 1 });
    const records = Array.from({ length: DECISIONS_AT_MOST + 1 }, (_, at) => ({
      key: decisionKey({ offset: at, action: 'rejected' }),
      value: null,
      offset: at + 1,
      time: 0,
    }));
    const next = records.length + 1;
    await assert.rejects(
      decided.lookBehind(0, { batch: { records, next, end: next } }),
      (error) => error instanceof BubbleError && error.code === 'REFUSED',
    );
  });
});
