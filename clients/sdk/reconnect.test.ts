/** The numbered rules of reconnect.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { CLOSE_CODES, type CloseName } from '../../schemas/errors.ts';
import { DEFAULT_SDK_LIMITS } from '../../schemas/limits.ts';
import { type Phase, Reconnect } from './reconnect.ts';

const machine = (): Reconnect => new Reconnect(DEFAULT_SDK_LIMITS, new SeededRandom(3));
const onlineMachine = (): Reconnect => {
  const reconnect = machine();
  reconnect.on({ kind: 'start' });
  reconnect.on({ kind: 'opened', now: 0 });
  return reconnect;
};
const delayOf = (phase: Phase): number => {
  assert.equal(phase.kind, 'waiting');
  return phase.kind === 'waiting' ? phase.delayMs : 0;
};
const closed = (name: CloseName, fields: { sealed?: boolean; retryAfterMs?: number; now?: number } = {}) => ({
  kind: 'disconnected' as const,
  code: CLOSE_CODES[name].code,
  retryAfterMs: 0,
  sealed: true,
  now: 0,
  ...fields,
});

test('rule 1: events that do not belong to a phase change nothing', () => {
  const reconnect = machine();
  assert.equal(reconnect.on({ kind: 'retry' }).kind, 'stopped');
  assert.equal(reconnect.on({ kind: 'opened', now: 0 }).kind, 'stopped');
  reconnect.on({ kind: 'start' });
  assert.equal(reconnect.on({ kind: 'start' }).kind, 'connecting');
  assert.equal(reconnect.on({ kind: 'retry' }).kind, 'connecting');
  reconnect.on({ kind: 'opened', now: 0 });
  assert.equal(reconnect.on({ kind: 'retry' }).kind, 'online');
  assert.equal(reconnect.on({ kind: 'refused', error: 'BANNED', advice: 'stop' }).kind, 'online');
  reconnect.on({ kind: 'stop' });
  assert.equal(reconnect.on({ kind: 'lost', reason: '', now: 0 }).kind, 'stopped');
});

test('rule 2: full jitter below a ceiling that doubles up to the limit', () => {
  const { backoffBaseMs, backoffMaxMs } = DEFAULT_SDK_LIMITS;
  const longest = new Array<number>(12).fill(0);
  for (let seed = 0; seed < 200; seed += 1) {
    const reconnect = new Reconnect(DEFAULT_SDK_LIMITS, new SeededRandom(seed));
    reconnect.on({ kind: 'start' });
    for (let failures = 0; failures < longest.length; failures += 1) {
      const delay = delayOf(reconnect.on({ kind: 'lost', reason: '', now: 0 }));
      longest[failures] = Math.max(longest[failures]!, delay);
      assert.ok(delay >= 0 && delay < Math.min(backoffMaxMs, backoffBaseMs * 2 ** failures));
      reconnect.on({ kind: 'retry' });
    }
  }
  assert.ok(longest[11]! > 0.9 * backoffMaxMs && longest[0]! > 0.9 * backoffBaseMs);
});

test('rule 2: with several gates the delay doubles only after each was tried', () => {
  const { backoffBaseMs } = DEFAULT_SDK_LIMITS;
  const longest = new Array<number>(9).fill(0);
  for (let seed = 0; seed < 200; seed += 1) {
    const reconnect = new Reconnect(DEFAULT_SDK_LIMITS, new SeededRandom(seed), () => 3);
    reconnect.on({ kind: 'start' });
    for (let failures = 0; failures < longest.length; failures += 1) {
      const delay = delayOf(reconnect.on({ kind: 'lost', reason: '', now: 0 }));
      longest[failures] = Math.max(longest[failures]!, delay);
      assert.ok(delay < backoffBaseMs * 2 ** Math.floor(failures / 3));
      reconnect.on({ kind: 'retry' });
    }
  }
  for (const [failures, delay] of longest.entries()) {
    assert.ok(delay > 0.9 * backoffBaseMs * 2 ** Math.floor(failures / 3), `${failures}: ${delay}`);
  }
});

test('rule 2: the server may ask to wait, up to 60 s', () => {
  const delay = delayOf(onlineMachine().on(closed('DRAIN', { retryAfterMs: 5_000 })));
  assert.ok(delay >= 5_000 && delay < 5_000 + DEFAULT_SDK_LIMITS.backoffBaseMs);
  const capped = delayOf(onlineMachine().on(closed('DRAIN', { retryAfterMs: 3_600_000 })));
  assert.ok(capped >= 60_000 && capped < 60_000 + DEFAULT_SDK_LIMITS.backoffBaseMs);
});

test('rule 3: a short session counts as a failure, a long one forgets', () => {
  const reconnect = machine();
  reconnect.on({ kind: 'start' });
  let longest = 0;
  for (let round = 0; round < 50; round += 1) {
    reconnect.on({ kind: 'opened', now: 0 });
    longest = Math.max(longest, delayOf(reconnect.on({ kind: 'lost', reason: '', now: 100 })));
    reconnect.on({ kind: 'retry' });
  }
  assert.ok(longest > 10_000);
  reconnect.on({ kind: 'opened', now: 0 });
  assert.ok(delayOf(reconnect.on({ kind: 'lost', reason: '', now: 10_000 })) < 500);
});

test('rules 4, 5, 6: every close code is obeyed inside the channel, and a hint outside of it', () => {
  for (const [name, { advice }] of Object.entries(CLOSE_CODES)) {
    const code = name as CloseName;
    const reconnect = onlineMachine();
    const phase = reconnect.on(closed(code));
    if (advice === 'stop') assert.deepEqual(phase, { kind: 'ended', reason: code });
    else assert.equal(phase.kind, 'waiting', name);
    assert.equal(reconnect.credential, advice === 'log-in-again' ? 'fresh-token' : 'any', name);
    const hinted = onlineMachine();
    assert.equal(hinted.on(closed(code, { sealed: false })).kind, 'waiting', name);
    assert.equal(hinted.credential, 'any', name);
  }
  const unknown = onlineMachine().on({ ...closed('DRAIN'), code: 9_999 });
  assert.equal(unknown.kind, 'waiting', 'a code of a later release');
});

test('rules 4, 5, 6: refusals of the handshake', () => {
  const refusedWith = (advice: Parameters<Reconnect['on']>[0] & { kind: 'refused' }): Reconnect => {
    const reconnect = machine();
    reconnect.on({ kind: 'start' });
    reconnect.on(advice);
    return reconnect;
  };
  assert.equal(refusedWith({ kind: 'refused', error: 'BANNED', advice: 'stop' }).phase.kind, 'ended');
  assert.equal(
    refusedWith({ kind: 'refused', error: 'UPGRADE_REQUIRED', advice: 'upgrade' }).phase.kind,
    'ended',
  );
  const token = refusedWith({ kind: 'refused', error: 'TOKEN', advice: 'new-token' });
  assert.deepEqual(token.on({ kind: 'retry' }), { kind: 'connecting', credential: 'fresh-token' });
  token.on({ kind: 'opened', now: 0 });
  assert.equal(token.credential, 'any');
  const ticket = refusedWith({ kind: 'refused', error: 'AUTH_FAILED', advice: 'full-login' });
  assert.deepEqual(ticket.on({ kind: 'retry' }), { kind: 'connecting', credential: 'token' });
  ticket.on({ kind: 'refused', error: 'AUTH_FAILED', advice: 'back-off' });
  assert.deepEqual(
    ticket.on({ kind: 'retry' }),
    { kind: 'connecting', credential: 'any' },
    'the ticket again',
  );
});

test('rule 4: REPLACED is doubted soon after the end of an own session, and then believed', () => {
  const { replacedDoubtMs } = DEFAULT_SDK_LIMITS;
  const reconnect = onlineMachine();
  reconnect.on({ kind: 'lost', reason: '', now: 1_000 });
  reconnect.on({ kind: 'retry' });
  reconnect.on({ kind: 'opened', now: 2_000 });
  assert.equal(reconnect.on(closed('REPLACED', { now: 3_000 })).kind, 'waiting');
  reconnect.on({ kind: 'retry' });
  reconnect.on({ kind: 'opened', now: 4_000 });
  assert.equal(reconnect.on(closed('REPLACED', { now: 1_000 + replacedDoubtMs })).kind, 'waiting');
  reconnect.on({ kind: 'retry' });
  reconnect.on({ kind: 'opened', now: 5_000 + replacedDoubtMs });
  // The sessions that ended by REPLACED do not renew the doubt.
  assert.deepEqual(reconnect.on(closed('REPLACED', { now: 5_000 + replacedDoubtMs })), {
    kind: 'ended',
    reason: 'REPLACED',
  });
});

test('rule 4: an attempt that failed may have been announced too; a new start forgets', () => {
  const reconnect = machine();
  reconnect.on({ kind: 'start' });
  reconnect.on({ kind: 'lost', reason: '', now: 0 });
  reconnect.on({ kind: 'retry' });
  reconnect.on({ kind: 'opened', now: 1_000 });
  assert.equal(reconnect.on(closed('REPLACED', { now: 2_000 })).kind, 'waiting');
  reconnect.on({ kind: 'stop' });
  reconnect.on({ kind: 'start' });
  reconnect.on({ kind: 'opened', now: 3_000 });
  assert.equal(reconnect.on(closed('REPLACED', { now: 4_000 })).kind, 'ended');
});

test('rule 4: other advice to stop is not doubted', () => {
  const [stop] = Object.entries(CLOSE_CODES).filter(
    ([name, { advice }]) => advice === 'stop' && name !== 'REPLACED',
  );
  const reconnect = onlineMachine();
  reconnect.on({ kind: 'lost', reason: '', now: 0 });
  reconnect.on({ kind: 'retry' });
  reconnect.on({ kind: 'opened', now: 0 });
  assert.equal(reconnect.on(closed(stop![0] as CloseName)).kind, 'ended');
});
