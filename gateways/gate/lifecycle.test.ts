/** A connection's life: authentication, deadlines, bad bytes, devices, limits, drain, loss of the slot. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSE_CODES, type CloseName, ERRORS } from '../../schemas/errors.ts';
import { numberAt } from '../../schemas/positions.ts';
import { deliveryTopic, sessionsTopic } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { HEADER_BYTES } from '../../schemas/wire/header.ts';
import { numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { clearFrame } from './replies.ts';
import { GateRig } from './testing/gate-rig.ts';
import { sealPlain } from './testing/plain-authenticator.ts';
import { message, type RigClient } from './testing/rig-client.ts';

const { DisconnectMsg, ErrorRep, HeartbeatRep } = bubble.wire;
const EMPTY = new Uint8Array(0);

const closedWith = (client: RigClient, code: CloseName): void => {
  assert.equal(client.disconnectCode(), CLOSE_CODES[code].code);
  assert.ok(client.ended || client.destroyed);
};

for (const messageFramed of [false, true]) {
  test(`manifest, auth, first frame (${messageFramed ? 'messages' : 'stream'})`, async () => {
    const rig = await GateRig.open();
    const client = rig.connect(messageFramed);
    client.bytes(clearFrame(OP.HANDSHAKE, 9, EMPTY));
    await rig.settle();
    assert.equal(client.replyTo(9)?.body.toString(), 'manifest');
    client.auth('ann', 'phone');
    await rig.settle();
    assert.equal(client.frames.at(-1)?.operation, OP.AUTH_REPLY);
    assert.equal(rig.sessionRecords().length, 0, 'no effects while pending');
    assert.equal(rig.authenticator.confirmed, 0);
    client.request(OP.HEARTBEAT, EMPTY);
    await rig.settle();
    assert.equal(rig.authenticator.confirmed, 1);
    assert.equal(rig.sessionRecords().length, 1);
    const reply = HeartbeatRep.decode(client.frames.at(-1)!.body);
    assert.equal(reply.unproven, true);
    assert.equal(rig.gate.stats().sessions, 1);
    client.gone();
    await rig.settle();
    const records = rig.sessionRecords();
    assert.equal(records.length, 2);
    assert.equal(records[1]!.value, null);
    assert.deepEqual(records[1]!.key, records[0]!.key);
    assert.equal(rig.gate.stats().connections, 0);
  });
}

test('a whole conversation split at every byte is understood', async () => {
  const rig = await GateRig.open({ messageBurst: 10_000 });
  const bytes = Buffer.concat([
    sealPlain(OP.SEND_MSG, 1, message('bob', 1n), 0),
    sealPlain(OP.HEARTBEAT, 2, EMPTY, 1),
    sealPlain(OP.SEND_MSG, 3, message('bob', 2n), 2),
  ]);
  for (let at = 1; at < bytes.length; at += 1) {
    const client = rig.connect();
    client.auth('ann', 'phone');
    await rig.settle();
    client.bytes(bytes.subarray(0, at));
    client.bytes(bytes.subarray(at));
    await rig.settle();
    assert.equal(client.replyTo(2)?.operation, OP.HEARTBEAT + 1, `split at ${at}`);
    client.gone();
    await rig.settle();
  }
  assert.equal(rig.inbound().length, 2 * (bytes.length - 1));
});

test('a refusal is sent and the connection ended, no word more', async () => {
  const rig = await GateRig.open();
  rig.authenticator.mode = 'refuse';
  const client = rig.connect();
  client.auth('ann', 'phone');
  await rig.settle();
  assert.deepEqual(
    client.frames.map((frame) => frame.operation),
    [OP.AUTH_REPLY],
  );
  assert.equal(client.ended, true);
});

test('an authenticator that fails closes, and the gate goes on', async () => {
  const rig = await GateRig.open();
  rig.authenticator.mode = 'throw';
  const client = rig.connect();
  client.auth('ann', 'phone');
  await rig.settle();
  closedWith(client, 'AUTH_TIMEOUT');
  rig.authenticator.mode = 'accept';
  await rig.live('bob');
});

test('bytes after Auth and before its answer close, a partial frame too', async () => {
  for (const extra of [clearFrame(OP.HEARTBEAT, 1, EMPTY), Buffer.from([0xbf])]) {
    const rig = await GateRig.open();
    rig.authenticator.mode = 'hang';
    const client = rig.connect();
    client.auth('ann', 'phone');
    client.bytes(extra);
    closedWith(client, 'BAD_FRAME');
    const together = rig.connect();
    together.bytes(Buffer.concat([clearFrame(OP.AUTH, 1, Buffer.from('bob/phone')), extra]));
    closedWith(together, 'BAD_FRAME');
  }
});

test('malformed bytes before and after authentication close this connection and no other', async () => {
  const rig = await GateRig.open();
  const healthy = await rig.live('zoe');
  const spoilt = (frame: Buffer, at: number, value: number): Buffer => {
    frame[at] = value;
    return frame;
  };
  const frame = (): Buffer => clearFrame(OP.AUTH, 1, Buffer.from('ann/phone'));
  for (const [bytes, code] of [
    [spoilt(frame(), 0, 1), 'BAD_FRAME'],
    [spoilt(frame(), 2, 3), 'BAD_FRAME'],
    [spoilt(frame(), 4, 1), 'BAD_FRAME'],
    [spoilt(frame(), 13, 0xff), 'FRAME_TOO_LARGE'],
    [clearFrame(OP.AUTH, 1, new Uint8Array(4097)), 'FRAME_TOO_LARGE'],
    [clearFrame(OP.SEND_MSG, 1, EMPTY), 'BAD_FRAME'],
    [clearFrame(OP.AUTH, 0, EMPTY), 'BAD_FRAME'],
  ] as const) {
    for (const messageFramed of [false, true]) {
      const client = rig.connect(messageFramed);
      client.bytes(bytes);
      if (messageFramed && bytes.length > HEADER_BYTES && bytes[13] !== 0) assert.ok(client.ended);
      else closedWith(client, code);
      client.bytes(frame());
    }
  }
  const sealed: [(client: RigClient) => Uint8Array, CloseName][] = [
    [(client) => spoilt(client.sealed(OP.HEARTBEAT, 5, EMPTY), HEADER_BYTES, 9), 'BAD_FRAME'],
    [() => sealPlain(OP.HEARTBEAT, 5, EMPTY, 77), 'BAD_FRAME'],
    [(client) => client.sealed(OP.AUTH, 5, EMPTY), 'BAD_FRAME'],
    [(client) => client.sealed(OP.SEND_MSG, 0, message('bob', 1n)), 'BAD_FRAME'],
    [(client) => spoilt(client.sealed(OP.HEARTBEAT, 5, EMPTY), 13, 1), 'FRAME_TOO_LARGE'],
    [(client) => client.sealed(OP.RAW, 0, Buffer.from([0, 0, 0])), 'BAD_FRAME'],
    [(client) => client.sealed(OP.RAW, 0, Buffer.from([0, 0, 0, 7, 0, 0, 0, 1])), 'BAD_FRAME'],
  ];
  for (const [bytes, code] of sealed) {
    const client = await rig.live('ann');
    client.bytes(bytes(client));
    closedWith(client, code);
  }
  healthy.request(OP.HEARTBEAT, EMPTY, 50);
  await rig.settle();
  assert.equal(healthy.replyTo(50)?.operation, OP.HEARTBEAT + 1);
});

test('a message that is not exactly one frame closes', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann', 'phone', true);
  client.bytes(Buffer.concat([client.sealed(OP.HEARTBEAT, 2, EMPTY), client.sealed(OP.HEARTBEAT, 3, EMPTY)]));
  closedWith(client, 'BAD_FRAME');
});

test('raw: the operation and sequence inside count', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  client.request(OP.RAW, Buffer.concat([Buffer.from([0, 0, 0, 2, 0, 0, 0, 99]), EMPTY]), 0);
  await rig.settle();
  assert.equal(client.replyTo(99)?.operation, OP.HEARTBEAT + 1);
});

test('unknown operations are answered, never dropped', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  for (const operation of [10, 11, OP.GROUP_INFO, OP.TYPING, 1234]) {
    const sequence = client.request(operation, Buffer.from('x'));
    await rig.settle();
    const reply = client.replyTo(sequence)!;
    assert.equal(reply.operation, operation + 1);
    assert.equal(ErrorRep.decode(reply.body).ret, ERRORS.UNKNOWN_OPERATION.code);
  }
  client.request(OP.HEARTBEAT, Buffer.from([0xff, 0xff]), 70);
  await rig.settle();
  assert.equal(ErrorRep.decode(client.replyTo(70)!.body).ret, ERRORS.MALFORMED.code);
});

test('deadlines close with their code, and what does not go by itself is destroyed', async () => {
  const rig = await GateRig.open();
  const silent = rig.connect();
  const pending = rig.connect();
  pending.auth('ann', 'phone');
  const live = await rig.live('bob');
  const half = await rig.live('cid');
  half.bytes(half.sealed(OP.HEARTBEAT, 2, EMPTY).subarray(0, 20));
  silent.bufferedBytes = 1;
  await rig.clock.runFor(5_500);
  closedWith(silent, 'AUTH_TIMEOUT');
  closedWith(pending, 'AUTH_TIMEOUT');
  assert.equal(silent.destroyed, false);
  await rig.clock.runFor(2_500);
  assert.equal(silent.destroyed, true);
  await rig.clock.runFor(2_500);
  closedWith(half, 'BAD_FRAME');
  await rig.clock.runFor(22_000);
  assert.equal(live.disconnectCode(), undefined);
  await rig.clock.runFor(2_000);
  closedWith(live, 'HEARTBEAT_MISSED');
  assert.equal(rig.gate.stats().connections, 0);
});

test('an old session is asked to come back by resumption', async () => {
  const rig = await GateRig.open({ sessionMaxMs: 60_000 });
  const client = await rig.live('ann');
  for (let turn = 0; turn < 3; turn += 1) {
    await rig.clock.runFor(19_000);
    client.request(OP.HEARTBEAT, EMPTY);
  }
  assert.equal(client.disconnectCode(), undefined);
  await rig.clock.runFor(4_000);
  closedWith(client, 'REAUTH');
});

test('a newer session of a device closes the older one, other devices stay', async () => {
  const rig = await GateRig.open();
  const tablet = await rig.live('ann', 'tablet');
  const older = await rig.live('ann', 'phone');
  const newer = await rig.live('ann', 'phone');
  closedWith(older, 'REPLACED');
  assert.equal(tablet.ended, false);
  const [, , connection = 0] = rig.connectionsOf('ann');
  await rig.deliver(rig.codecs.replaced.encode({ slotEpoch: rig.epoch + 1, connection }));
  assert.equal(newer.ended, false, 'a record of another epoch');
  await rig.deliver(rig.codecs.replaced.encode({ slotEpoch: rig.epoch, connection }));
  closedWith(newer, 'REPLACED');
});

test('limits: sessions of a user, connections in all and of an address', async () => {
  const rig = await GateRig.open({ sessionsPerUser: 2, connections: 5, connectionsPerAddress: 4 });
  const one = await rig.live('ann', 'd1');
  await rig.live('ann', 'd2');
  const third = rig.connect();
  third.auth('ann', 'd3');
  await rig.settle();
  third.request(OP.HEARTBEAT, EMPTY);
  closedWith(third, 'TOO_MANY_SESSIONS');
  await rig.settle();
  one.gone();
  await rig.settle();
  assert.equal((await rig.live('ann', 'd4')).ended, false);
  await rig.live('bob');
  await rig.live('cid');
  closedWith(rig.connect(), 'ADMISSION');
  assert.equal(rig.connect(false, '10.0.0.2').ended, false);
  closedWith(rig.connect(false, '10.0.0.3'), 'ADMISSION');
});

test('pending sessions of an address are capped, and count no more once they are confirmed', async () => {
  const rig = await GateRig.open({ pendingSessionsPerAddress: 2 });
  await rig.live('ann');
  rig.connect();
  rig.connect();
  closedWith(rig.connect(), 'ADMISSION');
});

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

test('the slot: claimed above every earlier epoch, announced to every sessions partition', async () => {
  const rig = await GateRig.open();
  const first = rig.epoch;
  await rig.clock.until(rig.gate.close());
  rig.gate = await rig.clock.until(rig.openGate());
  assert.ok(rig.epoch > first);
  for (const partition of [0, 1]) {
    const epochs = rig.log
      .records(sessionsTopic(1), partition)
      .map((record) => rig.codecs.slot.decode(record.value!)!.slotEpoch);
    assert.deepEqual(epochs, [first, rig.epoch]);
  }
});

test('the slot: of two claims of one epoch the first in the log wins', async () => {
  const rig = new GateRig();
  const outcomes = await rig.clock.until(Promise.allSettled([rig.openGate(), rig.openGate()]));
  assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
});

test('a higher epoch takes the slot: sockets closed, connections refused, ended says so', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  const claim = { slotEpoch: rig.epoch + 1, claimant: 'other', gate: 'other' };
  await rig.deliver(rig.codecs.slotClaim.encode(claim));
  closedWith(client, 'SLOT_LOST');
  closedWith(rig.connect(), 'SLOT_LOST');
  await assert.rejects(rig.gate.ended, { code: 'SLOT_LOST' });
  assert.equal(rig.gate.stats().state, 'without-slot');
  await rig.clock.runFor(5_000);
  const tombstones = rig.sessionRecords().filter((record) => record.value === null);
  assert.equal(tombstones.length, 0, 'the higher epoch ends the sessions');
});

test('a topic that cannot be read: sockets closed, the slot claimed again when the log is back', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  const sequence = client.say('bob', 1n);
  await rig.settle();
  const before = rig.epoch;
  rig.log.readFails = true;
  await rig.clock.runFor(1_500);
  closedWith(client, 'SLOT_LOST');
  assert.equal(client.replyTo(sequence), undefined);
  await rig.clock.runFor(5_000);
  assert.equal(rig.gate.stats().state, 'without-slot');
  rig.log.readFails = false;
  await rig.clock.runFor(10_000);
  assert.equal(rig.gate.stats().state, 'serving');
  assert.ok(rig.epoch > before);
  assert.equal(rig.gate.stats().pendingSends, 0);
  const again = await rig.live('ann');
  assert.equal(again.ended, false);
});

test('a read that never comes back loses the slot too', async () => {
  const rig = await GateRig.open({ slotSilenceMs: 500 });
  const client = await rig.live('ann');
  await rig.clock.runFor(900);
  closedWith(client, 'SLOT_LOST');
});

test('ten thousand ends at once are a few appends', async () => {
  const rig = await GateRig.open({ connectionsPerAddress: 20_000, pendingSessionsPerAddress: 20_000 });
  const clients: RigClient[] = [];
  for (let index = 0; index < 2_000; index += 1) {
    const client = rig.connect();
    client.auth(`u${index}`, 'phone');
    clients.push(client);
  }
  await rig.settle();
  for (const client of clients) client.request(OP.HEARTBEAT, EMPTY);
  await rig.settle();
  assert.equal(rig.gate.stats().sessions, 2_000);
  rig.log.appends.length = 0;
  for (const client of clients) client.gone();
  await rig.settle();
  const tombstones = rig.log.appends.filter((append) => append.topic === sessionsTopic(1));
  assert.equal(
    tombstones.reduce((sum, append) => sum + append.count, 0),
    2_000,
  );
  assert.ok(tombstones.length <= 6, `${tombstones.length} appends`);
});

test('session records of a partition: one append at a time', async () => {
  const rig = await GateRig.open();
  rig.log.mode = 'hang';
  rig.log.appends.length = 0;
  for (let index = 0; index < 5; index += 1) await rig.live('ann', `device-${index}`);
  assert.equal(rig.log.appends.length, 1);
  rig.log.mode = 'ok';
  rig.log.releaseHanging();
  await rig.settle();
  assert.deepEqual(
    rig.log.appends.map((append) => append.count),
    [1, 4],
  );
});

test('session records are repeated until the log takes them', async () => {
  const rig = await GateRig.open();
  rig.log.mode = 'fail';
  const client = await rig.live('ann');
  assert.equal(rig.sessionRecords().length, 0);
  client.gone();
  rig.log.mode = 'ok';
  await rig.clock.runFor(1_000);
  assert.deepEqual(
    rig.sessionRecords().map((record) => record.value === null),
    [false, true],
  );
});

test('a log that takes no session records for long: no more sessions are confirmed', async () => {
  const rig = await GateRig.open({ connections: 4 });
  rig.log.mode = 'fail';
  let refused: RigClient | undefined;
  for (let index = 0; index < 12 && refused === undefined; index += 1) {
    const client = rig.connect();
    client.auth('ann', `device-${index}`);
    await rig.settle();
    client.request(OP.HEARTBEAT, EMPTY);
    if (client.ended) refused = client;
    client.gone();
    await rig.settle();
  }
  assert.ok(refused !== undefined);
  closedWith(refused, 'ADMISSION');
});

test('provenTo: joined, then claims that cover the session; stale ones are unproven', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  const [connection = 0] = rig.connectionsOf('ann');
  const partition = [0, 1].find((each) => rig.log.records(sessionsTopic(1), each).length === 2)!;
  const ask = async (): Promise<{ provenTo: number; newestSeq: number; unproven: boolean }> => {
    const sequence = client.request(OP.HEARTBEAT, EMPTY);
    await rig.settle();
    const reply = HeartbeatRep.decode(client.replyTo(sequence)!.body);
    return {
      provenTo: numberOf(reply.provenTo),
      newestSeq: numberOf(reply.newestSeq),
      unproven: reply.unproven,
    };
  };
  assert.deepEqual(await ask(), { provenTo: 0, newestSeq: 0, unproven: true });
  const slotEpoch = rig.epoch;
  const at = (offset: number): number => numberAt(1, offset);
  await rig.deliver(rig.codecs.joined.encode({ slotEpoch, connection, provenTo: at(100) }));
  assert.equal(numberOf(HeartbeatRep.decode(client.notices()[0]!.body).newestSeq), at(100));
  assert.deepEqual(await ask(), { provenTo: at(100), newestSeq: at(100), unproven: false });
  const proof = (from: number, to: number, sessionsBelow: number, inboxPartition = partition): Buffer =>
    rig.codecs.proof.encode({ slotEpoch, inboxPartition, from: at(from), to: at(to), sessionsBelow });
  await rig.deliver(proof(50, 200, 1));
  await rig.deliver(proof(101, 300, 2));
  await rig.deliver(proof(50, 400, 2, 1 - partition));
  assert.equal((await ask()).provenTo, at(100));
  await rig.deliver(proof(50, 500, 2));
  assert.equal((await ask()).provenTo, at(500));
  await rig.clock.runFor(rig.limits.proofStaleMs + 1_000);
  assert.equal((await ask()).unproven, true);
});

test('records of strangers in the slot topic are passed over', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  await rig.deliver(Buffer.from([0, 0, 0, 3, 9, 1]));
  await rig.deliver(Buffer.from([0, 0, 0, 0, rig.codecs.push.id, 1]));
  await rig.log.append(deliveryTopic(0), 0, [{ key: null, value: null }]);
  client.request(OP.HEARTBEAT, EMPTY, 9);
  await rig.settle();
  assert.ok(client.replyTo(9));
});
