/** A client whose gates come and go: whom it asks, when, and what it does where nobody answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { DEFAULT_SDK_LIMITS } from '../../schemas/limits.ts';
import { GateChoice, gateOrder } from './gate-choice.ts';
import type { GateSource } from './gate-list.ts';
import { accepted, clientWorld, online, type World } from './test/client-world.ts';
import { ScriptedServer } from './test/scripted-server.ts';
import type { GateTransport } from './transport.ts';

interface Deployment extends World {
  /** In the order in which the device alice@phone goes to them. */
  readonly gates: readonly (GateTransport & { readonly server: ScriptedServer })[];
  /** The source: what it says, and how often it was asked. */
  says: GateSource;
  asked: number;
  readonly source: GateSource;
}

const deployment = (count: number): Deployment => {
  const world = clientWorld(new SimClock(), new SeededRandom(7));
  const servers = Array.from({ length: count }, () => new ScriptedServer(world.clock, world.server));
  const addresses = servers.map((_, index) => `gate-${index}`);
  const gates = gateOrder(addresses, 'alice', 'phone').map((index) => {
    const server = servers[index]!;
    return { address: addresses[index]!, server, connect: server.transport.connect };
  });
  const made: Deployment = {
    ...world,
    gates,
    says: () => gates,
    asked: 0,
    source: () => {
      made.asked += 1;
      return made.says();
    },
  };
  return made;
};

const atOf = ({ gates }: Deployment): number => gates.findIndex(({ server }) => server.open.length > 0);

/** The gate takes no connections any more, and closes those it has. */
const away = ({ server }: { readonly server: ScriptedServer }): void => {
  server.network = 'refuse';
  for (const connection of server.open) connection.close();
};

const choiceOf = (addresses: readonly string[]): GateChoice<{ address: string }> => {
  const choice = new GateChoice('alice', 'phone');
  choice.update(addresses.map((address) => ({ address })));
  return choice;
};

test('rule 4: a new gate before the one whose turn it is takes the turn, one behind it waits for its own', () => {
  const names = ['a', 'b', 'c', 'd'];
  const [first, second, third, fourth] = gateOrder(names, 'alice', 'phone').map((index) => names[index]!);
  const all = names.map((address) => ({ address }));
  const choice = choiceOf([second!, fourth!]);
  assert.equal(choice.current?.address, second);
  choice.ended('next');
  choice.update(all.filter(({ address }) => address !== first));
  assert.equal(choice.current?.address, third, 'new, and before the fourth');
  choice.update(all);
  assert.equal(choice.current?.address, first);
  choice.ended('next');
  choice.update(all);
  assert.equal(choice.current?.address, second, 'nothing new: the turn stays');
});

test('rule 4: where the gate whose turn it is is gone, the next one has it', () => {
  const names = ['a', 'b', 'c'];
  const order = gateOrder(names, 'alice', 'phone').map((index) => ({ address: names[index]! }));
  const choice = choiceOf(names);
  choice.ended('next');
  choice.update([order[0]!, order[2]!]);
  assert.equal(choice.current, order[2]);
  choice.update([order[0]!]);
  assert.equal(choice.current, order[0]);
  choice.update([{ address: 'x' }, { address: 'y' }]);
  assert.equal(choice.count, 2);
  assert.ok(choice.current !== null, 'all are new');
});

test('a gate more: devices that lose their gate share the new one with the others', () => {
  const went = new Map<string, number>();
  for (let user = 0; user < 3_000; user += 1) {
    const choice = new GateChoice<{ address: string }>(`user-${user}`, 'phone');
    choice.update([{ address: 'a:1' }, { address: 'b:1' }]);
    const before = choice.current!.address;
    choice.ended('next');
    choice.update([{ address: 'a:1' }, { address: 'b:1' }, { address: 'c:1' }]);
    const { address } = choice.current!;
    assert.notEqual(address, before, 'not back to the one that failed');
    went.set(address, (went.get(address) ?? 0) + 1);
  }
  // Those where it is first or second of three: the others have their first one behind them.
  const toNew = went.get('c:1')!;
  assert.ok(toNew > 1_850 && toNew < 2_150, [...went].join(' '));
});

test('the gate is replaced by one at another address: the client finds it, and its command is answered', async () => {
  const w = deployment(2);
  const [old, replacement] = w.gates;
  w.says = () => [old!];
  const alice = await w.client('alice', { transport: w.source });
  assert.equal(alice.client.gate, '');
  await online(w, alice);
  assert.equal(alice.client.gate, old!.address);
  assert.equal(w.asked, 1);
  w.says = () => Promise.resolve([replacement!]);
  away(old!);
  accepted(await w.clock.until(alice.client.send('bob', 'hello')));
  assert.equal(atOf(w), 1);
  assert.equal(alice.client.gate, replacement!.address);
  assert.equal(old!.server.attempts, 1, 'it is not looked for where it was');
  await w.stop();
});

test('asked once for each attempt, no more often than the back-off allows', async () => {
  const w = deployment(1);
  w.gates[0]!.server.network = 'refuse';
  const alice = await w.client('alice', { transport: w.source });
  await w.clock.runFor(600_000);
  assert.equal(w.asked, w.gates[0]!.server.attempts);
  // Full jitter below 30 s: about 15 s between two attempts.
  assert.ok(w.asked > 20 && w.asked < 90, String(w.asked));
  w.gates[0]!.server.network = 'up';
  await online(w, alice);
  const { asked } = w;
  await w.clock.runFor(60_000);
  assert.equal(w.asked, asked, 'not while there is a session');
  await w.stop();
});

test('a source that fails, or knows no gate: told as an error, and the last known gates are used', async () => {
  const w = deployment(2);
  const alice = await w.client('alice', { transport: w.source });
  await online(w, alice);
  w.says = () => Promise.reject(new Error('the selector is away'));
  away(w.gates[0]!);
  await w.clock.runFor(5);
  await online(w, alice);
  assert.equal(atOf(w), 1);
  assert.deepEqual(alice.errors, ['cannot learn where the gates are']);
  w.says = () => [];
  w.gates[0]!.server.network = 'up';
  away(w.gates[1]!);
  await w.clock.runFor(5);
  await online(w, alice);
  assert.equal(atOf(w), 0);
  assert.deepEqual(alice.errors.slice(1), ['the list of gates is empty']);
  await w.stop();
});

test('a source that never answered: the client waits, asks again ever less often, and connects when it answers', async () => {
  const w = deployment(1);
  w.says = () => {
    throw new Error('no network yet');
  };
  const alice = await w.client('alice', { transport: w.source });
  await w.clock.runFor(600_000);
  assert.ok(w.asked > 20 && w.asked < 90, String(w.asked));
  assert.equal(alice.errors.length, w.asked);
  assert.equal(alice.client.gate, '');
  w.says = () => w.gates;
  await online(w, alice);
  await w.stop();
});

test('a source that hangs: waited for as long as a connection, one question at a time, a late answer counts', async () => {
  const w = deployment(1);
  let answer = (_gates: readonly GateTransport[]): void => {};
  w.says = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const alice = await w.client('alice', { transport: w.source });
  await w.clock.runFor(DEFAULT_SDK_LIMITS.connectDeadlineMs - 1);
  assert.deepEqual(alice.errors, []);
  await w.clock.runFor(1);
  assert.deepEqual(alice.errors, ['nobody says where the gates are']);
  await w.clock.runFor(60_000);
  assert.ok(alice.errors.length > 2);
  assert.equal(w.asked, 1, 'the question is still open');
  answer(w.gates);
  await online(w, alice);
  assert.equal(w.asked, 1);
  // Stopping leaves nothing of a question that hangs.
  await w.clock.runFor(DEFAULT_SDK_LIMITS.stableSessionMs);
  away(w.gates[0]!);
  await w.clock.runFor(DEFAULT_SDK_LIMITS.backoffBaseMs + 10);
  assert.equal(w.asked, 2);
  assert.equal(alice.client.phase.kind, 'connecting');
  await w.stop();
});

test('a hanging source and gates that are known: with several of them five seconds are lost, not fifteen', async () => {
  const w = deployment(2);
  const alice = await w.client('alice', { transport: w.source });
  await online(w, alice);
  w.says = () => new Promise(() => {});
  away(w.gates[0]!);
  await w.clock.runFor(DEFAULT_SDK_LIMITS.backoffBaseMs + 5_100);
  assert.equal(alice.client.phase.kind, 'online');
  assert.equal(atOf(w), 1);
  await w.stop();
});
