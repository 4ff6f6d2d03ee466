/** A connection's life: authentication, deadlines, bad bytes, devices, limits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CloseName, ERRORS } from '../../schemas/errors.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { HEADER_BYTES } from '../../schemas/wire/header.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { clearFrame } from './replies.ts';
import { GateRig } from './testing/gate-rig.ts';
import { sealPlain } from './testing/plain-authenticator.ts';
import { closedWith, message, type RigClient } from './testing/rig-client.ts';

const { ErrorRep, HeartbeatRep } = bubble.wire;
const EMPTY = new Uint8Array(0);

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
