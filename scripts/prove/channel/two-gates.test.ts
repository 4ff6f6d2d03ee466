/** Two gates of one deployment: what a client got from one is good at the other at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredTicket } from '../../../clients/sdk/handshake.ts';
import { type KeyRing, openKeyRing } from '../../../gateways/auth/key-ring.ts';
import { type KeyStore, memoryKeyStore } from '../../../gateways/auth/key-store.ts';
import { SHARED_MS, type SpentTickets } from '../../../gateways/auth/spent-tickets.ts';
import { SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import { decodeManifest, splitManifest } from '../../../schemas/channel/manifest.ts';
import {
  type Accepted,
  openRig,
  type Ready,
  type Refused,
  type Rig,
  RigClock,
  speak,
} from './channel-rig.ts';

const HOUR_MS = 3_600_000;

interface Pair {
  readonly clock: RigClock;
  readonly keys: readonly [KeyRing, KeyRing];
  readonly a: Rig;
  readonly b: Rig;
  close(): Promise<void>;
}

const openPair = async (spentTickets?: SpentTickets): Promise<Pair> => {
  const clock = new RigClock();
  const store: KeyStore = memoryKeyStore();
  const ring = (): Promise<KeyRing> =>
    openKeyRing({ store, deployment: 'rig', clock, logger: SILENT_LOGGER, suites: [2] });
  const keys = [await ring(), await ring()] as const;
  const spent = spentTickets === undefined ? {} : { spentTickets };
  const a = await openRig({ keys: keys[0], ...spent }, clock);
  const b = await openRig({ keys: keys[1], ...spent }, clock);
  // Both gates have looked at the store, and may again.
  clock.nowMs += 1_000;
  return {
    clock,
    keys,
    a,
    b,
    close: async () => {
      await a.close();
      await b.close();
    },
  };
};

const login = async (rig: Rig, ticket?: StoredTicket): Promise<{ outcome: Accepted; result: Ready }> => {
  const { outcome, result } = await rig.login(ticket === undefined ? {} : { ticket });
  assert.equal(result.kind, 'ready', result.kind === 'refused' ? result.error : '');
  return { outcome: outcome as Accepted, result: result as Ready };
};

const refused = async (rig: Rig, ticket: StoredTicket): Promise<Refused> => {
  const { result } = await rig.login({ ticket });
  assert.equal(result.kind, 'refused');
  return result as Refused;
};

/** What gates have in common, in memory; can be away, or silent. */
class SharedSet implements SpentTickets {
  readonly ids = new Set<string>();
  state: 'up' | 'away' | 'silent' = 'up';

  #answer(value: () => boolean): Promise<boolean> {
    if (this.state === 'away') return Promise.reject(new Error('away'));
    return this.state === 'silent' ? new Promise(() => {}) : Promise.resolve(value());
  }

  isSpent(id: string): Promise<boolean> {
    return this.#answer(() => this.ids.has(id));
  }

  spend(id: string): Promise<boolean> {
    return this.#answer(() => {
      const isFirst = !this.ids.has(id);
      this.ids.add(id);
      return isFirst;
    });
  }
}

const serialOf = (body: Uint8Array): number => decodeManifest(splitManifest(body)!.manifest)!.serial;

test('a key that one gate has just made is known to the other when the first client brings it', async () => {
  const pair = await openPair();
  const old = pair.a.manifest;
  await pair.keys[0].retire(old.keys[0]!.kid);
  const manifest = decodeManifest(splitManifest(pair.a.server.manifest())!.manifest)!;
  assert.ok(pair.keys[1].pointKey(manifest.keys[0]!.kid) === undefined, 'the other gate has not looked yet');
  const { result } = await pair.b.login({ manifest });
  assert.equal(result.kind, 'ready');
  // And what was retired there is retired here.
  const late = await pair.b.login({ manifest: old });
  assert.equal(late.result.kind === 'refused' && late.result.error, 'KEY_RETIRED');
  await pair.close();
});

test('the manifest of the other gate: the first to ask may get the older one, the next does not', async () => {
  const pair = await openPair();
  await pair.keys[0].retire(999);
  const newer = serialOf(pair.a.server.manifest());
  assert.ok(serialOf(pair.b.server.manifest()) < newer);
  await pair.keys[1].settled();
  assert.equal(serialOf(pair.b.server.manifest()), newer);
  await pair.close();
});

test('a ticket of one gate resumes at the other, also under a ticket key it has never seen', async () => {
  const pair = await openPair();
  const { ticket } = (await login(pair.a)).result;
  const resumed = await login(pair.b, ticket!);
  assert.equal(await speak(resumed.result.channel, resumed.outcome.channel), 'hello');
  pair.clock.nowMs += 13 * HOUR_MS;
  await pair.keys[0].tickets.check();
  const { ticket: later } = (await login(pair.a)).result;
  await login(pair.b, later!);
  await pair.close();
});

test('ids nobody knows: the store is looked at once a second, and each is refused at once', async () => {
  const pair = await openPair();
  const { ticket } = (await login(pair.a)).result;
  const strange = Uint8Array.from(ticket!.ticket);
  strange[0]! ^= 1;
  for (let count = 0; count < 50; count += 1) {
    assert.equal((await refused(pair.b, { ...ticket!, ticket: strange })).error, 'KEY_RETIRED');
  }
  assert.deepEqual(pair.clock.waits, []);
  await pair.close();
});

test('a ticket spent at one gate is spent at the other', async () => {
  const shared = new SharedSet();
  const pair = await openPair(shared);
  const { ticket } = (await login(pair.a)).result;
  const first = await login(pair.a, ticket!);
  const second = await login(pair.b, ticket!);
  assert.equal(await speak(first.result.channel, first.outcome.channel), 'hello');
  const again = await refused(pair.b, ticket!);
  assert.deepEqual([again.error, again.advice, again.dropTicket], ['TOKEN', 'full-login', true]);
  // The other session was opened before that: its first frame opens, and it ends with the next one.
  assert.equal(await speak(second.result.channel, second.outcome.channel), 'hello');
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await speak(second.result.channel, second.outcome.channel), null);
  assert.equal(await speak(first.result.channel, first.outcome.channel), 'hello', 'the first one lives');
  assert.match([...shared.ids][0]!, /^[\w-]{22}$/);
  await pair.close();
});

test('the shared store away or silent: each gate knows its own tickets, and nobody is locked out', async () => {
  const shared = new SharedSet();
  const pair = await openPair(shared);
  for (const state of ['away', 'silent'] as const) {
    shared.state = state;
    pair.clock.waits.length = 0;
    const { ticket } = (await login(pair.a)).result;
    const first = await login(pair.a, ticket!);
    assert.equal(await speak(first.result.channel, first.outcome.channel), 'hello');
    assert.equal((await refused(pair.a, ticket!)).error, 'TOKEN');
    const second = await login(pair.b, ticket!);
    assert.equal(await speak(second.result.channel, second.outcome.channel), 'hello');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await speak(second.result.channel, second.outcome.channel), 'hello');
    assert.ok(pair.clock.waits.every((delayMs) => delayMs <= SHARED_MS));
  }
  await pair.close();
});
