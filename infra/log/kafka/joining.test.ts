import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBubbleError } from '../../../schemas/errors.ts';
import { SILENT_LOGGER } from '../../logger/logger.ts';
import type { FormerLife } from './former-life.ts';
import { Joining } from './joining.ts';
import { KAFKA } from './kafka-errors.ts';

const TOPIC = 'bubble.inbox.1';
const held = [{ topic: TOPIC, partition: 3 }];

/** @param id null: the broker tells none */
const rig = (former: FormerLife | null, id: string | null) => {
  const notes: FormerLife[] = [];
  let asked = 0;
  const options = {
    cluster: { idOf: () => id, partitions: async () => 4 },
    logger: SILENT_LOGGER,
    group: 'delivery',
    topics: [TOPIC],
    sessionTimeoutMs: 10_000,
    rebalanceMs: 30_000,
    formerLives: {
      of: async () => former,
      remember: async (_group: string, life: FormerLife) => void notes.push(life),
    },
  };
  const answers = { errorCode: KAFKA.MEMBER_ID_REQUIRED, memberId: 'new' };
  const coordinator = {
    ask: async <Answer>(): Promise<Answer> => {
      asked += 1;
      return answers as Answer;
    },
    drop: () => {},
  };
  const joining = new Joining(options, coordinator, new AbortController().signal);
  return { joining, notes, asked: () => asked };
};

test('a process that comes after another one refuses topics that were made anew since, once it has left in its name', async () => {
  const { joining, asked } = rig({ memberId: 'old', held, topicIds: { [TOPIC]: 'A' } }, 'B');
  await assert.rejects(joining.endFormerLife(), (error) => {
    assert.ok(isBubbleError(error, 'OFFSET_OUT_OF_RANGE') && !error.retryable);
    assert.match(
      error.message,
      /inbox\.1 was deleted and made anew .* its id was A and is B; .*delivery\.member\.json/,
    );
    return true;
  });
  assert.equal(asked(), 1);
});

test('the same topics, others, and ids that are not told are no reason to refuse', async () => {
  for (const topicIds of [{ [TOPIC]: 'A' }, { 'bubble.inbox.9': 'C' }, {}]) {
    const { joining } = rig({ memberId: 'old', held, topicIds }, 'A');
    await joining.endFormerLife();
  }
  await rig({ memberId: 'old', held, topicIds: { [TOPIC]: 'A' } }, null).joining.endFormerLife();
  await rig(null, 'A').joining.endFormerLife();
});

test('what it reads is noted by its ids, as far as they are told', async () => {
  for (const [id, topicIds] of [['A', { [TOPIC]: 'A' }] as const, [null, {}] as const]) {
    const { joining, notes } = rig(null, id);
    assert.equal(await joining.join(), null, 'it was told its member id');
    await joining.holds(held);
    assert.deepEqual(notes, [
      { memberId: 'new', held: [], topicIds },
      { memberId: 'new', held, topicIds },
    ]);
  }
});
