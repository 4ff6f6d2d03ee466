/** A change of the inbox epoch, as a gate and its connections live it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionEvent } from '../../schemas/events/session.ts';
import { userKey } from '../../schemas/ids.ts';
import { partitionOf } from '../../schemas/partition.ts';
import { numberAt } from '../../schemas/positions.ts';
import { type Layout, sessionsTopic, topicSpecs } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { GateRig, RIG_LAYOUT } from './testing/gate-rig.ts';
import type { RigClient } from './testing/rig-client.ts';

const { HeartbeatRep } = bubble.wire;
const NEXT: Layout = { ...RIG_LAYOUT, epoch: 2, inboxPartitions: 5 };
const USERS = ['ann', 'bob', 'cid', 'dan'];

interface Routes {
  /** Of each partition: slot epochs announced, sessions, and keys of sessions that ended. */
  readonly slots: number[][];
  readonly sessions: SessionEvent[][];
  readonly ended: string[];
}

const routesIn = ({ log, codecs }: GateRig, layout: Layout): Routes => {
  const routes: Routes = { slots: [], sessions: [], ended: [] };
  for (let partition = 0; partition < layout.inboxPartitions; partition += 1) {
    const slots: number[] = [];
    const sessions: SessionEvent[] = [];
    for (const { key, value } of log.records(sessionsTopic(layout.epoch), partition)) {
      const name = Buffer.from(key!).toString();
      if (value === null) routes.ended.push(name);
      else if (name.startsWith('slot/')) slots.push(codecs.slot.decode(value)!.slotEpoch);
      else sessions.push(codecs.session.decode(value)!);
    }
    routes.slots.push(slots);
    routes.sessions.push(sessions);
  }
  return routes;
};

const tenantOf = (rig: GateRig): string => routesIn(rig, RIG_LAYOUT).sessions.flat()[0]!.tenant;

const begin = async (): Promise<{ rig: GateRig; clients: RigClient[] }> => {
  const rig = await GateRig.open();
  const clients: RigClient[] = [];
  for (const user of USERS) clients.push(await rig.live(user));
  await rig.log.ensureTopics(topicSpecs(NEXT));
  return { rig, clients };
};

const heartbeat = async (rig: GateRig, client: RigClient) => {
  const sequence = client.request(OP.HEARTBEAT, new Uint8Array(0));
  await rig.settle();
  return HeartbeatRep.decode(client.replyTo(sequence)!.body);
};

test('sessions are announced in the new epoch behind their slot, and no connection ends', async () => {
  const { rig, clients } = await begin();
  const before = routesIn(rig, RIG_LAYOUT);
  await rig.clock.until(rig.gate.enterEpoch(NEXT));
  await rig.settle();
  const after = routesIn(rig, NEXT);
  assert.deepEqual(after.slots, Array(5).fill([rig.epoch]));
  const tenant = tenantOf(rig);
  for (const [partition, sessions] of after.sessions.entries()) {
    for (const { user } of sessions)
      assert.equal(partitionOf(userKey(tenant, user), NEXT.inboxPartitions), partition);
  }
  const byUser = (routes: Routes): SessionEvent[] =>
    routes.sessions.flat().toSorted((one, other) => (one.user < other.user ? -1 : 1));
  assert.deepEqual(byUser(after), byUser(before), 'the same sessions, since when they were');
  assert.equal(byUser(after).length, USERS.length);
  for (const client of clients) assert.equal(client.disconnectCode(), undefined);
  assert.equal(rig.gate.stats().state, 'serving');
});

test('what was pending is answered; who comes and goes is written in the new epoch only', async () => {
  const { rig, clients } = await begin();
  const [ann] = clients;
  const [connection = 0] = rig.connectionsOf('ann');
  const request = ann!.say('bob', 1n);
  await rig.settle();
  await rig.clock.until(rig.gate.enterEpoch(NEXT));
  await rig.deliver(rig.push({ connection, request, ack: Buffer.from([8, 0]), seq: numberAt(2, 0) }));
  assert.ok(ann!.replyTo(request));
  const old = routesIn(rig, RIG_LAYOUT);
  await rig.live('eve');
  clients[1]!.gone();
  await rig.settle();
  assert.deepEqual(routesIn(rig, RIG_LAYOUT), old);
  const routes = routesIn(rig, NEXT);
  assert.equal(routes.sessions.flat().length, USERS.length + 1);
  assert.deepEqual(
    routes.ended.map((key) => key.includes('bob')),
    [true],
  );
});

test('claims of the old epoch count no more, those of the new one from its Joined on', async () => {
  const { rig, clients } = await begin();
  const ann = clients[0]!;
  const [connection = 0] = rig.connectionsOf('ann');
  const slotEpoch = rig.epoch;
  const joined = (provenTo: number): Promise<void> =>
    rig.deliver(rig.codecs.joined.encode({ slotEpoch, connection, provenTo }));
  const claim = async (from: number, to: number): Promise<void> => {
    for (let inboxPartition = 0; inboxPartition < NEXT.inboxPartitions; inboxPartition += 1) {
      await rig.deliver(rig.codecs.proof.encode({ slotEpoch, inboxPartition, from, to, sessionsBelow: 99 }));
    }
  };
  const provenTo = async (): Promise<number> => numberOf((await heartbeat(rig, ann)).provenTo);
  await joined(numberAt(1, 10));
  await claim(numberAt(1, 5), numberAt(1, 20));
  assert.equal(await provenTo(), numberAt(1, 20));
  await rig.clock.until(rig.gate.enterEpoch(NEXT));
  await rig.settle();
  await claim(numberAt(1, 5), numberAt(1, 30));
  assert.equal(await provenTo(), numberAt(1, 20), 'late, of the old epoch');
  await claim(numberAt(2, 0) - 1, numberAt(2, 3));
  assert.equal(await provenTo(), numberAt(1, 20), 'nobody has joined it there yet');
  await joined(numberAt(2, 4));
  assert.equal(numberOf(HeartbeatRep.decode(ann.notices().at(-1)!.body).newestSeq), numberAt(2, 4));
  await claim(numberAt(2, 0) - 1, numberAt(2, 9));
  assert.equal(await provenTo(), numberAt(2, 9));
});

test('an append of the old epoch that is answered late says nothing about the new one', async () => {
  const { rig } = await begin();
  rig.log.mode = 'hang';
  const late = await rig.live('late');
  const hanging = rig.log.takeHanging();
  rig.log.mode = 'ok';
  await rig.clock.until(rig.gate.enterEpoch(NEXT));
  await rig.settle();
  const routes = routesIn(rig, NEXT).sessions;
  const partition = routes.findIndex((sessions) => sessions.some(({ user }) => user === 'late'));
  const { connection } = routes[partition]!.find(({ user }) => user === 'late')!;
  const sessionsBelow = rig.log.records(sessionsTopic(2), partition).length;
  for (const release of hanging) release();
  await rig.settle();
  const oldPartition = partitionOf(userKey(tenantOf(rig), 'late'), RIG_LAYOUT.inboxPartitions);
  assert.ok(rig.log.records(sessionsTopic(1), oldPartition).length > sessionsBelow, 'the test can see it');
  const slotEpoch = rig.epoch;
  const [from, to] = [numberAt(2, 0), numberAt(2, 7)];
  await rig.deliver(rig.codecs.joined.encode({ slotEpoch, connection, provenTo: from }));
  await rig.deliver(
    rig.codecs.proof.encode({ slotEpoch, inboxPartition: partition, from, to, sessionsBelow }),
  );
  assert.equal(numberOf((await heartbeat(rig, late)).provenTo), to);
});

test('a session whose record has no place in the new epoch yet is proven by no claim there', async () => {
  const { rig, clients } = await begin();
  const [connection = 0] = rig.connectionsOf('ann');
  const slotEpoch = rig.epoch;
  const hangs = (): void => {
    rig.log.mode = 'hang';
  };
  await rig.clock.until(rig.gate.enterEpoch(NEXT).then(hangs));
  await rig.settle();
  rig.log.mode = 'ok';
  const [from, to] = [numberAt(2, 0), numberAt(2, 9)];
  await rig.deliver(rig.codecs.joined.encode({ slotEpoch, connection, provenTo: from }));
  const claim = async (): Promise<number> => {
    for (let inboxPartition = 0; inboxPartition < NEXT.inboxPartitions; inboxPartition += 1) {
      await rig.deliver(rig.codecs.proof.encode({ slotEpoch, inboxPartition, from, to, sessionsBelow: 99 }));
    }
    return numberOf((await heartbeat(rig, clients[0]!)).provenTo);
  };
  assert.equal(await claim(), from);
  rig.log.releaseHanging();
  await rig.settle();
  assert.equal(await claim(), to);
});

test('a slot that is lost during the change is claimed again in the new epoch', async () => {
  const { rig } = await begin();
  rig.log.readFails = true;
  await rig.clock.runFor(1_500);
  assert.equal(rig.gate.stats().state, 'without-slot');
  await rig.clock.until(rig.gate.enterEpoch(NEXT));
  rig.log.readFails = false;
  await rig.clock.runFor(10_000);
  assert.equal(rig.gate.stats().state, 'serving');
  assert.deepEqual(routesIn(rig, NEXT).slots, Array(5).fill([rig.epoch]));
  const again = await rig.live('ann');
  assert.equal(again.ended, false);
  assert.equal(routesIn(rig, NEXT).sessions.flat().length, 1);
});

test('a log that does not take the announcement: nothing has changed, and it may be tried again', async () => {
  const { rig, clients } = await begin();
  rig.log.mode = 'fail';
  await assert.rejects(rig.clock.until(rig.gate.enterEpoch(NEXT)));
  rig.log.mode = 'ok';
  assert.equal(routesIn(rig, NEXT).sessions.flat().length, 0);
  await rig.clock.until(rig.gate.enterEpoch(NEXT));
  await rig.settle();
  assert.equal(routesIn(rig, NEXT).sessions.flat().length, USERS.length);
  for (const client of clients) assert.equal(client.ended, false);
});
