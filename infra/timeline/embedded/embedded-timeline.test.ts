import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS, type Limits } from '../../../schemas/limits.ts';
import type { Random } from '../../../schemas/ports/random.ts';
import { numberAt } from '../../../schemas/positions.ts';
import { inboxTopic, type Layout, topicSpecs } from '../../../schemas/topics.ts';
import { bubble } from '../../../schemas/wire/generated/bubble.js';
import { numberOf } from '../../../schemas/wire/int64.ts';
import { SimClock } from '../../clock/sim-clock.ts';
import { SimDisk, type SimMount } from '../../disk/sim-disk.ts';
import { SILENT_LOGGER } from '../../logger/logger.ts';
import { type TimelineRig, timelineContract } from '../contract.ts';
import { InboxWriter, type MadeRecord, testCodecs } from '../testing/inbox-writer.ts';
import { MemoryLog } from '../testing/memory-log.ts';
import type { AcceptedRecord, TimelineStore } from '../timeline-store.ts';
import { openEmbeddedTimeline } from './embedded-timeline.ts';

const layout: Layout = { inboundPartitions: 1, inboxPartitions: 2, epoch: 1, retentionMs: Infinity };
const topic = inboxTopic(1);

/** A small generator with a seed (mulberry32). */
const seeded = (seed: number): Random => {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (bound) => Math.floor(next() * bound),
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256)),
  };
};

class Rig implements TimelineRig {
  readonly clock = new SimClock();
  readonly log = new MemoryLog(this.clock);
  readonly codecs = testCodecs();
  readonly disk: SimDisk;
  readonly limits: Limits;
  mount: SimMount;
  store!: TimelineStore;

  constructor(limits: Partial<Limits>, seed = 1) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.disk = new SimDisk({ random: seeded(seed) });
    this.mount = this.disk.mount();
  }

  async open(): Promise<this> {
    await this.log.ensureTopics(topicSpecs(layout));
    await this.#openStore();
    return this;
  }

  async #openStore(): Promise<void> {
    this.store = await openEmbeddedTimeline({
      disk: this.mount,
      folder: 'data/timeline',
      records: this.log,
      codecs: this.codecs,
      layout,
      clock: this.clock,
      logger: SILENT_LOGGER,
      limits: this.limits,
    });
  }

  append(partition: number, event: AcceptedRecord['event']): number {
    return this.log.appendNow(topic, partition, [{ key: null, value: this.codecs.inbox.encode(event) }])
      .baseOffset;
  }

  advance(ms: number): Promise<void> {
    return this.clock.runFor(ms);
  }

  async crash(): Promise<TimelineStore> {
    this.disk.powerCut();
    this.mount = this.disk.mount();
    await this.#openStore();
    return this.store;
  }

  async close(): Promise<void> {
    await this.clock.until(this.store.close());
  }
}

const openRig = (limits: Partial<Limits> = {}, seed = 1): Promise<Rig> => new Rig(limits, seed).open();

timelineContract('embedded, in memory', () => openRig());
timelineContract('embedded, a run for every three rows', () => openRig({ timelineTailRows: 6 }));

const dumped = async (store: TimelineStore, partition = 0): Promise<string[]> => {
  const lines: string[] = [];
  for await (const line of store.dump(partition)) lines.push(line);
  return lines;
};

/** Records of a random load: pairs, a group, one busy user. */
const load = (count: number, random: Random): MadeRecord[] => {
  const users = Array.from({ length: 30 }, (_, at) => `user-${at}`);
  return Array.from({ length: count }, (_, at): MadeRecord => {
    if (random.below(4) === 0)
      return { sender: 'user-3', recipients: users, conversation: 'g/#all', text: `g ${at}` };
    const sender = users[random.below(30)]!;
    return { sender, recipients: [...new Set([sender, 'busy', users[random.below(30)]!])], text: `p ${at}` };
  });
};

const appendAll = (rig: Rig, made: readonly MadeRecord[], partition = 0): AcceptedRecord[] => {
  const writer = new InboxWriter();
  return made.map((one) => {
    const event = writer.make(one);
    return { offset: rig.append(partition, event), event };
  });
};

const writeFrom = async (
  store: TimelineStore,
  records: readonly AcceptedRecord[],
  partition = 0,
  batch = 7,
) => {
  let next = (await store.checkpoint(partition)).offset;
  while (next < records.length) {
    const part = records.slice(next, next + batch);
    const last = part.at(-1)!;
    await store.write(partition, part, { offset: last.offset + 1, vector: [last.event.src] }, next);
    next = last.offset + 1;
  }
};

test('runs, merged runs and one tail give the same dump and the same pages', async () => {
  const made = load(1_500, seeded(7));
  const runs = await openRig({ timelineTailRows: 200 });
  const memory = await openRig();
  for (const rig of [runs, memory]) await writeFrom(rig.store, appendAll(rig, made));
  const files = runs.disk.paths().filter((path) => path.endsWith('.run'));
  assert.ok(files.length <= 36, `${files.length} runs: merging does not keep up`);
  assert.deepEqual(await dumped(runs.store), await dumped(memory.store));
  for (const user of ['busy', 'user-3', 'user-29', 'nobody']) {
    let from = 0;
    let more = true;
    while (more) {
      const bounds = { from, until: Infinity, maxRows: 97, maxBytes: 4_000 };
      const [one, other] = await Promise.all(
        [runs, memory].map((rig) => rig.store.read(0, { tenant: 't', user }, bounds)),
      );
      assert.deepEqual(one, other);
      more = one!.more;
      from = one!.syncedTo;
    }
    const newest = await Promise.all(
      [runs, memory].map((rig) => rig.store.newestRows(0, { tenant: 't', user }, numberAt(1, 1_200), 150)),
    );
    assert.deepEqual(newest[0], newest[1]);
    assert.equal(
      await runs.store.newest(0, { tenant: 't', user }),
      await memory.store.newest(0, { tenant: 't', user }),
    );
  }
  await runs.close();
  await memory.close();
});

test('owners with more rows than a chunk holds are read from the middle, and survive merging', async () => {
  const rig = await openRig({ timelineTailRows: 5_000 });
  const made = Array.from(
    { length: 12_000 },
    (_, at): MadeRecord => ({ sender: 'a', recipients: ['a', `b${at % 7}`] }),
  );
  await writeFrom(rig.store, appendAll(rig, made), 0, 500);
  for (const from of [0, 2_047, 2_048, 6_001, 11_998]) {
    const page = await rig.store.read(
      0,
      { tenant: 't', user: 'a' },
      { from: numberAt(1, from), until: numberAt(1, from + 3_000), maxRows: 5_000, maxBytes: Infinity },
    );
    const expected = Math.min(3_000, 11_999 - from);
    assert.equal(page.rows.length, expected);
    assert.equal(page.rows[0]!.seq, numberAt(1, from + 1));
    assert.equal(page.rows.at(-1)!.seq, numberAt(1, from + expected));
  }
  const newest = await rig.store.newestRows(0, { tenant: 't', user: 'a' }, numberAt(1, 4_100), 3_000);
  assert.equal(newest.rows.length, 3_000);
  assert.equal(newest.rows.at(-1)!.seq, numberAt(1, 1_101));
  await rig.close();
});

test('recomputed after crashes it equals the one that never crashed', async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const random = seeded(seed);
    const made = load(600, random);
    const crashing = await openRig({ timelineTailRows: 100 + random.below(300) }, seed);
    const records = appendAll(crashing, made);
    let written = 0;
    while (written < records.length) {
      written = Math.min(records.length, written + 1 + random.below(250));
      await writeFrom(crashing.store, records.slice(0, written), 0, 1 + random.below(40));
      if (written < records.length) await crashing.crash();
    }
    const steady = await openRig();
    await writeFrom(steady.store, appendAll(steady, made));
    assert.deepEqual(await dumped(crashing.store), await dumped(steady.store), `seed ${seed}`);
    await crashing.close();
    await steady.close();
  }
});

test('closed and opened again it has nothing to compute', async () => {
  const rig = await openRig();
  const records = appendAll(rig, load(200, seeded(3)));
  await writeFrom(rig.store, records);
  const before = await dumped(rig.store);
  await rig.close();
  const again = await rig.crash();
  assert.equal((await again.checkpoint(0)).offset, 200);
  assert.deepEqual(await dumped(again), before);
  await rig.close();
});

test('a damaged run is thrown away and its partition begins anew', async () => {
  const rig = await openRig();
  const records = appendAll(rig, load(200, seeded(3)));
  await writeFrom(rig.store, records);
  const before = await dumped(rig.store);
  await rig.close();
  const run = rig.disk.paths().find((path) => path.endsWith('.run'))!;
  rig.disk.damage(run, rig.disk.contentOf(run)!.length - 5, Buffer.from('damage'));
  const again = await rig.crash();
  assert.deepEqual(await again.checkpoint(0), { offset: 0, vector: [] });
  await writeFrom(again, records);
  assert.deepEqual(await dumped(again), before);
  await rig.close();
});

test('a second process on the folder is refused', async () => {
  const rig = await openRig();
  const other = rig.disk.mount();
  const { clock, codecs, log } = rig;
  await assert.rejects(
    openEmbeddedTimeline({
      disk: other,
      folder: 'data/timeline',
      records: log,
      codecs,
      layout,
      clock,
      logger: SILENT_LOGGER,
    }),
    { code: 'LOG_LOCKED' },
  );
  await rig.close();
});

test('with a full disk rows stay readable, writers wait at the bound, and it recovers', async () => {
  const rig = await openRig({ timelineTailRows: 40 });
  const records = appendAll(rig, load(300, seeded(5)));
  rig.disk.full = true;
  let done = false;
  const writing = writeFrom(rig.store, records, 0, 1).then(() => {
    done = true;
  });
  await rig.clock.runFor(5_000);
  assert.equal(done, false, 'the writer waits');
  const stuck = (await rig.store.checkpoint(0)).offset;
  assert.ok(stuck > 0 && stuck < 100);
  const bounds = { from: 0, until: Infinity, maxRows: 500, maxBytes: Infinity };
  assert.ok((await rig.store.read(0, { tenant: 't', user: 'busy' }, bounds)).rows.length > 0);
  rig.disk.full = false;
  await rig.clock.until(writing);
  assert.equal((await rig.store.checkpoint(0)).offset, 300);
  await rig.close();
});

test('a record whose end cannot be read is a placeholder row, one that the log has lost is too old', async () => {
  const rig = await openRig();
  const writer = new InboxWriter();
  const events = [1, 2].map(() => writer.make({ sender: 'a', recipients: ['a'] }));
  const values = events.map((event) => rig.codecs.inbox.encode(event));
  rig.log.appendNow(topic, 0, [
    { key: null, value: values[0]!.subarray(0, -2) },
    { key: null, value: values[1]! },
  ]);
  const records = events.map((event, offset) => ({ offset, event }));
  await rig.store.write(0, records, { offset: 2, vector: [events[1]!.src] }, 0);
  const bounds = { from: 0, until: numberAt(1, 0), maxRows: 10, maxBytes: Infinity };
  const page = await rig.store.read(0, { tenant: 't', user: 'a' }, bounds);
  const row = bubble.wire.AddMsg.decode(page.rows[0]!.bytes);
  assert.equal(row.kind, bubble.wire.RowKind.PLACEHOLDER);
  assert.equal(numberOf(row.serverMsgSeq), numberAt(1, 0));
  rig.log.forget(topic, 0, 2);
  await assert.rejects(
    rig.store.read(0, { tenant: 't', user: 'a' }, { ...bounds, from: numberAt(1, 0), until: Infinity }),
    { code: 'OFFSET_OUT_OF_RANGE' },
  );
  await rig.close();
});

test('more pulls than may wait are told at once', async () => {
  const rig = await openRig({ timelineWaiters: 2 });
  const waiting = [1, 2].map(() => rig.store.waitFor(0, numberAt(1, 5), 1_000));
  assert.equal(await rig.store.waitFor(0, numberAt(1, 5), 1_000), false);
  await rig.clock.runFor(1_000);
  assert.deepEqual(await Promise.all(waiting), [false, false]);
  await rig.close();
});
