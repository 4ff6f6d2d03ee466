/** Golden bytes: what is written here is on disks and in clients. A change of one of them is a change of the format. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bubble } from './generated/bubble.js';
import { HEADER_BYTES, parseHeader, writeHeader } from './header.ts';
import { idOf, longOf, longOfId, numberOf } from './int64.ts';
import {
  ackWithVersion,
  listedRowSize,
  ownRow,
  rowWithVersion,
  varintSize,
  writeListedRow,
  writeVarint,
} from './row.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('header', () => {
  const out = new Uint8Array(HEADER_BYTES);
  writeHeader(out, 0, 4, 0x01020304, 300);
  assert.equal(hex(out), 'bf0011000200000004010203040000012c');
  assert.deepEqual(parseHeader(out), {
    headerLength: 17,
    version: 2,
    operation: 4,
    sequence: 0x01020304,
    bodyLength: 300,
  });
  for (let end = 0; end < HEADER_BYTES; end += 1) assert.equal(parseHeader(out, 0, end), 'incomplete');
  assert.equal(parseHeader(Uint8Array.of(0xbe)), 'check-code');
  const lying = Uint8Array.from(out);
  lying[2] = 16;
  assert.equal(parseHeader(lying), 'header-length');
  lying[2] = 65;
  assert.equal(parseHeader(lying), 'header-length');
  lying[2] = 64;
  assert.equal((parseHeader(lying) as { headerLength: number }).headerLength, 64);
  lying[4] = 1;
  assert.equal(parseHeader(lying), 'version');
});

test('NewChatMsg', () => {
  const bytes = bubble.wire.NewChatMsg.encode({
    msgType: 1,
    toUserName: 'bob',
    clientMsgId: longOfId(0x0123456789abcdefn),
    clientSeq: 7,
    createTime: longOf(1_800_000_000_000),
    content: Buffer.from('hi'),
  }).finish();
  assert.equal(hex(bytes), '08011203626f6219efcdab8967452301200728' + '80a0f1c2b134' + '32026869');
});

test('64-bit numbers survive, ids as bigint and versions as safe integers', () => {
  const id = 0xfedc_ba98_7654_3210n;
  const seq = 2 ** 45 + 12_345;
  const decoded = bubble.wire.CommandAck.decode(
    bubble.wire.CommandAck.encode({ serverMsgId: longOfId(id), serverMsgSeq: longOf(seq) }).finish(),
  );
  assert.equal(idOf(decoded.serverMsgId), id);
  assert.equal(numberOf(decoded.serverMsgSeq), seq);
  assert.throws(() => numberOf(longOfId(2n ** 53n)), RangeError);
});

test('varints', () => {
  for (const value of [
    0,
    1,
    127,
    128,
    300,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32,
    2 ** 45 + 5,
    Number.MAX_SAFE_INTEGER,
  ]) {
    const out = new Uint8Array(10);
    const end = writeVarint(out, 0, value);
    assert.equal(end, varintSize(value));
    const read = bubble.wire.SyncMsgReq.decode(Buffer.concat([Buffer.of(0x08), out.subarray(0, end)]));
    assert.equal(numberOf(read.serverMsgSeq), value);
  }
});

test('a row completed by appending decodes as a whole AddMsg, pushed and pulled', () => {
  const seq = 2 ** 45 + 99;
  const shared = bubble.wire.AddMsg.encode({ fromUserName: 'alice', toUserName: 'bob', msgType: 1 }).finish();
  const row = rowWithVersion(shared, Buffer.from('你好'), seq);
  assert.equal(hex(row), '1205616c6963651a03626f622001' + '2a06e4bda0e5a5bd' + '58e3808080808008');
  const out = new Uint8Array(1_000);
  let at = writeListedRow(out, 0, { row, own: true, prevSeq: seq - 3 });
  assert.equal(at, listedRowSize({ row, own: true, prevSeq: seq - 3 }));
  at = writeListedRow(out, at, { row, own: false, prevSeq: -1 });
  const push = bubble.wire.PushMsg.decode(out.subarray(0, at));
  assert.equal(push.msg.length, 2);
  const [first, second] = push.msg;
  assert.equal(Buffer.from(first!.content!).toString(), '你好');
  assert.equal(numberOf(first!.serverMsgSeq), seq);
  assert.equal(numberOf(first!.prevSeq), seq - 3);
  assert.equal(first!.own, true);
  assert.equal(second!.own, false);
  assert.equal(numberOf(second!.prevSeq), 0);
  assert.equal(bubble.wire.AddMsg.decode(ownRow(row)).own, true);
});

test('an acknowledgement completed by appending', () => {
  const ack = bubble.wire.CommandAck.encode({ clientMsgId: longOfId(5n) }).finish();
  const whole = bubble.wire.CommandAck.decode(ackWithVersion(ack, 2 ** 45 + 7, 2 ** 45 + 2));
  assert.equal(numberOf(whole.serverMsgSeq), 2 ** 45 + 7);
  assert.equal(numberOf(whole.prevSeq), 2 ** 45 + 2);
  assert.equal(idOf(whole.clientMsgId), 5n);
});
