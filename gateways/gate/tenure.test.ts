/** The slot of a gate: claimed, lost to another one, unreadable, claimed again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionsTopic, topicSpecs } from '../../schemas/topics.ts';
import { GateRig, RIG_LAYOUT } from './testing/gate-rig.ts';
import { closedWith } from './testing/rig-client.ts';

test('the slot: claimed above every earlier epoch, announced to every sessions partition', async () => {
  const rig = await GateRig.open();
  const first = rig.epoch;
  await rig.clock.until(rig.gate.close());
  rig.gate = await rig.clock.until(rig.openGate());
  assert.ok(rig.epoch > first);
  for (const partition of [0, 1]) {
    const epochs = rig.log
      .records(sessionsTopic(1), partition)
      .map((record) => rig.codecs.slot.decode(record.value!)!.slotEpoch);
    assert.deepEqual(epochs, [first, rig.epoch]);
  }
});

test('the slot: of two claims of one epoch the first in the log wins', async () => {
  const rig = new GateRig();
  const outcomes = await rig.clock.until(Promise.allSettled([rig.openGate(), rig.openGate()]));
  assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
});

test('a higher epoch takes the slot: sockets closed, connections refused, ended says so', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  const claim = { slotEpoch: rig.epoch + 1, claimant: 'other', gate: 'other' };
  await rig.deliver(rig.codecs.slotClaim.encode(claim));
  closedWith(client, 'SLOT_LOST');
  closedWith(rig.connect(), 'SLOT_LOST');
  await assert.rejects(rig.gate.ended, { code: 'SLOT_LOST' });
  assert.equal(rig.gate.stats().state, 'without-slot');
  await rig.clock.runFor(5_000);
  const tombstones = rig.sessionRecords().filter((record) => record.value === null);
  assert.equal(tombstones.length, 0, 'the higher epoch ends the sessions');
  await rig.clock.runFor(60_000);
  assert.equal(rig.gate.counts.claims, 1, 'it is not taken back');
});

test('a topic that cannot be read: sockets closed, the slot claimed again when the log is back', async () => {
  const rig = await GateRig.open();
  const client = await rig.live('ann');
  const sequence = client.say('bob', 1n);
  await rig.settle();
  const before = rig.epoch;
  rig.log.readFails = true;
  await rig.clock.runFor(1_500);
  closedWith(client, 'SLOT_LOST');
  assert.equal(client.replyTo(sequence), undefined);
  await rig.clock.runFor(5_000);
  assert.equal(rig.gate.stats().state, 'without-slot');
  rig.log.readFails = false;
  await rig.clock.runFor(10_000);
  assert.equal(rig.gate.stats().state, 'serving');
  assert.ok(rig.epoch > before);
  assert.equal(rig.gate.stats().pendingSends, 0);
  const again = await rig.live('ann');
  assert.equal(again.ended, false);
});

test('a read that never comes back loses the slot too', async () => {
  const rig = await GateRig.open({ slotSilenceMs: 500 });
  const client = await rig.live('ann');
  await rig.clock.runFor(900);
  closedWith(client, 'SLOT_LOST');
});

test('a slot that is lost while the gate is leaving is not claimed again', async () => {
  const rig = await GateRig.open();
  await rig.live('ann');
  rig.log.readFails = true;
  const drained = rig.gate.drain();
  await rig.clock.runFor(1_500);
  rig.log.readFails = false;
  await rig.clock.runFor(60_000);
  await drained;
  assert.equal(rig.gate.counts.claims, 1);
});

test('a gate that is closed while its claim is on the way does not hold the slot afterwards', async () => {
  const rig = await GateRig.open();
  rig.log.readFails = true;
  await rig.clock.runFor(1_100);
  rig.log.readFails = false;
  rig.log.mode = 'hang';
  await rig.clock.runFor(1_000);
  await rig.clock.until(rig.gate.close());
  rig.log.mode = 'ok';
  rig.log.releaseHanging();
  await rig.clock.runFor(60_000);
  assert.equal(rig.gate.counts.claims, 1);
  assert.equal(rig.gate.stats().state, 'closed');
});

test('an announcement for a slot that was lost and claimed again meanwhile changes nothing', async () => {
  const rig = await GateRig.open();
  const next = { ...RIG_LAYOUT, epoch: 2 };
  await rig.log.ensureTopics(topicSpecs(next));
  rig.log.mode = 'hang';
  const entered = rig.gate.enterEpoch(next);
  await rig.settle();
  rig.log.mode = 'ok';
  const late = rig.log.takeHanging();
  rig.log.readFails = true;
  await rig.clock.runFor(1_100);
  rig.log.readFails = false;
  await rig.clock.runFor(2_000);
  const { epoch } = rig;
  assert.equal(rig.gate.counts.claims, 2);
  for (const release of late) release();
  await entered;
  assert.equal(rig.epoch, epoch);
});
