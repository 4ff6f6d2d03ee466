/** Random frames, random bodies under valid seals, random cuts: no crash, and nobody else notices. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { clearFrame } from './replies.ts';
import { GateRig } from './testing/gate-rig.ts';
import { message } from './testing/rig-client.ts';

const OPERATIONS = [...Object.values(OP), 3, 5, 10, 11, 999];
/** Well-formed tags with lengths and values of all kinds come up far more often than in plain noise. */
const TAGS = [0x08, 0x0a, 0x10, 0x12, 0x19, 0x1a, 0x20, 0x22, 0x29, 0x30, 0x32, 0x3a, 0x0b, 0x0c];

const noise = (random: SeededRandom): Uint8Array => {
  const body = random.bytes(random.below(60));
  for (let at = 0; at < body.length; at += 1 + random.below(6)) body[at] = TAGS[random.below(TAGS.length)]!;
  if (random.oneIn(3)) {
    // A valid message with a byte spoilt.
    const valid = Uint8Array.from(message('bob', BigInt(1 + random.below(1000))));
    valid[random.below(valid.length)] = random.below(256);
    return valid;
  }
  return body;
};

test('sealed noise of every operation', async () => {
  const rig = await GateRig.open({
    messageBurst: 1e9,
    conversationBurst: 1e9,
    outstandingPerSession: 1e6,
    outstandingPerConversation: 1e6,
    pendingSends: 1e6,
  });
  const healthy = await rig.live('zoe');
  const random = new SeededRandom(11);
  for (let round = 0; round < 200; round += 1) {
    const client = await rig.live('ann', `device-${round}`, round % 2 === 0);
    for (let count = 0; count < 60 && !client.ended; count += 1) {
      const operation = OPERATIONS[random.below(OPERATIONS.length)]!;
      const frame = client.sealed(operation, operation === OP.RAW ? 0 : 1 + random.below(1e6), noise(random));
      if (random.oneIn(40)) frame[random.below(frame.length)]! ^= 1 << random.below(8);
      if (client.messageFramed || random.oneIn(2)) {
        client.bytes(frame);
      } else {
        const at = random.below(frame.length);
        client.bytes(frame.subarray(0, at));
        client.bytes(frame.subarray(at));
      }
    }
    await rig.settle();
    client.gone();
    await rig.settle();
  }
  const sequence = healthy.request(OP.HEARTBEAT, new Uint8Array(0), 77);
  await rig.settle();
  assert.ok(healthy.replyTo(sequence));
  assert.equal(rig.gate.stats().connections, 1);
});

test('noise before authentication', async () => {
  const rig = await GateRig.open();
  const random = new SeededRandom(12);
  for (let round = 0; round < 500; round += 1) {
    const client = rig.connect(random.oneIn(2));
    const frame = clearFrame(OPERATIONS[random.below(OPERATIONS.length)]!, 1, noise(random));
    for (let count = random.below(4); count > 0; count -= 1)
      frame[random.below(frame.length)] = random.below(256);
    client.bytes(random.oneIn(3) ? random.bytes(1 + random.below(40)) : frame);
    if (random.oneIn(10)) await rig.settle();
    client.gone();
  }
  await rig.settle();
  assert.equal(rig.gate.stats().connections, 0);
  assert.equal(rig.gate.stats().sessions, 0);
});
