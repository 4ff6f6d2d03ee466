/** Commands: form, append, answers, PENDING. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERRORS, type ErrorName } from '../../schemas/errors.ts';
import { COMMAND } from '../../schemas/events/inbound.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, longOfId, numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { openWith } from './testing/gate-rig.ts';
import { ack, message, nameOf, rowBytes } from './testing/rig-client.ts';

const { CommandAck, GroupReq, MsgReadReq, NewAppMsg, NewChatMsg, RevokeMsgReq } = bubble.wire;

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
