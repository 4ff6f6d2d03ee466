/** What a client shows and when it is complete; pulls, snapshots and queries. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { ERRORS } from '../../schemas/errors.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { OP, replyTo } from '../../schemas/wire/operations.ts';
import { clientWorld, online, type World } from './test/client-world.ts';

const world = (): World => clientWorld(new SimClock(), new SeededRandom(7));

test('a gap: the row is shown at once, the missing ones are pulled, nothing comes twice', async () => {
  const w = world();
  const bob = await w.client('bob');
  await online(w, bob);
  w.server.pushes = false;
  for (const text of ['1', '2']) w.server.deliver('alice', 'bob', BigInt(text), Buffer.from(text));
  w.server.pushes = true;
  w.server.deliver('alice', 'bob', 3n, Buffer.from('3'));
  await w.clock.runFor(50);
  assert.deepEqual(bob.texts(), ['3', '1', '2']);
  assert.equal(w.server.requestsOf(OP.SYNC).length, 1);
  assert.equal(bob.client.isComplete, true);
  w.server.deliver('alice', 'bob', 4n, Buffer.from('4'));
  await w.clock.runFor(50);
  assert.deepEqual(bob.texts(), ['3', '1', '2', '4']);
  await w.stop();
});

test('complete: only where a session was told how far the inbox goes', async () => {
  const w = world();
  const bob = await w.client('bob');
  const completed: number[] = [];
  bob.client.on('complete', (to) => completed.push(to));
  w.server.announcesJoins = false;
  w.server.intercept = ({ operation }) => operation === OP.HEARTBEAT;
  await online(w, bob);
  assert.equal(bob.client.isComplete, false);
  w.server.open[0]?.notice(0);
  await w.clock.runFor(5);
  assert.equal(bob.client.isComplete, true);
  w.server.deliver('alice', 'bob', 1n, Buffer.from('1'));
  await w.clock.runFor(5);
  assert.deepEqual(completed, [0, bob.client.completeTo]);
  w.server.open[0]?.close();
  await w.clock.runFor(5);
  assert.equal(bob.client.isComplete, false);
  await w.stop();
});

test('a notice (joined, notify mode) or an unproven heartbeat makes the client pull', async () => {
  const w = world();
  const bob = await w.client('bob');
  await online(w, bob);
  w.server.pushes = false;
  w.server.deliver('alice', 'bob', 1n, Buffer.from('1'));
  w.server.open[0]?.notice(w.server.newestOf('bob'));
  await w.clock.runFor(50);
  assert.deepEqual(bob.texts(), ['1']);
  w.server.deliver('alice', 'bob', 2n, Buffer.from('2'));
  w.server.open[0]?.notice(0, { unproven: true });
  await w.clock.runFor(50);
  assert.deepEqual(bob.texts(), ['1', '2']);
  await w.stop();
});

test('pulls in pages, RETRY_LATER between them, bounded back-off', async () => {
  const w = world();
  w.server.pushes = false;
  for (let index = 1; index <= 10; index += 1) {
    w.server.deliver('alice', 'bob', BigInt(index), Buffer.from(String(index)));
  }
  let refusals = 2;
  w.server.intercept = (request) => {
    if (request.operation !== OP.SYNC || refusals === 0) return false;
    refusals -= 1;
    const body = bubble.wire.SyncMsgRep.encode({ ret: ERRORS.STORE_AWAY.code }).finish();
    request.connection.sealed(replyTo(OP.SYNC), request.sequence, body);
    return true;
  };
  const bob = await w.client('bob');
  await online(w, bob);
  await w.clock.runFor(5_000);
  assert.deepEqual(bob.texts(), ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
  await w.stop();
});

test('too old: a snapshot takes the place of the pull', async () => {
  const w = world();
  const bob = await w.client('bob');
  w.server.intercept = (request) => {
    if (request.operation !== OP.SYNC) return false;
    const body = bubble.wire.SyncMsgRep.encode({ ret: ERRORS.TOO_OLD.code }).finish();
    request.connection.sealed(replyTo(OP.SYNC), request.sequence, body);
    return true;
  };
  w.server.pushes = false;
  w.server.deliver('alice', 'bob', 1n, Buffer.from('1'));
  const snapshots: number[] = [];
  bob.client.on('snapshot', (list) => snapshots.push(list.syncedTo));
  await online(w, bob);
  await w.clock.runFor(1_000);
  assert.deepEqual(snapshots, [w.server.newestOf('bob')]);
  assert.equal(bob.client.completeTo, w.server.newestOf('bob'));
  assert.equal(w.server.requestsOf(OP.SYNC).length, 1);
  await w.stop();
});

test('a pull that was lost with its session is asked again in the next one', async () => {
  const w = world();
  w.server.pushes = false;
  w.server.deliver('alice', 'bob', 1n, Buffer.from('1'));
  w.server.intercept = (request) => {
    if (request.operation !== OP.SYNC) return false;
    w.server.intercept = () => false;
    request.connection.close();
    return true;
  };
  const bob = await w.client('bob');
  await online(w, bob);
  await w.clock.runFor(2_000);
  assert.deepEqual(bob.texts(), ['1']);
  await w.stop();
});

test('queries wait for a session, are asked again after a lost one, and have a deadline', async () => {
  const w = world();
  const alice = await w.client('alice');
  let lost = 1;
  w.server.intercept = (request) => {
    if (request.operation !== OP.CONVERSATION_LIST || lost === 0) return false;
    lost -= 1;
    request.connection.close();
    return true;
  };
  const list = await w.clock.until(alice.client.conversationList());
  assert.equal(list.syncedTo, 0);
  w.server.intercept = ({ operation }) => operation === OP.CONVERSATION_LIST;
  const failing = assert.rejects(alice.client.conversationList(), { code: 'TIMEOUT' });
  await w.clock.runFor(15_100);
  await failing;
  w.server.intercept = (request) => {
    if (request.operation !== OP.UNREAD) return false;
    const body = bubble.wire.ErrorRep.encode({ ret: ERRORS.UNKNOWN_OPERATION.code, errMsg: 'no' }).finish();
    request.connection.sealed(replyTo(OP.UNREAD), request.sequence, body);
    return true;
  };
  const refused = assert.rejects(alice.client.unread(), { answerName: 'UNKNOWN_OPERATION' });
  await w.clock.runFor(100);
  await refused;
  await w.stop();
});
