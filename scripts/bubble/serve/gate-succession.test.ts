/** Another gate takes the slot of a server's gate: the server goes on in another one, and its clients with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BubbleClient } from '../../../clients/sdk/client.ts';
import { nodeCryptoPort } from '../../../clients/sdk/crypto/node-crypto-port.ts';
import { Manifests } from '../../../clients/sdk/manifests.ts';
import { SimClock } from '../../../infra/clock/sim-clock.ts';
import { SimDisk } from '../../../infra/disk/sim-disk.ts';
import { SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import { TRIAL_LIMITS } from '../../../schemas/limits.ts';
import type { Layout } from '../../../schemas/topics.ts';
import {
  makeKeyStore,
  openSimAuthentication,
  type SimAuthentication,
  tokenOf,
} from '../../prove/simulate/sim-authentication.ts';
import { SimNetwork } from '../../prove/simulate/sim-network.ts';
import { SimProcess } from '../../prove/simulate/sim-process.ts';
import { openEmbeddedStores } from './embedded-stores.ts';
import { ROLES, type Role } from './roles.ts';
import { type Server, startServer } from './server.ts';
import type { GateRole } from './server-options.ts';
import { Slots } from './slots.ts';
import type { Stores } from './stores.ts';

const LAYOUT: Layout = { inboundPartitions: 1, inboxPartitions: 2, epoch: 1, retentionMs: Infinity };
const WITHIN_MS = 30_000;

interface Person {
  readonly client: BubbleClient;
  /** In the order in which they were shown. */
  readonly shown: string[];
  /** Sessions so far. */
  readonly online: () => number;
}

class World {
  readonly clock = new SimClock();
  readonly network: SimNetwork;
  readonly #random = new SeededRandom(1);
  readonly #base = { clock: this.clock, random: this.#random, logger: SILENT_LOGGER, limits: TRIAL_LIMITS };
  #stores!: Stores;
  #authentication!: SimAuthentication;

  constructor() {
    this.network = new SimNetwork({ ...this.#base, delayMs: 1, windowBytes: 4_096 });
  }

  async open(): Promise<this> {
    const disk = new SimDisk(this.#base).mount();
    const stores = openEmbeddedStores({ ...this.#base, disk, folder: '/data', layout: LAYOUT });
    this.#stores = await this.clock.until(stores);
    const authentication = openSimAuthentication({ ...this.#base, store: makeKeyStore() });
    this.#authentication = await this.clock.until(authentication);
    return this;
  }

  async close(): Promise<void> {
    await this.clock.until(this.#stores.close());
    await this.#authentication.authenticator.close();
    this.#authentication.keys.close();
  }

  /** A process on the stores that all of them share. @param slot that its settings give it */
  server(name: string, roles: readonly Role[], slot: number): Promise<Server> {
    const settings = { 'etcd.prefix': '', 'gate.name': name, 'gate.slot': slot } as const;
    const slots = new Slots({ ...this.#base, settings });
    return this.serverOn(name, roles, (stores, layout, lost) => slots.next(stores, layout, lost));
  }

  serverOn(name: string, roles: readonly Role[], nextSlot: GateRole['nextSlot']): Promise<Server> {
    const { authenticator } = this.#authentication;
    const starting = startServer({
      ...this.#base,
      roles: new Set(roles),
      stores: { ...this.#stores, close: async () => {} },
      gate: { authenticator, name, nextSlot },
      isShared: false,
      events: false,
    });
    return this.clock.until(starting);
  }

  async person(user: string): Promise<Person> {
    const { keys } = this.#authentication;
    const process = new SimProcess(user, this.clock);
    const crypto = nodeCryptoPort((length) => this.#random.bytes(length));
    const client = new BubbleClient({
      user,
      device: { clientVersion: 1, deviceId: 'phone' },
      token: () => tokenOf(user),
      transport: {
        connect: async (handler, signal) => (await this.network.connect(process, handler, signal)).connection,
      },
      crypto,
      clock: this.clock,
      random: this.#random.fork(),
      manifests: new Manifests(crypto, { deployment: keys.deployment, rootKeys: keys.rootKeys }),
    });
    const shown: string[] = [];
    let online = 0;
    client.on('row', (row) => void shown.push(Buffer.from(row.content).toString()));
    client.on('state', ({ kind }) => {
      if (kind === 'online') online += 1;
    });
    await this.clock.until(client.start());
    return { client, shown, online: () => online };
  }

  async until(what: string, isSo: () => boolean): Promise<void> {
    const deadline = this.clock.monotonic() + WITHIN_MS;
    while (!isSo()) {
      assert.ok(this.clock.monotonic() < deadline, `${what} does not come about`);
      await this.clock.runFor(10);
    }
  }

  async say(from: Person, to: string, text: string): Promise<void> {
    const { kind } = await this.clock.until(from.client.send(to, text), WITHIN_MS);
    assert.equal(kind, 'accepted');
  }
}

const slotOf = (server: Server): number => server.gate!.stats().slot;

test('a slot that is taken, and another one: the gate goes on, its clients come back, nothing is missed', async () => {
  const world = await new World().open();
  const first = await world.server('a', ROLES, 0);
  const listener = new SimProcess('listener', world.clock);
  world.network.listen({ process: listener, accept: (connection) => first.accept(connection) });
  const [ann, bob] = [await world.person('ann'), await world.person('bob')];
  await world.say(ann, 'bob', 'one');
  await world.until('the first row', () => bob.shown.length === 1);

  const others: Server[] = [];
  for (const [taken, next] of [
    [0, 1],
    // Not back to the slot of its settings: another gate has it.
    [1, 2],
  ] as const) {
    assert.equal(slotOf(first), taken);
    const sessions = [ann.online(), bob.online()];
    const lost = first.gate!;
    others.push(await world.server(`other-${taken}`, ['gate'], taken));
    await world.until('the loss', () => lost.stats().state !== 'serving');
    await world.until('the next gate', () => first.gate !== lost);
    assert.equal(slotOf(first), next);
    await world.until('they are back', () => ann.online() > sessions[0]! && bob.online() > sessions[1]!);
    assert.equal(lost.stats().connections, 0);
    await world.say(ann, 'bob', `to ${next}`);
    await world.say(bob, 'ann', `from ${next}`);
  }
  await world.until('all rows', () => bob.shown.length === 5 && ann.shown.length === 5);
  assert.deepEqual(bob.shown, ['one', 'to 1', 'from 1', 'to 2', 'from 2']);
  assert.deepEqual([slotOf(others[0]!), slotOf(others[1]!)], [0, 1], 'they keep what they have');

  await Promise.all([ann.client.stop(), bob.client.stop()].map((stopping) => world.clock.until(stopping)));
  for (const server of [first, ...others]) await world.clock.until(server.stop());
  await world.close();
});

test('no other slot can be had: the server says so, and stops', async () => {
  const world = await new World().open();
  const only = await world.serverOn('a', ['gate'], async (_stores, _layout, lost) => {
    if (lost === null) return 0;
    throw new BubbleError('SLOT_LOST', 'there is but one slot');
  });
  const other = await world.server('b', ['gate'], 0);
  await assert.rejects(
    world.clock.until(only.ended),
    /^BubbleError: gate cannot go on: there is but one slot$/,
  );
  await world.clock.until(only.stop());
  await world.clock.until(other.stop());
  await world.close();
});

test('a server that stops while its next gate is on its way stops that one too', async () => {
  const world = await new World().open();
  let answer = (_slot: number): void => {};
  const next = new Promise<number>((resolve) => {
    answer = resolve;
  });
  const nextSlot: GateRole['nextSlot'] = (_stores, _layout, lost) =>
    lost === null ? Promise.resolve(0) : next;
  const first = await world.serverOn('a', ['gate'], nextSlot);
  const lost = first.gate!;
  const other = await world.server('b', ['gate'], 0);
  await world.until('the loss', () => lost.stats().state === 'closed');
  const stopped = first.stop();
  await world.clock.runFor(10);
  assert.deepEqual(first.stopsAt(), ['gate']);
  answer(5);
  await world.clock.until(stopped);
  assert.equal(first.gate!.stats().slot, 5);
  assert.equal(first.gate!.stats().state, 'closed');
  await world.clock.until(other.stop());
  await world.close();
});
