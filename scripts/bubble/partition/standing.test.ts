import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rig } from '../../../processors/fan-out/fan-out-rig.ts';
import { idAt, message, TEST_CODECS } from '../../../processors/fan-out/fold-scenario.ts';
import { isBubbleError } from '../../../schemas/errors.ts';
import { deskOn } from './desk.ts';
import { requestIn } from './requests.ts';
import type { DecisionRequest } from './standing.ts';

const FOREIGN = Buffer.from([0, 0, 0, 99, 99, 1, 2]);
const REJECT: DecisionRequest = {
  partition: 0,
  offset: 0,
  action: 'reject',
  operator: 'ada',
  reason: 'a stranger wrote it',
};

const paused = async () => {
  const rig = new Rig({ seed: 1 });
  await rig.start();
  await rig.clock.until(rig.appendRaw(0, FOREIGN));
  for (let at = 1; at < 10; at += 1) {
    await rig.clock.until(rig.append(message({ from: `user-${at}`, id: idAt(at) }, 'bob', 'x')));
  }
  await rig.clock.runFor(3_000);
  const desk = deskOn({ log: rig.log, codecs: TEST_CODECS, clock: rig.clock, fanOut: rig.fanOut });
  return { rig, desk };
};

test('a partition that stands at a record is shown, with why and since when; the others are not', async () => {
  const { rig, desk } = await paused();
  const { standings, paused: owners } = await rig.clock.until(desk.show());
  assert.deepEqual(
    standings.map(({ partition, offset, reason }) => [partition, offset > 0, reason === null]),
    [
      [0, false, false],
      [1, true, true],
    ],
  );
  assert.match(standings[0]!.reason ?? '', /schema id 25443 is not known/);
  assert.ok(standings[0]!.since !== null && standings[0]!.decision === null);
  assert.deepEqual(
    owners.map(({ partition, offset }) => [partition, offset]),
    [[0, 0]],
  );
  assert.match(owners[0]!.reason, /^UNKNOWN_SCHEMA/);
});

test('a rejection is logged, carried out, and refused wherever it does not fit', async () => {
  const { rig, desk } = await paused();
  const refused = async (request: Partial<DecisionRequest>, why: RegExp): Promise<void> => {
    await assert.rejects(rig.clock.until(desk.decide({ ...REJECT, ...request })), (error) => {
      assert.ok(isBubbleError(error, 'REFUSED'));
      assert.match(error.message, why);
      return true;
    });
  };
  await refused({ offset: 1 }, /stands at 0, not at 1: nothing was decided/);
  await refused({ partition: 1, offset: 0 }, /stands at \d, not at 0/);
  await refused({ partition: 7 }, /has partitions 0 to 1/);
  await refused({ reason: ' ' }, /a reason of 1 to 1024/);
  await refused({ reason: 'x'.repeat(1_025) }, /a reason/);
  await refused({ operator: '' }, /--operator/);
  const at = await rig.clock.until(desk.decide(REJECT));
  assert.ok(at > 0);
  const [asked] = (await rig.clock.until(desk.show())).standings;
  assert.equal(asked?.decision, 'asked');
  await rig.clock.runFor(4_000);
  await rig.caughtUp();
  const { standings, paused: owners } = await rig.clock.until(desk.show());
  assert.deepEqual([owners, standings[0]?.reason], [[], null]);
  await refused({}, /stands at \d+, not at 0/);
  await rig.clock.until(rig.fanOut.stop());
});

test('a readable record cannot be rejected; resuming reaches the owner at once, or by the log', async () => {
  const { rig, desk } = await paused();
  await rig.clock.until(rig.fanOut.stop());
  const { end } = (await rig.clock.until(desk.show())).standings[1]!;
  await rig.clock.until(
    rig.appendRaw(1, TEST_CODECS.inbound.encode(message({ from: 'a', id: 1n }, 'b', 'x'))),
  );
  await assert.rejects(
    rig.clock.until(desk.decide({ ...REJECT, partition: 1, offset: end })),
    /can be read by this release/,
  );
  const resume = { ...REJECT, action: 'resume' } as const;
  const logged = await rig.clock.until(desk.decide(resume));
  assert.ok(logged > 0, 'nobody holds it: the log takes it');
  await rig.startFanOut();
  await rig.clock.runFor(2_000);
  const running = deskOn({ log: rig.log, codecs: TEST_CODECS, clock: rig.clock, fanOut: rig.fanOut });
  assert.equal(await rig.clock.until(running.decide(resume)), 0, 'the owner was told');
  await rig.clock.until(rig.fanOut.stop());
});

test('the request of the admin listener is checked', () => {
  const query = new URLSearchParams('action=reject&partition=1&offset=2&operator=ada&reason=because');
  assert.deepEqual(requestIn(query), {
    action: 'reject',
    partition: 1,
    offset: 2,
    operator: 'ada',
    reason: 'because',
  });
  for (const wrong of ['', 'action=rejected', 'action=reject', 'action=reject&partition=-1&offset=0']) {
    assert.throws(() => requestIn(new URLSearchParams(wrong)), { code: 'REFUSED' }, wrong);
  }
});
