import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { nodeDisk } from '../../infra/disk/node-disk.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { openFileSnapshots } from '../../infra/snapshots/file-snapshots.ts';
import { decodeGroup, encodeGroup } from '../../processors/fan-out/group.ts';
import { INBOUND } from '../../schemas/topics.ts';
import { buildImportModel } from '../corpus/import-model.ts';
import { syntheticCorpus, writeCorpus } from '../corpus/synthetic-corpus.ts';
import { type Ran, runBubble, type Served, serveBubble } from './testing/run-bubble.ts';

const folder = mkdtempSync(join(tmpdir(), 'bubble-e2e-'));
const data = join(folder, 'data');
const corpus = join(folder, 'corpus.jsonl.gz');
const lines = syntheticCorpus(new SeededRandom(11), { rooms: 3, users: 25, lines: 500 });
writeCorpus(corpus, lines);
const model = buildImportModel(lines, 15);

let server: Served | null = null;
after(async () => {
  await server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const bubble = (...args: string[]): Promise<Ran> => runBubble([...args, '--data', data], { folder });

interface ImportResult {
  readonly expected: number;
  readonly found: number;
  readonly wrong: number;
  readonly commands: { readonly answered: number; readonly repeated: number };
}

const importCorpus = async (...more: string[]): Promise<ImportResult> => {
  const ran = await bubble('import', corpus, '--idle', '15', '--json', ...more);
  assert.equal(ran.code, 0, ran.out + ran.err);
  return JSON.parse(ran.out) as ImportResult;
};

test('serve: ready, with its files, and a second server on the folder is refused', async () => {
  server = await serveBubble(data, ['--limits', 'trial', '--durability', 'os']);
  assert.match(server.out(), /bubble is ready/);
  const client = JSON.parse(readFileSync(join(data, 'client.json'), 'utf8')) as Record<string, string>;
  assert.match(client['tcp']!, /^127\.0\.0\.1:\d+$/);
  assert.match(client['websocket']!, /^ws:\/\/127\.0\.0\.1:\d+$/);
  const [second, third] = await Promise.all([
    bubble('serve', '--tcp-port=0', '--websocket-port=0', '--admin-port=0'),
    runBubble(['serve', '--data', join(folder, 'other'), '--websocket-port=0', '--admin-port=0'], {
      folder,
      environment: { BUBBLE_TCP_PORT: client['tcp']!.split(':')[1]! },
    }),
  ]);
  assert.equal(second.code, 1);
  assert.match(second.err, /bubble: .*belongs to process \d+/);
  assert.equal(third.code, 1, third.err);
  assert.match(third.err, /in use/);
});

test('two people talk: send, chat, and what the log says about it', async () => {
  const sent = await bubble('send', 'ada', 'bob', 'hello bob', '--json');
  assert.equal(sent.code, 0, sent.err);
  assert.equal((JSON.parse(sent.out) as { kind: string }).kind, 'accepted');
  const [refused, wrongToken, chat] = await Promise.all([
    bubble('send', 'ada', '#aaaaaaaaaaaaaaaa', 'anybody?'),
    bubble('send', 'eve', 'bob', 'hello', '--token', 'not-a-token'),
    runBubble(['chat', 'bob', 'ada', '--data', data], { folder, input: 'hello ada\n/list\n/quit\n' }),
  ]);
  assert.equal(refused.code, 1);
  assert.match(refused.out, /UNKNOWN_GROUP/);
  assert.equal(wrongToken.code, 1, wrongToken.out);
  assert.match(wrongToken.err, /does not let eve in/);
  assert.equal(chat.code, 0, chat.err);
  assert.match(chat.out, /ada: hello bob/);
  const [topics, read] = await Promise.all([
    bubble('log', 'topics', '--json'),
    bubble('log', 'read', 'inbound', '--json'),
  ]);
  assert.equal(topics.code, 0, topics.err);
  assert.match(topics.out, /"topic":"bubble\.inbound"/);
  assert.match(read.out, /"content":"hello bob"/);
  assert.match(read.out, /"content":"hello ada"/);
});

test('import: every row found, none wrong; again: nothing doubled', async () => {
  const first = await importCorpus();
  assert.deepEqual(
    { expected: first.expected, found: first.found, wrong: first.wrong },
    { expected: model.rows, found: model.rows, wrong: 0 },
  );
  assert.equal(first.commands.repeated, 0);
  // With fewer connections than users who need one at the same time.
  const again = await importCorpus('--connections', '4');
  assert.equal(again.found, model.rows);
  assert.equal(again.wrong, 0);
  assert.equal(again.commands.repeated, again.commands.answered);
});

test('a server that was killed goes on, and stops gracefully', async () => {
  await server!.kill();
  server = await serveBubble(data, ['--limits', 'trial']);
  const [checked, never, refused] = await Promise.all([
    bubble('import', corpus, '--idle', '15', '--json', '--only-check'),
    bubble('import', corpus, '--idle', '16', '--only-check'),
    bubble('rebuild', '--verify'),
  ]);
  assert.equal(checked.code, 0, checked.out + checked.err);
  assert.equal(never.code, 1);
  assert.match(never.err, /was not imported/);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /stop it first/);
  assert.equal(await server.stop(), 0, server.err());
  assert.ok(!existsSync(join(data, 'admin.json')));
  server = null;
});

test('rebuild: equal to what is stored, and a difference is found', async () => {
  const verified = await bubble('rebuild', '--verify', '--json');
  assert.equal(verified.code, 0, verified.out + verified.err);
  const { comparisons } = JSON.parse(verified.out) as { comparisons: { stored: { lines: number } }[] };
  assert.equal(comparisons.length, 2);
  assert.ok(comparisons.every(({ stored }) => stored.lines > 0));
  const replaced = await bubble('rebuild');
  assert.equal(replaced.code, 0, replaced.err);
  await changeOneGroup();
  const different = await bubble('rebuild', '--verify');
  assert.equal(different.code, 1, different.out + different.err);
  assert.match(different.out, /First difference, decisions of partition/);
});

/** Publishes a snapshot with one member more in a group than the log gives. */
const changeOneGroup = async (): Promise<void> => {
  const snapshots = openFileSnapshots({ disk: nodeDisk(), folder: join(data, 'snapshots') });
  for (let partition = 0; partition < 4; partition += 1) {
    const id = { topic: INBOUND, partition };
    const opened = await snapshots.open(id, Number.POSITIVE_INFINITY);
    if (opened === null) continue;
    const entries: [string, Uint8Array][] = [];
    for await (const [key, value] of opened.table.scan()) entries.push([key, Uint8Array.from(value)]);
    await opened.table.close();
    const group = entries.find(([key]) => key.startsWith('g'));
    if (group === undefined) continue;
    const changed = decodeGroup(group[1]);
    changed.members.add('an-intruder');
    group[1] = encodeGroup(changed);
    rmSync(join(data, 'snapshots'), { recursive: true });
    const published = await snapshots.publish(id, opened.offset, opened.meta, entries, null);
    await published.table.close();
    return;
  }
  assert.fail('no partition has a group');
};

test('damage in the middle of the log is named, with file and place', async () => {
  const segments = readdirSync(join(data, 'log', 'bubble.inbound'), { recursive: true, encoding: 'utf8' });
  for (const segment of segments.filter((name) => name.endsWith('.log'))) {
    const path = join(data, 'log', 'bubble.inbound', segment);
    const bytes = readFileSync(path);
    bytes[200] = bytes[200]! ^ 0xff;
    writeFileSync(path, bytes);
  }
  const ran = await bubble('rebuild', '--verify');
  assert.equal(ran.code, 1, ran.out);
  assert.match(ran.err, /bubble: .*00000\.log.*damaged/);
  assert.doesNotMatch(ran.err, /\n {4}at /);
});
