import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SimDisk } from '../../infra/disk/sim-disk.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { openFileSnapshots } from '../../infra/snapshots/file-snapshots.ts';
import { COMMAND, type InboundEvent } from '../../schemas/events/inbound.ts';
import { INBOX_KIND, type InboxEvent } from '../../schemas/events/inbox.ts';
import { DEFAULT_LIMITS, type Limits } from '../../schemas/limits.ts';
import { numberAt } from '../../schemas/positions.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import type { PartitionFold } from './fold.ts';
import { PartitionFold as Fold } from './fold.ts';
import {
  createGroup,
  GENESIS,
  groupCommand,
  groupOf,
  idAt,
  inboxOutputs,
  message,
  newFold,
  read,
  recall,
  START_MS,
  seen,
  TEST_CODECS,
} from './fold-scenario.ts';
import { StateKeeper } from './state-keeper.ts';

const { RowKind } = bubble.wire;
const LIMITS: Limits = { ...DEFAULT_LIMITS, recallMs: 500, devicesPerSender: 2, membershipRowsBelow: 5 };

interface InputRecord {
  readonly time: number;
  readonly value: Uint8Array;
}

/**
 * Devices as they are: ids rise, one send or batch of up to 16 is unanswered, everything may be sent again at any
 * time later, and copies may arrive however late.
 */
function devicesAt(random: SeededRandom, sends: number): InputRecord[] {
  const records: InputRecord[] = [];
  const sent: InboundEvent[] = [];
  let now = START_MS;
  const late: InboundEvent[] = [];
  const last = new Map<string, number>();
  for (let at = 0; at < sends; at += 1) {
    now += random.oneIn(50) ? random.below(40 * 24 * 3_600_000) : random.below(200);
    const device = `device-${random.below(3)}`;
    const from = ['alice', 'bob'][random.below(2)]!;
    const to = from === 'alice' ? 'bob' : 'alice';
    const line = `${from}/${device}`;
    const batch = 1 + random.below(16);
    for (let index = 0; index < batch; index += 1) {
      const ms = Math.max((last.get(line) ?? 0) + 1, now - START_MS);
      last.set(line, ms);
      const command = message({ from, id: idAt(ms), device }, to, `${line} ${ms}`);
      sent.push(command);
      // The original may be lost on its way, and turn up much later.
      if (random.oneIn(5)) late.push(command);
      else records.push({ time: now, value: TEST_CODECS.inbound.encode(command) });
    }
    while (random.oneIn(3)) {
      const again = sent[sent.length - 1 - random.below(Math.min(sent.length, 60))]!;
      records.push({ time: now, value: TEST_CODECS.inbound.encode(again) });
    }
    while (late.length > 0 && random.oneIn(4)) {
      const [original] = late.splice(random.below(late.length), 1);
      records.push({ time: now - random.below(50), value: TEST_CODECS.inbound.encode(original!) });
    }
  }
  return records;
}

const run = (
  fold: PartitionFold,
  records: readonly InputRecord[],
  from: number,
  live = true,
): InboxEvent[] => {
  const events: InboxEvent[] = [];
  for (let offset = from; offset < records.length; offset += 1) {
    const { time, value } = records[offset]!;
    assert.equal(fold.apply(offset, time, value, live), null);
    for (const output of inboxOutputs(fold.takeOutputs())) events.push(seen(output).event);
  }
  return events;
};

test('no id is ever accepted twice, however often and late it comes, and no first one in time is refused', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const records = devicesAt(new SeededRandom(seed), 120);
    const fold = newFold(LIMITS);
    // The oracle remembers everything for ever.
    const accepted = new Set<string>();
    const newest = new Map<string, number[]>();
    let logTime = 0;
    for (const [offset, { time, value }] of records.entries()) {
      const asked = TEST_CODECS.inbound.decode(value)!;
      logTime = Math.max(logTime, time);
      const id = `${asked.sender}/${asked.device}/${asked.clientMsgId}`;
      fold.apply(offset, time, value, true);
      const [first] = inboxOutputs(fold.takeOutputs()).map(seen);
      const line = `${asked.sender}/${asked.device}`;
      const idMs = Number(asked.clientMsgId >> 20n);
      const ids = newest.get(line) ?? [];
      if (first!.kind === RowKind.MESSAGE) {
        assert.ok(!accepted.has(id), `seed ${seed}: ${id} was accepted twice`);
        accepted.add(id);
        newest.set(line, [...ids, idMs]);
        continue;
      }
      assert.equal(first!.kind, INBOX_KIND.ANSWER);
      // Whatever is newer than all that was decided, and not older than the memory, must go through.
      const isFresh = idMs > Math.max(0, ...ids) && logTime - idMs <= LIMITS.outcomeIdleMs;
      const devices = new Set([...newest.keys()].filter((key) => key.startsWith(asked.sender)));
      if (devices.size <= LIMITS.devicesPerSender) assert.ok(!isFresh, `seed ${seed}: ${id} was refused`);
    }
    assert.ok(accepted.size > 300);
  }
});

/** A conversation with everything in it. */
function groupLife(random: SeededRandom, count: number): InputRecord[] {
  const users = Array.from({ length: 9 }, (_, at) => `user-${at}`);
  const any = (): string => users[random.below(users.length)]!;
  const owner = users[0]!;
  const groups = [0, 1].map((at) => ({ id: idAt(at), name: groupOf(owner, idAt(at)) }));
  const sent: { from: string; where: string; id: bigint }[] = [];
  const events: InboundEvent[] = [];
  for (let at = 2; events.length < count; at += 1) {
    const asking = { from: any(), id: idAt(at * 20), device: `d${random.below(3)}` };
    const group = groups[random.below(2)]!;
    const where = random.oneIn(3) ? any() : group.name;
    const choice = random.below(14);
    if (choice === 0) events.push(createGroup({ from: owner, id: group.id }, [any(), any(), owner]));
    else if (choice === 1) events.push(groupCommand(asking, COMMAND.GROUP_JOIN, group.name));
    else if (choice === 2) events.push(groupCommand(asking, COMMAND.GROUP_LEAVE, group.name));
    else if (choice === 3)
      events.push(groupCommand(asking, COMMAND.GROUP_INVITE, group.name, [any(), any()]));
    else if (choice === 4) {
      const asker = random.oneIn(2) ? { ...asking, from: owner } : asking;
      events.push(groupCommand(asker, COMMAND.GROUP_KICK, group.name, [any()]));
    } else if (choice === 5) events.push(read(asking, where, numberAt(1, random.below(events.length + 9))));
    else if (choice === 6 && sent.length > 0) {
      const original = sent[sent.length - 1 - random.below(Math.min(8, sent.length))]!;
      const from = random.oneIn(3) ? owner : original.from;
      const to = original.where.startsWith('#') || from === original.from ? original.where : original.from;
      events.push(recall({ ...asking, from }, to, { sender: original.from, id: original.id }));
    } else if (choice === 7 && events.length > 0) events.push(events[random.below(events.length)]!);
    else if (choice === 8 && random.oneIn(20)) {
      events.push(groupCommand({ ...asking, from: owner }, COMMAND.GROUP_DISMISS, group.name));
    } else {
      events.push(message(asking, where, `text ${at}`));
      sent.push({ ...asking, where });
    }
  }
  let time = START_MS;
  return events.map((event) => {
    time += random.oneIn(100) ? 31 * 24 * 3_600_000 : random.below(60) - 10;
    return { time, value: TEST_CODECS.inbound.encode(event) };
  });
}

const stateOf = (fold: PartitionFold) => ({ scalars: fold.state.scalars(), entries: fold.state.dump() });

test('a silent fold ends in the same state as a live one', () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const records = groupLife(new SeededRandom(seed), 300);
    const live = newFold(LIMITS);
    const silent = newFold(LIMITS);
    run(live, records, 0, true);
    assert.deepEqual(run(silent, records, 0, false), []);
    assert.deepEqual(stateOf(silent), stateOf(live));
  }
});

test('for each inbox partition a record continues the one before it, and there is one of each source', () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const records = groupLife(new SeededRandom(seed), 300);
    const fold = newFold(LIMITS);
    const last = new Map<number, number>();
    for (const [offset, { time, value }] of records.entries()) {
      fold.apply(offset, time, value, true);
      for (const output of inboxOutputs(fold.takeOutputs())) {
        const { event, partition } = seen(output);
        assert.equal(event.src, numberAt(1, offset));
        assert.equal(event.prev, last.get(partition) ?? -1);
        last.set(partition, event.src);
      }
    }
  }
});

/** Folds on over a keeper as an owner does: loads what is missing. */
async function foldOn(keeper: StateKeeper, records: readonly InputRecord[], from: number, to: number) {
  const fold = new Fold({ state: keeper.state, source: 0, codecs: TEST_CODECS, limits: LIMITS });
  const events: InboxEvent[] = [];
  for (let offset = from; offset < to; offset += 1) {
    const { time, value } = records[offset]!;
    for (;;) {
      const missing = fold.apply(offset, time, value, true);
      if (missing === null) break;
      await keeper.load(missing);
    }
    for (const output of inboxOutputs(fold.takeOutputs())) events.push(seen(output).event);
    keeper.state.evict(8, 4);
  }
  return { fold, events };
}

const ACKNOWLEDGED = {
  push: () => true,
  checkpoint: Number.MAX_SAFE_INTEGER,
  pending: 0,
  failure: null,
  writable: () => Promise.resolve(),
  drained: () => Promise.resolve(),
  reached: () => Promise.resolve(),
  abandon: () => {},
};

test('from any chain of snapshots, with entries leaving memory, the outputs and the state are the same', async () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = new SeededRandom(seed);
    const records = groupLife(random.fork(), 400);
    const straight = newFold(LIMITS);
    const expected = run(straight, records, 0);
    const disk = new SimDisk({ random: random.fork() }).mount();
    const clock = new SimClock();
    const options = {
      id: { topic: 'bubble.inbound', partition: 0 },
      snapshots: openFileSnapshots({ disk, folder: '/s', limits: LIMITS }),
      clock,
      logger: SILENT_LOGGER,
      limits: LIMITS,
      genesis: GENESIS,
    };
    let keeper = await StateKeeper.open(options, Number.POSITIVE_INFINITY);
    const events: InboxEvent[] = [];
    let at = 0;
    while (at < records.length) {
      // Folds on while the snapshot of an earlier moment is being written.
      const middle = Math.min(records.length, at + 1 + random.below(60));
      const to = Math.min(records.length, middle + random.below(30));
      const { events: first } = await foldOn(keeper, records, at, middle);
      const writing = keeper.snapshot(middle, ACKNOWLEDGED);
      const { events: second } = await foldOn(keeper, records, middle, to);
      assert.equal(await clock.until(writing), true);
      events.push(...first);
      if (random.oneIn(3)) {
        // A restart: what came after the snapshot is folded again.
        await keeper.close();
        keeper = await StateKeeper.open(options, Number.POSITIVE_INFINITY);
        assert.equal(keeper.openedAt, middle);
        at = middle;
      } else {
        events.push(...second);
        at = to;
      }
    }
    assert.deepEqual(events, expected, `seed ${seed}`);
    await clock.until(keeper.snapshot(records.length, ACKNOWLEDGED));
    const opened = await options.snapshots.open(options.id, Number.POSITIVE_INFINITY);
    const entries = new Map<string, Buffer>();
    for await (const [key, value] of opened!.table.scan()) entries.set(key, Buffer.from(value));
    assert.deepEqual(opened!.meta, straight.state.scalars());
    for (const [key, value] of straight.state.dump()) assert.deepEqual(entries.get(key), value, key);
  }
});
