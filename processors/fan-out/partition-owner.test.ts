/** The owner alone, with a lease and a membership of the test's. The whole processor: fan-out.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PartitionWriters } from '../../infra/lanes/partition-writers.ts';
import type { Membership } from '../../infra/log/log.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { INBOUND, inboxTopic } from '../../schemas/topics.ts';
import { alarmLogger, RIG_LIMITS, Rig } from './fan-out-rig.ts';
import { GENESIS, INBOX_PARTITIONS, idAt, message, TEST_CODECS } from './fold-scenario.ts';
import { PartitionOwner } from './partition-owner.ts';

const PARTITION = 0;

interface Owned {
  readonly owner: PartitionOwner;
  readonly rig: Rig;
  readonly discards: number[];
}

/** @param commit what the group does with a position; `lose` ends the lease */
const owning = async (commit: (lose: () => void) => Promise<void>): Promise<Owned> => {
  const rig = new Rig({ seed: 1 });
  await rig.openLog();
  const { log, clock, snapshots } = rig;
  const logger = alarmLogger(rig.alarms);
  const lease = new AbortController();
  const discards: number[] = [];
  snapshots.discardAbove = async (_id, offset) => void discards.push(offset);
  const membership: Membership = {
    assignment: [],
    ended: Promise.resolve(),
    commit: () => commit(() => lease.abort()),
    pause: () => {},
    resume: () => {},
    leave: async () => {},
  };
  const owner = new PartitionOwner(
    { topic: INBOUND, partition: PARTITION, signal: lease.signal },
    {
      ...{ log, clock, snapshots, logger, limits: RIG_LIMITS, codecs: TEST_CODECS, genesis: GENESIS },
      writers: new PartitionWriters({ log, clock, logger, limits: RIG_LIMITS }),
      membership: () => membership,
      ...{ events: false, eventsHealedRecords: 0, tracing: null },
    },
  );
  await clock.until(owner.assigned(null));
  const value = TEST_CODECS.inbound.encode(message({ from: 'alice', id: idAt(1) }, 'bob', 'x'));
  await clock.until(rig.appendRaw(PARTITION, value));
  const records = await rig.records(INBOUND, PARTITION);
  await clock.until(owner.batch({ records, next: 1, end: 1 }));
  await clock.runFor(1_000);
  // A reader says that it has passed what was acknowledged, and has seen nothing of this source.
  for (let partition = 0; partition < INBOX_PARTITIONS; partition += 1) {
    await clock.until(log.commitFor('delivery', inboxTopic(1), partition, { offset: 5, vector: [] }));
  }
  return { owner, rig, discards };
};

test('outputs that a reader has not seen are made again, and later states discarded', async () => {
  const { owner, rig, discards } = await owning(() => Promise.resolve());
  await rig.clock.until(owner.examine());
  assert.deepEqual([owner.repairs, discards], [1, [0]]);
  await rig.clock.until(owner.close(1_000));
});

test('an owner that learns in the middle of a repair that it is none discards no state', async () => {
  const { owner, rig, discards } = await owning(async (lose) => {
    lose();
    throw new BubbleError('LEASE_LOST', 'another has the partition');
  });
  await rig.clock.until(owner.examine());
  assert.deepEqual([owner.repairs, discards], [0, []]);
  await rig.clock.until(owner.revoked(1_000));
});

test('an inbox that was made anew under it: the partition is paused with an alarm, and the process goes on', async () => {
  const { owner, rig } = await owning(() => Promise.resolve());
  const { log, clock } = rig;
  log.append = async () => {
    throw new BubbleError('OFFSET_OUT_OF_RANGE', 'the topic was made anew');
  };
  const value = TEST_CODECS.inbound.encode(message({ from: 'alice', id: idAt(2) }, 'bob', 'y'));
  const records = [{ offset: 1, time: clock.now(), key: null, value }];
  await clock.until(owner.batch({ records, next: 2, end: 2 }));
  await clock.runFor(1_000);
  await clock.until(owner.tick());
  await clock.until(owner.tick());
  assert.equal(owner.phase.kind, 'paused');
  assert.equal(rig.alarms.filter((alarm) => alarm.includes('paused')).length, 1, rig.alarms.join('\n'));
  await clock.until(owner.close(1_000));
});
