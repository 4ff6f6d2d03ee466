/** Commands of a client and their outcomes: lost answers, PENDING, RETRY_LATER, refusals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { ERRORS } from '../../schemas/errors.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { accepted, clientWorld, online, sends, type World } from './test/client-world.ts';
import { idInBody } from './test/scripted-server.ts';

const world = (): World => clientWorld(new SimClock(), new SeededRandom(7));

test('a message is accepted, and comes as one row to sender and receiver', async () => {
  const w = world();
  const alice = await w.client('alice');
  const bob = await w.client('bob');
  await online(w, alice);
  await online(w, bob);
  const outcome = accepted(await w.clock.until(alice.client.send('bob', 'hello')));
  await w.clock.runFor(50);
  assert.equal(outcome.to, 'bob');
  assert.ok(outcome.seq > 0 && outcome.serverMsgId > 0n && outcome.convSeq > 0);
  assert.deepEqual([alice.texts(), bob.texts()], [['hello'], ['hello']]);
  assert.equal(alice.rows[0]?.own, true);
  assert.equal(alice.rows[0]?.conversation, 'bob');
  assert.equal(bob.rows[0]?.conversation, 'alice');
  assert.equal(bob.client.completeTo, bob.rows[0]?.seq);
  await w.stop();
});

test('a lost answer: after the reconnect the same id is sent, and the first outcome comes', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    w.server.decide(request);
    w.server.intercept = () => false;
    request.connection.close();
    return true;
  };
  const outcome = accepted(await w.clock.until(alice.client.send('bob', 'once')));
  await w.clock.runFor(5_000);
  assert.equal(w.server.inboxes.get('bob')?.length, 1);
  assert.ok(sends(w.server).length <= 2 && new Set(sends(w.server)).size === 1);
  assert.deepEqual(alice.texts(), ['once'], 'the row comes by pull, once');
  assert.equal(outcome.serverMsgId, alice.rows[0]?.serverMsgId);
  assert.deepEqual(alice.errors, []);
  await w.stop();
});

test('RETRY_LATER is no answer: the same id again, after a back-off that grows', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  const times: number[] = [];
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    times.push(w.clock.monotonic());
    if (times.length > 6) return false;
    request.connection.refuse(request, 'RETRY_LATER');
    return true;
  };
  accepted(await w.clock.until(alice.client.send('bob', 'again and again')));
  assert.equal(times.length, 7);
  assert.equal(new Set(sends(w.server)).size, 1);
  assert.ok(times[6]! - times[0]! < 250 * 2 ** 6 + 1_000);
  await w.stop();
});

test('PENDING, then the row: the send completes by its clientMsgId', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  let settled = false;
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    request.connection.ack(request, { ret: ERRORS.PENDING.code, clientMsgId: idInBody(request.body) });
    w.clock.after(4_000, () => {
      const { content } = bubble.wire.NewChatMsg.decode(request.body);
      w.server.deliver('alice', 'bob', idInBody(request.body), content, { deviceId: 'phone' });
    });
    return true;
  };
  const sent = alice.client.send('bob', 'slow');
  void sent.then(() => {
    settled = true;
  });
  await w.clock.runFor(3_900);
  assert.equal(settled, false, 'PENDING is no outcome');
  accepted(await w.clock.until(sent));
  assert.deepEqual(alice.texts(), ['slow']);
  assert.equal(sends(w.server).length, 1, 'not sent again before 60 s');
  await w.stop();
});

test('PENDING, then a second answer under the same sequence id', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    const clientMsgId = idInBody(request.body);
    request.connection.ack(request, { ret: ERRORS.PENDING.code, clientMsgId });
    w.clock.after(500, () => request.connection.ack(request, { ret: ERRORS.CONFLICT.code, clientMsgId }));
    return true;
  };
  const outcome = await w.clock.until(alice.client.send('bob', 'slow'));
  assert.equal(outcome.kind === 'rejected' && outcome.error, 'CONFLICT');
  await w.stop();
});

test('without any answer a command is sent again after 60 s, under the same id', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = (request) => request.operation === OP.SEND_MSG && sends(w.server).length === 1;
  const sent = alice.client.send('bob', 'patience');
  await w.clock.runFor(59_000);
  assert.equal(sends(w.server).length, 1);
  accepted(await w.clock.until(sent));
  assert.equal(sends(w.server).length, 2);
  assert.equal(new Set(sends(w.server)).size, 1);
  await w.stop();
});

test('one unanswered send in a conversation, in order; other conversations go on', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  const held: (() => void)[] = [];
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    const { toUserName } = bubble.wire.NewChatMsg.decode(request.body);
    if (toUserName !== 'bob') return false;
    held.push(() => w.server.answer(request));
    return true;
  };
  const toBob = ['1', '2', '3'].map((text) => alice.client.send('bob', text));
  accepted(await w.clock.until(alice.client.send('carol', 'other')));
  assert.equal(held.length, 1);
  for (let index = 0; index < 3; index += 1) {
    held[index]?.();
    accepted(await w.clock.until(toBob[index]!));
    await w.clock.runFor(20);
    assert.equal(held.length, Math.min(index + 2, 3));
  }
  const ids = w.server.inboxes.get('bob')?.map((row) => row.content?.toString());
  assert.deepEqual(ids, ['1', '2', '3']);
  await w.stop();
});

test('a command whose answer does not say all of its row: the row is pulled as it is stored', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = (request) => {
    if (request.operation !== OP.GROUP_CREATE) return false;
    const clientMsgId = 5n;
    const row = w.server.deliver('alice', '#aaaaaaaaaaaaaaaa', clientMsgId, Buffer.from('as stored'), {
      deviceId: 'phone',
      without: request.connection,
    });
    const { serverMsgSeq, prevSeq } = row;
    request.connection.ack(request, {
      clientMsgId,
      serverMsgSeq: serverMsgSeq ?? null,
      prevSeq: prevSeq ?? null,
      toUserName: '#aaaaaaaaaaaaaaaa',
    });
    return true;
  };
  const outcome = accepted(await w.clock.until(alice.client.createGroup('friends', ['bob'])));
  assert.equal(outcome.to, '#aaaaaaaaaaaaaaaa');
  await w.clock.runFor(50);
  assert.deepEqual(alice.texts(), ['as stored']);
  await w.stop();
});

test('a body beyond the limit is refused here: the server would close the connection for it, again and again', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  const outcome = await w.clock.until(alice.client.send('bob', 'x'.repeat(70_000)));
  assert.equal(outcome.kind === 'rejected' && outcome.error, 'TOO_LONG');
  assert.equal(sends(w.server).length, 0);
  accepted(await w.clock.until(alice.client.send('bob', 'short')));
  await w.stop();
});

test('two devices: the other one gets the own row and completes nothing of its own', async () => {
  const w = world();
  const phone = await w.client('alice');
  const tablet = await w.client('alice', { device: { clientVersion: 1, deviceId: 'tablet' } });
  await online(w, phone);
  await online(w, tablet);
  accepted(await w.clock.until(phone.client.send('bob', 'from the phone')));
  await w.clock.runFor(50);
  assert.deepEqual(tablet.texts(), ['from the phone']);
  assert.equal(tablet.rows[0]?.own, true);
  assert.equal(tablet.rows[0]?.deviceId, 'phone');
  await w.stop();
});

test('two devices under one id: the row of the other one completes nothing here', async () => {
  const w = world();
  const phone = await w.client('alice');
  await online(w, phone);
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    w.server.deliver('alice', 'carol', idInBody(request.body), Buffer.from('x'), { deviceId: 'tablet' });
    return true;
  };
  const sent = phone.client.send('bob', 'mine');
  await w.clock.runFor(1_000);
  assert.equal(phone.client.unanswered, 1);
  w.server.intercept = () => false;
  assert.equal(accepted(await w.clock.until(sent)).to, 'bob');
  await w.stop();
});

test('an outcome is a rejection where the log says so, and its row is shown', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    request.connection.ack(request, {
      ret: ERRORS.NOT_A_MEMBER.code,
      clientMsgId: idInBody(request.body),
      serverMsgSeq: longOf(2 ** 45 + 5),
      convSeq: longOf(2 ** 45 + 3),
      toUserName: '#aaaaaaaaaaaaaaaa',
    });
    return true;
  };
  const outcome = await w.clock.until(alice.client.send('#aaaaaaaaaaaaaaaa', 'let me in'));
  assert.equal(outcome.kind === 'rejected' && outcome.error, 'NOT_A_MEMBER');
  assert.deepEqual(
    alice.rows.map(({ kind, rejection, conversation }) => [kind, rejection, conversation]),
    [['rejected', 'NOT_A_MEMBER', '#aaaaaaaaaaaaaaaa']],
  );
  assert.equal(alice.client.completeTo, 2 ** 45 + 5);
  await w.stop();
});
