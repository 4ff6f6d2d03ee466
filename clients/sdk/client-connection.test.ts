/** How a client connects, logs in and connects again: tokens, tickets, heartbeats, close codes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { timeOfClientMsgId } from '../../schemas/ids.ts';
import { DEFAULT_SDK_LIMITS } from '../../schemas/limits.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { MemoryOutbox } from './outbox-storage.ts';
import { MemoryState } from './state-storage.ts';
import { accepted, clientWorld, online, sends, type World } from './test/client-world.ts';

const world = (): World => clientWorld(new SimClock(), new SeededRandom(7));

test('a token callback that fails delays, and the client goes on', async () => {
  const w = world();
  let failures = 2;
  const alice = await w.client('alice', {
    token: () => {
      failures -= 1;
      if (failures >= 0) throw new Error('the identity provider is away');
      return 'token';
    },
  });
  await online(w, alice);
  assert.equal(alice.errors.length, 2);
  await w.stop();
});

test('resume: the second session logs in with the ticket, C is kept', async () => {
  const w = world();
  const state = new MemoryState();
  const outbox = new MemoryOutbox();
  const bob = await w.client('bob', { state, outbox });
  await online(w, bob);
  w.server.deliver('alice', 'bob', 1n, Buffer.from('1'));
  await w.clock.runFor(50);
  w.server.open[0]?.close();
  await w.clock.runFor(5_000);
  await bob.client.stop();
  const again = await w.client('bob', { state, outbox });
  await online(w, again);
  assert.deepEqual(
    w.server.logins.map(({ suite, token }) => [suite, token]),
    [
      [2, 'token of bob'],
      [3, ''],
      [3, ''],
    ],
  );
  assert.deepEqual(again.texts(), []);
  assert.equal(again.client.completeTo, bob.client.completeTo);
  await w.stop();
});

test('missed heartbeats: the client connects anew', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = ({ operation }) => operation === OP.HEARTBEAT && w.server.connections.length === 1;
  await w.clock.runFor(25_000 + 8_000 + 3_000);
  assert.deepEqual(alice.states.slice(0, 5), ['connecting', 'online', 'waiting', 'connecting', 'online']);
  await w.stop();
});

test('heartbeats carry C', async () => {
  const w = world();
  const bob = await w.client('bob');
  await online(w, bob);
  w.server.deliver('alice', 'bob', 1n, Buffer.from('1'));
  await w.clock.runFor(30_000);
  const last = w.server.requestsOf(OP.HEARTBEAT).at(-1)?.body ?? new Uint8Array();
  assert.equal(numberOf(bubble.wire.HeartbeatReq.decode(last).completeTo), bob.client.completeTo);
  assert.ok(bob.client.completeTo > 0);
  await w.stop();
});

test('close codes: reconnect, stop, log in again', async () => {
  const w = world();
  const fresh: boolean[] = [];
  const state = new MemoryState();
  const alice = await w.client('alice', {
    state,
    token: (wanted) => {
      fresh.push(wanted);
      return 'token';
    },
  });
  await online(w, alice);
  w.server.open[0]?.disconnect('DRAIN');
  await w.clock.runFor(50);
  await online(w, alice);
  assert.equal(w.server.logins.at(-1)?.suite, 3, 'DRAIN: by resumption');
  w.server.network = 'refuse';
  w.server.open[0]?.disconnect('REVOKED');
  await w.clock.runFor(2_000);
  assert.deepEqual(
    (await state.load())?.tickets,
    { current: null, next: null },
    'REVOKED: no ticket is kept',
  );
  w.server.network = 'up';
  await online(w, alice);
  assert.deepEqual(
    [w.server.logins.at(-1)?.suite, fresh[0], fresh.at(-1)],
    [2, false, true],
    'a fresh token',
  );
  // Sooner, it might have been replaced by what its own former session has left.
  await w.clock.runFor(DEFAULT_SDK_LIMITS.replacedDoubtMs);
  w.server.open[0]?.disconnect('REPLACED');
  await w.clock.runFor(120_000);
  assert.deepEqual(alice.client.phase, { kind: 'ended', reason: 'REPLACED' });
  assert.equal(w.server.logins.length, 3, 'REPLACED: no further attempt');
  alice.client.connectNow();
  await online(w, alice);
  await w.stop();
});

test('the advice to wait is obeyed', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  const { attempts } = w.server;
  w.server.open[0]?.disconnect('DRAIN', 20_000);
  await w.clock.runFor(19_900);
  assert.equal(w.server.attempts, attempts);
  await w.clock.runFor(1_000);
  assert.equal(w.server.attempts, attempts + 1);
  await w.stop();
});

test('refusals: a wrong clock is corrected, a bad token is asked for anew, a ban ends it', async () => {
  const w = world();
  w.server.clockOffsetMs = -3_600_000;
  w.server.auth = ({ timestampMs }) =>
    Math.abs(timestampMs - w.server.now()) > 120_000
      ? { kind: 'refuse', error: 'CLOCK' }
      : { kind: 'accept' };
  const alice = await w.client('alice');
  await online(w, alice);
  accepted(await w.clock.until(alice.client.send('bob', 'at server time')));
  const id = sends(w.server)[0] ?? 0n;
  assert.ok(Math.abs(timeOfClientMsgId(id) - w.server.now()) < 5_000, 'ids carry the server time');

  w.server.auth = ({ token }) => (token === 'good' ? { kind: 'accept' } : { kind: 'refuse', error: 'TOKEN' });
  const bob = await w.client('bob', { token: (fresh) => (fresh ? 'good' : 'old') });
  await online(w, bob);

  w.server.auth = () => ({ kind: 'refuse', error: 'BANNED' });
  const carol = await w.client('carol');
  await w.clock.runFor(60_000);
  assert.deepEqual(carol.client.phase, { kind: 'ended', reason: 'BANNED' });
  await w.stop();
});

test('what is said outside the channel never ends anything nor costs the ticket', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.network = 'REPLACED';
  w.server.open[0]?.close();
  await w.clock.runFor(20_000);
  assert.notEqual(alice.client.phase.kind, 'ended');
  w.server.network = 'up';
  w.server.auth = () => ({ kind: 'hint', error: 'BANNED' });
  await w.clock.runFor(40_000);
  assert.notEqual(alice.client.phase.kind, 'ended');
  w.server.auth = () => ({ kind: 'accept' });
  await online(w, alice);
  assert.equal(w.server.logins.at(-1)?.suite, 3, 'the ticket is still used');
  await w.stop();
});

test('a server that refuses connections is asked ever less often, and never less than the limit says', async () => {
  const w = world();
  w.server.network = 'refuse';
  const alice = await w.client('alice');
  await w.clock.runFor(600_000);
  // Full jitter below 30 s: about 15 s between two attempts.
  assert.ok(w.server.attempts > 20 && w.server.attempts < 90, String(w.server.attempts));
  assert.ok(alice.errors.length > 0);
  await w.stop();
});
