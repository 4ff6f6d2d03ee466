import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SimDisk, type SimMount } from '../../infra/disk/sim-disk.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../infra/log/embedded/embedded-log.ts';
import type { Log, RandomAccess } from '../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { openEmbeddedTimeline } from '../../infra/timeline/embedded/embedded-timeline.ts';
import { InboxWriter, testCodecs } from '../../infra/timeline/testing/inbox-writer.ts';
import { MemoryLog } from '../../infra/timeline/testing/memory-log.ts';
import type { TimelineStore } from '../../infra/timeline/timeline-store.ts';
import { withWrite } from '../../infra/timeline/with-write.ts';
import { BubbleError } from '../../schemas/errors.ts';
import type { InboxEvent } from '../../schemas/events/inbox.ts';
import { DEFAULT_LIMITS, type Limits } from '../../schemas/limits.ts';
import { numberAt } from '../../schemas/positions.ts';
import { inboxTopic, type Layout, PARKED, topicSpecs } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { rebuildTimeline } from './rebuild.ts';
import { startTimeline } from './timeline.ts';

const layout: Layout = { inboundPartitions: 1, inboxPartitions: 1, epoch: 1, retentionMs: Infinity };
const INBOX = inboxTopic(1);
const codecs = testCodecs();
const value = (event: InboxEvent): Buffer => codecs.inbox.encode(event);
const random = { below: (bound: number) => bound - 1, bytes: (length: number) => new Uint8Array(length) };

class Rig<L extends Log & RandomAccess> {
  readonly clock: SimClock;
  readonly log: L;
  readonly limits: Limits;
  readonly writer = new InboxWriter();
  readonly mount: SimMount;
  store!: TimelineStore;

  constructor(clock: SimClock, log: L, mount: SimMount, limits: Partial<Limits> = {}) {
    this.clock = clock;
    this.log = log;
    this.mount = mount;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  async open(): Promise<this> {
    await this.log.ensureTopics(topicSpecs(layout));
    this.store = await openEmbeddedTimeline({
      disk: this.mount,
      folder: '/timeline',
      records: this.log,
      codecs,
      layout,
      clock: this.clock,
      logger: SILENT_LOGGER,
      limits: this.limits,
    });
    return this;
  }

  async start(store = this.store) {
    const { log, limits, clock } = this;
    const running = await startTimeline({ log, codecs, store, layout, limits, clock, logger: SILENT_LOGGER });
    running.ended.catch(() => {});
    await clock.runFor(0);
    return running;
  }

  row(recipients = ['a', 'b']): InboxEvent {
    return this.writer.make({ sender: 'a', recipients });
  }

  async offsets(user: string): Promise<number[]> {
    const bounds = { from: 0, until: Infinity, maxRows: 10_000, maxBytes: Infinity };
    const page = await this.store.read(0, { tenant: 't', user }, bounds);
    return page.rows.map(({ seq }) => seq - numberAt(1, 0));
  }
}

const memory = () => {
  const clock = new SimClock();
  return new Rig(clock, new MemoryLog(clock), new SimDisk({ random }).mount()).open();
};

const put = (rig: Rig<MemoryLog>, ...events: InboxEvent[]): void =>
  void rig.log.appendNow(
    INBOX,
    0,
    events.map((event) => ({ key: null, value: value(event) })),
  );

test('rows become readable, repeats and holes do not, and the position is committed as a copy', async () => {
  const rig = await memory();
  const running = await rig.start();
  const [one, two, lost, four] = [rig.row(), rig.row(['b']), rig.row(), rig.row()];
  put(rig, one!, one!, two!, four!);
  await rig.clock.runFor(1_000);
  assert.deepEqual(await rig.offsets('b'), [0, 2]);
  assert.deepEqual(running.counters, { rowRecords: 2, repeats: 1, holes: 1, unreadable: 0 });
  put(rig, lost!, four!);
  await rig.clock.runFor(1_000);
  assert.deepEqual(await rig.offsets('a'), [0, 4, 5]);
  assert.deepEqual(await rig.log.committed('timeline', INBOX, 0), { offset: 6, vector: [four!.src] });
  assert.deepEqual(running.lag(), [{ topic: INBOX, partition: 0, position: 6, end: 6 }]);
  await running.stop();
  await running.ended;
});

test('a store for which every write has its price is written no more often than it wants, and in full where there is a lot', async () => {
  const rig = await memory();
  const writes: { at: number; records: number }[] = [];
  const counting = withWrite(rig.store, async (...args) => {
    await rig.store.write(...args);
    writes.push({ at: rig.clock.monotonic(), records: args[1].length });
  });
  const running = await rig.start({ ...counting, gatherMs: 20 });
  await rig.clock.runFor(1_000);
  const from = rig.clock.monotonic();
  for (let sent = 0; sent < 100; sent += 1) {
    put(rig, rig.row());
    await rig.clock.runFor(1);
  }
  await rig.clock.runFor(100);
  assert.equal(
    writes.reduce((sum, { records }) => sum + records, 0),
    100,
  );
  assert.deepEqual(
    writes.map(({ at }) => at - from),
    [0, 20, 40, 60, 80, 100],
  );
  // Several batches: none but the last one is the end.
  put(rig, ...Array.from({ length: 8_000 }, () => rig.row()));
  await rig.clock.runFor(0);
  assert.deepEqual(running.lag(), [{ topic: INBOX, partition: 0, position: 8_100, end: 8_100 }]);
  await running.stop();
});

test('it starts where the store stands, not where the group has committed', async () => {
  const rig = await memory();
  const [one, two] = [rig.row(), rig.row()];
  put(rig, one!, two!);
  await rig.log.commitFor('timeline', INBOX, 0, { offset: 2, vector: [two!.src] });
  const running = await rig.start();
  assert.deepEqual(await rig.offsets('a'), [0, 1]);
  await running.stop();
});

test('a damaged record is a placeholder for known recipients; what is none of inbox is parked and left out', async () => {
  const rig = await memory();
  const running = await rig.start();
  const damaged = value(rig.row());
  rig.log.appendNow(INBOX, 0, [{ key: null, value: damaged.subarray(0, -1) }]);
  put(rig, rig.row());
  const strangers = [damaged.subarray(0, 9), Buffer.from('junk'), null, Buffer.from([0, 0, 0, 99, 99, 1])];
  for (const each of strangers) rig.log.appendNow(INBOX, 0, [{ key: Buffer.from('k'), value: each }]);
  put(rig, rig.row());
  await rig.clock.runFor(1_000);
  assert.deepEqual(await rig.offsets('a'), [0, 1, 6]);
  const bounds = { from: 0, until: numberAt(1, 0), maxRows: 1, maxBytes: 1 };
  const page = await rig.store.read(0, { tenant: 't', user: 'b' }, bounds);
  assert.equal(bubble.wire.AddMsg.decode(page.rows[0]!.bytes).kind, bubble.wire.RowKind.PLACEHOLDER);
  assert.equal(running.counters.unreadable, 4);
  assert.deepEqual(running.lag(), [{ topic: INBOX, partition: 0, position: 7, end: 7 }]);
  const reader = await rig.log.reader(PARKED, 0, 0);
  const { records } = await reader.read({ maxRecords: 10, maxBytes: 1e6, maxWaitMs: 0 });
  assert.deepEqual(
    records.map((record) => {
      const { topic, offset, group, reason, key, value: copy } = codecs.parked.decode(record.value!)!;
      return [record.key?.toString(), topic, offset, group, reason, key?.toString(), copy?.length ?? null];
    }),
    [
      [`${INBOX}/0/2/timeline`, INBOX, 2, 'timeline', 'it does not match its schema', 'k', 9],
      [`${INBOX}/0/3/timeline`, INBOX, 3, 'timeline', 'it has no schema id', 'k', 4],
      [`${INBOX}/0/4/timeline`, INBOX, 4, 'timeline', 'it has no value', 'k', null],
      [`${INBOX}/0/5/timeline`, INBOX, 5, 'timeline', 'nobody knows its schema id 25443', 'k', 6],
    ],
  );
  await running.stop();
});

test('a log that has lost its end is refused: versions would be given twice', async () => {
  const rig = await memory();
  await rig.store.write(0, [], { offset: 5, vector: [] }, 0);
  const running = await rig.start();
  await assert.rejects(running.ended, { code: 'OFFSET_OUT_OF_RANGE' });
});

test('a store that is away is tried again, and a write whose answer was lost is settled', async () => {
  const rig = await memory();
  let attempts = 0;
  const away: TimelineStore = Object.create(rig.store, {
    write: {
      value: async (...args: Parameters<TimelineStore['write']>) => {
        attempts += 1;
        if (attempts === 1) throw new BubbleError('STORE_AWAY', 'away', { retryable: true });
        await rig.store.write(...args);
        if (attempts === 2) throw new BubbleError('STORE_AWAY', 'no answer', { retryable: true });
      },
    },
    checkpoint: { value: (partition: number) => rig.store.checkpoint(partition) },
  });
  const running = await rig.start(away);
  put(rig, rig.row());
  await rig.clock.runFor(5_000);
  put(rig, rig.row());
  await rig.clock.runFor(0);
  assert.equal(attempts, 4);
  assert.deepEqual(await rig.offsets('a'), [0, 1]);
  await running.stop();
});

/** A store whose every call rejects while it is away. */
const fickle = (store: TimelineStore) => {
  const state = { away: true, calls: 0, records: 0, atOnce: 0, mostRecords: 0 };
  const fail = (): void => {
    state.calls += 1;
    if (state.away) throw new BubbleError('STORE_AWAY', 'away', { retryable: true });
  };
  const wrapped: TimelineStore = Object.create(store, {
    write: {
      value: async (...args: Parameters<TimelineStore['write']>) => {
        state.mostRecords = Math.max(state.mostRecords, args[1].length);
        state.atOnce += 1;
        assert.equal(state.atOnce, 1, 'one write at a time');
        try {
          fail();
          await store.write(...args);
        } finally {
          state.atOnce -= 1;
        }
      },
    },
    checkpoint: {
      value: async (partition: number) => {
        fail();
        return store.checkpoint(partition);
      },
    },
    read: { value: store.read.bind(store) },
  });
  return { state, store: wrapped };
};

test('a store that is away at the start is waited for', async () => {
  const rig = await memory();
  const { state, store } = fickle(rig.store);
  const running = await rig.start(store);
  put(rig, rig.row(), rig.row());
  await rig.clock.runFor(600_000);
  assert.deepEqual(await rig.offsets('a'), []);
  assert.ok(state.calls > 100 && state.calls < 200, `${state.calls} attempts in ten minutes`);
  state.away = false;
  await rig.clock.runFor(5_000);
  assert.deepEqual(await rig.offsets('a'), [0, 1]);
  await running.stop();
  await running.ended;
});

test('while the store is away the group is paused with one batch in memory, and nothing is lost', async () => {
  const rig = await embedded(new SimDisk({ random }), {});
  const { state, store } = fickle(rig.store);
  state.away = false;
  const paused: string[] = [];
  const join = rig.log.join.bind(rig.log);
  rig.log.join = async (...args) => {
    const joined = await join(...args);
    const [pauseGroup, resume] = [joined.pause.bind(joined), joined.resume.bind(joined)];
    joined.pause = (lease) => {
      paused.push('paused');
      pauseGroup(lease);
    };
    joined.resume = (lease) => {
      paused.push('resumed');
      resume(lease);
    };
    return joined;
  };
  const running = await rig.start(store);
  await rig.clock.runFor(0);
  state.away = true;
  for (let at = 0; at < 50; at += 1) {
    const records = Array.from({ length: 200 }, () => ({ key: null, value: value(rig.row()) }));
    await rig.clock.until(rig.log.append(INBOX, 0, records));
    await rig.clock.runFor(12_000);
  }
  assert.deepEqual(paused, ['paused']);
  assert.ok(state.mostRecords <= 200, `${state.mostRecords} records in memory`);
  assert.equal(running.counters.rowRecords, 0);
  state.away = false;
  await rig.clock.runFor(10_000);
  assert.deepEqual(paused, ['paused', 'resumed']);
  assert.equal((await rig.clock.until(rig.offsets('a'))).length, 10_000);
  assert.deepEqual(running.counters, { rowRecords: 10_000, repeats: 0, holes: 0, unreadable: 0 });
  await rig.clock.until(running.stop());
  await running.ended;
});

test('where another writer was faster, the timeline goes on from where that one stands', async () => {
  const rig = await memory();
  const running = await rig.start();
  const events = [rig.row(), rig.row(), rig.row()];
  const faster = events.slice(0, 2).map((event, offset) => ({ offset, event }));
  await rig.store.write(0, faster, { offset: 2, vector: [events[1]!.src] }, 0);
  put(rig, ...events);
  await rig.clock.runFor(0);
  assert.equal((await rig.clock.until(rig.offsets('a'))).length, 3);
  assert.deepEqual(await rig.store.checkpoint(0), { offset: 3, vector: [events[2]!.src] });
  assert.deepEqual(running.counters, { rowRecords: 1, repeats: 0, holes: 0, unreadable: 0 });
  await rig.clock.until(running.stop());
});

test('a store that has gone back ends it: nobody knows what else it has lost', async () => {
  const rig = await memory();
  let conflict = false;
  const store: TimelineStore = Object.create(rig.store, {
    write: {
      value: async (...values: Parameters<TimelineStore['write']>) => {
        if (conflict) throw new BubbleError('STORE_CONFLICT', 'it stands at 0');
        return rig.store.write(...values);
      },
    },
    checkpoint: {
      value: async (partition: number) =>
        conflict ? { offset: 0, vector: [] } : rig.store.checkpoint(partition),
    },
  });
  const running = await rig.start(store);
  put(rig, rig.row());
  await rig.clock.runFor(0);
  conflict = true;
  put(rig, rig.row());
  await rig.clock.runFor(0);
  await assert.rejects(running.ended, { code: 'STORE_CONFLICT' });
});

test('rows that the log has lost before the timeline had them are an error, not a gap', async () => {
  const rig = await memory();
  put(rig, rig.row(), rig.row());
  rig.log.forget(INBOX, 0, 1);
  const running = await rig.start();
  await assert.rejects(running.ended, { code: 'OFFSET_OUT_OF_RANGE' });
});

test('what the log has forgotten is trimmed', async () => {
  const rig = await memory();
  const running = await rig.start();
  put(rig, rig.row(), rig.row(), rig.row());
  await rig.clock.runFor(0);
  rig.log.forget(INBOX, 0, 2);
  await rig.clock.runFor(60_000);
  await assert.rejects(rig.offsets('a'), { code: 'OFFSET_OUT_OF_RANGE' });
  const newest = await rig.store.newestRows(0, { tenant: 't', user: 'a' }, Infinity, 10);
  assert.deepEqual(
    newest.rows.map(({ seq }) => seq),
    [numberAt(1, 2)],
  );
  await running.stop();
});

const dumped = async (store: TimelineStore): Promise<string[]> => {
  const lines: string[] = [];
  for await (const line of store.dump(0)) lines.push(line);
  return lines;
};

const embedded = async (disk: SimDisk, limits: Partial<Limits>): Promise<Rig<EmbeddedLog>> => {
  const clock = new SimClock();
  const mount = disk.mount();
  const log = await openEmbeddedLog({ disk: mount, folder: '/log', clock, logger: SILENT_LOGGER });
  return new Rig(clock, log, mount, limits).open();
};

test('on the embedded log, power cuts cost nothing: the dump is the one that a rebuild makes', async () => {
  let state = 1;
  const below = (bound: number): number => {
    state = (state * 48_271) % 0x7fffffff;
    return state % bound;
  };
  const dice = { ...random, below };
  const disk = new SimDisk({ random: dice });
  const writer = new InboxWriter();
  for (let round = 0; round < 8; round += 1) {
    const rig = await embedded(disk, { timelineTailRows: 150 });
    const running = await rig.start();
    for (let at = 0; at < 40; at += 1) {
      const recipients = [`u${dice.below(20)}`, `u${dice.below(20)}`, 'all'];
      const event = writer.make({ sender: recipients[0]!, recipients: [...new Set(recipients)] });
      await rig.clock.until(rig.log.append(INBOX, 0, [{ key: null, value: value(event) }]));
    }
    await rig.clock.runFor(dice.below(1_500));
    assert.deepEqual(
      running.lag().map(({ position }) => position),
      [40 * (round + 1)],
    );
    disk.powerCut();
  }
  const rig = await embedded(disk, { timelineTailRows: 150 });
  await rig.start();
  await rig.clock.runFor(100);
  const lines = await dumped(rig.store);
  assert.equal(lines.length, 21);
  const rebuilt = new Rig(rig.clock, rig.log, new SimDisk({ random }).mount());
  await rebuilt.open();
  const { log, store } = rebuilt;
  await rig.clock.until(rebuildTimeline({ log, codecs, store, layout }, 0, 320));
  assert.deepEqual(await dumped(store), lines);
});
