import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bubble } from '../wire/generated/bubble.js';
import { longOf, longOfId } from '../wire/int64.ts';
import { Mailbox, type MailboxRow, mailboxRowOf } from './mailbox.ts';

const { AddMsg, RowKind } = bubble.wire;
const BOUNDS = { lastRows: 3, unread: 100 };

let version = 0;
const row = (over: Partial<MailboxRow>): MailboxRow => {
  version += 1;
  return {
    seq: version,
    convSeq: version,
    kind: RowKind.MESSAGE,
    isRoom: false,
    from: 'bob',
    to: 'ann',
    serverMsgId: BigInt(version),
    readTo: 0,
    originalId: 0n,
    originalSender: '',
    ...over,
  };
};
const folded = (rows: MailboxRow[], bounds = BOUNDS): Mailbox => {
  const mailbox = new Mailbox('ann', bounds);
  for (const each of rows) mailbox.apply(each, Uint8Array.of(each.seq));
  return mailbox;
};

test('unread counts what others wrote, in the conversation of the peer or group', () => {
  const mailbox = folded([
    row({}),
    row({ from: 'ann', to: 'bob' }),
    row({ from: 'bob', to: '#g', isRoom: true }),
    row({ from: 'ann', to: '#g', isRoom: true }),
    row({ from: 'cid', to: '#g', isRoom: true }),
  ]);
  assert.equal(mailbox.conversation('bob')?.unread, 1);
  assert.equal(mailbox.conversation('#g')?.unread, 2);
  assert.equal(mailbox.conversation('#g')?.isRoom, true);
  assert.equal(mailbox.totalUnread(), 3);
  assert.deepEqual(mailbox.names(), ['#g', 'bob']);
});

test('receipts: own ones read up to a convSeq and never go back, those of the peer move peerReadTo', () => {
  const one = row({});
  const two = row({});
  const three = row({});
  const readTwo = row({ kind: RowKind.READ, from: 'ann', to: 'bob', readTo: two.convSeq });
  const readOne = row({ kind: RowKind.READ, from: 'ann', to: 'bob', readTo: one.convSeq });
  const peer = row({ kind: RowKind.READ, from: 'bob', to: 'ann', readTo: 777 });
  const state = folded([one, two, three, readTwo, readOne, peer]).conversation('bob', 5);
  assert.equal(state?.unread, 1);
  assert.equal(state?.readTo, two.convSeq);
  assert.equal(state?.peerReadTo, 777);
  assert.equal(state?.newestConvSeq, peer.convSeq);
  assert.deepEqual(
    state?.lastRows,
    [one, two, three].map((each) => Uint8Array.of(each.seq)),
  );
});

test('read-all reads what stands before it, in every conversation', () => {
  const before = [row({}), row({ from: 'cid', to: '#g', isRoom: true })];
  const all = row({ kind: RowKind.READ, from: 'ann', to: 'ann', readTo: version + 1 });
  const after = row({});
  const mailbox = folded([...before, all, after]);
  assert.equal(mailbox.totalUnread(), 1);
  assert.equal(mailbox.conversation('bob')?.unread, 1);
  assert.equal(mailbox.conversation('ann'), undefined);
});

test('a receipt in the chat with oneself reads nothing else', () => {
  const note = row({ from: 'ann', to: 'ann' });
  const mailbox = folded([
    row({}),
    note,
    row({ kind: RowKind.READ, from: 'ann', to: 'ann', readTo: note.convSeq }),
  ]);
  assert.equal(mailbox.totalUnread(), 1);
  assert.equal(mailbox.conversation('ann')?.readTo, note.convSeq);
});

test('a recalled message is unread no more and its content is not shown again', () => {
  const message = row({});
  const other = row({});
  const recall = row({
    kind: RowKind.RECALL,
    originalId: message.serverMsgId,
    originalSender: 'bob',
  });
  const mailbox = folded([message, other, recall]);
  const state = mailbox.conversation('bob', 9);
  assert.equal(state?.unread, 1);
  assert.deepEqual(state?.lastRows, [Uint8Array.of(other.seq), Uint8Array.of(recall.seq)]);
});

test('rejections and placeholders are in no conversation', () => {
  const mailbox = folded([
    row({ kind: RowKind.REJECTED, from: 'ann', to: 'bob' }),
    row({ kind: RowKind.PLACEHOLDER, from: '', to: '' }),
  ]);
  assert.equal(mailbox.size, 0);
  assert.equal(mailbox.appliedTo, version);
});

test('last rows are the newest ones, as many as are kept and asked for', () => {
  const rows = Array.from({ length: 6 }, () => row({}));
  const state = folded(rows).conversation('bob', 2);
  assert.deepEqual(
    state?.lastRows,
    rows.slice(-2).map((each) => Uint8Array.of(each.seq)),
  );
  assert.equal(folded(rows).conversation('bob', 50)?.lastRows.length, BOUNDS.lastRows);
});

test('beyond the bound unread rows are counted, and cleared by a receipt that passes them all', () => {
  const rows = Array.from({ length: 25 }, () => row({}));
  const bounds = { lastRows: 0, unread: 10 };
  assert.equal(folded(rows, bounds).conversation('bob')?.unread, 25);
  const read = row({ kind: RowKind.READ, from: 'ann', to: 'bob', readTo: rows[19]!.convSeq });
  assert.equal(folded([...rows, read], bounds).conversation('bob')?.unread, 5);
});

test('rows in any batches, with repeats, fold to the same', () => {
  const rows = Array.from({ length: 30 }, (_, index) =>
    index % 7 === 3
      ? row({ kind: RowKind.READ, from: 'ann', to: 'bob', readTo: version - 2 })
      : row({ from: index % 2 === 0 ? 'bob' : 'cid' }),
  );
  const expected = folded(rows);
  fc.assert(
    fc.property(fc.nat(29), fc.nat(29), (from, to) => {
      const repeated = [...rows.slice(0, to + 1), ...rows.slice(Math.min(from, to))];
      const mailbox = folded(repeated);
      for (const name of expected.names())
        assert.deepEqual(mailbox.conversation(name, 3), expected.conversation(name, 3));
    }),
    { numRuns: 50 },
  );
});

test('a row of the wire is read as the fold needs it', () => {
  const bytes = AddMsg.encode({
    fromUserName: 'bob',
    toUserName: '#g',
    isRoom: true,
    kind: RowKind.RECALL,
    convSeq: longOf(2 ** 46 + 5),
    serverMsgSeq: longOf(2 ** 45 + 9),
    serverMsgId: longOfId(2n ** 63n + 1n),
    reference: { sender: 'cid', serverMsgId: longOfId(7n) },
  }).finish();
  assert.deepEqual(mailboxRowOf(bytes), {
    seq: 2 ** 45 + 9,
    convSeq: 2 ** 46 + 5,
    kind: RowKind.RECALL,
    isRoom: true,
    from: 'bob',
    to: '#g',
    serverMsgId: 2n ** 63n + 1n,
    readTo: 0,
    originalId: 7n,
    originalSender: 'cid',
  });
});
