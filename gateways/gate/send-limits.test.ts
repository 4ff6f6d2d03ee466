/** Limits of commands: unanswered ones, what waits for the log, rates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSE_CODES } from '../../schemas/errors.ts';
import { INBOUND } from '../../schemas/topics.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { openWith } from './testing/gate-rig.ts';
import { message, nameOf } from './testing/rig-client.ts';

test('bounds: unanswered in a conversation, of a session, of the gate; a sequence id twice', async () => {
  const [rig, client] = await openWith({ outstandingPerSession: 20, pendingSends: 22, messageBurst: 1_000 });
  const sent = Array.from({ length: 17 }, (_, index) => client.say('bob', BigInt(index + 1)));
  await rig.settle();
  assert.equal(nameOf(client, sent[16]!), 'RETRY_LATER');
  assert.equal(client.replyTo(sent[15]!), undefined);
  const others = Array.from({ length: 5 }, (_, index) => client.say('cid', BigInt(index + 1)));
  await rig.settle();
  assert.equal(nameOf(client, others[4]!), 'RETRY_LATER');
  assert.equal(client.replyTo(others[3]!), undefined);
  const dan = await rig.live('dan');
  const his = [1n, 2n, 3n].map((id) => dan.say('eve', id));
  await rig.settle();
  assert.deepEqual(
    his.map((sequence) => nameOf(dan, sequence)),
    [undefined, undefined, 'RETRY_LATER'],
  );
  client.request(OP.SEND_MSG, message('fay', 1n), sent[0]!);
  await rig.settle();
  assert.equal(nameOf(client, sent[0]!), 'MALFORMED');
});

test('bounds of a partition: what waits behind an append, and appends that were given up', async () => {
  const [rig, client] = await openWith({ laneQueueRecords: 3, messageBurst: 1_000 });
  rig.log.mode = 'hang';
  client.say('bob', 1n);
  await rig.settle();
  const behind = [2n, 3n, 4n, 5n].map((id) => client.say('bob', id));
  assert.deepEqual(
    behind.map((sequence) => client.replyTo(sequence)),
    new Array(4).fill(undefined),
  );
  await rig.settle();
  assert.deepEqual(
    behind.map((sequence) => nameOf(client, sequence)),
    [undefined, undefined, undefined, 'RETRY_LATER'],
  );
  // Each probe is given up as well; after four appends that never ended nothing is tried any more.
  const probes: number[] = [];
  for (let id = 10n; id < 15n; id += 1n) {
    await rig.clock.runFor(2_500);
    probes.push(client.say('bob', id));
    await rig.settle();
  }
  assert.deepEqual(
    probes.map((sequence) => nameOf(client, sequence)),
    ['RETRY_LATER', 'RETRY_LATER', 'RETRY_LATER', 'RETRY_LATER', 'RETRY_LATER'],
  );
  assert.equal(rig.log.appends.filter((append) => append.topic === INBOUND).length, 4);
  rig.log.mode = 'ok';
  rig.log.releaseHanging();
  await rig.settle();
  const open = client.say('bob', 20n);
  await rig.settle();
  assert.equal(client.replyTo(open), undefined);
});

test('over the rate of a user: reading stops, then RATE_LIMITED, then closed; it recovers', async () => {
  const [rig, client] = await openWith({ messagesPerSecond: 10, messageBurst: 20 });
  const sent = Array.from({ length: 22 }, (_, index) => client.say(`u${index % 3}`, BigInt(index + 1)));
  await rig.settle();
  assert.equal(client.paused, true);
  assert.equal(client.replyTo(sent[19]!), undefined);
  assert.equal(nameOf(client, sent[20]!), 'RATE_LIMITED');
  await rig.clock.runFor(500);
  assert.equal(client.paused, false);
  const again = client.say('u1', 50n);
  await rig.settle();
  assert.equal(client.replyTo(again), undefined);
  for (let index = 0; index < 60; index += 1) client.say('u2', BigInt(100 + index));
  assert.equal(client.disconnectCode(), CLOSE_CODES.RATE.code);
});

test('the rate of a user is one for all sessions, the rate of a conversation one for all users', async () => {
  const [rig, client] = await openWith({ messageBurst: 2, conversationPerSecond: 1, conversationBurst: 3 });
  client.say('bob', 1n);
  client.say('bob', 2n);
  const tablet = await rig.live('ann', 'tablet');
  const third = tablet.say('bob', 3n);
  const bob = await rig.live('bob');
  const his = [1n, 2n].map((id) => bob.say('ann', id));
  await rig.settle();
  assert.equal(nameOf(tablet, third), 'RATE_LIMITED');
  assert.equal(bob.replyTo(his[0]!), undefined);
  assert.equal(nameOf(bob, his[1]!), 'RATE_LIMITED');
  assert.equal(rig.log.records(INBOUND, 0).length + rig.log.records(INBOUND, 1).length, 3);
});
