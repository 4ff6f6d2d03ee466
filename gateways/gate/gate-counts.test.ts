/** What a gate counts: by kind, by code, by outcome, in seconds and bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERRORS } from '../../schemas/errors.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { codeOfAck } from './gate-counts.ts';
import { numberField, ROW_CONV_SEQ, ROW_SERVER_TIME } from './row-fields.ts';
import { GateRig } from './testing/gate-rig.ts';
import { rowBytes } from './testing/rig-client.ts';

const { AddMsg, CommandAck, SyncMsgReq } = bubble.wire;

test('commands by kind, answers by code, the time to the answer, the age of rows', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann', 'phone');
  const { counts } = rig.gate;
  const sequence = client.say('bob', 5n);
  client.say('', 6n);
  await rig.clock.runFor(40);
  const [connection = 0] = rig.connectionsOf('ann');
  const row = Buffer.concat([
    rowBytes('ann', 'bob', 11),
    AddMsg.encode({ serverTime: longOf(rig.clock.now() - 2_000) }).finish(),
  ]);
  const ack = Buffer.from(CommandAck.encode({ ret: ERRORS.RECALL_TOO_LATE.code }).finish());
  await rig.deliver(rig.push({ seq: 11, row, connection, request: sequence, ack }));
  assert.deepEqual([...counts.commands()], [['message', 1]]);
  assert.deepEqual(
    [...counts.answers()],
    [
      ['RECALL_TOO_LATE', 1],
      ['BAD_ID', 1],
    ],
  );
  assert.equal(counts.answerSeconds.count, 1);
  assert.ok(Math.abs(counts.answerSeconds.sum - 0.04) < 0.005, String(counts.answerSeconds.sum));
  assert.equal(counts.pushDelaySeconds.count, 1);
  assert.ok(Math.abs(counts.pushDelaySeconds.sum - 2) < 0.1, String(counts.pushDelaySeconds.sum));
  assert.deepEqual([...counts.appends.entries()], [['acknowledged', 1]]);
  assert.equal(counts.appendSeconds.count, 1);
  assert.ok(counts.bytesReceived > 100 && counts.bytesSent > 100);
});

test('appends that fail or are given up, pulls, closes, authentications', async () => {
  const rig = await GateRig.open({ laneGiveUpMs: 2_000 });
  const client = await rig.live('ann', 'phone');
  const { counts } = rig.gate;
  rig.log.mode = 'fail';
  client.say('bob', 5n);
  await rig.settle();
  rig.log.mode = 'hang';
  client.say('bob', 6n);
  await rig.clock.runFor(3_000);
  rig.log.mode = 'ok';
  assert.deepEqual(
    [...counts.appends.entries()],
    [
      ['failed', 1],
      ['abandoned', 1],
    ],
  );
  assert.deepEqual([...counts.answers()], [['RETRY_LATER', 2]]);
  client.request(OP.SYNC, SyncMsgReq.encode({ count: 5 }).finish());
  await rig.settle();
  assert.deepEqual([...counts.pulls.entries()], [['OK', 1]]);
  assert.equal(counts.pullSeconds.count, 1);
  await rig.live('ann', 'phone');
  assert.deepEqual([...counts.closes.entries()], [['REPLACED', 1]]);
  assert.deepEqual([...counts.authentications.entries()], [['accepted', 2]]);
  assert.equal(counts.connections, 2);
  assert.equal(counts.claims, 1);
});

test('the code of an ack and the numbers of a row are read without decoding them', () => {
  const ack = (ret: number) => CommandAck.encode({ ret, errMsg: 'x', convSeq: longOf(2 ** 50) }).finish();
  for (const { code } of Object.values(ERRORS)) assert.equal(codeOfAck(ack(code)), code);
  assert.equal(codeOfAck(new Uint8Array(0)), 0);
  const row = AddMsg.encode({
    msgId: longOf(2 ** 45 + 300),
    fromUserName: 'ann',
    serverMsgId: longOf(9),
    content: Buffer.alloc(300),
    serverTime: longOf(1_795_000_000_000),
  }).finish();
  assert.equal(numberField(row, ROW_CONV_SEQ), 2 ** 45 + 300);
  assert.equal(numberField(row, ROW_SERVER_TIME), 1_795_000_000_000);
  assert.equal(numberField(row, 13), null);
  assert.equal(numberField(Uint8Array.of(0x0b, 1), 1), null, 'a group, which nobody writes any more');
  for (let cut = 0; cut < row.length; cut += 1) numberField(row.subarray(0, cut), ROW_SERVER_TIME);
});
