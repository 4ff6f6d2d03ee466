/** The numbered rules of outbox.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { ERRORS, type ErrorName } from '../../schemas/errors.ts';
import { DEFAULT_SDK_LIMITS } from '../../schemas/limits.ts';
import type { Ack, CommandDraft } from './commands.ts';
import { type Entry, Outbox } from './outbox.ts';
import { MemoryOutbox } from './outbox-storage.ts';

const draft = (queue: string, text = 'x'): CommandDraft => ({
  operation: 4,
  queue,
  to: queue,
  body: new TextEncoder().encode(text),
});
const ack = (name: ErrorName, fields: Partial<Ack> = {}): Ack => ({
  code: ERRORS[name].code,
  name,
  message: '',
  clientMsgId: 0n,
  serverMsgId: 1n,
  seq: 1,
  prevSeq: 0,
  convSeq: 1,
  serverTime: 1,
  to: '',
  duplicate: false,
  ...fields,
});
const outbox = (limits = {}): Outbox => new Outbox({ ...DEFAULT_SDK_LIMITS, ...limits }, new SeededRandom(1));
const give = (box: Outbox, queue: string, nowMs = 1_000): Entry => {
  const entry = box.enqueue(draft(queue), 0, nowMs);
  assert.ok(entry !== 'full');
  box.stored(entry);
  return entry;
};
const idsOf = (entries: readonly Entry[]): bigint[] => entries.map(({ command }) => command.clientMsgId);

test('rules 1 and 2: heads that are stored, one a queue, in order', () => {
  const box = outbox();
  const notStored = box.enqueue(draft('a'), 0, 1_000);
  assert.ok(notStored !== 'full');
  const behind = give(box, 'a');
  const other = give(box, 'b');
  box.sessionOpened();
  assert.deepEqual(box.takeDue(0), [other]);
  box.stored(notStored);
  assert.deepEqual(box.takeDue(0), [notStored]);
  assert.equal(box.answered(notStored.command.clientMsgId, ack('OK'), 1).kind, 'settled');
  assert.deepEqual(box.takeDue(1), [behind]);
  assert.deepEqual(box.takeDue(1), []);
});

test('rule 2: a command that could not be stored goes, and the one behind it goes on', () => {
  const box = outbox();
  box.sessionOpened();
  const failing = box.enqueue(draft('a'), 0, 1_000);
  assert.ok(failing !== 'full');
  const behind = give(box, 'a');
  assert.deepEqual(box.takeDue(0), []);
  box.notStored(failing);
  assert.deepEqual(box.takeDue(0), [behind]);
});

test('rule 4: ids rise over queues, restarts and a clock that is set back', () => {
  const box = outbox();
  const before = [give(box, 'a', 5_000), give(box, 'b', 4_000), give(box, 'a', 1)];
  const lastId = before.at(-1)?.command.clientMsgId ?? 0n;
  const next = outbox();
  next.restore({ commands: before.map(({ command }) => command), lastId });
  const after = give(next, 'c', 1);
  const ids = [...idsOf(before), after.command.clientMsgId];
  assert.deepEqual(
    ids,
    [...ids].sort((a, b) => (a < b ? -1 : 1)),
  );
  assert.equal(new Set(ids).size, 4);
});

test('rule 5: PENDING and RETRY_LATER remove nothing; an outcome is told once', () => {
  const box = outbox();
  box.sessionOpened();
  const entry = give(box, 'a');
  const { clientMsgId } = entry.command;
  box.takeDue(0);
  assert.equal(box.answered(clientMsgId, ack('PENDING'), 0).kind, 'pending');
  for (const name of ['RETRY_LATER', 'RATE_LIMITED', 'DRAINING', 'STORE_AWAY'] as const) {
    assert.notEqual(box.answered(clientMsgId, ack(name), 0).kind, 'settled');
  }
  assert.notEqual(box.answered(clientMsgId, { ...ack('OK'), name: 'UNKNOWN', code: 177 }, 0).kind, 'settled');
  assert.equal(box.size, 1);
  const verdict = box.answered(clientMsgId, ack('FORBIDDEN'), 0);
  assert.equal(verdict.kind === 'settled' && verdict.outcome.kind, 'rejected');
  assert.equal(box.answered(clientMsgId, ack('OK'), 0).kind, 'unknown');
  assert.equal(box.isEmpty, true);
});

test('rule 5: a duplicate resolves with the first outcome, whatever version its answer carries', () => {
  const box = outbox();
  box.sessionOpened();
  const entry = give(box, 'a');
  box.takeDue(0);
  const verdict = box.answered(entry.command.clientMsgId, ack('OK', { duplicate: true, seq: 99 }), 0);
  assert.ok(verdict.kind === 'settled' && verdict.outcome.kind === 'accepted');
  assert.equal(verdict.outcome.seq, 0, 'the version of the answer is not that of the row');
});

test('rule 6: again after 60 s, after the back-off, and in a new session', () => {
  const box = outbox();
  box.sessionOpened();
  const entry = give(box, 'a');
  const { clientMsgId } = entry.command;
  assert.deepEqual(box.takeDue(0), [entry]);
  box.tick(59_999);
  assert.deepEqual(box.takeDue(59_999), []);
  assert.equal(box.nextTickAt(), 60_000);
  box.tick(60_000);
  assert.deepEqual(box.takeDue(60_000), [entry]);
  assert.equal(box.answered(clientMsgId, ack('RETRY_LATER'), 60_000).kind, 'retry');
  const at = box.nextTickAt();
  assert.ok(at > 60_000 && at <= 60_250);
  box.tick(at - 1);
  assert.deepEqual(box.takeDue(at - 1), []);
  box.tick(at);
  assert.deepEqual(box.takeDue(at), [entry]);
  box.sessionClosed();
  box.tick(500_000);
  assert.deepEqual(box.takeDue(500_000), [], 'nothing without a session');
  box.sessionOpened();
  assert.deepEqual(box.takeDue(500_000), [entry]);
  assert.equal(entry.command.clientMsgId, clientMsgId);
});

test('rule 6: the back-off is bounded', () => {
  const box = outbox();
  box.sessionOpened();
  const { clientMsgId } = give(box, 'a').command;
  let longest = 0;
  for (let round = 0, now = 0; round < 200; round += 1) {
    box.tick(now);
    assert.equal(box.takeDue(now).length, 1);
    box.answered(clientMsgId, ack('RETRY_LATER'), now);
    longest = Math.max(longest, box.nextTickAt() - now);
    now = box.nextTickAt();
  }
  assert.ok(longest > 10_000 && longest <= DEFAULT_SDK_LIMITS.retryLaterMaxMs, String(longest));
});

test('rule 3: a stale id that was looked for in vain is renewed, with those behind it, in order', () => {
  const box = outbox();
  box.sessionOpened();
  const [first, second, third] = [give(box, 'a'), give(box, 'a'), give(box, 'a')];
  const oldIds = idsOf([first!, second!, third!]);
  box.takeDue(0);
  const verdict = box.answered(oldIds[0]!, ack('STALE_ID'), 0);
  assert.ok(verdict.kind === 'stale' && verdict.entry === first);
  assert.deepEqual(box.takeDue(0), []);
  box.sessionClosed();
  box.sessionOpened();
  assert.deepEqual(box.takeDue(0), [], 'not sent while it is being looked for');
  const renewal = box.renewal(first!, 9_000);
  assert.deepEqual(renewal.oldIds, oldIds);
  box.renew(renewal.oldIds, renewal.commands);
  assert.deepEqual(box.takeDue(0), [first]);
  const ids = idsOf([first!, second!, third!]);
  assert.ok(ids[0]! > oldIds[2]! && ids[1]! > ids[0]! && ids[2]! > ids[1]!);
  assert.equal(box.answered(oldIds[0]!, ack('OK'), 0).kind, 'unknown', 'a late answer to the old id');
  assert.equal(box.answered(ids[0]!, ack('OK'), 0).kind, 'settled');
});

test('rule 7: commands and bytes are bounded', () => {
  const few = outbox({ outboxCommands: 2 });
  give(few, 'a');
  give(few, 'b');
  assert.equal(few.enqueue(draft('c'), 0, 1), 'full');
  const small = outbox({ outboxBytes: 400 });
  assert.notEqual(small.enqueue(draft('a', 'x'.repeat(200)), 0, 1), 'full');
  assert.equal(small.enqueue(draft('a', 'x'.repeat(200)), 0, 1), 'full');
});

type Step =
  | { readonly kind: 'give'; readonly queue: string }
  | { readonly kind: 'answer'; readonly index: number; readonly name: ErrorName }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'reconnect' };

const step = fc.oneof(
  fc.record({ kind: fc.constant('give' as const), queue: fc.constantFrom('a', 'b', 'c') }),
  fc.record({
    kind: fc.constant('answer' as const),
    index: fc.nat(5),
    name: fc.constantFrom<ErrorName>('OK', 'PENDING', 'RETRY_LATER', 'FORBIDDEN', 'STALE_ID'),
  }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.constantFrom(10, 1_000, 61_000) }),
  fc.constant({ kind: 'reconnect' as const }),
);

test('any course of events: one on its way per queue, in order, and everything has one outcome in the end', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps: readonly Step[]) => {
      const box = outbox();
      const storage = new MemoryOutbox();
      const onTheWay = new Map<string, Entry>();
      const settled = new Set<Entry>();
      const order = new Map<string, Entry[]>();
      let now = 0;
      const take = (): void => {
        for (const entry of box.takeDue(now)) {
          const queue = entry.command.queue;
          const before = onTheWay.get(queue);
          assert.ok(before === undefined || before === entry, 'two of one queue are on their way');
          assert.equal(
            order.get(queue)?.find((each) => !settled.has(each)),
            entry,
            'out of order',
          );
          onTheWay.set(queue, entry);
        }
      };
      const answer = (entry: Entry, name: ErrorName): void => {
        const verdict = box.answered(entry.command.clientMsgId, ack(name), now);
        if (verdict.kind === 'settled') {
          assert.ok(!settled.has(entry), 'two outcomes');
          settled.add(entry);
          onTheWay.delete(entry.command.queue);
        } else if (verdict.kind === 'stale') {
          const { oldIds, commands } = box.renewal(entry, now);
          storage.renew(oldIds, commands);
          box.renew(oldIds, commands);
        }
        take();
      };
      box.sessionOpened();
      for (const each of steps) {
        if (each.kind === 'give') {
          const entry = give(box, each.queue, now);
          order.set(each.queue, [...(order.get(each.queue) ?? []), entry]);
        } else if (each.kind === 'time') {
          now += each.ms;
          box.tick(now);
        } else if (each.kind === 'reconnect') {
          box.sessionClosed();
          box.sessionOpened();
        } else {
          const entry = [...onTheWay.values()][each.index];
          if (entry !== undefined) answer(entry, each.name);
        }
        take();
      }
      for (let round = 0; !box.isEmpty; round += 1) {
        assert.ok(round < 1_000, 'something is stuck');
        now += 61_000;
        box.tick(now);
        take();
        for (const entry of [...onTheWay.values()]) answer(entry, 'OK');
      }
      for (const entries of order.values()) assert.ok(entries.every((entry) => settled.has(entry)));
    }),
    { numRuns: 300 },
  );
});
