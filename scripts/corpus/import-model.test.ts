import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Random } from '../../schemas/ports/random.ts';
import { type CorpusLine, parseCorpusLine, readCorpus } from './corpus-line.ts';
import { buildImportModel, type ImportModel } from './import-model.ts';
import { syntheticCorpus, writeCorpus } from './synthetic-corpus.ts';

/** The rule once more, as its text says it, without a thought for speed. */
const naiveRows = (lines: readonly CorpusLine[], idle: number): Map<string, string[]> => {
  const inboxes = new Map<string, string[]>();
  const give = (user: string, row: string): void => {
    inboxes.set(user, [...(inboxes.get(user) ?? []), row]);
  };
  const rooms = new Set(lines.flatMap((line) => (line.kind === 'direct' ? [] : [line.room])));
  for (const room of rooms) {
    const meaning: Record<string, string> = {};
    let members: { user: string; since: number }[] = [];
    let count = 0;
    for (const [number, line] of lines.entries()) {
      if (line.kind === 'direct' || line.room !== room) continue;
      const user = meaning[line.from] ?? line.from;
      const touch = (): void => {
        members = [...members.filter((member) => member.user !== user), { user, since: count }];
      };
      if (line.kind === 'rename') meaning[line.to] = user;
      if (line.kind === 'join') touch();
      if (line.kind === 'leave') members = members.filter((member) => member.user !== user);
      if (line.kind === 'message') {
        members = members.filter((member) => count - member.since < idle);
        touch();
        for (const member of members) give(member.user, `${room} ${number} ${user} ${line.text}`);
        count += 1;
      }
    }
  }
  for (const [number, line] of lines.entries()) {
    if (line.kind !== 'direct') continue;
    const pair = line.from < line.to ? `d/${line.from}/${line.to}` : `d/${line.to}/${line.from}`;
    for (const user of new Set([line.from, line.to]))
      give(user, `${pair} ${number} ${line.from} ${line.text}`);
  }
  return inboxes;
};

const modelRows = (model: ImportModel): Map<string, string[]> => {
  const inboxes = new Map<string, string[]>();
  for (const [user, stretches] of model.users) {
    const rows: string[] = [];
    for (const [index, bounds] of stretches) {
      const conversation = model.conversations[index]!;
      for (let at = 0; at < bounds.length; at += 2) {
        for (const message of conversation.messages.slice(bounds[at], bounds[at + 1])) {
          rows.push(`${conversation.name} ${message.line} ${message.from} ${message.text}`);
        }
      }
    }
    if (rows.length > 0) inboxes.set(user, rows);
  }
  return inboxes;
};

const sorted = (inboxes: Map<string, string[]>): [string, string[]][] =>
  [...inboxes].map(([user, rows]): [string, string[]] => [user, rows.toSorted()]).toSorted();

const randomOf = (next: () => number): Random => ({
  below: (bound) => next() % bound,
  bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
});

test('the model gives the rows that the rule says, on random logs', () => {
  fc.assert(
    fc.property(
      fc.infiniteStream(fc.nat()),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 120 }),
      (stream, idle, count) => {
        const random = randomOf(() => stream.next().value as number);
        const lines = syntheticCorpus(random, { rooms: 2, users: 6, lines: count });
        const model = buildImportModel(lines, idle);
        const naive = naiveRows(lines, idle);
        assert.deepEqual(sorted(modelRows(model)), sorted(naive));
        assert.equal(
          model.rows,
          [...naive.values()].reduce((sum, rows) => sum + rows.length, 0),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('steps replay to the same rows: changes of one step concern different users', () => {
  let seed = 7;
  const random = randomOf(() => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed >> 8;
  });
  const model = buildImportModel(syntheticCorpus(random, { rooms: 3, users: 20, lines: 2_000 }), 10);
  let rows = 0;
  for (const conversation of model.conversations) {
    const members = new Set<string>();
    for (const step of conversation.steps) {
      if (step.kind === 'message') {
        assert.ok(!conversation.isRoom || members.has(step.message.from));
        rows += conversation.isRoom ? members.size : 2;
        continue;
      }
      const users = step.changes.map((change) => change.user);
      assert.equal(new Set(users).size, users.length);
      for (const change of step.changes) {
        assert.equal(members.has(change.user), !change.joins);
        if (change.joins) members.add(change.user);
        else members.delete(change.user);
      }
    }
  }
  assert.equal(rows, model.rows);
  assert.ok(model.leaves > 50 && model.joins > model.leaves);
});

test('a rename carries the membership to the new nickname', () => {
  const lines: CorpusLine[] = [
    { kind: 'join', room: 'r', from: 'a' },
    { kind: 'rename', room: 'r', from: 'a', to: 'b' },
    { kind: 'message', room: 'r', from: 'b', text: 'hello' },
    { kind: 'message', room: 's', from: 'b', text: 'another room' },
  ];
  const model = buildImportModel(lines, 50);
  assert.deepEqual([...model.users.keys()], ['a', 'b']);
  assert.equal(model.conversations[0]!.messages[0]!.from, 'a');
  assert.equal(model.conversations[1]!.messages[0]!.from, 'b');
});

test('a corpus file is read gzipped and plain, and a bad line is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bubble-corpus-'));
  try {
    const lines: CorpusLine[] = [
      { kind: 'message', room: 'r', from: 'a', text: 'x' },
      { kind: 'direct', from: 'a', to: 'b', text: 'y' },
      { kind: 'rename', room: 'r', from: 'a', to: 'c' },
    ];
    for (const name of ['c.jsonl', 'c.jsonl.gz']) {
      writeCorpus(join(folder, name), lines);
      assert.deepEqual(readCorpus(join(folder, name)).lines, lines);
    }
    writeFileSync(
      join(folder, 'bad.jsonl'),
      '{"kind":"join","room":"r","from":"a"}\n{"kind":"join","room":"r"}\n',
    );
    assert.throws(() => readCorpus(join(folder, 'bad.jsonl')), /line 2 of the corpus: "from" is not a text/);
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const [text, reason] of [
    ['no', /not a JSON object/],
    ['null', /not a JSON object/],
    ['{"kind":"quit","from":"a"}', /kind "quit" is not known/],
    ['{"kind":"join","room":"r","from":"#a"}', /cannot be a user id/],
    ['{"kind":"message","room":"r","from":"a"}', /"text" is not a text/],
  ] as const) {
    assert.throws(() => parseCorpusLine(text, 1), reason);
  }
});
