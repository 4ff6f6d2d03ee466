import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { MemoryPresence } from '../../infra/presence/memory-presence.ts';
import type { PresenceStore, PresenceWrite, UserRoutes } from '../../infra/presence/presence-store.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { MemoryLog } from '../../infra/timeline/testing/memory-log.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { type Layout, sessionsTopic, topicSpecs } from '../../schemas/topics.ts';
import { startPresence } from './presence.ts';
import type { PresenceLimits } from './presence-limits.ts';
import { bySession, codecs, Gates } from './testing/gates.ts';

const layout: Layout = { inboundPartitions: 1, inboxPartitions: 3, epoch: 1, retentionMs: Infinity };
const SESSIONS = sessionsTopic(1);
const USERS = Array.from({ length: 40 }, (_, at) => `user-${at}`);

type Fault = 'none' | 'away' | 'unanswered' | 'emptied';

/** A store that fails as a test says: before or behind the write, or by being empty all of a sudden. */
class FaultyPresence extends MemoryPresence {
  fault: () => Fault = () => 'none';
  unreadable: () => boolean = () => false;
  away = false;
  /** The largest number of users in one write. */
  largest = 0;

  override async claim(...args: Parameters<PresenceStore['claim']>): Promise<'done' | 'superseded'> {
    return this.#faulty(() => super.claim(...args));
  }

  override async replace(...args: Parameters<PresenceStore['replace']>): Promise<PresenceWrite> {
    const users: readonly UserRoutes[] = args[3];
    this.largest = Math.max(this.largest, users.length);
    return this.#faulty(() => super.replace(...args));
  }

  override async *written(
    ...args: Parameters<PresenceStore['written']>
  ): ReturnType<PresenceStore['written']> {
    if (this.away || this.unreadable()) throw new BubbleError('STORE_AWAY', 'away', { retryable: true });
    yield* super.written(...args);
  }

  async #faulty<T>(write: () => Promise<T>): Promise<T> {
    const fault = this.away ? 'away' : this.fault();
    if (fault === 'emptied') this.empty();
    if (fault === 'away') throw new BubbleError('STORE_AWAY', 'away', { retryable: true });
    const answer = await write();
    if (fault === 'unanswered') throw new BubbleError('STORE_AWAY', 'no answer', { retryable: true });
    return answer;
  }
}

class World {
  readonly clock = new SimClock();
  readonly log = new MemoryLog(this.clock);
  readonly store = new FaultyPresence();
  readonly gates: Gates;
  readonly layout: Layout;

  constructor(of: Layout = layout) {
    this.layout = of;
    const topic = sessionsTopic(of.epoch);
    this.gates = new Gates(of.inboxPartitions, (partition, record) =>
      this.log.appendNow(topic, partition, [record]),
    );
  }

  async open(): Promise<this> {
    await this.log.ensureTopics(topicSpecs(this.layout));
    return this;
  }

  async start(limits: Partial<PresenceLimits> = {}, of: Layout = this.layout, seed = 1) {
    const { log, store, clock } = this;
    const random = new SeededRandom(seed);
    const starting = startPresence({
      ...{ log, codecs, layout: of, store, clock, random, limits, logger: SILENT_LOGGER },
    });
    const running = await clock.until(starting);
    await clock.runFor(500);
    return running;
  }

  async check(why = ''): Promise<void> {
    const found = await this.store.whereIs('t', USERS);
    for (const [at, user] of USERS.entries()) {
      assert.deepEqual(found[at]!.toSorted(bySession), this.gates.routesOf(user), `${why} ${user}`);
    }
  }
}

const open = (): Promise<World> => new World().open();

test('a partition is held for as long as nobody else wants it, with sessions coming and going', async () => {
  const world = await open();
  const running = await world.start();
  let failure: unknown = null;
  running.ended.catch((error: unknown) => {
    failure = error;
  });
  world.gates.claim(0);
  for (let minute = 0; minute < 15; minute += 1) {
    world.gates.end(world.gates.connect('user-1', 'phone', 0));
    world.gates.connect('user-2', 'phone', 0);
    await world.clock.runFor(60_000);
    await world.check(`minute ${minute}`);
  }
  assert.equal(failure, null);
  assert.deepEqual(
    running.lag().map(({ position, end }) => end - position),
    [0, 0, 0],
  );
  await running.stop();
});

test('sessions come and go, devices replace, a new epoch of a slot ends what was there', async () => {
  const world = await open();
  const { gates, clock } = world;
  gates.claim(0);
  gates.claim(1);
  const first = gates.connect('user-1', 'phone', 0);
  gates.end(gates.connect('user-2', 'phone', 0));
  const running = await world.start();
  await world.check('what was there at the start');
  gates.connect('user-1', 'laptop', 1);
  const newer = gates.connect('user-1', 'phone', 1);
  await clock.runFor(100);
  await world.check('a newer session of a device');
  assert.equal(gates.routesOf('user-1').length, 2);
  gates.end(first);
  await clock.runFor(100);
  await world.check('the end of the replaced one');
  gates.claim(1);
  await clock.runFor(100);
  await world.check('the slot has another gate');
  assert.deepEqual(gates.routesOf('user-1'), []);
  gates.end(newer);
  gates.connect('user-1', 'phone', 1);
  await clock.runFor(10_000);
  await world.check('again online');
  const ends = running.lag().map(({ position, end }) => [position, end]);
  assert.ok(ends.every(([position, end]) => position === end));
  assert.ok((await world.log.committed('presence', SESSIONS, 0))!.offset > 0);
  assert.equal(running.counters.claims, 3);
  await clock.until(running.stop());
  await running.ended;
});

test('nothing is written before the partition is read to its end', async () => {
  const world = await open();
  world.gates.claim(0);
  for (let at = 0; at < 200; at += 1) {
    const session = world.gates.connect(USERS[at % 40]!, 'phone', 0);
    if (at % 3 > 0) world.gates.end(session);
  }
  const running = await world.start();
  await world.check();
  assert.ok(running.counters.users <= 40, `${running.counters.users} users written`);
});

test('a repeated record of a replaced session, or of one that ended, brings nothing back', async () => {
  const world = await open();
  const { gates, clock, log } = world;
  gates.claim(0);
  gates.claim(1);
  const older = gates.connect('user-1', 'phone', 0);
  const again = log.records(SESSIONS, older.partition).at(-1)!;
  gates.connect('user-1', 'phone', 1);
  log.appendNow(SESSIONS, older.partition, [again]);
  await world.start();
  await world.check('replaced on another slot');
  const gone = gates.connect('user-2', 'phone', 0);
  const repeat = log.records(SESSIONS, gone.partition).at(-1)!;
  gates.claim(0);
  log.appendNow(SESSIONS, gone.partition, [repeat]);
  await clock.runFor(1_000);
  await world.check('of an epoch that is over');
});

test('an emptied store is noticed without any traffic, and written again', async () => {
  const world = await open();
  world.gates.claim(0);
  for (const user of USERS) world.gates.connect(user, 'phone', 0);
  const running = await world.start({ checkMs: 5_000 });
  await world.check();
  world.store.empty();
  assert.equal(await world.store.position({ epoch: 1, partition: 0 }), null);
  await world.clock.runFor(6_000);
  await world.check('after it was emptied');
  assert.equal(running.counters.lost, 3);
  assert.ok((await world.store.position({ epoch: 1, partition: 0 }))! > 0);
});

test('routes that another owner has left behind are removed', async () => {
  const world = await open();
  const { gates, clock } = world;
  gates.claim(0);
  const sessions = USERS.map((user) => gates.connect(user, 'phone', 0));
  const running = await world.start();
  await clock.until(running.stop());
  for (const session of sessions.slice(0, 30)) gates.end(session);
  // The list cannot be read at first.
  let isUnreadable = true;
  world.store.unreadable = () => isUnreadable;
  await world.start({ usersPerWrite: 4 });
  isUnreadable = false;
  await clock.runFor(3_000);
  await world.check();
  assert.ok(world.store.largest <= 40);
});

test('away for long: names that wait are bounded, then everything is written again', async () => {
  const world = await open();
  const { gates, clock, store } = world;
  gates.claim(0);
  for (const user of USERS) gates.connect(user, 'phone', 0);
  const running = await world.start({ dirtyUsers: 5 });
  store.away = true;
  let most = 0;
  for (let round = 0; round < 500; round += 1) {
    const guest = gates.connect(`guest-${round}`, 'phone', 0);
    if (round % 2 === 0) gates.connect(USERS[round % 40]!, 'laptop', 0);
    await clock.runFor(20);
    gates.end(guest);
    most = Math.max(most, running.waiting);
  }
  assert.ok(most > 20 && most <= 45, `${most} names wait`);
  store.away = false;
  await clock.runFor(3_000);
  await world.check();
  assert.equal((await store.whereIs('t', ['guest-7'])).flat().length, 0);
});

test('a store that is away for a moment and has lost nothing gets only what has changed', async () => {
  const world = await open();
  const { gates, clock, store } = world;
  gates.claim(0);
  for (const user of USERS) gates.connect(user, 'phone', 0);
  const running = await world.start();
  const { users } = running.counters;
  store.away = true;
  gates.connect('user-3', 'laptop', 0);
  await clock.runFor(3_000);
  store.away = false;
  await clock.runFor(3_000);
  await world.check();
  assert.deepEqual([running.counters.users - users, running.counters.lost], [1, 0]);
});

test('a former owner that goes on changes nothing for long, and stops with its lease', async () => {
  const world = await open();
  world.gates.claim(0);
  for (const user of USERS) world.gates.connect(user, 'phone', 0);
  const former = await world.start({}, layout, 1);
  const owner = await world.start({}, layout, 2);
  // Both believe in their leases, as after a pause; then the former one learns.
  await world.clock.until(former.stop());
  for (const open of [...world.gates.sessions.values()].slice(0, 25)) world.gates.end(open);
  await world.clock.runFor(12_000);
  await world.check();
  const { claims } = owner.counters;
  await world.clock.runFor(60_000);
  assert.equal(owner.counters.claims, claims, 'it has come to rest');
});

test('the next epoch takes over the users, and those who went offline in between are gone', async () => {
  const world = await open();
  world.gates.claim(0);
  for (const user of USERS) world.gates.connect(user, 'phone', 0);
  const old = await world.start();
  const later: Layout = { ...layout, epoch: 2, inboxPartitions: 5 };
  await world.log.ensureTopics(topicSpecs(later));
  const next = new Gates(5, (partition, record) =>
    world.log.appendNow(sessionsTopic(2), partition, [record]),
  );
  next.claim(0);
  for (const user of USERS.slice(0, 10)) next.connect(user, 'phone', 0);
  await world.start({}, later);
  // The old one still runs, and has something to write.
  world.gates.connect('user-39', 'phone', 0);
  await world.clock.runFor(10_000);
  const found = await world.store.whereIs('t', USERS);
  for (const [at, user] of USERS.entries()) assert.deepEqual(found[at], next.routesOf(user), user);
  assert.deepEqual(await world.store.leftBehind(2), []);
  await world.clock.until(old.stop());
});

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`whatever the store does, it heals to what the log says (seed ${seed})`, async () => {
    const world = await open();
    const { gates, clock, store } = world;
    const random = new SeededRandom(seed);
    for (const slot of [0, 1, 2]) gates.claim(slot);
    let isFaulty = true;
    store.fault = () => {
      if (!isFaulty || random.below(4) > 0) return 'none';
      return (['away', 'unanswered', 'emptied'] as const)[random.below(3)]!;
    };
    const replaced = gates.connect('user-0', 'phone', 0);
    const running = await world.start({ dirtyUsers: 10, usersPerWrite: 3, checkMs: 1_000 });
    for (let step = 0; step < 300; step += 1) {
      const user = USERS[random.below(40)]!;
      const device = random.below(2) === 0 ? 'phone' : 'laptop';
      const dice = random.below(20);
      const some = [...gates.sessions.values()];
      if (dice === 0) gates.claim(random.below(3));
      else if (dice < 8 && some.length > 0) gates.end(some[random.below(some.length)]!);
      else gates.connect(user, device, random.below(3));
      if (random.below(3) === 0) await clock.runFor(random.below(300));
    }
    gates.end(replaced);
    isFaulty = false;
    await clock.runFor(10_000);
    await world.check();
    assert.ok(running.counters.claims > 3);
    assert.equal(running.waiting, 0);
  });
}
