import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimClock } from '../../infra/clock/sim-clock.ts';
import type { EmbeddedLog } from '../../infra/log/embedded/embedded-log.ts';
import type { Log } from '../../infra/log/log.ts';
import type { SeededRandom } from '../../infra/random/seeded-random.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { COMMAND, type InboundEvent } from '../../schemas/events/inbound.ts';
import { SourceVector } from '../../schemas/rules/acceptance.ts';
import { INBOUND, inboxTopic } from '../../schemas/topics.ts';
import { FAN_OUT_GROUP } from '../runtime/groups.ts';
import { RIG_LIMITS, Rig } from './fan-out-rig.ts';
import {
  createGroup,
  groupCommand,
  groupOf,
  INBOX_PARTITIONS,
  idAt,
  message,
  recall,
  seen,
  TEST_CODECS,
} from './fold-scenario.ts';

const CRASH_SEEDS = 5;
const LIVES = 4;
const LOSS_SEEDS = 3;

/** Commands of some users in direct conversations and one group, with repeats. */
class Traffic {
  readonly #random: SeededRandom;
  readonly #users = Array.from({ length: 12 }, (_, at) => `user-${at}`);
  readonly #group = groupOf('user-0', idAt(0));
  readonly #sent: InboundEvent[] = [];
  #ms = 1;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  first(): InboundEvent {
    return createGroup({ from: 'user-0', id: idAt(0) }, this.#users);
  }

  next(): InboundEvent {
    const random = this.#random;
    const user = (): string => this.#users[random.below(12)]!;
    this.#ms += 1 + random.below(5);
    const asking = { from: user(), id: idAt(this.#ms) };
    const choice = random.below(10);
    let command: InboundEvent;
    if (choice === 0 && this.#sent.length > 0) return this.#sent.at(-1 - random.below(this.#sent.length))!;
    if (choice === 1) command = groupCommand(asking, COMMAND.GROUP_LEAVE, this.#group);
    else if (choice === 2) command = groupCommand(asking, COMMAND.GROUP_JOIN, this.#group);
    else if (choice === 3 && this.#sent.length > 0) {
      const original = this.#sent.at(-1)!;
      command = recall({ ...asking, from: original.sender }, original.to || this.#group, {
        id: original.clientMsgId,
      });
    } else command = message(asking, random.oneIn(2) ? this.#group : user(), `text ${this.#ms}`);
    this.#sent.push(command);
    return command;
  }
}

const stored = async (rig: Rig, partition: number): Promise<number> =>
  (await rig.clock.until(rig.log.committed(FAN_OUT_GROUP, INBOUND, partition)))?.offset ?? 0;

test('what is asked in inbound is answered in inbox, and the place is stored within a second', async () => {
  const rig = new Rig({ seed: 1 });
  await rig.start();
  const traffic = new Traffic(rig.random.fork());
  await rig.clock.until(rig.append(traffic.first()));
  for (let at = 0; at < 30; at += 1) await rig.clock.until(rig.append(traffic.next()));
  await rig.caughtUp();
  await rig.clock.runFor(1_100);
  assert.ok((await rig.assertSameAsStraight('live')) > 30);
  for (const { partition, position, end } of rig.fanOut.lag()) {
    assert.deepEqual([position, await stored(rig, partition)], [end, end]);
  }
  await rig.clock.until(rig.fanOut.stop());
  await rig.fanOut.ended;
  assert.deepEqual(rig.alarms, []);
});

test('a clean stop leaves nothing to fold: the next start answers an old id at once', async () => {
  const rig = new Rig({ seed: 2 });
  await rig.start();
  const command = message({ from: 'alice', id: idAt(1) }, 'bob', 'hi');
  await rig.clock.until(rig.append(command));
  for (let at = 0; at < 60; at += 1) {
    await rig.clock.until(rig.append(message({ from: `user-${at}`, id: idAt(at) }, 'bob', 'x')));
  }
  await rig.caughtUp();
  await rig.clock.until(rig.fanOut.stop());
  for (const partition of [0, 1]) {
    const { end } = await rig.clock.until(rig.log.range(INBOUND, partition));
    const id = { topic: INBOUND, partition };
    const snapshot = await rig.clock.until(rig.snapshots.open(id, Number.POSITIVE_INFINITY));
    assert.deepEqual([snapshot?.offset, await stored(rig, partition)], [end, end]);
    await snapshot?.table.close();
  }
  await rig.startFanOut();
  await rig.clock.until(rig.append(command));
  await rig.caughtUp();
  assert.equal(rig.fanOut.counts().duplicate, 1);
  assert.equal(rig.fanOut.counts().accepted, 0, 'nothing was folded again');
  await rig.assertSameAsStraight('after the restart');
});

/** Appends fail, arrive and are not answered, or come late. */
const flaky = (log: EmbeddedLog, clock: SimClock, random: SeededRandom): Log => {
  const disturbed = Object.create(log) as EmbeddedLog;
  disturbed.append = async (topic, partition, records, options) => {
    const fate = random.below(8);
    const away = new BubbleError('LOG_TIMEOUT', 'no answer', { retryable: true });
    if (fate === 0) throw away;
    const delayMs = fate === 3 ? 3_000 : random.below(30);
    await new Promise<void>((resolve) => {
      clock.after(delayMs, resolve);
    });
    const appended = await log.append(topic, partition, records, options);
    if (fate === 1) throw away;
    return appended;
  };
  return bound(disturbed, log);
};

/** Methods of the log run on the log itself: it has private state. */
const bound = (disturbed: EmbeddedLog, log: EmbeddedLog): Log => ({
  ensureTopics: (specs) => log.ensureTopics(specs),
  topics: () => log.topics(),
  partitions: (topic) => log.partitions(topic),
  append: disturbed.append,
  range: (topic, partition) => log.range(topic, partition),
  offsetAt: (topic, partition, timeMs) => log.offsetAt(topic, partition, timeMs),
  reader: (topic, partition, from) => log.reader(topic, partition, from),
  join: (group, topics, handlers, limits) => log.join(group, topics, handlers, limits),
  committed: (group, topic, partition) => log.committed(group, topic, partition),
  commitFor: (group, topic, partition, position) => log.commitFor(group, topic, partition, position),
  close: () => log.close(),
});

test('killed at any moment, with appends that fail or come late: inbox is as after a straight run', async () => {
  let kills = 0;
  let snapshots = 0;
  for (let seed = 1; seed <= CRASH_SEEDS; seed += 1) {
    const rig = new Rig({ seed, disturb: flaky, delayMs: (random) => random.below(4) });
    const traffic = new Traffic(rig.random.fork());
    await rig.start();
    await rig.clock.until(rig.append(traffic.first()));
    for (let life = 0; life < LIVES; life += 1) {
      const sends = 20 + rig.random.below(60);
      for (let at = 0; at < sends; at += 1) {
        // Some are under way when the process dies: they are there or not, and a client would ask again.
        rig.append(traffic.next()).catch(() => {});
        if (rig.random.oneIn(3)) await rig.clock.runFor(rig.random.below(120));
      }
      await rig.clock.runFor(rig.random.below(3_000));
      if (rig.random.oneIn(2)) rig.kill();
      else rig.powerCut();
      kills += 1;
      await rig.start();
    }
    await rig.caughtUp();
    // Longer than any append is late, since stopping waits only so long.
    await rig.clock.runFor(60_000);
    await rig.clock.until(rig.fanOut.stop());
    const id = { topic: INBOUND, partition: 0 };
    if ((await rig.clock.until(rig.snapshots.open(id, Number.POSITIVE_INFINITY))) !== null) snapshots += 1;
    const count = await rig.assertSameAsStraight(`seed ${seed}`);
    assert.ok(count > 100);
  }
  assert.deepEqual([kills, snapshots], [CRASH_SEEDS * LIVES, CRASH_SEEDS]);
});

/** A driver that says yes to some batches of inbox and loses them. */
const lossy = (log: EmbeddedLog, random: SeededRandom, isLossy: () => boolean): Log => {
  const disturbed = Object.create(log) as EmbeddedLog;
  disturbed.append = async (topic, partition, records, options) => {
    if (topic !== inboxTopic(1) || !isLossy() || !random.oneIn(12))
      return log.append(topic, partition, records, options);
    const { end } = await log.range(topic, partition);
    return { baseOffset: end, time: 0 };
  };
  return bound(disturbed, log);
};

/** A reader of inbox as delivery is one: reads on, and stores offset and vector together. */
class InboxReader {
  readonly #rig: Rig;
  readonly #group: string;
  readonly #vectors = Array.from({ length: INBOX_PARTITIONS }, () => new SourceVector());
  readonly #next = new Array<number>(INBOX_PARTITIONS).fill(0);
  holes = 0;

  constructor(rig: Rig, group: string) {
    this.#rig = rig;
    this.#group = group;
  }

  async readOn(): Promise<void> {
    const { clock, log } = this.#rig;
    for (let partition = 0; partition < INBOX_PARTITIONS; partition += 1) {
      const records = await this.#rig.records(inboxTopic(1), partition);
      for (const record of records.slice(this.#next[partition])) {
        const { event } = seen({ topic: '', partition, record });
        if (this.#vectors[partition]!.accept(event.source, event.src, event.prev) === 'hole') this.holes += 1;
      }
      this.#next[partition] = records.length;
      const position = { offset: records.length, vector: this.#vectors[partition]!.toArray() };
      await clock.until(log.commitFor(this.#group, inboxTopic(1), partition, position));
    }
  }
}

test('outputs that a driver acknowledged and lost are made again', async () => {
  let repairs = 0;
  let holes = 0;
  for (let seed = 1; seed <= LOSS_SEEDS; seed += 1) {
    let isLossy = true;
    const rig = new Rig({ seed, disturb: (log, _clock, random) => lossy(log, random, () => isLossy) });
    const traffic = new Traffic(rig.random.fork());
    await rig.start();
    await rig.clock.until(rig.append(traffic.first()));
    const delivery = new InboxReader(rig, 'delivery');
    const timeline = new InboxReader(rig, 'timeline');
    for (let at = 0; at < 60; at += 1) {
      await rig.clock.until(rig.append(traffic.next()));
      if (at % 3 === 0) await rig.clock.runFor(400);
      if (at % 7 === 0) await delivery.readOn();
      if (at % 20 === 0) await timeline.readOn();
      if (at === 30) {
        rig.kill();
        await rig.start();
      }
    }
    // A loss shows once something stands behind it.
    isLossy = false;
    for (let round = 0; round < 40; round += 1) {
      if (round < 15) await rig.clock.until(rig.append(traffic.next()));
      await rig.clock.runFor(5_000);
      await delivery.readOn();
      await timeline.readOn();
    }
    await rig.caughtUp();
    await rig.assertSameAsStraight(`seed ${seed}`);
    repairs += rig.fanOut.repairs();
    holes += delivery.holes;
    await rig.clock.until(rig.fanOut.stop());
  }
  assert.ok(repairs > LOSS_SEEDS, `${repairs} repairs`);
  assert.ok(holes > LOSS_SEEDS, `${holes} holes were seen`);
});

test('a record of an unknown schema pauses its partition and no other, and nothing is skipped', async () => {
  const rig = new Rig({ seed: 5 });
  await rig.start();
  await rig.clock.until(rig.appendRaw(0, Buffer.from([0, 0, 0, 99, 99, 1, 2])));
  const commands = Array.from({ length: 20 }, (_, at) =>
    message({ from: `user-${at}`, id: idAt(at + 1) }, 'bob', 'x'),
  );
  for (const command of commands) await rig.clock.until(rig.append(command));
  await rig.clock.runFor(10_000);
  const [paused, ...others] = rig.fanOut.paused();
  assert.deepEqual([paused?.partition, paused?.offset, others.length], [0, 0, 0]);
  assert.equal(paused?.reason.code, 'UNKNOWN_SCHEMA');
  assert.deepEqual(
    rig.fanOut.lag().map(({ partition, position, end }) => [partition, position === end]),
    [
      [0, false],
      [1, true],
    ],
  );
  assert.equal(rig.alarms.length, 1);
  assert.equal(await stored(rig, 0), 0);
  await rig.clock.until(rig.fanOut.stop());
  assert.equal(await stored(rig, 0), 0);
  // A release that knows the schema goes on from there; this one stands still again.
  await rig.startFanOut();
  await rig.clock.runFor(2_000);
  assert.deepEqual(
    rig.fanOut.paused().map(({ partition, offset }) => [partition, offset]),
    [[0, 0]],
  );
});

test('rules that this release does not know stop the partition', async () => {
  const rig = new Rig({ seed: 6 });
  await rig.start();
  const rules = {
    ...message({ from: 'x', id: 1n }, 'y', ''),
    sender: '',
    kind: COMMAND.RULES_VERSION,
    body: Buffer.from(JSON.stringify({ version: 1_000 })),
  };
  await rig.clock.until(rig.appendRaw(1, TEST_CODECS.inbound.encode(rules)));
  await rig.clock.runFor(1_000);
  assert.deepEqual(
    rig.fanOut.paused().map(({ partition, reason }) => [partition, reason.code]),
    [[1, 'UNKNOWN_RULES']],
  );
});

test('a log that takes nothing holds fan-out back, and stopping it ends within its bound', async () => {
  let isAway = true;
  const rig = new Rig({
    seed: 7,
    disturb: (log) => {
      const disturbed = Object.create(log) as EmbeddedLog;
      disturbed.append = (topic, partition, records, options) =>
        isAway
          ? Promise.reject(new BubbleError('DISK_FULL', 'full', { retryable: true }))
          : log.append(topic, partition, records, options);
      return bound(disturbed, log);
    },
  });
  await rig.start();
  for (let at = 0; at < 400; at += 1) {
    await rig.clock.until(rig.append(message({ from: `user-${at}`, id: idAt(at + 1) }, 'bob', 'x')));
  }
  await rig.clock.runFor(5_000);
  for (const { position, end } of rig.fanOut.lag()) {
    assert.ok(
      end > 100 && position > 0 && position <= RIG_LIMITS.laneQueueRecords + 1,
      `${position} of ${end}`,
    );
  }
  const before = rig.clock.monotonic();
  await rig.clock.until(rig.fanOut.stop());
  const tookMs = rig.clock.monotonic() - before;
  assert.ok(tookMs >= RIG_LIMITS.drainMs && tookMs < RIG_LIMITS.drainMs + 3_000, `${tookMs} ms`);
  assert.deepEqual([await stored(rig, 0), await stored(rig, 1)], [0, 0]);
  isAway = false;
  await rig.startFanOut();
  await rig.caughtUp();
  await rig.clock.until(rig.fanOut.stop());
  await rig.assertSameAsStraight('afterwards');
});

test('two processors share the partitions, and when one leaves the other takes over', async () => {
  const rig = new Rig({ seed: 8 });
  await rig.start();
  const first = rig.fanOut;
  await rig.startFanOut();
  const second = rig.fanOut;
  await rig.clock.runFor(500);
  assert.deepEqual([first.lag().length, second.lag().length], [1, 1]);
  const traffic = new Traffic(rig.random.fork());
  await rig.clock.until(rig.append(traffic.first()));
  for (let at = 0; at < 40; at += 1) {
    await rig.clock.until(rig.append(traffic.next()));
    if (at === 20) await rig.clock.until(first.stop());
  }
  await rig.caughtUp();
  assert.equal(second.lag().length, 2);
  await rig.clock.until(second.stop());
  await rig.assertSameAsStraight('both');
});

test('where snapshots cannot be written, changes in memory stay bounded until they can', async () => {
  const limits = { ...RIG_LIMITS, snapshotChangesMax: 60, snapshotChanges: 20 };
  const rig = new Rig({ seed: 9, limits });
  await rig.openLog();
  const { snapshots } = rig;
  let isFull = true;
  rig.snapshots = {
    ...snapshots,
    publish: (id, offset, meta, changes, base) =>
      isFull
        ? Promise.reject(new BubbleError('DISK_FULL', 'full', { retryable: true }))
        : snapshots.publish(id, offset, meta, changes, base),
    open: (id, atOrBelow) => snapshots.open(id, atOrBelow),
    discardAbove: (id, offset) => snapshots.discardAbove(id, offset),
    prune: (id) => snapshots.prune(id),
  };
  for (let at = 0; at < 600; at += 1) {
    await rig.clock.until(rig.append(message({ from: `user-${at}`, id: idAt(at + 1) }, 'bob', 'x')));
  }
  await rig.startFanOut();
  await rig.clock.runFor(20_000);
  // Each record changes one entry; the bound is looked at every 128 records.
  for (const { position, end } of rig.fanOut.lag()) {
    assert.ok(position >= 60 && position <= 60 + 128 && position < end, `${position} of ${end}`);
  }
  isFull = false;
  await rig.caughtUp();
  await rig.clock.runFor(2_000);
  const id = { topic: INBOUND, partition: 0 };
  const snapshot = await rig.clock.until(snapshots.open(id, Number.POSITIVE_INFINITY));
  assert.ok(snapshot !== null && snapshot.table.entries > 0);
  await rig.clock.until(rig.fanOut.stop());
  await rig.assertSameAsStraight('after the disk had room again');
});
