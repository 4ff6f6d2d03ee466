/** The cache of newest rows in a real Redis, before a real store: the contract, faults, and never a gap. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { systemRandom } from '../../infra/random/system-random.ts';
import { openRedisRowCache, type RedisRowCacheLimits } from '../../infra/redis/redis-row-cache.ts';
import { cachedTimeline } from '../../infra/timeline/cached/cached-timeline.ts';
import { timelineContract } from '../../infra/timeline/contract.ts';
import type { ReadBounds, TimelineStore } from '../../infra/timeline/timeline-store.ts';
import { eventually, type RedisFixture, redisFixture } from './redis-fixture.ts';
import { ALL, Load, owner, plain, Rig, version, writeOn } from './redis-rows-rig.ts';

/** A store that takes what it has already. */
const silent = (store: TimelineStore): TimelineStore =>
  Object.assign(Object.create(store) as TimelineStore, { write: async () => {} });

describe('newest rows in Redis', { concurrency: false }, () => {
  let fixture: RedisFixture;
  before(async () => {
    fixture = await redisFixture();
  });
  after(() => fixture.end());

  const open = async (limits: Partial<RedisRowCacheLimits> = {}): Promise<Rig> => {
    await fixture.server.ask('FLUSHALL');
    const redis = await fixture.connect({ limits: { answerWithinMs: 500, connectWithinMs: 500 } });
    return new Rig(redis, limits).open();
  };

  timelineContract('embedded behind Redis', () => open());
  timelineContract('embedded behind Redis, three rows a user', () =>
    open({ rowsPerUser: 3, usersPerScript: 1 }),
  );

  test('recent ranges are served from Redis, older and unknown ones by the store', async () => {
    const rig = await open({ rowsPerUser: 5 });
    const { cached } = rig.compared;
    const load = new Load(rig, 1);
    await load.write(1);
    await load.write(200);
    const counted = async (user: string, bounds: Partial<ReadBounds>): Promise<'hit' | 'miss'> => {
      const { hits } = cached.counters;
      await rig.compared.read(0, owner(user), { ...ALL, ...bounds });
      return cached.counters.hits > hits ? 'hit' : 'miss';
    };
    const near = version(load.next - 5);
    assert.equal(await counted('user-1', { from: near }), 'hit');
    assert.equal(await counted('user-1', { from: near, until: near + 2 }), 'hit');
    assert.equal(await counted('user-1', { from: version(0) }), 'miss');
    assert.equal(await counted('nobody', { from: near }), 'miss', 'no entry says nothing');
    await fixture.server.ask('DEL', 't:rows:1:user-1');
    assert.equal(await counted('user-1', { from: near }), 'miss', 'evicted');
    await load.write(40);
    assert.equal(await counted('user-1', { from: near }), 'miss', 'its rows before are not known');
    assert.equal(await counted('user-1', { from: version(load.next - 5) }), 'hit');
    const size = Number(await fixture.server.ask('STRLEN', 't:rows:1:user-2'));
    assert.ok(size < 2 * 5 * 400 + 44, `${size} bytes of an entry`);
    await rig.close();
  });

  test('a process that only reads is served, and never with less than it was promised', async () => {
    const rig = await open();
    const load = new Load(rig, 2);
    await load.write(1);
    await load.write(50);
    const { bare } = rig.compared;
    const reader = rig.another(bare);
    const from = version(load.next - 20);
    await reader.read(0, owner('user-1'), { ...ALL, from });
    assert.equal(reader.counters.hits, 1);
    // Its writer cannot reach Redis any more: what the cache has is old, and is passed over when the store was asked.
    await load.write(10, bare);
    await rig.advance(1_001);
    const { syncedTo } = await reader.read(0, owner('user-1'), { ...ALL, from });
    assert.equal(syncedTo, version(load.next) - 1);
    // A wait has promised what is new: at once.
    await load.write(1);
    await load.write(10);
    assert.equal((await reader.read(0, owner('user-1'), { ...ALL, from: syncedTo })).rows.length > 0, true);
    const { hits } = reader.counters;
    await load.write(10, bare);
    assert.equal(await reader.waitFor(0, version(load.next - 1), 0), true);
    assert.equal((await reader.read(0, owner('user-1'), { ...ALL, from })).syncedTo, version(load.next) - 1);
    assert.equal(reader.counters.hits, hits);
    await rig.close();
  });

  test('emptied, killed, stopped, a gap in its writes: the store serves, then it is built again', async () => {
    const rig = await open();
    const { cached } = rig.compared;
    const load = new Load(rig, 3);
    const reads = async (): Promise<number> => {
      const { hits } = cached.counters;
      for (const user of load.users) {
        await rig.compared.read(0, owner(user), { ...ALL, from: version(load.next - 3) - 1 });
      }
      return cached.counters.hits - hits;
    };
    const rebuilt = async (why: string): Promise<void> => {
      await load.write(1);
      await load.write(60);
      assert.equal(await reads(), 12, why);
    };
    await rebuilt('at first');
    await fixture.server.ask('FLUSHALL');
    assert.equal(await reads(), 0);
    await rebuilt('emptied');
    await load.write(5, rig.compared.bare);
    await cached.waitFor(0, version(load.next - 1), 0);
    assert.equal(await reads(), 0);
    await rebuilt('after a gap');
    await fixture.server.process.kill();
    await eventually('it is seen', () => rig.redis.awayForMs !== null);
    await load.write(5);
    assert.equal(await reads(), 0);
    await fixture.server.process.start();
    await eventually('it is back', () => rig.redis.awayForMs === null);
    assert.equal(await reads(), 0);
    await rebuilt('killed');
    fixture.server.process.signal('SIGSTOP');
    await load.write(5);
    assert.equal(await reads(), 0);
    fixture.server.process.signal('SIGCONT');
    await eventually('it is back', () => rig.redis.awayForMs === null);
    await rebuilt('stopped');
    await rig.close();
  });

  test('what waits for Redis is bounded, and dropped beyond', async () => {
    const rig = await open();
    const { redis, clock } = rig;
    const cache = openRedisRowCache({ redis, epoch: 1, random: systemRandom });
    const limits = { waitingBytes: 20_000 };
    const { bare } = rig.compared;
    const cached = cachedTimeline({ store: bare, cache, epoch: 1, clock, logger: SILENT_LOGGER, limits });
    const load = new Load(rig, 4);
    await load.write(1, cached);
    await cached.flushed();
    fixture.server.process.signal('SIGSTOP');
    for (let batch = 0; batch < 50; batch += 1) await load.write(20, cached);
    assert.ok(cached.counters.dropped > 0);
    fixture.server.process.signal('SIGCONT');
    await cached.flushed();
    await eventually('it is back', () => redis.awayForMs === null);
    await load.write(1, cached);
    await load.write(40, cached);
    await cached.flushed();
    const bounds = { ...ALL, from: version(load.next - 10) };
    const page = await cached.read(0, owner('user-1'), bounds);
    assert.deepEqual(plain(page), plain(await bare.read(0, owner('user-1'), bounds)));
    assert.ok(cached.counters.hits > 0);
    await rig.close();
  });

  for (const seed of [1, 2, 3]) {
    test(`writers that die and wake up late, evictions, losses: never another page than the store's (seed ${seed})`, async () => {
      const rig = await open({ rowsPerUser: 4, usersPerScript: 3, entryBytes: 3_000 });
      const random = new SeededRandom(100 + seed);
      const load = new Load(rig, seed);
      const { compared } = rig;
      const { bare } = compared;
      let repeated = 0;
      for (let step = 0; step < 250; step += 1) {
        const dice = random.below(24);
        if (dice === 0) await fixture.server.ask('FLUSHALL');
        else if (dice === 1) await fixture.server.ask('DEL', `t:rows:1:${load.user()}`);
        else if (dice === 2) await fixture.server.ask('DEL', '_bubble:rows:1:0');
        else if (dice === 3) {
          await load.write(1 + random.below(5), bare);
          await compared.cached.waitFor(0, version(load.next - 1), 0);
        } else if (dice === 4) {
          // A writer dies between its pieces, and what the store had of them too: rows are there, but the place was not
          // moved. The next one writes the same in other pieces.
          const place = '_bubble:rows:1:0';
          const before = await fixture.server.ask('GET', place);
          const from = load.next;
          await load.write(1 + random.below(8));
          const isMoved = (await fixture.server.ask('GET', place)) !== before;
          if (before.split('|')[1] !== String(from) || !isMoved) continue;
          await fixture.server.ask('SET', place, before);
          const next = rig.another(silent(bare));
          const cutAt = random.below(load.records.length + 1);
          await writeOn(
            next,
            load.records.slice(cutAt),
            await writeOn(next, load.records.slice(0, cutAt), from),
          );
          await next.flushed();
          repeated += 1;
        } else if (dice === 5) {
          // A former writer whose cache comes late, under a place of its own choice.
          const late = rig.another(silent(bare));
          const at = random.below(load.next + 1);
          await late.write(0, [], { offset: at, vector: [] }, Math.max(0, at - 1));
          await late.flushed();
        } else if (dice < 12) await load.write(1 + random.below(12));
        else await compared.read(0, owner(load.user()), load.bounds());
      }
      assert.ok(repeated > 0);
      assert.ok(compared.cached.counters.hits > 10, `${compared.cached.counters.hits} hits`);
      await rig.close();
    });
  }
});
