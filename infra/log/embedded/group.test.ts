import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBubbleError } from '../../../schemas/errors.ts';
import type { Committed, GroupHandlers, Lease } from '../log.ts';
import { input, TestLog, topic, valuesOf } from './test-log.ts';

const idle: GroupHandlers = { assigned: async () => 0, batch: async () => {}, revoked: async () => {} };
const failsWith = (code: Parameters<typeof isBubbleError>[1]) => (error: unknown) =>
  isBubbleError(error, code);

test('members come and go at random: never two holders, every record handled, in order, from the commit on', async () => {
  const simulation = new TestLog(3);
  await simulation.open({}, [topic({ partitions: 5 })]);
  const { clock, log } = simulation;
  const holder = new Map<number, string>();
  const next = new Map<number, number>();
  const joinMember = (name: string) => {
    const membership = log.join(
      'g',
      ['t'],
      {
        assigned: async (lease: Lease, committed: Committed | null) => {
          assert.equal(holder.get(lease.partition), undefined, `${lease.partition} has two holders`);
          holder.set(lease.partition, name);
          await new Promise<void>((resolve) => clock.after(1, resolve));
          const from = committed?.offset ?? 0;
          next.set(lease.partition, from);
          return from;
        },
        batch: async (lease, batch) => {
          assert.equal(holder.get(lease.partition), name);
          assert.equal(batch.records[0]!.offset, next.get(lease.partition));
          next.set(lease.partition, batch.next);
          await new Promise<void>((resolve) => clock.after(2, resolve));
          if (lease.signal.aborted) return;
          await (await membership).commit(lease, { offset: batch.next, vector: [batch.next] });
        },
        revoked: async (lease) => {
          await new Promise<void>((resolve) => clock.after(1, resolve));
          holder.delete(lease.partition);
        },
      },
      { maxRecords: 3 },
    );
    return membership;
  };
  const members = [joinMember('m0'), joinMember('m1')];
  for (let round = 0; round < 60; round += 1) {
    for (let partition = 0; partition < 5; partition += 1) {
      void log.append('t', partition, [input(`${round}`)]);
    }
    if (round % 7 === 3) members.push(joinMember(`m${members.length}`));
    if (round % 10 === 5) void members.shift()?.then((membership) => membership.leave());
    await clock.runFor(4);
  }
  await clock.runFor(500);
  for (let partition = 0; partition < 5; partition += 1) {
    const committed = await log.committed('g', 't', partition);
    assert.deepEqual(committed, { offset: 60, vector: [60] });
  }
  await simulation.done(log.close());
});

test('a member that does not let go in time is put out, and the partition moves on', async () => {
  const simulation = new TestLog();
  await simulation.open({ rebalanceMs: 1_000 });
  const { log, clock } = simulation;
  const hanging = await log.join('g', ['t'], { ...idle, revoked: () => new Promise(() => {}) });
  const ended = assert.rejects(hanging.ended, failsWith('TIMEOUT'));
  await clock.runFor(10);
  assert.equal(hanging.assignment.length, 1);
  const other = await log.join('g', ['t'], idle);
  await clock.runFor(500);
  assert.equal(other.assignment.length, 0);
  await clock.runFor(1_000);
  assert.equal(other.assignment.length, 1);
  assert.equal(hanging.assignment.length, 0);
  await ended;
});

test('a rebalance during a slow assignment: revoked is called, and no batch comes under the old lease', async () => {
  const simulation = new TestLog();
  await simulation.open();
  const { log, clock } = simulation;
  await simulation.append('a');
  const events: string[] = [];
  let finish = (): void => {};
  const slow = await log.join('g', ['t'], {
    assigned: () => {
      events.push('assigned');
      return new Promise((resolve) => {
        finish = () => resolve(0);
      });
    },
    batch: async () => {
      events.push('batch');
    },
    revoked: async () => {
      events.push('revoked');
    },
  });
  await clock.runFor(1);
  const leaving = slow.leave();
  await clock.runFor(1);
  assert.deepEqual(events, ['assigned', 'revoked']);
  finish();
  await simulation.done(leaving);
  assert.deepEqual(events, ['assigned', 'revoked']);
});

test('a handler may wait for its lease to be aborted: abandoning is no failure', async () => {
  const simulation = new TestLog();
  await simulation.open();
  const { log, clock } = simulation;
  await simulation.append('a');
  const member = await log.join('g', ['t'], {
    ...idle,
    batch: (lease) =>
      new Promise((_, reject) => {
        lease.signal.addEventListener('abort', () => reject(lease.signal.reason));
      }),
  });
  await clock.runFor(1);
  await simulation.done(member.leave());
  await member.ended;
});

test('a reader that falls out of the kept range ends its membership and says so', async () => {
  const simulation = new TestLog();
  await simulation.open();
  const { log, clock } = simulation;
  const member = await log.join('g', ['t'], { ...idle, assigned: async () => 10 });
  const ended = assert.rejects(member.ended, failsWith('OFFSET_OUT_OF_RANGE'));
  await clock.runFor(10);
  await ended;
});

test('far behind, a member gets batches up to its limits and lets others run in between', async () => {
  const simulation = new TestLog();
  await simulation.open();
  const { log, clock } = simulation;
  await simulation.append(...Array.from({ length: 95 }, (_, at) => String(at)));
  const sizes: number[] = [];
  const seen: (string | null)[] = [];
  await log.join(
    'g',
    ['t'],
    {
      ...idle,
      batch: async (_lease, batch) => {
        sizes.push(batch.records.length);
        seen.push(...valuesOf(batch.records));
      },
    },
    { maxRecords: 10 },
  );
  await clock.runFor(5);
  assert.deepEqual(sizes, [10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
  assert.deepEqual(
    seen,
    Array.from({ length: 95 }, (_, at) => String(at)),
  );
});

test('one wake-up for all records of a write', async () => {
  const simulation = new TestLog();
  await simulation.open();
  const { log, clock } = simulation;
  const sizes: number[] = [];
  await log.join('g', ['t'], {
    ...idle,
    batch: async (_lease, batch) => {
      sizes.push(batch.records.length);
    },
  });
  await clock.runFor(5);
  for (let at = 0; at < 50; at += 1) void log.append('t', 0, [input(String(at))]);
  await clock.runFor(5);
  assert.deepEqual(sizes, [50]);
});
