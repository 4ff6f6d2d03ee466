/** The numbered rules of inbox.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { DEFAULT_SDK_LIMITS } from '../../schemas/limits.ts';
import { Inbox } from './inbox.ts';
import { type Row, rowOf } from './rows.ts';

const row = (seq: number, prevSeq: number, serverMsgId = 0n): Row => ({
  ...rowOf({ fromUserName: 'a', toUserName: 'b' }),
  seq,
  prevSeq,
  serverMsgId,
});
const inbox = (limits = {}, completeTo = 0): Inbox =>
  new Inbox({ ...DEFAULT_SDK_LIMITS, ...limits }, new SeededRandom(1), completeTo);
const seqs = (rows: readonly Row[]): number[] => rows.map(({ seq }) => seq);

test('rules 1, 3, 4: a gap is shown, pulled once, and nothing is shown twice', () => {
  const box = inbox();
  assert.equal(box.pushed(row(10, 0)), true);
  assert.equal(box.pushed(row(40, 30)), true, 'shown at once');
  assert.equal(box.completeTo, 10);
  assert.deepEqual(box.next(0), { kind: 'pull', from: 10, until: 40 });
  assert.equal(box.pushed(row(50, 40)), true);
  assert.deepEqual(box.next(0), { kind: 'nothing' }, 'one outstanding');
  const shown = box.pulled({ rows: [row(20, 0), row(30, 0), row(40, 0)], syncedTo: 40, more: false }, 0);
  assert.deepEqual(seqs(shown), [20, 30]);
  assert.deepEqual(box.next(0), { kind: 'pull', from: 40, until: 50 }, 'until was raised meanwhile');
  assert.deepEqual(seqs(box.pulled({ rows: [row(50, 0)], syncedTo: 55, more: false }, 0)), []);
  assert.equal(box.completeTo, 55);
  assert.deepEqual(box.next(0), { kind: 'nothing' });
  assert.equal(box.pushed(row(50, 40)), false, 'a repeat');
});

test('rule 2: beyond the bound rows behind a gap are shown by the pull alone', () => {
  const box = inbox({ rowsAhead: 2 });
  assert.deepEqual(
    [row(20, 15), row(30, 20), row(40, 30)].map((each) => box.pushed(each)),
    [true, true, false],
  );
  box.next(0);
  const page = [row(10, 0), row(20, 0), row(30, 0), row(40, 0)];
  assert.deepEqual(seqs(box.pulled({ rows: page, syncedTo: 40, more: false }, 0)), [10, 40]);
});

test('rule 4: notices and proofs raise no C, but make it pull', () => {
  const box = inbox({}, 7);
  box.noticed(7, false);
  assert.deepEqual(box.next(0), { kind: 'nothing' });
  box.noticed(9, false);
  assert.equal(box.completeTo, 7);
  assert.deepEqual(box.next(0), { kind: 'pull', from: 7, until: 9 });
  box.pulled({ rows: [], syncedTo: 9, more: false }, 0);
  box.noticed(0, true);
  assert.deepEqual(box.next(0), { kind: 'pull', from: 9, until: 0 }, 'unproven');
  box.pulled({ rows: [], syncedTo: 8, more: false }, 0);
  assert.equal(box.completeTo, 9, 'never back');
});

test('rule 5: failures and pulls without progress back off, bounded; progress and a new session end it', () => {
  const box = inbox();
  box.noticed(100, false);
  let now = 0;
  let longest = 0;
  for (let round = 0; round < 20; round += 1) {
    assert.equal(box.next(now).kind, 'pull');
    if (round % 2 === 0) box.failed(now);
    else box.pulled({ rows: [], syncedTo: 0, more: false }, now);
    const wait = box.next(now);
    assert.ok(wait.kind === 'wait' && wait.until > now);
    longest = Math.max(longest, wait.until - now);
    now = wait.until;
  }
  assert.ok(longest > 15_000 && longest <= DEFAULT_SDK_LIMITS.pullRetryMaxMs + 1);
  assert.equal(box.next(now).kind, 'pull');
  box.pulled({ rows: [], syncedTo: 50, more: false }, now);
  assert.equal(box.next(now).kind, 'pull', 'at once, after progress');
  box.failed(now);
  box.sessionClosed();
  assert.equal(box.next(now).kind, 'pull', 'at once, in a new session');
});

test('rule 5: an unproven pull that was lost with its session is asked again', () => {
  const box = inbox();
  box.noticed(0, true);
  assert.equal(box.next(0).kind, 'pull');
  box.sessionClosed();
  assert.equal(box.next(0).kind, 'pull');
});

test('rule 6: too old, a snapshot; what it does not cover is pulled', () => {
  const box = inbox({}, 5);
  box.noticed(1_000, false);
  box.next(0);
  box.tooOld();
  assert.deepEqual(box.next(0), { kind: 'snapshot' });
  assert.deepEqual(seqs(box.snapshotTaken([row(900, 0), row(901, 0)], 950)), [900, 901]);
  assert.equal(box.completeTo, 950);
  assert.deepEqual(box.next(0), { kind: 'pull', from: 950, until: 1_000 });
});

test('rule 7: a message under another version is not shown again, another one under the same id is', () => {
  const box = inbox({ recentMessages: 2 });
  assert.equal(box.pushed(row(1, 0, 77n)), true);
  assert.equal(box.pushed(row(2, 1, 77n)), false);
  assert.equal(box.completeTo, 2);
  assert.equal(box.pushed({ ...row(3, 2, 77n), from: 'c' }), true, 'a collision hides nobody');
  box.pushed(row(4, 3, 78n));
  box.pushed(row(5, 4, 79n));
  assert.equal(box.pushed({ ...row(6, 5, 77n), from: 'c' }), true, 'the memory is bounded');
});

test('any order of pushes, losses and pulls: in the end every row was shown once', () => {
  const events = fc.array(fc.nat(9), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(events, fc.integer({ min: 1, max: 5 }), (draws, rowsAhead) => {
      const box = inbox({ rowsAhead, recentMessages: 0 });
      const log: number[] = [];
      const shown: number[] = [];
      let request = box.next(0);
      let now = 0;
      const pullOnce = (): void => {
        now += 100_000;
        if (request.kind !== 'pull') request = box.next(now);
        if (request.kind !== 'pull') return;
        const { from } = request;
        const rest = log.filter((seq) => seq > from);
        const page = rest.slice(0, 3);
        const more = page.length < rest.length;
        const syncedTo = more ? (page.at(-1) ?? 0) : (log.at(-1) ?? 0);
        shown.push(...seqs(box.pulled({ rows: page.map((seq) => row(seq, 0)), syncedTo, more }, now)));
        request = box.next(now);
      };
      for (const draw of draws) {
        if (draw <= 6) {
          const prevSeq = log.at(-1) ?? 0;
          const seq = prevSeq + 1 + draw;
          log.push(seq);
          // draw 0-2: lost. 5: prevSeq too high. 6: pushed twice.
          if (draw > 2) {
            const pushed = row(seq, draw === 5 ? seq - 1 : prevSeq);
            if (box.pushed(pushed)) shown.push(seq);
            if (draw === 6 && box.pushed(pushed)) shown.push(seq);
          }
        } else if (draw === 7) {
          box.noticed(log.at(-1) ?? 0, false);
        } else if (draw === 8) {
          pullOnce();
        } else {
          box.sessionClosed();
          request = { kind: 'nothing' };
        }
      }
      box.noticed(log.at(-1) ?? 0, false);
      for (let round = 0; round < 100; round += 1) pullOnce();
      assert.deepEqual(
        shown.sort((a, b) => a - b),
        log,
      );
      assert.equal(box.completeTo, log.at(-1) ?? 0);
    }),
    { numRuns: 500 },
  );
});
