/** What a session's heartbeats may say: the rules, and a gate that follows them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberAt } from '../../schemas/positions.ts';
import { deliveryTopic, sessionsTopic } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { claimed, isUnproven, joined, NOT_RECORDED, type ProofState } from './proofs.ts';
import { GateRig } from './testing/gate-rig.ts';
import type { RigClient } from './testing/rig-client.ts';

const { HeartbeatRep } = bubble.wire;

const state = (over: Partial<ProofState> = {}): ProofState => ({
  provenTo: 100,
  provenAt: 0,
  recordOffset: 5,
  doubted: false,
  ...over,
});
const provenAfter = (over: Partial<ProofState>, from: number, to: number, sessionsBelow: number): number => {
  const proof = state(over);
  claimed(proof, { from, to, sessionsBelow }, 1);
  return proof.provenTo;
};

test('joined raises provenTo and never lowers it', () => {
  const proof = state({ provenTo: 0 });
  joined(proof, 70, 1);
  joined(proof, 60, 2);
  assert.equal(proof.provenTo, 70);
});

test('a claim raises it where the session was known and nothing lies between', () => {
  assert.equal(provenAfter({}, 90, 200, 6), 200);
  assert.equal(provenAfter({}, 100, 200, 6), 200);
});

test('a claim of an owner that had not read the session, or began later, proves nothing', () => {
  assert.equal(provenAfter({}, 90, 200, 5), 100);
  assert.equal(provenAfter({ recordOffset: NOT_RECORDED }, 90, 200, 1e9), 100);
  assert.equal(provenAfter({}, 101, 200, 6), 100);
  assert.equal(provenAfter({ provenTo: 0 }, 0, 200, 6), 0);
});

test('a claim of an older owner does not lower it', () => {
  assert.equal(provenAfter({}, 10, 50, 6), 100);
});

test('unproven before joined, and when no claim has held for long', () => {
  assert.equal(isUnproven(state({ provenTo: 0 }), 0, 15), true);
  assert.equal(isUnproven(state(), 15, 15), false);
  assert.equal(isUnproven(state(), 16, 15), true);
});

test('a doubted session is unproven, whatever is said of it later', () => {
  const proof = state({ doubted: true });
  joined(proof, 200, 1);
  claimed(proof, { from: 90, to: 300, sessionsBelow: 6 }, 1);
  assert.equal(isUnproven(proof, 1, 15), true);
});

const at = (offset: number): number => numberAt(1, offset);

/** Of a client: what the gate knows of it, what its heartbeats are told, and what delivery says about it. */
const heardBy = (rig: GateRig, client: RigClient, user: string) => {
  const [connection = 0] = rig.connectionsOf(user);
  const partition = [0, 1].find((each) =>
    rig.log.records(sessionsTopic(1), each).some(({ key }) => String(key).includes(user)),
  )!;
  const { codecs, epoch: slotEpoch } = rig;
  return {
    ask: async (): Promise<{ provenTo: number; newestSeq: number; unproven: boolean }> => {
      const sequence = client.request(OP.HEARTBEAT, new Uint8Array(0));
      await rig.settle();
      const { provenTo, newestSeq, unproven } = HeartbeatRep.decode(client.replyTo(sequence)!.body);
      return { provenTo: numberOf(provenTo), newestSeq: numberOf(newestSeq), unproven };
    },
    joined: (to: number) => rig.deliver(codecs.joined.encode({ slotEpoch, connection, provenTo: at(to) })),
    proof: (from: number, to: number, sessionsBelow: number, inboxPartition = partition) =>
      rig.deliver(
        codecs.proof.encode({ slotEpoch, inboxPartition, from: at(from), to: at(to), sessionsBelow }),
      ),
    partition,
  };
};

test('provenTo: joined, then claims that cover the session; stale ones are unproven', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  const { ask, joined, proof, partition } = heardBy(rig, client, 'ann');
  assert.deepEqual(await ask(), { provenTo: 0, newestSeq: 0, unproven: true });
  await joined(100);
  assert.equal(numberOf(HeartbeatRep.decode(client.notices()[0]!.body).newestSeq), at(100));
  assert.deepEqual(await ask(), { provenTo: at(100), newestSeq: at(100), unproven: false });
  await proof(50, 200, 1);
  await proof(101, 300, 2);
  await proof(50, 400, 2, 1 - partition);
  assert.equal((await ask()).provenTo, at(100));
  await proof(50, 500, 2);
  assert.equal((await ask()).provenTo, at(500));
  await rig.clock.runFor(rig.limits.proofStaleMs + 1_000);
  assert.equal((await ask()).unproven, true);
});

for (const [what, record] of [
  ['a schema that nobody has', () => Buffer.from([0, 0, 0, 3, 9, 1])],
  ['no schema', () => Buffer.from('junk')],
  ['a push cut short', (push: Buffer) => push.subarray(0, -1)],
] as const) {
  test(`a record that cannot be read (${what}): no gap is silent, and nobody is closed`, async () => {
    const rig = await GateRig.open();
    const [before, shaking] = [await rig.live('ann'), rig.connect()];
    shaking.auth('bob', 'phone');
    const ann = heardBy(rig, before, 'ann');
    await ann.joined(100);
    await rig.log.append(deliveryTopic(0), 0, [{ key: null, value: null }]);
    await ann.proof(50, 200, 9);
    assert.deepEqual(await ann.ask(), { provenTo: at(200), newestSeq: at(100), unproven: false });
    // It was the last row of ann: no later one will tell her that she lacks it.
    await rig.deliver(record(rig.push({ seq: at(201), row: Buffer.from('row') })));
    await ann.proof(50, 300, 9);
    await ann.joined(300);
    await ann.proof(300, 400, 9);
    assert.equal((await ann.ask()).unproven, true);
    assert.equal(before.ended, false);
    // Whoever is confirmed later was not meant by it.
    shaking.request(OP.HEARTBEAT, new Uint8Array(0));
    await rig.settle();
    const bob = heardBy(rig, shaking, 'bob');
    await bob.joined(300);
    assert.equal((await bob.ask()).unproven, false);
  });
}
