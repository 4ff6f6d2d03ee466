/** Commands: form, append, answers, PENDING, RETRY_LATER, rates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSE_CODES, ERRORS, type ErrorName } from '../../schemas/errors.ts';
import { COMMAND } from '../../schemas/events/inbound.ts';
import type { Limits } from '../../schemas/limits.ts';
import { INBOUND } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { idOf, longOf, longOfId, numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { GateRig } from './testing/gate-rig.ts';
import { message, type RigClient, rowBytes } from './testing/rig-client.ts';

const { CommandAck, GroupReq, MsgReadReq, NewAppMsg, NewChatMsg, RevokeMsgReq } = bubble.wire;

const ack = (client: RigClient, sequence: number): { name: string; id: bigint } | undefined => {
  const reply = client.replyTo(sequence);
  if (reply === undefined) return undefined;
  const decoded = CommandAck.decode(reply.body);
  const name = Object.entries(ERRORS).find(([, entry]) => entry.code === decoded.ret)?.[0] ?? '?';
  return { name, id: idOf(decoded.clientMsgId) };
};
const nameOf = (client: RigClient, sequence: number): string | undefined => ack(client, sequence)?.name;

const openWith = async (limits: Partial<Limits> = {}): Promise<[GateRig, RigClient]> => {
  const rig = await GateRig.open(limits);
  return [rig, await rig.live('ann', 'phone')];
};

test('a message is appended verbatim, with the names that the server knows', async () => {
  const [rig, client] = await openWith();
  const sequence = client.say('bob', 5n);
  await rig.settle();
  const [event] = rig.inbound();
  assert.deepEqual(
    { ...event, body: null, gateTime: 0 },
    {
      tenant: 't',
      conversation: 'd/ann/bob',
      kind: COMMAND.MESSAGE,
      sender: 'ann',
      device: 'phone',
      generation: 0,
      clientMsgId: 5n,
      to: 'bob',
      body: null,
      bodyKey: null,
      gateTime: 0,
      slot: 0,
      slotEpoch: rig.epoch,
      connection: rig.connectionsOf('ann')[0],
      request: sequence,
    },
  );
  assert.deepEqual([...event!.body], [...message('bob', 5n)]);
  assert.equal(client.replyTo(sequence), undefined, 'no answer before the row');
  assert.equal(rig.gate.stats().pendingSends, 1);
});

test('every kind of command goes to its conversation', async () => {
  const [rig, client] = await openWith();
  const group = '#abcdefghijklmnop';
  const id = longOfId(9n);
  const convSeq = longOf(2 ** 45 + 1);
  client.request(
    OP.SEND_APP_MSG,
    NewAppMsg.encode({ toUserName: group, clientMsgId: id, appId: 'x' }).finish(),
  );
  client.request(OP.READ, MsgReadReq.encode({ userName: 'bob', clientMsgId: id, convSeq }).finish());
  client.request(OP.READ, MsgReadReq.encode({ type: MsgReadReq.Type.ALL, clientMsgId: id }).finish());
  const recall = { userName: 'bob', clientMsgId: id, sender: 'ann', originalClientMsgId: longOfId(3n) };
  client.request(OP.RECALL, RevokeMsgReq.encode(recall).finish());
  client.request(OP.GROUP_CREATE, GroupReq.encode({ clientMsgId: id, users: ['bob'] }).finish());
  for (const operation of [OP.GROUP_JOIN, OP.GROUP_LEAVE, OP.GROUP_DISMISS]) {
    client.request(operation, GroupReq.encode({ clientMsgId: id, group }).finish());
  }
  for (const operation of [OP.GROUP_INVITE, OP.GROUP_KICK]) {
    client.request(operation, GroupReq.encode({ clientMsgId: id, group, users: ['bob'] }).finish());
  }
  await rig.settle();
  const kinds = new Map(rig.inbound().map((event) => [event.kind, event]));
  const { conversation = '' } = kinds.get(COMMAND.GROUP_CREATE)!;
  assert.match(conversation, /^g\/#[a-z2-7]{16}$/);
  assert.equal(kinds.get(COMMAND.GROUP_CREATE)!.to, conversation.slice(2));
  assert.equal(kinds.get(COMMAND.RECALL)!.conversation, 'd/ann/bob');
  assert.equal(kinds.get(COMMAND.APP_MESSAGE)!.conversation, `g/${group}`);
  assert.equal(kinds.get(COMMAND.GROUP_KICK)!.conversation, `g/${group}`);
  const reads = rig.inbound().filter((event) => event.kind === COMMAND.READ);
  assert.deepEqual(reads.map((event) => event.conversation).sort(), ['d/ann/bob', 'u/ann']);
  assert.equal(rig.inbound().length, 10);
});

test('what is refused by its form never reaches the log', async () => {
  const [rig, client] = await openWith();
  const id = longOfId(1n);
  const content = Buffer.from('x');
  const cases: [number, Uint8Array, ErrorName][] = [
    [OP.SEND_MSG, Buffer.from([0xff, 0xff]), 'MALFORMED'],
    [OP.SEND_MSG, message('bob', 0n), 'BAD_ID'],
    [OP.SEND_MSG, message('', 1n), 'BAD_ID'],
    [OP.SEND_MSG, message('a/b', 1n), 'BAD_ID'],
    [OP.SEND_MSG, message('#short', 1n), 'BAD_ID'],
    [OP.SEND_MSG, message('x'.repeat(65), 1n), 'BAD_ID'],
    [OP.SEND_MSG, message('bob', 1n, ''), 'EMPTY_MESSAGE'],
    [OP.SEND_MSG, message('bob', 1n, 'x'.repeat(60 * 1024 + 1)), 'TOO_LONG'],
    [
      OP.SEND_MSG,
      NewChatMsg.encode({
        toUserName: 'bob',
        clientMsgId: id,
        content,
        msgSource: 'x'.repeat(1025),
      }).finish(),
      'TOO_LONG',
    ],
    [OP.SEND_MSG, message('bob', 1n, 'x'.repeat(64 * 1024 - 200)), 'TOO_LONG'],
    [OP.READ, MsgReadReq.encode({ userName: 'a/b', clientMsgId: id }).finish(), 'BAD_ID'],
    [OP.READ, MsgReadReq.encode({ userName: 'bob' }).finish(), 'BAD_ID'],
    [
      OP.READ,
      MsgReadReq.encode({ userName: 'bob', clientMsgId: id, convSeq: longOfId(2n ** 63n) }).finish(),
      'MALFORMED',
    ],
    [OP.RECALL, RevokeMsgReq.encode({ userName: 'bob', clientMsgId: id, sender: 'ann' }).finish(), 'BAD_ID'],
    [OP.GROUP_JOIN, GroupReq.encode({ clientMsgId: id, group: 'bob' }).finish(), 'BAD_ID'],
    [OP.GROUP_CREATE, GroupReq.encode({ clientMsgId: id, users: ['a/b'] }).finish(), 'BAD_ID'],
    [OP.GROUP_KICK, GroupReq.encode({ clientMsgId: id, group: '#abcdefghijklmnop' }).finish(), 'MALFORMED'],
  ];
  for (const [operation, body, error] of cases) {
    const sequence = client.request(operation, body);
    await rig.settle();
    assert.equal(nameOf(client, sequence), error);
    assert.equal(client.replyTo(sequence)?.operation, operation + 1);
  }
  assert.equal(rig.inbound().length, 0);
  assert.equal(client.ended, false);
});

test('the answer is the own row; it comes as the reply, in order with pushes', async () => {
  const [rig, client] = await openWith();
  const sequence = client.say('bob', 5n);
  await rig.settle();
  const [connection = 0] = rig.connectionsOf('ann');
  const row = (seq: number): Buffer => rowBytes('bob', 'ann', seq);
  const ackBytes = CommandAck.encode({ clientMsgId: longOfId(5n), serverMsgSeq: longOf(11) }).finish();
  const slot = 'bubble.delivery.0';
  await rig.log.append(slot, 0, [
    { key: null, value: rig.push({ seq: 10, row: row(10), to: [[connection, 9]] }) },
    {
      key: null,
      value: rig.push({ seq: 11, row: row(11), connection, request: sequence, ack: Buffer.from(ackBytes) }),
    },
    { key: null, value: rig.push({ seq: 12, row: row(12), to: [[connection, 11]] }) },
  ]);
  await rig.settle();
  assert.deepEqual(
    client.frames.map((frame) => [frame.operation, frame.sequence]),
    [
      [5, 0],
      [5, sequence],
      [5, 0],
    ],
  );
  assert.equal(client.writes, 1, 'one write for all');
  assert.equal(nameOf(client, sequence), 'OK');
  assert.deepEqual(
    client.pushedRows().map((each) => numberOf(each.serverMsgSeq)),
    [10, 12],
  );
  assert.equal(rig.gate.stats().pendingSends, 0);
});

test('PENDING after 3 s, the row afterwards as an own push, an answer without a row as a second reply', async () => {
  const [rig, client] = await openWith({ laneGiveUpMs: 60_000 });
  const first = client.say('bob', 5n);
  const second = client.say('bob', 6n);
  await rig.clock.runFor(2_900);
  assert.equal(client.replyTo(first), undefined);
  await rig.clock.runFor(500);
  assert.deepEqual(ack(client, first), { name: 'PENDING', id: 5n });
  assert.deepEqual(ack(client, second), { name: 'PENDING', id: 6n });
  client.frames.length = 0;
  const [connection = 0] = rig.connectionsOf('ann');
  await rig.deliver(
    rig.push({ seq: 11, row: rowBytes('ann', 'bob', 11), connection, request: first, prevSeq: 7 }),
  );
  const [row] = client.pushedRows();
  assert.equal(row?.own, true);
  assert.equal(numberOf(row?.prevSeq), 7);
  assert.equal(client.replyTo(first), undefined);
  const stale = CommandAck.encode({ ret: ERRORS.STALE_ID.code }).finish();
  await rig.deliver(rig.push({ seq: 12, connection, request: second, ack: Buffer.from(stale) }));
  assert.equal(nameOf(client, second), 'STALE_ID');
});

test('PENDING is said only of what is stored', async () => {
  const [rig, client] = await openWith({ laneGiveUpMs: 60_000 });
  rig.log.mode = 'hang';
  const sequence = client.say('bob', 5n);
  await rig.clock.runFor(4_000);
  assert.equal(client.replyTo(sequence), undefined);
  rig.log.releaseHanging();
  await rig.clock.runFor(300);
  assert.equal(nameOf(client, sequence), 'PENDING');
});

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
