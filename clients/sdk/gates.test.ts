/** A client and several gates of one deployment; and the pure choice among them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { SUITE } from '../../schemas/channel/key-schedule.ts';
import { CLOSE_CODES } from '../../schemas/errors.ts';
import { DEFAULT_SDK_LIMITS } from '../../schemas/limits.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { BubbleClient } from './client.ts';
import { nodeCryptoPort } from './crypto/node-crypto-port.ts';
import { GateChoice, gateOrder, moveAfterClose, moveAfterRefusal } from './gate-choice.ts';
import { Manifests } from './manifests.ts';
import { textOf } from './rows.ts';
import { idInBody, ScriptedServer } from './test/scripted-server.ts';
import { TRUST } from './test/server-handshake.ts';

interface World {
  readonly clock: SimClock;
  readonly gates: readonly ScriptedServer[];
  readonly client: BubbleClient;
  readonly texts: string[];
  /** Where the client has its session. */
  at(): number;
  online(): Promise<void>;
  stop(): Promise<void>;
}

const open = async (
  count: number,
  prepare: (gates: readonly ScriptedServer[]) => void = () => {},
): Promise<World> => {
  const clock = new SimClock();
  const first = new ScriptedServer(clock);
  const made = [first, ...Array.from({ length: count - 1 }, () => new ScriptedServer(clock, first))];
  const crypto = nodeCryptoPort();
  const named = made.map((server, index) => ({
    address: `gate-${index}`,
    connect: server.transport.connect,
  }));
  // So that gates[0] is this device's first choice, and so on.
  const order = gateOrder(
    named.map(({ address }) => address),
    'alice',
    'phone',
  );
  const gates = order.map((index) => made[index]!);
  const client = new BubbleClient({
    user: 'alice',
    device: { clientVersion: 1, deviceId: 'phone' },
    token: () => 'token',
    transport: named,
    crypto,
    clock,
    random: new SeededRandom(7),
    manifests: new Manifests(crypto, TRUST),
  });
  const texts: string[] = [];
  client.on('row', (row) => texts.push(textOf(row)));
  prepare(gates);
  await client.start();
  return {
    clock,
    gates,
    client,
    texts,
    at: () => gates.findIndex((gate) => gate.open.some(({ user }) => user === 'alice')),
    online: async () => {
      for (let round = 0; client.phase.kind !== 'online'; round += 1) {
        assert.ok(round < 1_000, `not online: ${client.phase.kind}`);
        await clock.runFor(100);
      }
      await clock.runFor(20);
    },
    stop: async () => {
      await client.stop();
      await clock.runFor(10);
      assert.equal(clock.waiting, 0, 'a timer is left after stop');
    },
  };
};

const attempts = ({ gates }: World): number[] => gates.map((gate) => gate.attempts);

const named = (...addresses: string[]): { address: string }[] => addresses.map((address) => ({ address }));

const choiceOf = (...addresses: string[]): GateChoice<{ address: string }> => {
  const choice = new GateChoice('u', 'd');
  choice.update(named(...addresses));
  return choice;
};

test('rule 1: devices spread over gates, and those of one that goes away over all others', () => {
  const addresses = ['a:1', 'b:1', 'c:1', 'd:1'];
  const firsts = [0, 0, 0, 0];
  const seconds = [0, 0, 0, 0];
  for (let user = 0; user < 4_000; user += 1) {
    const order = gateOrder(addresses, `user-${user}`, 'phone');
    assert.deepEqual([...order].sort(), [0, 1, 2, 3]);
    firsts[order[0]!]! += 1;
    if (order[0] === 0) seconds[order[1]!]! += 1;
    // Without the last gate the order of the others is the same.
    assert.deepEqual(
      gateOrder(addresses.slice(0, 3), `user-${user}`, 'phone'),
      order.filter((index) => index !== 3),
    );
  }
  for (const count of firsts) assert.ok(count > 850 && count < 1_150, firsts.join(' '));
  for (const count of seconds.slice(1)) assert.ok(count > 250 && count < 420, seconds.join(' '));
});

test('rules 2 and 3: what a gate is moves the client, what the client is does not', () => {
  const moves = Object.fromEntries(
    Object.entries(CLOSE_CODES).map(([name, { code }]) => [name, moveAfterClose(code)]),
  );
  const next = Object.keys(moves).filter((name) => moves[name] === 'next');
  assert.deepEqual(next, ['DRAIN', 'SLOT_LOST', 'AUTH_TIMEOUT', 'ADMISSION']);
  assert.equal(moves['REAUTH'], 'first');
  assert.equal(moveAfterClose(9_999), 'next', 'of a later release');
  assert.equal(moveAfterRefusal('TOKEN', true), 'stay');
  assert.equal(moveAfterRefusal('AUTH_FAILED', false), 'next');
  assert.equal(moveAfterRefusal('RETRY_LATER', true), 'next');
});

test('a gate that does not even refuse is waited for 5 s where there are others, longer in later rounds', () => {
  const choice = choiceOf('a', 'b');
  const deadlines = Array.from({ length: 7 }, () => {
    const deadline = choice.deadlineMs(15_000);
    choice.ended('next');
    return deadline;
  });
  assert.deepEqual(deadlines, [5_000, 5_000, 10_000, 10_000, 15_000, 15_000, 15_000]);
  choice.opened();
  assert.equal(choice.deadlineMs(15_000), 5_000);
  assert.equal(choiceOf('a').deadlineMs(15_000), 15_000);
});

test('a gate that refuses connections: the next one at once, round and round, and the delay grows by rounds', async () => {
  const w = await open(3, (gates) => {
    for (const gate of gates) gate.network = 'refuse';
  });
  await w.clock.runFor(1_500);
  // Three attempts below 500 ms each.
  assert.ok(attempts(w).every((count) => count >= 1));
  const before = attempts(w);
  await w.clock.runFor(60_000);
  const later = attempts(w);
  for (const [index, count] of later.entries())
    assert.ok(count > before[index]! && count < 12, later.join(' '));
  assert.ok(Math.max(...later) - Math.min(...later) <= 1, 'each in its turn');
  w.gates[1]!.network = 'up';
  await w.online();
  assert.equal(w.at(), 1);
  await w.stop();
});

test('the gate is gone: a command is repeated at the next one under the same id, and no row is lost', async () => {
  const w = await open(2);
  await w.online();
  assert.equal(w.at(), 0);
  assert.match(w.client.gate, /^gate-\d$/);
  w.gates[0]!.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    w.gates[0]!.decide(request);
    w.gates[0]!.network = 'refuse';
    request.connection.close();
    return true;
  };
  const outcome = await w.clock.until(w.client.send('bob', 'once'));
  assert.equal(outcome.kind, 'accepted');
  await w.online();
  assert.equal(w.at(), 1);
  w.gates[1]!.deliver('bob', 'alice', 99n, Buffer.from('reply'));
  await w.clock.runFor(100);
  assert.deepEqual(w.texts, ['once', 'reply']);
  const ids = w.gates.flatMap((gate) => gate.requestsOf(OP.SEND_MSG)).map(({ body }) => idInBody(body));
  assert.equal(new Set(ids).size, 1);
  assert.equal(w.gates[1]!.inboxes.get('bob')?.length, 2, 'the message and the reply');
  await w.stop();
});

test('tickets are good at every gate: the move is a resumption', async () => {
  const w = await open(2);
  await w.online();
  await w.clock.runFor(1_000);
  w.gates[0]!.open[0]!.disconnect('SLOT_LOST');
  w.gates[0]!.network = 'refuse';
  await w.clock.runFor(50);
  await w.online();
  assert.equal(w.at(), 1);
  assert.equal(w.gates[1]!.logins[0]?.suite, SUITE.RESUMPTION);
  assert.equal(attempts(w)[0], 1, 'the old one is not tried first');
  await w.stop();
});

test('DRAIN: the wait that the gate asks for, then another gate', async () => {
  const w = await open(2);
  await w.online();
  w.gates[0]!.open[0]!.disconnect('DRAIN', 4_000);
  await w.clock.runFor(3_900);
  assert.deepEqual(attempts(w), [1, 0]);
  await w.clock.runFor(800);
  assert.deepEqual(attempts(w), [1, 1]);
  await w.online();
  assert.equal(w.at(), 1);
  await w.stop();
});

test('ADMISSION and a busy gate, told outside the channel: the next one', async () => {
  const w = await open(3, (gates) => {
    gates[0]!.network = 'ADMISSION';
    gates[1]!.auth = () => ({ kind: 'hint', error: 'AUTH_BUSY' });
  });
  await w.online();
  assert.deepEqual(attempts(w), [1, 1, 1]);
  assert.equal(w.at(), 2);
  await w.stop();
});

test('a machine that is gone without a word costs five seconds, not fifteen', async () => {
  const crypto = nodeCryptoPort();
  const clock = new SimClock();
  const server = new ScriptedServer(clock);
  const addresses = ['x', 'y'];
  const first = gateOrder(addresses, 'alice', 'phone')[0]!;
  const client = new BubbleClient({
    user: 'alice',
    device: { clientVersion: 1, deviceId: 'phone' },
    token: () => 'token',
    transport: addresses.map((address, index) => ({
      address,
      connect: (handler, signal) =>
        index !== first
          ? server.transport.connect(handler, signal)
          : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    })),
    crypto,
    clock,
    random: new SeededRandom(7),
    manifests: new Manifests(crypto, TRUST),
  });
  await client.start();
  await clock.runFor(5_000 + DEFAULT_SDK_LIMITS.backoffBaseMs + 100);
  assert.equal(client.phase.kind, 'online');
  await client.stop();
});

test('after 12 h the gate asks for a new login: the client goes home to its first gate', async () => {
  const w = await open(2, (gates) => {
    gates[0]!.network = 'refuse';
  });
  await w.online();
  assert.equal(w.at(), 1);
  w.gates[0]!.network = 'up';
  w.gates[1]!.open[0]!.disconnect('REAUTH');
  await w.clock.runFor(10);
  await w.online();
  assert.equal(w.at(), 0);
  await w.stop();
});

test('a fault of its own keeps the client where it is', async () => {
  const w = await open(2);
  await w.online();
  await w.clock.runFor(6_000);
  w.gates[0]!.open[0]!.disconnect('RATE');
  await w.clock.runFor(600);
  await w.online();
  assert.deepEqual(attempts(w), [2, 0]);
  await w.stop();
});
