/** Faults of a timeline in SQL: connections that end at the worst moment, owners that pause, servers that are away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import type { SqlTransaction } from '../../infra/timeline/sql/sql-database.ts';
import { MOVE_CHECKPOINT } from '../../infra/timeline/sql/statements.ts';
import { InboxWriter, type MadeRecord, testCodecs } from '../../infra/timeline/testing/inbox-writer.ts';
import { MemoryLog } from '../../infra/timeline/testing/memory-log.ts';
import type { TimelineStore } from '../../infra/timeline/timeline-store.ts';
import { startTimeline } from '../../processors/timeline/timeline.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import { DEFAULT_LIMITS } from '../../schemas/limits.ts';
import { numberAt } from '../../schemas/positions.ts';
import { inboxTopic, topicSpecs } from '../../schemas/topics.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { Inbox, layout, positionBehind, type SqlRigs } from './timeline-rigs.ts';

const ALL = { from: 0, until: Number.POSITIVE_INFINITY, maxRows: 10_000, maxBytes: 1e9 };
const A = { tenant: 't', user: 'a' };
const AB = { sender: 'a', recipients: ['a', 'b'] };
const isAway = (error: unknown): boolean => isBubbleError(error, 'STORE_AWAY') && error.retryable;
/** For many: a transaction of several exchanges with either server. */
const CROWD = { sender: 'a', recipients: ['a', ...Array.from({ length: 2_000 }, (_, at) => `user-${at}`)] };
/** Only what fails waits so long. */
const DEADLINE_MS = 60_000;

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `never came: ${what}`);
    await sleep(20);
  }
}

/** Calls until the store is there again. */
async function healed<T>(action: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!isAway(error) || Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

/** Where the second record of an inbox goes. */
const insertForeignRow = async (transaction: SqlTransaction): Promise<void> => {
  await transaction.execute(
    'INSERT INTO bubble_timeline_row (inbox_partition, seq, tenant, sender, recipients, content) VALUES (0, ?, ?, ?, ?, ?)',
    [numberAt(1, 1), ...Array.from({ length: 4 }, () => Buffer.from('x'))],
  );
};

/** As the timeline writes: again while the store is away, and an earlier attempt may be stored in the meantime. */
const rowsOf = async (store: TimelineStore): Promise<number> => (await store.read(0, A, ALL)).rows.length;

export function timelineFaults(rigs: SqlRigs): void {
  connectionTests(rigs);
  ownerTests(rigs);
  serverTests(rigs);
}

function connectionTests(rigs: SqlRigs): void {
  for (const [size, made] of [
    ['a small write', AB],
    ['a large write', CROWD],
  ] as const) {
    faultsWithin(rigs, size, made);
  }
}

function faultsWithin(rigs: SqlRigs, size: string, made: MadeRecord): void {
  const { kind } = rigs;

  test(`a connection killed within ${size} leaves nothing, and the repeat writes it`, async () => {
    const settings = await rigs.database();
    const [store, admin] = [await kind.open(settings), kind.admin(settings)];
    const killer = kind.admin(rigs.settings());
    const inbox = new Inbox();
    const records = inbox.records(made, made);
    const write = (): Promise<void> => store.write(0, records, positionBehind(records), 0);
    // The row of another transaction stops the writer behind its first statements.
    const blocked = admin.transaction(async (transaction) => {
      await insertForeignRow(transaction);
      const rejected = assert.rejects(write(), isAway);
      await until('the writer hangs', async () => (await kind.kill(killer, 'bubble_timeline_row')) > 0);
      await rejected;
      throw new Error('rolled back');
    });
    await assert.rejects(blocked, /rolled back/);
    assert.deepEqual(await store.checkpoint(0), { offset: 0, vector: [] });
    assert.equal(await rowsOf(store), 0);
    await write();
    assert.equal(await rowsOf(store), 2);
    await Promise.all([store.close(), admin.close(), killer.close()]);
  });

  test(`${size} that the server refuses midway leaves nothing, and the connection serves on`, async () => {
    const settings = await rigs.database({ poolSize: 1 });
    const [store, admin] = [await kind.open(settings), kind.admin(settings)];
    const records = new Inbox().records(made, made);
    const write = (): Promise<void> => store.write(0, records, positionBehind(records), 0);
    await admin.transaction(insertForeignRow);
    await assert.rejects(write(), (error) => isBubbleError(error, 'REFUSED'));
    await admin.query('DELETE FROM bubble_timeline_row');
    await write();
    assert.deepEqual(await store.checkpoint(0), positionBehind(records));
    assert.equal(await rowsOf(store), 2);
    await Promise.all([store.close(), admin.close()]);
  });

  test(`the commit of ${size}: settled where its answer is lost, repeated where it was lost itself`, async (context) => {
    const settings = await rigs.database();
    const url = new URL(settings.url);
    const proxy = await CuttingProxy.open(Number(url.port));
    context.after(() => proxy.close());
    url.port = String(proxy.port);
    const store = await kind.open({ ...settings, url: url.href });
    const inbox = new Inbox();
    const word = made === AB ? kind.writeWord : 'COMMIT';
    const first = inbox.records(made, made);
    proxy.arm(word, 'after');
    await store.write(0, first, positionBehind(first), 0);
    assert.equal(proxy.cuts, 1);
    assert.equal(await rowsOf(store), 2);
    const second = inbox.records(made);
    proxy.arm(word, 'before');
    await assert.rejects(store.write(0, second, positionBehind(second), 2), isAway);
    assert.equal(proxy.cuts, 2);
    await store.write(0, second, positionBehind(second), 2);
    assert.equal(await rowsOf(store), 3);
    await store.close();
  });
}

function ownerTests(rigs: SqlRigs): void {
  const { kind } = rigs;

  test('an owner that pauses within a transaction holds nobody up for long, and changes nothing when it wakes', async () => {
    const settings = await rigs.database();
    const store = await kind.open(settings);
    const paused = kind.admin({ ...settings, queryTimeoutMs: 2_000 });
    const records = new Inbox().records(AB);
    const waking = paused.transaction(async (transaction) => {
      assert.equal(await transaction.execute(MOVE_CHECKPOINT, [7, '[7]', 1, 0, 0]), 1);
      await store.write(0, records, positionBehind(records), 0);
      await transaction.execute(MOVE_CHECKPOINT, [9, '[9]', 1, 0, 7]);
    });
    await assert.rejects(waking, isAway);
    assert.deepEqual(await store.checkpoint(0), positionBehind(records));
    await Promise.all([store.close(), paused.close()]);
  });
}

function serverTests(rigs: SqlRigs): void {
  const { kind } = rigs;

  test('a server that stands still: everything ends within its bounds, and goes on by itself', async () => {
    const settings = await rigs.database();
    const writer = await kind.open(settings);
    const records = new Inbox().records(AB);
    await writer.write(0, records, positionBehind(records), 0);
    await writer.close();
    // Above what a busy machine itself takes to answer; an operation waits three times: its turn, connection, answer.
    const boundMs = 1_500;
    const bounds = { poolSize: 2, connectTimeoutMs: boundMs, queryTimeoutMs: boundMs, operations: 6 };
    const store = await kind.open({ ...settings, ...bounds });
    await healed(() => rowsOf(store));
    await rigs.freeze();
    const started = performance.now();
    try {
      const reads = Array.from({ length: 9 }, () => store.read(0, A, ALL));
      const outcomes = await Promise.allSettled([...reads, store.checkpoint(0), store.newest(0, A)]);
      for (const outcome of outcomes) {
        assert.ok(outcome.status === 'rejected');
        assert.ok(isAway(outcome.reason), String(outcome.reason));
      }
      assert.equal(await store.waitFor(0, numberAt(1, 5), 300), false);
      assert.ok(performance.now() - started < 3 * boundMs + 10_000, `${performance.now() - started} ms`);
    } finally {
      rigs.thaw();
    }
    assert.equal(await healed(() => rowsOf(store)), 1);
    await store.close();
  });

  test('a server that dies and comes back: stores heal, one opened meanwhile too, and the timeline catches up', async () => {
    const settings = await rigs.database({ queryTimeoutMs: 3_000 });
    const store = await kind.open(settings);
    const codecs = testCodecs();
    const log = new MemoryLog(systemClock);
    await log.ensureTopics(topicSpecs(layout));
    const writer = new InboxWriter();
    const append = (count: number): void => {
      for (let at = 0; at < count; at += 1) {
        const value = codecs.inbox.encode(writer.make(AB));
        log.appendNow(inboxTopic(1), 0, [{ key: null, value }]);
      }
    };
    const timeline = await startTimeline({
      ...{ log, codecs, store, layout, limits: DEFAULT_LIMITS, clock: systemClock, logger: SILENT_LOGGER },
    });
    append(500);
    await until('the first rows', () => store.waitFor(0, numberAt(1, 499), 1_000));
    await rigs.server.server.kill();
    append(5_000);
    await assert.rejects(store.checkpoint(0), isAway);
    const late = await kind.open(settings);
    await assert.rejects(late.newest(0, A), isAway);
    await rigs.server.server.start();
    await until('all rows', () => late.waitFor(0, numberAt(1, 5_499), 1_000));
    assert.equal(await healed(() => rowsOf(late)), 5_500);
    assert.deepEqual(timeline.counters, { rowRecords: 5_500, repeats: 0, holes: 0, unreadable: 0 });
    await timeline.stop();
    await timeline.ended;
    await Promise.all([store.close(), late.close()]);
  });
}
