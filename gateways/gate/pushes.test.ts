/** Rows on their way to clients: shared frames, splitting, notify mode, slow clients. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERRORS } from '../../schemas/errors.ts';
import { deliveryTopic } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { GateRig } from './testing/gate-rig.ts';
import { type RigClient, rowBytes } from './testing/rig-client.ts';

const { ErrorRep, HeartbeatRep, SyncMsgRep, SyncMsgReq } = bubble.wire;
const EMPTY = new Uint8Array(0);

const seqs = (client: RigClient): number[] => client.pushedRows().map((row) => numberOf(row.serverMsgSeq));
const prevSeqs = (client: RigClient): number[] => client.pushedRows().map((row) => numberOf(row.prevSeq));
const sync = (client: RigClient, from: number, until = 0): number =>
  client.request(OP.SYNC, SyncMsgReq.encode({ serverMsgSeq: longOf(from), until: longOf(until) }).finish());

const members = async (rig: GateRig, count: number): Promise<[RigClient[], number[]]> => {
  const clients: RigClient[] = [];
  const numbers: number[] = [];
  for (let index = 0; index < count; index += 1) {
    clients.push(await rig.live(`u${index}`));
    numbers.push(...rig.connectionsOf(`u${index}`));
  }
  return [clients, numbers];
};

const appendPushes = async (rig: GateRig, values: Buffer[]): Promise<void> => {
  await rig.log.append(
    deliveryTopic(0),
    0,
    values.map((value) => ({ key: null, value })),
  );
  await rig.settle();
};

test('rows that many wait for are assembled once, sealed for each, one write a connection', async () => {
  const rig = await GateRig.open();
  const [clients, numbers] = await members(rig, 6);
  const before = rig.authenticator.channels.map((channel) => channel.sealed);
  const values = Array.from({ length: 40 }, (_, index) => {
    const seq = 100 + index;
    return rig.push({
      seq,
      row: rowBytes('x', '#g', seq),
      to: numbers.map((number, member): [number, number] => [
        number,
        index === 0 ? 10 * (member % 2) : seq - 1,
      ]),
    });
  });
  await appendPushes(rig, values);
  for (const [index, client] of clients.entries()) {
    assert.equal(client.writes, 1);
    assert.equal(client.pushes().length, 1);
    assert.deepEqual(
      seqs(client),
      Array.from({ length: 40 }, (_, each) => 100 + each),
    );
    assert.equal(prevSeqs(client)[0], 10 * (index % 2));
    assert.equal(prevSeqs(client)[39], 138);
  }
  const sealed = rig.authenticator.channels.map((channel, index) => channel.sealed - before[index]!);
  assert.deepEqual(sealed, [1, 1, 1, 1, 1, 1]);
  const { counts } = rig.gate;
  assert.equal(counts.pushedRows, 240);
  assert.equal(counts.pushFrames, 6);
  assert.equal(counts.assembledBodies, 1, 'also where the prevSeq of the first row differs');
});

test('own rows say so, others do not, though the row is the same', async () => {
  const rig = await GateRig.open();
  const [clients, [one = 0, two = 0]] = await members(rig, 2);
  await rig.deliver(rig.push({ seq: 5, row: rowBytes('u1', 'u0', 5), to: [[one, 3]], own: [[two, 4]] }));
  assert.deepEqual(
    clients.map((client) => client.pushedRows()[0]?.own),
    [false, true],
  );
  assert.deepEqual(clients.map(prevSeqs), [[3], [4]]);
});

test('rows beyond a frame go into the next, none is lost', async () => {
  const rig = await GateRig.open();
  const [[client], [number = 0]] = await members(rig, 1);
  const text = 'x'.repeat(10_000);
  const values = Array.from({ length: 20 }, (_, index) =>
    rig.push({ seq: 1 + index, row: rowBytes('x', 'u0', 1 + index, text), to: [[number, index]] }),
  );
  await appendPushes(rig, values);
  assert.deepEqual(
    seqs(client!),
    Array.from({ length: 20 }, (_, index) => 1 + index),
  );
  assert.ok(client!.pushes().length >= 4);
  for (const frame of client!.pushes()) assert.ok(frame.body.length + 16 <= rig.limits.bodyBytes);
  assert.equal(client!.writes, 1);
});

test('rows for connections that are gone, pending, or of another epoch are dropped', async () => {
  const rig = await GateRig.open();
  const [[client], [number = 0]] = await members(rig, 1);
  const pending = rig.connect();
  pending.auth('late', 'phone');
  await rig.settle();
  const row = rowBytes('x', 'u0', 5);
  await rig.deliver(
    rig.push({
      seq: 5,
      row,
      to: [
        [number + 1, 1],
        [4_000_000_000, 1],
      ],
    }),
  );
  await rig.deliver(rig.push({ seq: 5, row, to: [[number, 1]], slotEpoch: rig.epoch - 1 }));
  assert.equal(pending.pushes().length, 0);
  assert.equal(client!.pushes().length, 0);
});

/** A client that does not read, with more than the soft limit waiting. */
const slowClient = async (rig: GateRig): Promise<[RigClient, number]> => {
  const [[client], [number = 0]] = await members(rig, 1);
  client!.reads = false;
  const text = 'x'.repeat(30_000);
  for (let seq = 1; seq <= 12; seq += 1) {
    await rig.deliver(rig.push({ seq, row: rowBytes('x', 'u0', seq, text), to: [[number, seq - 1]] }));
  }
  return [client!, number];
};

test('notify mode: rows are withheld, a notice when it reads again, pushes after it has pulled', async () => {
  const rig = await GateRig.open();
  const [client, number] = await slowClient(rig);
  const got = seqs(client).length;
  assert.ok(got >= 7 && got < 12, `${got} rows before notify mode`);
  assert.ok(client.bufferedBytes <= rig.limits.outboundSoftBytes);
  assert.equal(rig.gate.counts.withheldRows, 12 - got);
  assert.equal(client.notices().length, 0);
  client.readAgain();
  await rig.settle();
  const [notice] = client.notices();
  assert.equal(numberOf(HeartbeatRep.decode(notice!.body).newestSeq), 12);
  // A row that comes before the pull is withheld too, and announced when pushes go on.
  await rig.deliver(rig.push({ seq: 13, row: rowBytes('x', 'u0', 13), to: [[number, 12]] }));
  assert.equal(seqs(client).length, got);
  for (let seq = 1; seq <= 12; seq += 1) rig.timeline.add('u0', seq, rowBytes('x', 'u0', seq));
  sync(client, got);
  await rig.settle();
  assert.equal(numberOf(HeartbeatRep.decode(client.notices()[1]!.body).newestSeq), 13);
  await rig.deliver(rig.push({ seq: 14, row: rowBytes('x', 'u0', 14), to: [[number, 13]] }));
  assert.equal(seqs(client).at(-1), 14);
  assert.equal(client.ended || client.destroyed, false);
});

test('notify mode: the heartbeat says the newest version that was withheld', async () => {
  const rig = await GateRig.open();
  const [client] = await slowClient(rig);
  const sequence = client.request(OP.HEARTBEAT, EMPTY);
  await rig.settle();
  assert.equal(numberOf(HeartbeatRep.decode(client.replyTo(sequence)!.body).newestSeq), 12);
});

test('a pull that does not reach the notice leaves notify mode on', async () => {
  const rig = await GateRig.open();
  const [client, number] = await slowClient(rig);
  client.readAgain();
  for (let seq = 1; seq <= 11; seq += 1) rig.timeline.add('u0', seq, rowBytes('x', 'u0', seq));
  sync(client, 0);
  await rig.settle();
  const got = seqs(client).length;
  await rig.deliver(rig.push({ seq: 13, row: rowBytes('x', 'u0', 13), to: [[number, 12]] }));
  assert.equal(seqs(client).length, got);
});

test('stalled for 10 s: closed, though below the limits; others are unharmed', async () => {
  const rig = await GateRig.open();
  const [[slow, healthy], [one = 0, two = 0]] = await members(rig, 2);
  slow!.reads = false;
  for (let seq = 1; seq <= 3; seq += 1) {
    const to: [number, number][] = [
      [one, seq - 1],
      [two, seq - 1],
    ];
    await rig.deliver(rig.push({ seq, row: rowBytes('x', '#g', seq), to }));
    await rig.clock.runFor(3_000);
  }
  assert.equal(slow!.destroyed, false);
  await rig.clock.runFor(1_500);
  assert.equal(slow!.destroyed, true);
  assert.equal(healthy!.destroyed, false);
  assert.deepEqual(seqs(healthy!), [1, 2, 3]);
});

test('a client that reads slowly but reads is not stalled', async () => {
  const rig = await GateRig.open();
  const [[client], [number = 0]] = await members(rig, 1);
  client!.reads = false;
  await rig.deliver(rig.push({ seq: 1, row: rowBytes('x', 'u0', 1, 'x'.repeat(5_000)), to: [[number, 0]] }));
  for (let turn = 0; turn < 20; turn += 1) {
    client!.bufferedBytes -= 100;
    await rig.clock.runFor(1_000);
    client!.request(OP.HEARTBEAT, EMPTY);
  }
  assert.equal(client!.destroyed, false);
});

test('above the soft limit reading stops, above the hard limit the connection is closed', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  for (let seq = 1; seq <= 200; seq += 1) {
    rig.timeline.add('ann', seq, rowBytes('x', 'ann', seq, 'x'.repeat(300)));
  }
  client.reads = false;
  let pulls = 0;
  while (!client.paused && pulls < 20) {
    sync(client, 0);
    await rig.settle();
    pulls += 1;
  }
  assert.ok(pulls < 10);
  client.readAgain();
  assert.equal(client.paused, false);
  client.reads = false;
  while (!client.destroyed && pulls < 60) {
    sync(client, 0);
    await rig.settle();
    pulls += 1;
  }
  assert.equal(client.destroyed, true);
  assert.ok(client.bufferedBytes <= rig.limits.outboundHardBytes + 128 * 1024);
});

test('more connections than a slice of a flush all get their rows', async () => {
  const limits = { connectionsPerAddress: 5_000, pendingSessionsPerAddress: 5_000 };
  const rig = await GateRig.open(limits);
  const clients: RigClient[] = [];
  for (let index = 0; index < 1_300; index += 1) {
    const client = rig.connect();
    client.auth(`u${index}`, 'phone');
    clients.push(client);
  }
  await rig.settle();
  for (const client of clients) client.request(OP.HEARTBEAT, EMPTY);
  await rig.settle();
  const to = clients.map((_, index): [number, number] => [index + 1, 0]);
  await rig.deliver(rig.push({ seq: 9, row: rowBytes('x', '#g', 9), to }));
  assert.ok(clients.every((client) => client.pushes().length === 1));
  assert.equal(rig.gate.counts.assembledBodies, 1);
});

// ---- pulls

const syncReply = (client: RigClient, sequence: number) => SyncMsgRep.decode(client.replyTo(sequence)!.body);

test('sync: rows after a version, page by page, up to the checkpoint', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  for (let seq = 1; seq <= 250; seq += 1) rig.timeline.add('ann', seq, rowBytes('bob', 'ann', seq));
  rig.timeline.reach(300);
  const first = sync(client, 0);
  await rig.settle();
  const page = syncReply(client, first);
  assert.equal(page.msg.length, 200);
  assert.equal(page.more, true);
  assert.equal(numberOf(page.syncedTo), 200);
  assert.equal(page.msg[0]?.fromUserName, 'bob');
  const second = sync(client, 200);
  await rig.settle();
  const rest = syncReply(client, second);
  assert.deepEqual([rest.msg.length, rest.more, numberOf(rest.syncedTo)], [50, false, 300]);
});

test('sync: a page never exceeds a frame', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  for (let seq = 1; seq <= 8; seq += 1) {
    rig.timeline.add('ann', seq, rowBytes('bob', 'ann', seq, 'x'.repeat(20_000)));
  }
  const first = sync(client, 0);
  await rig.settle();
  const page = syncReply(client, first);
  assert.deepEqual([page.msg.length, page.more, numberOf(page.syncedTo)], [3, true, 3]);
});

test('sync: waits for `until`, which a second request raises in place; both get the page', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  rig.timeline.add('ann', 5, rowBytes('bob', 'ann', 5));
  const first = sync(client, 0, 6);
  await rig.settle();
  const second = sync(client, 0, 9);
  const other = sync(client, 3, 9);
  await rig.settle();
  assert.equal(client.replyTo(first), undefined);
  assert.equal(ErrorRep.decode(client.replyTo(other)!.body).ret, ERRORS.RETRY_LATER.code);
  rig.timeline.reach(6);
  await rig.settle();
  assert.equal(client.replyTo(first), undefined, 'the raised wish counts');
  rig.timeline.add('ann', 9, rowBytes('bob', 'ann', 9));
  await rig.settle();
  for (const sequence of [first, second]) assert.equal(syncReply(client, sequence).msg.length, 2);
  assert.deepEqual(rig.timeline.waits, [6, 9]);
  assert.equal(rig.timeline.reads.length, 1);
});

test('sync: beyond a few requests for the same page a client is told to retry', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  const asked = Array.from({ length: 5 }, () => sync(client, 0, 6));
  await rig.settle();
  assert.equal(ErrorRep.decode(client.replyTo(asked[4]!)!.body).ret, ERRORS.RETRY_LATER.code);
  rig.timeline.reach(6);
  await rig.settle();
  for (const sequence of asked.slice(0, 4)) assert.equal(syncReply(client, sequence).ret, 0);
});

test('sync: too old, store away, malformed, absurd numbers', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  const errorOf = async (sequence: number): Promise<number> => {
    await rig.settle();
    return ErrorRep.decode(client.replyTo(sequence)!.body).ret;
  };
  rig.timeline.begin = 10;
  assert.equal(await errorOf(sync(client, 3)), ERRORS.TOO_OLD.code);
  rig.timeline.fails = true;
  assert.equal(await errorOf(sync(client, 11)), ERRORS.STORE_AWAY.code);
  rig.timeline.fails = false;
  const absurd = Buffer.from([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
  assert.equal(await errorOf(client.request(OP.SYNC, absurd)), ERRORS.MALFORMED.code);
  assert.equal(await errorOf(client.request(OP.SYNC, Buffer.from([0x0a]))), ERRORS.MALFORMED.code);
  assert.equal(await errorOf(sync(client, 11)), 0);
});

test('a client that is gone while it is pulled for does no harm', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  sync(client, 0, 50);
  await rig.settle();
  client.gone();
  rig.timeline.reach(50);
  await rig.settle();
  assert.equal(client.disconnectCode(), undefined);
  assert.equal(rig.gate.stats().connections, 0);
});
