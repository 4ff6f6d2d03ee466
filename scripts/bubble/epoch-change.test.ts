/** Inbox grows in a real server process, under sends. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BubbleClient } from '../../clients/sdk/client.ts';
import { connectNode } from '../../clients/sdk/node/connect-node.ts';
import { epochOf } from '../../schemas/positions.ts';
import { clientContext } from './client-context.ts';
import { runBubble, type Served, serveBubble } from './testing/run-bubble.ts';

const DEADLINE_MS = 45_000;
const folder = mkdtempSync(join(tmpdir(), 'bubble-epoch-'));
const open: { server: Served | null; clients: BubbleClient[] } = { server: null, clients: [] };
after(async () => {
  for (const client of open.clients) await client.stop();
  await open.server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const until = async (what: string, isSo: () => boolean): Promise<void> => {
  const deadline = performance.now() + DEADLINE_MS;
  while (!isSo()) {
    assert.ok(performance.now() < deadline, `${what} does not come about`);
    await sleep(20);
  }
};

interface Talker {
  readonly client: BubbleClient;
  readonly name: string;
  /** Versions of each content that was shown, in the order in which it was shown. */
  readonly shown: Map<string, Set<number>>;
  sent: number;
  answered: number;
}

const talkerOf = async (data: string, name: string): Promise<Talker> => {
  const context = clientContext({ data });
  const client = connectNode({
    trustFile: context.file,
    user: name,
    device: 'phone',
    token: () => context.tokenOf(name),
    history: 'all',
    limits: { backoffBaseMs: 50, backoffMaxMs: 500, retryLaterBaseMs: 50, retryLaterMaxMs: 500 },
  });
  const talker: Talker = { client, name, shown: new Map(), sent: 0, answered: 0 };
  client.on('row', (row) => {
    const content = Buffer.from(row.content).toString();
    const versions = talker.shown.get(content) ?? new Set();
    versions.add(row.seq);
    talker.shown.set(content, versions);
  });
  open.clients.push(client);
  await client.start();
  return talker;
};

/** Sends on and on, several at a time, until told to stop. */
const talk = (from: Talker, to: Talker): (() => Promise<void>) => {
  let isOver = false;
  const speak = async (): Promise<void> => {
    while (!isOver) {
      const text = `${from.name} ${from.sent}`;
      from.sent += 1;
      const outcome = await from.client.send(to.name, text);
      assert.equal(outcome.kind, 'accepted');
      from.answered += 1;
    }
  };
  const speaking = Promise.all([speak(), speak(), speak()]);
  return async () => {
    isOver = true;
    await speaking;
  };
};

const judge = async (ada: Talker, bob: Talker): Promise<void> => {
  const total = ada.sent + bob.sent;
  for (const { client, shown, name } of [ada, bob]) {
    await until(`${name} has all ${total}`, () => shown.size >= total);
    assert.equal(shown.size, total);
    for (const [content, versions] of shown) assert.equal(versions.size, 1, `${name} has ${content} twice`);
    const epochs = new Set([...shown.values()].map((versions) => epochOf([...versions][0]!)));
    assert.deepEqual([...epochs].toSorted(), [1, 2], 'there are rows of both epochs');
    assert.equal(epochOf(client.completeTo), 2);
  }
};

/** Somebody who was away pulls through both epochs, and finds every row once. */
const comeLate = async (data: string, total: number): Promise<void> => {
  const context = clientContext({ data });
  const late = connectNode({
    trustFile: context.file,
    user: 'bob',
    device: 'tablet',
    token: () => context.tokenOf('bob'),
    history: 'all',
  });
  open.clients.push(late);
  const contents: string[] = [];
  let last = 0;
  late.on('row', (row) => {
    contents.push(Buffer.from(row.content).toString());
    assert.ok(row.seq > last, 'versions rise');
    last = row.seq;
  });
  await late.start();
  await until(`the late one has ${total} rows`, () => contents.length >= total);
  assert.equal(new Set(contents).size, contents.length);
  assert.equal(contents.length, total);
};

const growUnder = async (name: string, isKilled: boolean): Promise<void> => {
  const data = join(folder, name);
  const args = ['--limits', 'trial', '--set', 'partitions.inbound=2', '--set', 'partitions.inbox=1'];
  open.server = await serveBubble(data, args);
  const file = JSON.parse(readFileSync(join(data, 'client.json'), 'utf8')) as Record<string, string>;
  const ports = [
    `--tcp-port=${file['tcp']!.split(':')[1]}`,
    `--websocket-port=${file['websocket']!.split(':')[2]}`,
  ];
  const ada = await talkerOf(data, 'ada');
  const bob = await talkerOf(data, 'bob');
  const stops = [talk(ada, bob), talk(bob, ada)];
  await until('the talk begins', () => ada.answered > 20 && bob.answered > 20);
  const growing = runBubble(
    ['partitions', 'grow', '--inbox', '3', '--json', '--data', data, ...(isKilled ? ['--no-wait'] : [])],
    { folder },
  );
  const grown = await growing;
  assert.equal(grown.code, 0, grown.out + grown.err);
  if (isKilled) {
    await open.server.kill();
    open.server = await serveBubble(data, [...args, ...ports]);
  } else {
    assert.equal((JSON.parse(grown.out) as { current: number }).current, 2);
  }
  const before = { ada: ada.answered, bob: bob.answered };
  await until('the talk goes on', () => ada.answered > before.ada + 20 && bob.answered > before.bob + 20);
  const shown = (): Promise<{ out: string }> =>
    runBubble(['partitions', '--json', '--data', data], { folder });
  for (let current = 1; current !== 2; )
    current = (JSON.parse((await shown()).out) as { current: number }).current;
  const onward = ada.answered;
  await until('the talk goes on in the new epoch', () => ada.answered > onward + 20);
  for (const stop of stops) await stop();
  await judge(ada, bob);
  await comeLate(data, ada.sent + bob.sent);
  const refused = await runBubble(['partitions', 'grow', '--inbox', '2', '--data', data], { folder });
  assert.equal(refused.code, 1);
  assert.match(refused.err, /can only get more/);
  for (const client of open.clients.splice(0)) await client.stop();
  assert.equal(await open.server.stop(), 0, open.server.err());
  open.server = null;
  const verified = await runBubble(['rebuild', '--verify', '--json', '--data', data], { folder });
  assert.equal(verified.code, 0, verified.out + verified.err);
  const { comparisons } = JSON.parse(verified.out) as { comparisons: { part: string }[] };
  assert.equal(comparisons.length, 2 + 1 + 3, 'decisions, and the timelines of both epochs');
};

test('inbox grows from 1 to 3 partitions under sends: every row once, versions rise', async () => {
  await growUnder('calm', false);
});

test('the same, with a kill -9 in the middle', async () => {
  await growUnder('killed', true);
});
