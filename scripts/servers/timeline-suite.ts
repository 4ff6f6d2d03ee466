/** The suite of a timeline in SQL on a real server: the contract of all stores, and what is its own. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SimDisk } from '../../infra/disk/sim-disk.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { timelineContract } from '../../infra/timeline/contract.ts';
import { openEmbeddedTimeline } from '../../infra/timeline/embedded/embedded-timeline.ts';
import { testCodecs } from '../../infra/timeline/testing/inbox-writer.ts';
import { MemoryLog } from '../../infra/timeline/testing/memory-log.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import { numberAt } from '../../schemas/positions.ts';
import { inboxTopic, topicSpecs } from '../../schemas/topics.ts';
import { timelineFaults } from './timeline-faults.ts';
import { dumped, Inbox, layout, positionBehind, type SqlKind, SqlRigs } from './timeline-rigs.ts';

const ALL = { from: 0, until: Number.POSITIVE_INFINITY, maxRows: 10_000, maxBytes: 1e9 };
const owner = (user: string, tenant = 't') => ({ tenant, user });
const names = (count: number, prefix = 'user'): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}-${at}`);

export function timelineSuite(kind: SqlKind): void {
  describe(`the timeline in ${kind.name}`, () => {
    const rigs = new SqlRigs(kind);
    before(() => rigs.start());
    after(() => rigs.end());
    timelineContract(kind.name, () => rigs.rig());
    schemaTests(rigs);
    writerTests(rigs);
    contentTests(rigs);
    sizeTests(rigs);
    timelineFaults(rigs);
  });
}

function schemaTests(rigs: SqlRigs): void {
  const { kind } = rigs;

  test('ten processes may start at once', async () => {
    const settings = await rigs.database({ poolSize: 1 });
    const stores = await Promise.all(Array.from({ length: 10 }, () => kind.open(settings)));
    const records = new Inbox().records({ sender: 'a', recipients: ['a'] });
    await stores[3]!.write(0, records, positionBehind(records), 0);
    for (const store of stores) assert.equal((await store.read(0, owner('a'), ALL)).rows.length, 1);
    await Promise.all(stores.map((store) => store.close()));
    const admin = kind.admin(settings);
    assert.deepEqual(await admin.query('SELECT version FROM bubble_migration'), [{ version: 1 }]);
    await admin.close();
  });

  test('a schema from the future is refused where it says that it must be', async () => {
    const settings = await rigs.database();
    await (await kind.open(settings)).close();
    const admin = kind.admin(settings);
    const insert = `INSERT INTO bubble_migration (component, version, works_from) VALUES ('timeline', ?, ?)`;
    await admin.transaction(async (transaction) => void (await transaction.execute(insert, [98, 1])));
    await (await kind.open(settings)).close();
    await admin.transaction(async (transaction) => void (await transaction.execute(insert, [99, 99])));
    await assert.rejects(kind.open(settings), { code: 'CONFIG', message: /version 99/ });
    await admin.close();
  });

  test('a wrong password, and a URL that is none, are refused without being repeated', async () => {
    const url = new URL(rigs.server.url);
    url.password = 'secret-word';
    const secret = (error: unknown): boolean =>
      isBubbleError(error, 'CONFIG') &&
      !`${error.stack} ${JSON.stringify(error)} ${error.cause}`.includes('secret');
    await assert.rejects(kind.open(rigs.settings({ url: url.href })), secret);
    await assert.rejects(async () => kind.open(rigs.settings({ url: 'secret-word' })), secret);
    url.pathname = '/no_such_database';
    await assert.rejects(kind.open(rigs.settings({ url: url.href })), { code: 'CONFIG' });
  });
}

function writerTests(rigs: SqlRigs): void {
  const { kind } = rigs;

  test('of two writers one wins each time, and every row is there once', async () => {
    const settings = await rigs.database();
    const stores = [await kind.open(settings), await kind.open(settings)];
    const inbox = new Inbox();
    for (let round = 0; round < 20; round += 1) {
      const expected = inbox.next;
      const records = inbox.records(
        { sender: 'a', recipients: names(50) },
        { sender: 'b', recipients: ['b'] },
      );
      const outcomes = await Promise.allSettled(
        stores.map((store) => store.write(0, records, positionBehind(records), expected)),
      );
      const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
      assert.equal(lost.length, 1);
      assert.ok(isBubbleError(lost[0]!.reason, 'STORE_CONFLICT'), String(lost[0]!.reason));
    }
    assert.equal((await stores[0]!.read(0, owner('user-7'), ALL)).rows.length, 20);
    assert.equal((await stores[1]!.checkpoint(0)).offset, 40);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('a store of another process is waited for', async () => {
    const settings = await rigs.database();
    const [writer, reader] = [await kind.open(settings), await kind.open(settings)];
    const inbox = new Inbox();
    assert.equal(await reader.waitFor(0, numberAt(1, 0), 0), false);
    const waiting = [0, 1, 1].map((offset) => reader.waitFor(0, numberAt(1, offset), 10_000));
    const never = reader.waitFor(1, numberAt(1, 0), 300);
    const records = inbox.records({ sender: 'a', recipients: ['a'] }, { sender: 'a', recipients: ['a'] });
    const started = performance.now();
    await writer.write(0, records, positionBehind(records), 0);
    assert.deepEqual(await Promise.all(waiting), [true, true, true]);
    assert.ok(performance.now() - started < 2_000);
    assert.equal((await reader.read(0, owner('a'), ALL)).rows.length, 2);
    assert.equal(await never, false);
    await Promise.all([writer.close(), reader.close()]);
  });

  test('epochs share the tables and see nothing of each other', async () => {
    const settings = await rigs.database();
    const first = await kind.open(settings);
    const second = await kind.open({ ...settings, layout: { ...layout, epoch: 2, inboxPartitions: 4 } });
    const records = new Inbox().records({ sender: 'a', recipients: ['a'] });
    for (const store of [first, second]) await store.write(1, records, positionBehind(records), 0);
    const seqs = async (store: typeof first): Promise<number[]> =>
      (await store.read(1, owner('a'), ALL)).rows.map(({ seq }) => seq);
    assert.deepEqual(await seqs(first), [numberAt(1, 0)]);
    assert.deepEqual(await seqs(second), [numberAt(2, 0)]);
    assert.equal(await first.newest(1, owner('a')), numberAt(1, 0));
    await second.trim(1, numberAt(2, 1));
    assert.deepEqual(await seqs(first), [numberAt(1, 0)]);
    await assert.rejects(seqs(second), { code: 'OFFSET_OUT_OF_RANGE' });
    await Promise.all([first.close(), second.close()]);
  });
}

/** A small generator with a seed. */
const dice = (seed: number) => {
  let state = seed;
  return (bound: number): number => {
    state = (state * 48_271) % 0x7fffffff;
    return state % bound;
  };
};

function contentTests(rigs: SqlRigs): void {
  const { kind } = rigs;

  test('names are told apart by their bytes', async () => {
    const store = await kind.open(await rigs.database());
    const users = [
      'a',
      'A',
      'ä',
      'Ä',
      'a ',
      'ß',
      'ss',
      '李雷',
      '李磊',
      '\u{1f600}',
      '\u{1f601}',
      'é',
      'e\u0301',
      "'; --",
    ];
    const inbox = new Inbox();
    const records = inbox.records(...users.map((user) => ({ sender: user, recipients: [user], text: user })));
    await store.write(0, records, positionBehind(records), 0);
    for (const [at, user] of users.entries()) {
      const { rows } = await store.read(0, owner(user), ALL);
      assert.deepEqual(
        rows.map(({ seq }) => seq),
        [numberAt(1, at)],
        user,
      );
    }
    assert.equal((await store.read(0, owner('a', 'T'), ALL)).rows.length, 0);
    await store.close();
  });

  test('its dump is that of the embedded timeline, before and after a trim', async () => {
    const below = dice(7);
    const users = ['zoe', 'Zoe', '李雷', '\u{1f600}', '\uffee', ...names(20)];
    const inbox = new Inbox();
    const records = inbox.records(
      ...Array.from({ length: 1_200 }, (_, at) => {
        const sender = users[below(users.length)]!;
        const some = users.filter(() => below(6) === 0);
        const tenant = at % 3 === 0 ? 'a' : 'a-b';
        return { sender, tenant, recipients: [...new Set([sender, ...some])], text: 'x'.repeat(below(300)) };
      }),
    );
    const codecs = testCodecs();
    const clock = new SimClock();
    const log = new MemoryLog(clock);
    await log.ensureTopics(topicSpecs(layout));
    for (const { event } of records) {
      log.appendNow(inboxTopic(1), 0, [{ key: null, value: codecs.inbox.encode(event) }]);
    }
    const disk = new SimDisk({ random: { below, bytes: (length) => new Uint8Array(length) } }).mount();
    const embedded = await openEmbeddedTimeline({
      ...{ disk, folder: '/timeline', records: log, codecs, layout, clock, logger: SILENT_LOGGER },
    });
    const store = await kind.open(await rigs.database());
    for (const each of [embedded, store]) {
      for (let at = 0; at < records.length; at += 170) {
        const some = records.slice(at, at + 170);
        await each.write(0, some, positionBehind(some), at);
      }
    }
    assert.equal((await dumped(store)).length, 50);
    assert.deepEqual(await dumped(store), await dumped(embedded));
    for (const each of [embedded, store]) await each.trim(0, numberAt(1, 500));
    assert.deepEqual(await dumped(store), await dumped(embedded));
    await store.close();
  });
}

function sizeTests(rigs: SqlRigs): void {
  const { kind } = rigs;

  test('a record for 12,000 is written and trimmed', async () => {
    const settings = await rigs.database();
    const store = await kind.open(settings);
    const users = names(12_000);
    const records = new Inbox().records(
      { sender: users[0]!, recipients: users },
      { sender: users[0]!, recipients: users },
      { sender: users[0]!, recipients: users.slice(0, 10) },
    );
    await store.write(0, records, positionBehind(records), 0);
    assert.equal((await store.read(0, owner(users[11_999]!), ALL)).rows.length, 2);
    // Two at once: the second moves the end of the first, or finds nothing left.
    await Promise.all([store.trim(0, numberAt(1, 1)), store.trim(0, numberAt(1, 2))]);
    const admin = kind.admin(settings);
    const count = async (table: string): Promise<number> =>
      Number(
        (await admin.query<{ rows_left: number }>(`SELECT COUNT(*) AS rows_left FROM ${table}`))[0]!
          .rows_left,
      );
    assert.equal(await count('bubble_timeline_mailbox'), 10);
    assert.equal(await count('bubble_timeline_row'), 1);
    await admin.close();
    await store.close();
  });

  test('throughput', async (context) => {
    const store = await kind.open(await rigs.database());
    const inbox = new Inbox();
    const users = names(2_000);
    let ms = 0;
    const rounds = 3;
    for (let round = 0; round < rounds; round += 1) {
      const expected = inbox.next;
      const made = Array.from({ length: 100 }, (_, at) => {
        const members = users.slice((at % 4) * 500, (at % 4) * 500 + 500);
        return { sender: members[0]!, recipients: members, conversation: 'g/#group', text: 'x'.repeat(100) };
      });
      const records = inbox.records(...made);
      const started = performance.now();
      await store.write(0, records, positionBehind(records), expected);
      ms += performance.now() - started;
    }
    const rate = Math.round((rounds * 100 * 500) / ms);
    context.diagnostic(`${kind.name}: ${rate} k mailbox rows/s, groups of 500`);
    assert.equal((await store.read(0, owner('user-600'), ALL)).rows.length, rounds * 25);
    await store.close();
  });
}
