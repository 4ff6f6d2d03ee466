/** Appends of commands: in order, given up, probed; a partition that does not answer is held back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWith } from './testing/gate-rig.ts';
import { ack, nameOf, rowBytes } from './testing/rig-client.ts';

test('an append that was given up and ends late does not make room for a second one in flight', async () => {
  const [rig, client] = await openWith();
  rig.log.mode = 'hang';
  client.say('bob', 1n);
  await rig.clock.runFor(2_300);
  const [releaseFirst] = rig.log.takeHanging();
  client.say('bob', 2n);
  await rig.settle();
  releaseFirst?.();
  await rig.settle();
  rig.log.appends.length = 0;
  client.say('bob', 3n);
  await rig.settle();
  assert.equal(rig.log.appends.length, 0);
  rig.log.releaseHanging();
  await rig.settle();
  assert.equal(rig.log.appends.length, 1);
});

test('a log that fails: RETRY_LATER, and the next send is tried again', async () => {
  const [rig, client] = await openWith();
  rig.log.mode = 'fail';
  const sequence = client.say('bob', 5n);
  await rig.settle();
  assert.deepEqual(ack(client, sequence), { name: 'RETRY_LATER', id: 5n });
  rig.log.mode = 'ok';
  const again = client.say('bob', 5n);
  await rig.settle();
  assert.equal(client.replyTo(again), undefined);
  assert.equal(rig.inbound().length, 1);
});

test('a log that hangs: given up after 2 s, one probe at a time, never appended again by the gate', async () => {
  const [rig, client] = await openWith();
  rig.log.mode = 'hang';
  const inFlight = client.say('bob', 1n);
  await rig.settle();
  const behind = client.say('bob', 2n);
  await rig.clock.runFor(1_700);
  assert.equal(client.replyTo(inFlight), undefined);
  await rig.clock.runFor(600);
  assert.equal(nameOf(client, inFlight), 'RETRY_LATER');
  assert.equal(nameOf(client, behind), 'RETRY_LATER');
  const probe = client.say('bob', 3n);
  const beside = client.say('bob', 4n);
  await rig.settle();
  assert.equal(client.replyTo(probe), undefined);
  assert.equal(nameOf(client, beside), 'RETRY_LATER');
  rig.log.mode = 'ok';
  rig.log.releaseHanging();
  await rig.settle();
  const open = client.say('bob', 5n);
  await rig.settle();
  assert.equal(client.replyTo(open), undefined);
  assert.deepEqual(
    rig.inbound().map((event) => event.clientMsgId),
    [1n, 3n, 5n],
  );
  // The answer to what was given up comes as a push.
  const [connection = 0] = rig.connectionsOf('ann');
  client.frames.length = 0;
  await rig.deliver(rig.push({ seq: 9, row: rowBytes('ann', 'bob', 9), connection, request: inFlight }));
  assert.equal(client.pushedRows().length, 1);
});

test('commands of a partition are appended in order, what waits in one batch', async () => {
  const [rig, client] = await openWith();
  rig.log.mode = 'hang';
  client.say('bob', 1n);
  await rig.settle();
  rig.log.mode = 'ok';
  rig.log.appends.length = 0;
  for (let id = 2n; id <= 9n; id += 1n) client.say('bob', id);
  await rig.settle();
  assert.equal(rig.log.appends.length, 0, 'one append in flight');
  rig.log.releaseHanging();
  await rig.settle();
  assert.deepEqual(
    rig.log.appends.map((append) => append.count),
    [8],
  );
  assert.deepEqual(
    rig.inbound().map((event) => Number(event.clientMsgId)),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
});

test('answers that do not come hold the partition back; an answered probe opens it', async () => {
  const [rig, client] = await openWith();
  const stuck = client.say('bob', 1n);
  await rig.clock.runFor(1_500);
  const young = client.say('bob', 2n);
  await rig.clock.runFor(600);
  assert.equal(client.replyTo(young), undefined);
  const probe = client.say('bob', 3n);
  const refused = client.say('bob', 4n);
  await rig.settle();
  assert.equal(client.replyTo(probe), undefined);
  assert.equal(nameOf(client, refused), 'RETRY_LATER');
  assert.equal(rig.inbound().length, 3);
  const [connection = 0] = rig.connectionsOf('ann');
  await rig.deliver(rig.push({ seq: 1, connection, request: probe, ack: Buffer.from([8, 0]) }));
  const open = [5n, 6n].map((id) => client.say('bob', id));
  await rig.settle();
  assert.deepEqual(
    open.map((sequence) => client.replyTo(sequence)),
    [undefined, undefined],
  );
  assert.equal(rig.inbound().length, 5);
  assert.equal(rig.gate.stats().pendingSends, 4);
  await rig.clock.runFor(1_500);
  assert.equal(nameOf(client, stuck), 'PENDING');
});

test('a probe that is not answered makes room for another, and the forgotten hold nobody back', async () => {
  const [rig, client] = await openWith({ heartbeatMs: 1_000_000 });
  client.say('bob', 1n);
  await rig.clock.runFor(2_100);
  client.say('bob', 2n);
  await rig.clock.runFor(2_100);
  const second = client.say('bob', 3n);
  await rig.settle();
  assert.equal(client.replyTo(second), undefined);
  await rig.clock.runFor(rig.limits.requestForgottenMs + 5_000);
  assert.equal(rig.gate.stats().pendingSends, 0);
  client.say('bob', 4n);
  client.say('bob', 5n);
  await rig.settle();
  assert.equal(rig.inbound().length, 5);
});

test('requests of a connection that has gone count until they are answered', async () => {
  const [rig, client] = await openWith();
  const sequence = client.say('bob', 1n);
  await rig.settle();
  const [connection = 0] = rig.connectionsOf('ann');
  client.gone();
  assert.equal(rig.gate.stats().pendingSends, 1);
  await rig.deliver(rig.push({ seq: 1, connection, request: sequence, ack: Buffer.from([8, 0]) }));
  assert.equal(rig.gate.stats().pendingSends, 0);
});
