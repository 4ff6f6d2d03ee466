import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byOtherRelease, OtherRelease } from '../../../infra/schema-registry/testing/other-release.ts';
import { LAYOUT, RIG_LIMITS, Rig } from '../../../processors/fan-out/fan-out-rig.ts';
import { idAt, message, TEST_CODECS } from '../../../processors/fan-out/fold-scenario.ts';
import { isBubbleError } from '../../../schemas/errors.ts';
import { INBOUND_EVENT } from '../../../schemas/events/inbound.ts';
import { DEFAULT_LIMITS } from '../../../schemas/limits.ts';
import { decisionEvent, decisionKey } from '../../../schemas/rules/operator-decision.ts';
import { INBOUND } from '../../../schemas/topics.ts';
import { verifyDecisions } from './decision-state.ts';

test('a rebuild folds as servers do: a rejected record counts as none, also where it could be read by now', async () => {
  const rig = new Rig({ seed: 1 });
  await rig.start();
  const user = 'user-0';
  const value = byOtherRelease(TEST_CODECS.inbound.encode(message({ from: user, id: idAt(1) }, 'bob', 'x')));
  for (let partition = 0; partition < 2; partition += 1) {
    await rig.clock.until(rig.appendRaw(partition, value));
  }
  const decision = { offset: 0, action: 'reject', operator: 'ada', reason: 'a test' } as const;
  const record = {
    key: decisionKey(decision),
    value: TEST_CODECS.inbound.encode(decisionEvent(decision, 0)),
  };
  await rig.clock.until(rig.log.append(INBOUND, 0, [record]));
  for (let at = 2; at < 40; at += 1) {
    await rig.clock.until(rig.append(message({ from: `user-${at}`, id: idAt(at) }, 'bob', 'x')));
  }
  await rig.clock.runFor(8_000);
  assert.deepEqual(
    rig.fanOut.paused().map(({ partition }) => partition),
    [1],
  );
  await rig.clock.until(rig.fanOut.stop());
  const options = {
    log: rig.log,
    snapshots: rig.snapshots,
    layout: LAYOUT,
    limits: { ...DEFAULT_LIMITS, recallMs: RIG_LIMITS.recallMs },
    progress: () => {},
  };
  for (const codecs of [TEST_CODECS, new OtherRelease(INBOUND_EVENT).codecs()]) {
    const compared = await rig.clock.until(verifyDecisions({ ...options, codecs }, 0));
    assert.equal(compared.firstDifference, null);
    assert.ok(compared.rebuilt.lines > 1);
  }
  await assert.rejects(rig.clock.until(verifyDecisions({ ...options, codecs: TEST_CODECS }, 1)), (error) => {
    assert.ok(isBubbleError(error, 'UNKNOWN_SCHEMA'));
    assert.match(error.message, /bubble\.inbound\/1\/0 has schema id 4711/);
    return true;
  });
  const learned = await rig.clock.until(
    verifyDecisions({ ...options, codecs: new OtherRelease(INBOUND_EVENT).codecs() }, 1),
  );
  assert.equal(learned.firstDifference, null);
});
