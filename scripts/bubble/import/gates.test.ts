/** An import over several gates: how users spread, rest and move, and that nothing is lost or doubled by it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageDraft } from '../../../clients/sdk/commands.ts';
import { nodeClock } from '../../../clients/sdk/node/node-ports.ts';
import { ScriptedServer } from '../../../clients/sdk/test/scripted-server.ts';
import { TRUST } from '../../../clients/sdk/test/server-handshake.ts';
import type { GateTransport } from '../../../clients/sdk/transport.ts';
import { CommandRunner, type ImportCommand } from './command-runner.ts';
import { ImportGates } from './gates.ts';
import { freshBase } from './import-ids.ts';
import { UserSessions } from './user-sessions.ts';

const never: GateTransport = { address: 'x', connect: () => new Promise(() => {}) };

test('a gate that fails rests, longer each time up to a bound; its users go to their next ones meanwhile', () => {
  const gates = new ImportGates(['a', 'b', 'c'].map((address) => ({ ...never, address })));
  const users = Array.from({ length: 300 }, (_, index) => `user-${index}`);
  const home = (user: string) => gates.of(user, 'import', 0);
  const victim = home(users[0]!);
  const others = users.filter((user) => home(user) !== victim);
  const before = others.map((user) => home(user));
  let nowMs = 0;
  const rests: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    victim.failed(nowMs);
    const untilMs = victim.restsUntilMs;
    victim.failed(nowMs);
    assert.equal(victim.restsUntilMs, untilMs, 'what fails together counts once');
    rests.push(untilMs - nowMs);
    nowMs = untilMs;
  }
  assert.deepEqual(rests, [250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
  victim.failed(nowMs);
  const moved = new Set(users.map((user) => gates.of(user, 'import', nowMs)));
  assert.equal(moved.size, 2);
  assert.ok(!moved.has(victim));
  assert.deepEqual(
    others.map((user) => gates.of(user, 'import', nowMs)),
    before,
  );
  for (const gate of moved) gate.failed(nowMs + 3_900);
  assert.equal(gates.of(users[0]!, 'import', nowMs + 3_950), victim, 'all rest: the one that rests least');
  victim.opened();
  victim.failed(nowMs + 60_000);
  assert.equal(victim.restsUntilMs, nowMs + 60_250);
});

test('a gate that goes away in the middle: every command is answered once, at another gate', async () => {
  const first = new ScriptedServer(nodeClock);
  const servers = [first, new ScriptedServer(nodeClock, first), new ScriptedServer(nodeClock, first)];
  const gates = new ImportGates(
    servers.map((server, index) => ({ address: `gate-${index}`, connect: server.transport.connect })),
  );
  const sessions = new UserSessions({
    trust: TRUST,
    gates,
    device: 'import',
    tokenOf: async () => 'token',
    connections: 100,
    keepsOpen: () => true,
    hint: () => {},
  });
  const runner = new CommandRunner(sessions);
  const base = freshBase(Date.now());
  const command = (user: number, number: number): ImportCommand => {
    const { operation, body } = messageDraft('bob', { content: `${user}/${number}` }, Date.now());
    const clientMsgId = base + BigInt(user * 100 + number);
    return { user: `user-${user}`, operation, body, clientMsgId, what: 'a message' };
  };
  const play = (from: number, until: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: 60 }, async (_, user) => {
        for (let number = from; number < until; number += 1) await runner.run(command(user, number));
      }),
    );
  try {
    await play(0, 2);
    const before = gates.figures();
    assert.equal(
      before.reduce((sum, { sessions: count }) => sum + count, 0),
      60,
    );
    for (const { sessions: count, lost } of before) {
      assert.ok(count >= 10, JSON.stringify(before));
      assert.equal(lost, 0);
    }
    // It takes what comes, answers nothing, and is gone.
    const dying = servers[1]!;
    dying.intercept = (request) => {
      dying.decide(request);
      dying.network = 'refuse';
      for (const connection of dying.open) connection.close();
      return true;
    };
    await play(2, 5);
    const [a, b, c] = gates.figures();
    assert.deepEqual([b!.sessions, b!.lost], [before[1]!.sessions, before[1]!.sessions]);
    assert.equal(a!.sessions + c!.sessions, 60);
    assert.ok(a!.sessions > before[0]!.sessions && c!.sessions > before[2]!.sessions);
    assert.ok(runner.counts.retried >= b!.sessions);
    assert.equal(runner.counts.answered, 60 * 5);
    const texts = first.inboxes.get('bob')!.map(({ content }) => Buffer.from(content!).toString());
    assert.equal(texts.length, 60 * 5);
    assert.equal(new Set(texts).size, 60 * 5);
  } finally {
    sessions.close();
  }
});
