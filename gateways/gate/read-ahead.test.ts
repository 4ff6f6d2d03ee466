import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { ERRORS } from '../../schemas/errors.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { ReadAhead } from './read-ahead.ts';
import { GateRig } from './testing/gate-rig.ts';
import type { RigClient } from './testing/rig-client.ts';

const { SyncMsgReq, SyncMsgRep } = bubble.wire;

const sync = (client: RigClient, from: number, until = 0): number =>
  client.request(OP.SYNC, SyncMsgReq.encode({ serverMsgSeq: longOf(from), until: longOf(until) }).finish());

const replyTo = (client: RigClient, sequence: number) => {
  const { ret, msg, more, syncedTo } = SyncMsgRep.decode(client.replyTo(sequence)!.body);
  return { ret, rows: msg.length, more, syncedTo: numberOf(syncedTo) };
};

const row = bubble.wire.AddMsg.encode({ content: Buffer.from('hello') }).finish();

const withRows = async (count: number) => {
  const rig = await GateRig.open({ syncRows: 10 });
  const client = await rig.live('ann');
  for (let seq = 1; seq <= count; seq += 1) rig.timeline.add('ann', seq, row);
  const pull = async (from: number, until = 0) => {
    const sequence = sync(client, from, until);
    await rig.settle();
    return replyTo(client, sequence);
  };
  const readsFrom = (): number[] => rig.timeline.reads.map(({ from }) => from);
  return { rig, client, pull, readsFrom };
};

test('while there is more, the next page is read before it is asked for, and each page once', async () => {
  const { pull, readsFrom } = await withRows(25);
  assert.deepEqual(await pull(0), { ret: 0, rows: 10, more: true, syncedTo: 10 });
  assert.deepEqual(readsFrom(), [0, 10]);
  assert.deepEqual(await pull(10), { ret: 0, rows: 10, more: true, syncedTo: 20 });
  assert.deepEqual(await pull(20), { ret: 0, rows: 5, more: false, syncedTo: 25 });
  assert.deepEqual(readsFrom(), [0, 10, 20]);
});

test('what was read ahead is no answer to who wants newer rows, or asks from elsewhere', async () => {
  const { rig, pull, readsFrom } = await withRows(15);
  await pull(0);
  rig.timeline.add('ann', 16, row);
  assert.deepEqual(await pull(10, 16), { ret: 0, rows: 6, more: false, syncedTo: 16 });
  await pull(0);
  assert.deepEqual(await pull(3), { ret: 0, rows: 10, more: true, syncedTo: 13 });
  assert.deepEqual(readsFrom(), [0, 10, 10, 0, 10, 3, 13]);
});

test('a page that could not be read ahead is read when it is asked for, and told', async () => {
  const { rig, client, pull } = await withRows(15);
  const first = sync(client, 0);
  rig.timeline.failsFrom = 10;
  await rig.settle();
  assert.equal(replyTo(client, first).rows, 10);
  assert.equal((await pull(10)).ret, ERRORS.STORE_AWAY.code);
  rig.timeline.failsFrom = Number.POSITIVE_INFINITY;
  assert.equal((await pull(10)).rows, 5);
});

test('so many pages at most; what nobody asked for, and what is gone, makes room', async () => {
  const clock = new SimClock();
  const reads: number[] = [];
  const ahead = new ReadAhead<{ isLive: boolean }>({
    clock,
    pages: 2,
    read: async (_puller, from) => {
      reads.push(from);
      return { rows: [], syncedTo: from, more: true };
    },
  });
  const pullers = Array.from({ length: 4 }, () => ({ isLive: true }));
  for (const [index, puller] of pullers.entries()) ahead.begin(puller, index, 10);
  await clock.runFor(1);
  assert.deepEqual(reads, [0, 1], 'beyond the limit nothing is read ahead');
  pullers[0]!.isLive = false;
  ahead.begin(pullers[2]!, 2, 10);
  ahead.begin(pullers[3]!, 3, 10);
  await clock.runFor(1_000);
  assert.deepEqual(reads, [0, 1, 2]);
  assert.equal(await ahead.take(pullers[0]!, 0, 10), null);
  // The page of the second one is a second old by now, and that of the third nearly.
  ahead.begin(pullers[3]!, 3, 10);
  await clock.runFor(1);
  assert.deepEqual(reads, [0, 1, 2, 3]);
  assert.equal(await ahead.take(pullers[1]!, 1, 10), null);
  assert.equal((await ahead.take(pullers[2]!, 2, 10))?.syncedTo, 2);
  assert.equal(await ahead.take(pullers[3]!, 3, 5), null, 'another count is another page');
});
