import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packUsers } from '../../../schemas/events/packed.ts';
import { numberAt } from '../../../schemas/positions.ts';
import { InboxWriter, type MadeRecord } from '../testing/inbox-writer.ts';
import { type Chunk, chunksOf, isOwnRow, ownerKey, trimChunk } from './mailbox-chunks.ts';

const BOUNDS = { mailboxRows: 1_000, contentBytes: 1_000_000 };
const records = (...made: MadeRecord[]) => {
  const writer = new InboxWriter();
  return made.map((one, offset) => ({ offset, event: writer.make(one) }));
};
const chunks = (made: MadeRecord[], bounds = BOUNDS): Chunk[] => [
  ...chunksOf(3, 1, records(...made), bounds),
];
const mailbox = ({ mailboxes }: Chunk): [string, number[]][] =>
  mailboxes.map(({ owner, seqs }) => [owner.toString(), seqs.map((seq) => seq - numberAt(1, 0))]);
const users = (count: number): string[] => Array.from({ length: count }, (_, at) => `u${at}`);

test('a content once, a mailbox row for each recipient, grouped by owner', () => {
  const [chunk, ...others] = chunks([
    { sender: 'a', recipients: ['a', '李雷'] },
    { sender: 'A', recipients: ['A', '李雷', '\u{1f600}'] },
  ]);
  assert.equal(others.length, 0);
  assert.equal(chunk!.partition, 3);
  assert.equal(chunk!.rows.length, 2);
  assert.equal(chunk!.mailboxRows, 5);
  assert.deepEqual(mailbox(chunk!), [
    ['t/a', [0]],
    ['t/李雷', [0, 1]],
    ['t/A', [1]],
    ['t/\u{1f600}', [1]],
  ]);
});

test('a record for many goes over chunks, its row in the first', () => {
  const all = chunks([{ sender: 'u0', recipients: users(25) }], { ...BOUNDS, mailboxRows: 10 });
  assert.deepEqual(
    all.map(({ rows, mailboxRows }) => [rows.length, mailboxRows]),
    [
      [1, 10],
      [0, 10],
      [0, 5],
    ],
  );
  assert.equal(new Set(all.flatMap((chunk) => mailbox(chunk).map(([owner]) => owner))).size, 25);
});

test('records for many that follow each other lose nobody where chunks meet', () => {
  const made = Array.from({ length: 5 }, () => ({ sender: 'u0', recipients: users(25) }));
  const versions = new Map<string, number[]>();
  for (const chunk of chunks(made, { ...BOUNDS, mailboxRows: 40 })) {
    for (const [owner, offsets] of mailbox(chunk)) {
      versions.set(owner, [...(versions.get(owner) ?? []), ...offsets]);
    }
  }
  assert.equal(versions.size, 25);
  for (const offsets of versions.values()) assert.deepEqual(offsets, [0, 1, 2, 3, 4]);
});

test('a chunk ends at its bytes', () => {
  const made = Array.from({ length: 10 }, () => ({
    sender: 'a',
    recipients: ['a'],
    text: 'x'.repeat(400),
  }));
  const all = chunks(made, { ...BOUNDS, contentBytes: 1_000 });
  assert.deepEqual(
    all.map(({ rows }) => rows.length),
    [3, 3, 3, 1],
  );
});

test('a name that comes twice in a damaged list has one mailbox row, in one chunk or over two', () => {
  for (const mailboxRows of [2, 3, 1_000]) {
    const [record] = records({ sender: 'a', recipients: ['a', 'b', 'a', 'b', 'c', 'a'] });
    const all = [...chunksOf(0, 1, [record!], { ...BOUNDS, mailboxRows })].flatMap(mailbox);
    assert.deepEqual(all.map(([owner]) => owner).sort(), ['t/a', 't/b', 't/c'], `${mailboxRows}`);
  }
});

test('names that nobody can have are left out, and the record is stored all the same', () => {
  const [record] = records({ sender: 's'.repeat(300), recipients: ['a', 'x'.repeat(120)] });
  const long = { ...record!.event, tenant: 't'.repeat(150) };
  const [chunk] = [...chunksOf(0, 1, [{ offset: 0, event: long }], BOUNDS)];
  assert.deepEqual(mailbox(chunk!), [[`${'t'.repeat(150)}/a`, [0]]]);
  assert.equal(chunk!.rows[0]!.sender.length, 0);
  const longer = { ...record!.event, tenant: 't'.repeat(300) };
  const [none] = [...chunksOf(0, 1, [{ offset: 0, event: longer }], BOUNDS)];
  assert.deepEqual([none!.rows.length, none!.mailboxRows], [1, 0]);
});

test('own is the sender, of bytes', () => {
  assert.ok(isOwnRow(ownerKey('t', '李雷'), Buffer.from('李雷')));
  assert.ok(!isOwnRow(ownerKey('t', 'ab'), Buffer.from('b')));
  assert.ok(!isOwnRow(ownerKey('t', 'b'), Buffer.from('B')));
  assert.ok(!isOwnRow(ownerKey('t', ''), Buffer.from('')));
});

test('a trim takes the first rows within its bound, at least one, and their owners once', () => {
  const row = (seq: number, names: string[]) => ({
    seq,
    tenant: Buffer.from('t'),
    recipients: packUsers(names),
  });
  const rows = [row(1, ['a', 'b', 'c']), row(5, ['a']), row(9, ['d', 'e'])];
  const of = (max: number) => {
    const { below, owners } = trimChunk(rows, max);
    return [below, owners.map((owner) => owner.toString())];
  };
  assert.deepEqual(of(1), [2, ['t/a', 't/b', 't/c']]);
  assert.deepEqual(of(5), [6, ['t/a', 't/b', 't/c']]);
  assert.deepEqual(of(6), [10, ['t/a', 't/b', 't/c', 't/d', 't/e']]);
});
