/** How a gate is emptied: clients move in turns, what is owed is answered, all has an end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSE_CODES, ERRORS } from '../../schemas/errors.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { OP } from '../../schemas/wire/operations.ts';
import { GateRig } from './testing/gate-rig.ts';
import { closedWith, message, type RigClient } from './testing/rig-client.ts';

const { DisconnectMsg, ErrorRep } = bubble.wire;
const EMPTY = new Uint8Array(0);

test('drain: told to move at once and to come back at once, ended when nothing is owed, routes taken back', async () => {
  const rig = await GateRig.open();
  const clients = await Promise.all(['a', 'b', 'c', 'd'].map((user) => rig.live(user)));
  const owed = clients[0]!;
  const sequence = owed.say('b', 1n);
  await rig.settle();
  const drained = rig.gate.drain();
  await rig.settle();
  const advice = clients.map((client) => DisconnectMsg.decode(client.frames.at(-1)!.body).retryAfterMs);
  assert.deepEqual(advice, [0, 0, 0, 0]);
  for (const client of clients) assert.equal(client.disconnectCode(), CLOSE_CODES.DRAIN.code);
  closedWith(rig.connect(), 'DRAIN');
  owed.request(OP.SEND_MSG, message('b', 2n), 40);
  await rig.clock.runFor(500);
  assert.equal(ErrorRep.decode(owed.replyTo(40)!.body).ret, ERRORS.DRAINING.code);
  assert.equal(clients[1]!.ended, true);
  assert.equal(owed.ended, false);
  const [connection = 0] = rig.connectionsOf('a');
  await rig.deliver(rig.push({ connection, request: sequence, ack: Buffer.from([8, 0]), seq: 5 }));
  await rig.clock.runFor(500);
  assert.ok(owed.replyTo(sequence));
  assert.equal(owed.ended, true);
  await rig.clock.until(drained);
  assert.equal(rig.sessionRecords().filter((record) => record.value === null).length, 4);
  await rig.clock.until(rig.gate.close());
  await rig.gate.ended;
});

test('drain: where there are many, they move in turns over drainSpreadMs, and are served until then', async () => {
  const rig = await GateRig.open({ connectionsPerAddress: 5_000, pendingSessionsPerAddress: 5_000 });
  const clients: RigClient[] = [];
  for (let index = 0; index < 3_000; index += 1) clients.push(await rig.live(`u${index}`));
  const shaking = rig.connect();
  const drained = rig.gate.drain();
  const told = (): number => clients.filter((client) => client.disconnectCode() !== undefined).length;
  await rig.settle();
  closedWith(shaking, 'DRAIN');
  assert.equal(told(), 150, 'a twentieth of all in a turn');
  const last = clients.at(-1)!;
  const sequence = last.request(OP.HEARTBEAT, EMPTY);
  await rig.clock.runFor(rig.limits.sweepMs);
  assert.ok(last.replyTo(sequence));
  assert.equal(told(), 300);
  await rig.clock.runFor(rig.limits.drainSpreadMs - 2 * rig.limits.sweepMs);
  assert.equal(told(), 3_000);
  await rig.clock.until(drained);
  assert.equal(rig.gate.stats().connections, 0);
});

test('drain ends after drainMs also where answers do not come; what is stored is told PENDING', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  const drained = rig.gate.drain();
  const began = rig.clock.monotonic();
  await rig.clock.until(drained);
  assert.ok(rig.clock.monotonic() - began <= 500);

  const other = await GateRig.open({ pendingAnswerMs: 60_000 });
  const owed = await other.live('ann');
  const sequence = owed.say('bob', 1n);
  await other.settle();
  const start = other.clock.monotonic();
  await other.clock.until(other.gate.drain());
  assert.ok(other.clock.monotonic() - start <= other.limits.drainMs + 100);
  assert.equal(ErrorRep.decode(owed.replyTo(sequence)!.body).ret, ERRORS.PENDING.code);
  assert.ok(client.ended && owed.ended);
});
