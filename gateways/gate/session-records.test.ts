/** Routes of sessions in the log: in order, few appends, repeated, and bounded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionsTopic } from '../../schemas/topics.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { GateRig } from './testing/gate-rig.ts';
import { closedWith, type RigClient } from './testing/rig-client.ts';

const EMPTY = new Uint8Array(0);

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
