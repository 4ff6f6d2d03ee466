/** Presence from a real Kafka into a real Redis: two processors share the partitions, one of them leaves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { systemRandom } from '../../infra/random/system-random.ts';
import { openRedisPresence } from '../../infra/redis/redis-presence.ts';
import { startPresence } from '../../processors/presence/presence.ts';
import { bySession, codecs, Gates } from '../../processors/presence/testing/gates.ts';
import { type Layout, sessionsTopic, topicSpecs } from '../../schemas/topics.ts';
import { kafkaFixture } from './kafka-fixture.ts';
import { eventually, redisFixture } from './redis-fixture.ts';

const layout: Layout = { inboundPartitions: 1, inboxPartitions: 4, epoch: 1, retentionMs: Infinity };
const USERS = Array.from({ length: 300 }, (_, at) => `user-${at}`);

test('presence on Kafka and Redis: shared, taken over, emptied', async (context) => {
  const kafka = await kafkaFixture({ brokers: 1 });
  context.after(() => kafka.end());
  const fixture = await redisFixture();
  context.after(() => fixture.end());
  // No handler of presence may take long: the group would end.
  const logs = await Promise.all([1, 2].map(() => kafka.open({ batchTimeoutMs: 1_000 })));
  context.after(() => Promise.all(logs.map((log) => log.close())));
  const [log] = logs;
  await log!.ensureTopics(topicSpecs(layout));
  let appended: Promise<unknown> = Promise.resolve();
  const gates = new Gates(4, (partition, record) => {
    appended = appended.then(() => log!.append(sessionsTopic(1), partition, [record]));
  });
  const store = openRedisPresence(await fixture.connect());
  const start = (on: typeof log) =>
    startPresence({
      ...{ log: on!, codecs, layout, store, clock: systemClock, random: systemRandom },
      ...{ limits: { checkMs: 200 }, logger: SILENT_LOGGER },
    });
  const isRight = async (): Promise<boolean> => {
    const found = await store.whereIs('t', USERS);
    const read = found.map((routes) => routes.toSorted(bySession));
    return JSON.stringify(read) === JSON.stringify(USERS.map((user) => gates.routesOf(user)));
  };

  gates.claim(0);
  for (const user of USERS) gates.connect(user, 'phone', 0);
  const first = await start(logs[0]);
  const second = await start(logs[1]);
  await appended;
  await eventually('all are online', isRight, 30_000);
  await eventually(
    'both have partitions',
    () => first.lag().length === 2 && second.lag().length === 2,
    30_000,
  );
  for (const open of [...gates.sessions.values()].slice(0, 200)) gates.end(open);
  await appended;
  await eventually('those who went are gone', isRight, 30_000);
  await fixture.server.ask('FLUSHALL');
  await eventually('it is whole again', isRight, 30_000);
  await first.stop();
  gates.claim(0);
  for (const user of USERS.slice(0, 50)) gates.connect(user, 'laptop', 0);
  await appended;
  await eventually('the other one has all partitions', () => second.lag().length === 4, 30_000);
  await eventually('the slot is another gate', isRight, 30_000);
  assert.equal(second.sessions, 50);
  await second.stop();
});
