/** Presence in a real Redis that is emptied, killed, stopped and set back while sessions come and go. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import type { PresenceStore } from '../../infra/presence/presence-store.ts';
import { systemRandom } from '../../infra/random/system-random.ts';
import { openRedisPresence } from '../../infra/redis/redis-presence.ts';
import { MemoryLog } from '../../infra/timeline/testing/memory-log.ts';
import { startPresence } from '../../processors/presence/presence.ts';
import type { PresenceLimits } from '../../processors/presence/presence-limits.ts';
import { bySession, codecs, Gates } from '../../processors/presence/testing/gates.ts';
import { type Layout, sessionsTopic, topicSpecs } from '../../schemas/topics.ts';
import { eventually, type RedisFixture, redisFixture } from './redis-fixture.ts';

const layout: Layout = { inboundPartitions: 1, inboxPartitions: 4, epoch: 1, retentionMs: Infinity };
const USERS = Array.from({ length: 500 }, (_, at) => `user-${at}`);
const LIMITS: Partial<PresenceLimits> = { checkMs: 100, longestRetryMs: 200 };

class World {
  readonly log = new MemoryLog(systemClock);
  readonly gates = new Gates(4, (partition, record) =>
    this.log.appendNow(sessionsTopic(1), partition, [record]),
  );
  store!: PresenceStore;

  async start(fixture: RedisFixture) {
    await fixture.server.ask('FLUSHALL');
    await this.log.ensureTopics(topicSpecs(layout));
    this.gates.claim(0);
    for (const user of USERS) this.gates.connect(user, 'phone', 0);
    const redis = await fixture.connect({ limits: { answerWithinMs: 500, connectWithinMs: 500 } });
    this.store = openRedisPresence(redis);
    return this.startAnother();
  }

  startAnother() {
    const { log, store } = this;
    return startPresence({
      ...{ log, codecs, layout, store, clock: systemClock, random: systemRandom },
      ...{ limits: LIMITS, logger: SILENT_LOGGER },
    });
  }

  async isRight(): Promise<boolean> {
    const found = await this.store.whereIs('t', USERS).catch(() => null);
    if (found === null) return false;
    const read = found.map((routes) => routes.toSorted(bySession));
    return JSON.stringify(read) === JSON.stringify(USERS.map((user) => this.gates.routesOf(user)));
  }

  /** Every third user goes, every fifth gets a second device. */
  change(round: number): void {
    for (const open of [...this.gates.sessions.values()]) {
      if ((open.route.since + round) % 3 === 0) this.gates.end(open);
    }
    for (let at = round; at < USERS.length; at += 5) this.gates.connect(USERS[at]!, 'laptop', 0);
  }
}

describe('presence in Redis', { concurrency: false }, () => {
  let fixture: RedisFixture;
  before(async () => {
    fixture = await redisFixture();
  });
  after(() => fixture.end());

  test('emptied in the middle, with traffic and without: it is whole again', async () => {
    const world = new World();
    const running = await world.start(fixture);
    await eventually('all are online', () => world.isRight());
    await fixture.server.ask('FLUSHALL');
    world.change(1);
    await eventually('it is whole again', () => world.isRight());
    await fixture.server.ask('FLUSHALL');
    await eventually('it is whole again without traffic', () => world.isRight());
    assert.ok(running.counters.lost > 0);
    await running.stop();
  });

  test('killed and started again, empty: it is whole again', async () => {
    const world = new World();
    const running = await world.start(fixture);
    await eventually('all are online', () => world.isRight());
    await fixture.server.process.kill();
    world.change(2);
    await fixture.server.process.start();
    world.change(3);
    await eventually('it is whole again', () => world.isRight());
    await running.stop();
  });

  test('away for 3 s under traffic: names that wait and memory are bounded, then it catches up', async () => {
    const world = new World();
    const running = await world.start(fixture);
    await eventually('all are online', () => world.isRight());
    fixture.server.process.signal('SIGSTOP');
    const startedAt = performance.now();
    let most = 0;
    for (let round = 0; performance.now() - startedAt < 3_000; round += 1) {
      world.change(round);
      most = Math.max(most, running.waiting);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.ok(most > 0 && most <= USERS.length, `${most} names wait`);
    fixture.server.process.signal('SIGCONT');
    await eventually('it has caught up', () => world.isRight(), 5_000);
    await running.stop();
  });

  test('an owner that is stopped and one that takes over: stale routes go', async () => {
    const world = new World();
    const first = await world.start(fixture);
    await eventually('all are online', () => world.isRight());
    await first.stop();
    world.change(4);
    assert.equal(await world.isRight(), false, 'nobody writes');
    const second = await world.startAnother();
    await eventually('the new owner has', () => world.isRight());
    const third = await world.startAnother();
    await second.stop();
    world.change(5);
    await eventually('the third one has', () => world.isRight());
    await third.stop();
  });
});
