/** What every PresenceStore must do. A store's test calls this with a way to open an empty one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PresencePartition, PresenceStore, Route, UserName, UserRoutes } from './presence-store.ts';

export interface PresenceRig {
  readonly store: PresenceStore;
  /** Everything in it is gone. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

const AT: PresencePartition = { epoch: 1, partition: 0 };

export const routeOf = (session: string, overrides: Partial<Route> = {}): Route => ({
  session,
  slot: 3,
  gate: 'gate-a',
  device: 'phone',
  deviceType: 'ios',
  since: 1_700_000_000_000,
  ...overrides,
});

const online = (user: string, ...sessions: string[]): UserRoutes => ({
  tenant: 't',
  user,
  routes: sessions.map((session) => routeOf(session)),
});

const writtenTo = async (store: PresenceStore, at: PresencePartition): Promise<string[]> => {
  const users = new Set<string>();
  for await (const piece of store.written(at)) {
    for (const { tenant, user } of piece) users.add(`${tenant}/${user}`);
  }
  return [...users].sort();
};

const sessionsOf = async (store: PresenceStore, tenant: string, ...users: string[]): Promise<string[][]> => {
  const found = await store.whereIs(tenant, users);
  return found.map((routes) => routes.map(({ session }) => session).sort());
};

export function presenceContract(name: string, open: () => Promise<PresenceRig>): void {
  const contract = (what: string, run: (rig: PresenceRig) => Promise<void>): void => {
    test(`${name}: ${what}`, async () => {
      const rig = await open();
      try {
        await run(rig);
      } finally {
        await rig.close();
      }
    });
  };

  contract(
    'routes of whole users are replaced, and found by user in the order asked for',
    async ({ store }) => {
      assert.equal(await store.claim(AT, 'g1'), 'done');
      assert.equal(await store.position(AT), null);
      const strange = 'ä:*?{x}';
      const first = [online('a', '3.1.1', '3.1.2'), online('b', '3.1.3'), online(strange, '3.1.4')];
      assert.equal(await store.replace(AT, 'g1', 0, first, 7), 'done');
      const found = await store.whereIs('t', ['b', 'nobody', 'a']);
      const sorted = found.map((routes) =>
        routes.toSorted((one, other) => (one.session < other.session ? -1 : 1)),
      );
      assert.deepEqual(sorted, [[routeOf('3.1.3')], [], [routeOf('3.1.1'), routeOf('3.1.2')]]);
      assert.deepEqual(await sessionsOf(store, 't', strange), [['3.1.4']]);
      assert.deepEqual(await sessionsOf(store, 'u', 'a'), [[]], 'users of another tenant are others');
      assert.equal(await store.replace(AT, 'g1', 1, [online('a', '3.1.9'), online('b')], null), 'done');
      assert.deepEqual(await sessionsOf(store, 't', 'a', 'b'), [['3.1.9'], []]);
      assert.deepEqual(await writtenTo(store, AT), ['t/a', `t/${strange}`]);
      assert.equal(await store.position(AT), 7);
    },
  );

  contract('a write at another generation or sequence changes nothing', async ({ store }) => {
    await store.claim(AT, 'g1');
    assert.equal(await store.replace(AT, 'g1', 0, [online('a', '1')], 1), 'done');
    assert.equal(await store.replace(AT, 'g1', 0, [online('a', '2')], 2), 'lost');
    assert.equal(await store.replace(AT, 'g1', 2, [online('a', '2')], 2), 'lost');
    assert.equal(await store.replace(AT, 'g0', 1, [online('a', '2')], 2), 'lost');
    assert.equal(await store.replace({ epoch: 1, partition: 1 }, 'g1', 1, [online('a', '2')], 2), 'lost');
    assert.deepEqual(await sessionsOf(store, 't', 'a'), [['1']]);
    assert.equal(await store.position(AT), 1);
    // A former owner that wakes up after another has claimed.
    assert.equal(await store.claim(AT, 'g2'), 'done');
    assert.equal(await store.position(AT), null);
    assert.equal(await store.replace(AT, 'g1', 1, [online('a')], 2), 'lost');
    assert.deepEqual(await writtenTo(store, AT), ['t/a']);
    assert.equal(await store.replace(AT, 'g2', 0, [online('a')], 2), 'done');
  });

  contract('an emptied store says so to the next write', async ({ store, empty }) => {
    await store.claim(AT, 'g1');
    await store.replace(AT, 'g1', 0, [online('a', '1')], 1);
    await empty();
    assert.deepEqual(await sessionsOf(store, 't', 'a'), [[]]);
    assert.equal(await store.position(AT), null);
    assert.equal(await store.replace(AT, 'g1', 1, [], 1), 'lost');
    assert.equal(await store.claim(AT, 'g2'), 'done');
    assert.equal(await store.replace(AT, 'g2', 0, [online('a', '1')], 1), 'done');
    assert.deepEqual(await sessionsOf(store, 't', 'a'), [['1']]);
  });

  contract('a later epoch stops an earlier one and takes over its users', async ({ store }) => {
    await store.claim(AT, 'g1');
    await store.replace(AT, 'g1', 0, [online('a', '1'), online('b', '2')], 1);
    const later: PresencePartition = { epoch: 2, partition: 5 };
    assert.deepEqual(await store.leftBehind(1), []);
    assert.deepEqual(await store.leftBehind(2), [AT]);
    assert.equal(await store.claim(later, 'g2'), 'done');
    assert.equal(await store.replace(AT, 'g1', 1, [online('a')], 2), 'superseded');
    assert.equal(await store.claim(AT, 'g3'), 'superseded');
    assert.equal(await store.replace(later, 'g2', 0, [online('a'), online('b', '3')], 1), 'done');
    const gone: UserName[] = [
      { tenant: 't', user: 'a' },
      { tenant: 't', user: 'b' },
    ];
    await store.forget(AT, gone);
    assert.deepEqual(await store.leftBehind(2), []);
    assert.deepEqual(await writtenTo(store, AT), []);
    assert.deepEqual(await writtenTo(store, later), ['t/b']);
    assert.deepEqual(await sessionsOf(store, 't', 'a', 'b'), [[], ['3']]);
  });

  contract('thousands of users in one write, one question and one list', async ({ store }) => {
    await store.claim(AT, 'g1');
    const users = Array.from({ length: 3_000 }, (_, at) => `user-${at}`);
    assert.equal(
      await store.replace(
        AT,
        'g1',
        0,
        users.map((user, at) => online(user, `${at}`)),
        1,
      ),
      'done',
    );
    const found = await store.whereIs('t', users);
    assert.ok(found.every((routes, at) => routes.length === 1 && routes[0]!.session === `${at}`));
    assert.equal((await writtenTo(store, AT)).length, 3_000);
  });
}
