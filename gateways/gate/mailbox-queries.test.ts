import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERRORS } from '../../schemas/errors.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, longOfId, numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { Mailboxes } from './mailboxes.ts';
import { GateRig } from './testing/gate-rig.ts';
import { type RigClient, rowBytes } from './testing/rig-client.ts';

const { AddMsg, ConversationListRep, ConversationListReq, ErrorRep, RowKind, UnreadRep, UnreadReq } =
  bubble.wire;

const readRow = (seq: number, peer: string, readTo: number): Buffer =>
  Buffer.from(
    AddMsg.encode({
      fromUserName: 'ann',
      toUserName: peer,
      kind: RowKind.READ,
      serverMsgSeq: longOf(seq),
      convSeq: longOf(seq),
      reference: { convSeq: longOf(readTo), serverMsgId: longOfId(0n) },
    }).finish(),
  );

const ask = async (rig: GateRig, client: RigClient, operation: number, body: Uint8Array): Promise<Buffer> => {
  const sequence = client.request(operation, body);
  await rig.clock.runFor(0);
  return client.replyTo(sequence)!.body;
};
const unread = async (rig: GateRig, client: RigClient, userName = ''): Promise<Record<string, number>> => {
  const body = await ask(rig, client, OP.UNREAD, UnreadReq.encode({ userName }).finish());
  const reply = UnreadRep.decode(body);
  return Object.fromEntries(reply.conversation.map((each) => [each.userName, each.unread]));
};

test('unread counts follow the timeline, without reading it anew', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  for (let seq = 1; seq <= 5; seq += 1) rig.timeline.add('ann', seq, rowBytes('bob', 'ann', seq));
  rig.timeline.add('ann', 6, rowBytes('cid', 'ann', 6));
  assert.deepEqual(await unread(rig, client), { bob: 5, cid: 1 });
  assert.deepEqual(await unread(rig, client, 'cid'), { cid: 1 });
  assert.deepEqual(await unread(rig, client, 'nobody'), {});
  rig.timeline.add('ann', 7, readRow(7, 'bob', 4));
  assert.deepEqual(await unread(rig, client), { bob: 1, cid: 1 });
  assert.deepEqual(
    rig.timeline.reads.map((read) => read.from),
    [0, 6, 6, 6],
  );
});

test('the conversation list: newest first, with last rows and the version it stands for', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  for (let seq = 1; seq <= 4; seq += 1) {
    rig.timeline.add('ann', seq, rowBytes(seq % 2 === 0 ? 'bob' : 'cid', 'ann', seq));
  }
  rig.timeline.reach(9);
  const body = await ask(
    rig,
    client,
    OP.CONVERSATION_LIST,
    ConversationListReq.encode({ lastRows: 1 }).finish(),
  );
  const list = ConversationListRep.decode(body);
  assert.deepEqual(
    list.conversation.map((each) => each.userName),
    ['bob', 'cid'],
  );
  assert.deepEqual(
    list.conversation.map((each) => each.lastRows?.length),
    [1, 1],
  );
  assert.equal(numberOf(list.conversation[0]!.lastRows![0]!.serverMsgSeq), 4);
  assert.equal(numberOf(list.syncedTo), 9);
});

test('a list that does not fit a frame leaves out last rows first, then the oldest conversations', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  const text = 'x'.repeat(1_000);
  for (let seq = 1; seq <= 300; seq += 1) {
    rig.timeline.add('ann', seq, rowBytes(`peer${seq}`, 'ann', seq, text));
  }
  const body = await ask(
    rig,
    client,
    OP.CONVERSATION_LIST,
    ConversationListReq.encode({ lastRows: 5 }).finish(),
  );
  assert.ok(body.length <= rig.limits.bodyBytes - 16);
  const list = ConversationListRep.decode(body);
  assert.equal(list.conversation.length, 300);
  assert.equal(list.conversation[0]!.lastRows?.length, 1);
  assert.equal(list.conversation[299]!.lastRows?.length, 0);
});

test('rows that are no longer kept: the list is made of what there is', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  for (let seq = 1; seq <= 8; seq += 1) rig.timeline.add('ann', seq, rowBytes('bob', 'ann', seq));
  rig.timeline.begin = 5;
  assert.deepEqual(await unread(rig, client), { bob: 3 });
});

test('a store that is away and a malformed request are answered', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  rig.timeline.fails = true;
  const away = await ask(rig, client, OP.UNREAD, new Uint8Array(0));
  assert.equal(ErrorRep.decode(away).ret, ERRORS.STORE_AWAY.code);
  const malformed = await ask(rig, client, OP.CONVERSATION_LIST, Buffer.from([0xff]));
  assert.equal(ErrorRep.decode(malformed).ret, ERRORS.MALFORMED.code);
});

test('beyond a few unanswered queries a session is told to retry', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  const asked = Array.from({ length: 5 }, () => client.request(OP.UNREAD, new Uint8Array(0)));
  await rig.settle();
  const codes = asked.map((sequence) => ErrorRep.decode(client.replyTo(sequence)!.body).ret);
  assert.deepEqual(codes, [0, 0, 0, 0, ERRORS.RETRY_LATER.code]);
});

test('mailboxes: one fold for all who ask, in chunks; a bound on what is kept, folded and waiting', async () => {
  const rig = await GateRig.open({
    mailboxUsers: 2,
    mailboxFolds: 1,
    mailboxFoldsWaiting: 1,
    mailboxChunkRows: 10,
  });
  for (let seq = 1; seq <= 35; seq += 1) rig.timeline.add('ann', seq, rowBytes('bob', 'ann', seq));
  const mailboxes = new Mailboxes(rig);
  const owner = (user: string) => ({ tenant: 't', user });
  const asked = [
    mailboxes.folded(owner('ann')),
    mailboxes.folded(owner('ann')),
    mailboxes.folded(owner('bob')),
    mailboxes.folded(owner('cid')),
  ];
  const [one, two, three, four] = await rig.clock.until(Promise.all(asked));
  assert.equal(one, two);
  assert.equal(one?.mailbox.totalUnread(), 35);
  assert.equal(rig.timeline.reads.filter((read) => read.maxRows === 10).length, 5);
  assert.ok(three);
  assert.equal(four, null);
  await rig.clock.until(mailboxes.folded(owner('cid')));
  assert.equal(mailboxes.size, 2);
});
