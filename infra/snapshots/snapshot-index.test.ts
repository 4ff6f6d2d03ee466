import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MANIFESTS_REMEMBERED, SnapshotIndex } from './snapshot-index.ts';
import {
  decodeChunk,
  decodeIndexRecord,
  encodeChunk,
  encodeIndexRecord,
  type ManifestRecord,
  manifestKey,
  type TableRecord,
  tableKey,
} from './snapshot-records.ts';

const ID = { topic: 'bubble.inbound', partition: 0 };
const digestOf = (number: number): string => number.toString(16).padStart(32, '0');
const table = (number: number, writer = 'a', isWhole = true): TableRecord => ({
  ...{ kind: 'table', id: ID, writer, digest: digestOf(number), bytes: 10, partition: 1, chunks: 1 },
  offsets: isWhole ? [number] : null,
});
const manifest = (offset: number, tables: readonly number[], writer = 'a'): ManifestRecord => ({
  ...{ kind: 'manifest', id: ID, writer, offset, meta: null },
  tables: tables.map((number) => ({ digest: digestOf(number), bytes: 10, entries: 1 })),
});

test('records come back as they were, and only under their own key', () => {
  for (const [record, key] of [
    [table(1), tableKey(table(1))],
    [table(1, 'a', false), tableKey(table(1))],
    [manifest(5, [1, 2]), manifestKey(manifest(5, [1]))],
  ] as const) {
    const value = encodeIndexRecord(record);
    assert.deepEqual(decodeIndexRecord(key, value), record);
    assert.equal(decodeIndexRecord(`${key}x`, value), null);
    for (let at = 0; at < value.length; at += 1) {
      const damaged = Buffer.from(value);
      damaged[at]! ^= 0x10;
      // Three bytes of the header mean nothing yet.
      if (at < 5 || at > 7) assert.equal(decodeIndexRecord(key, damaged), null, `byte ${at}`);
    }
  }
  const chunk = { place: 2 ** 40, bytes: Buffer.from('bytes') };
  const value = encodeChunk(chunk);
  assert.deepEqual(decodeChunk(value), chunk);
  value[14]! ^= 1;
  assert.equal(decodeChunk(value), null);
  assert.equal(decodeChunk(Buffer.alloc(3)), null);
});

test('a snapshot is whole once all its tables are, from whichever writer', () => {
  const index = new SnapshotIndex();
  index.put(manifest(10, [1, 2]), 1);
  assert.equal(index.newest(ID), null);
  index.put(table(1, 'b'), 2);
  index.put(table(2, 'a', false), 3);
  assert.equal(index.newest(ID), null);
  index.put(table(2), 4);
  assert.equal(index.newest(ID)?.offset, 10);
  index.markDamaged(table(1, 'b'));
  assert.equal(index.newest(ID), null);
  index.put(table(1, 'a'), 4);
  assert.equal(index.newest(ID)?.offset, 10, 'another copy');
  index.remove(tableKey(table(1, 'a')));
  assert.equal(index.newest(ID), null);
  index.put(table(1, 'b'), 4);
  assert.equal(index.newest(ID)?.offset, 10, 'written anew');
});

test('two owners at one offset count once among the newest two', () => {
  const index = new SnapshotIndex();
  index.put(table(1), 1);
  for (const [offset, writer] of [
    [10, 'a'],
    [20, 'a'],
    [30, 'a'],
    [30, 'b'],
  ] as const) {
    index.put(manifest(offset, [1], writer), 1);
  }
  const kept = [...index.kept(ID, 1_000)].map(({ offset, writer }) => `${offset}${writer}`);
  assert.deepEqual(kept.sort(), ['10a', '20a', '30b']);
});

test('what is newer than the newest two and not whole yet is kept', () => {
  const index = new SnapshotIndex();
  index.put(table(1), 1);
  for (const offset of [10, 20]) index.put(manifest(offset, [1]), 1);
  index.put(manifest(30, [2]), 1);
  index.put(manifest(5, [3]), 1);
  assert.deepEqual([...index.kept(ID, 1_000)].map(({ offset }) => offset).sort(), [10, 20, 30]);
  assert.deepEqual(index.doomedTables(ID, index.kept(ID, 1_000), 'a', 1_000, new Set()), []);
});

test('beyond the limit the lowest snapshots are forgotten', () => {
  const index = new SnapshotIndex();
  index.put(table(1), 1);
  for (let offset = 1; offset <= MANIFESTS_REMEMBERED + 5; offset += 1) index.put(manifest(offset, [1]), 1);
  const offsets = index.manifests(ID).map(({ record }) => record.offset);
  assert.equal(offsets.length, MANIFESTS_REMEMBERED);
  assert.equal(offsets.at(-1), 6);
  assert.equal(index.forgotten, 5);
});
