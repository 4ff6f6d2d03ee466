import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isBubbleError } from '../../schemas/errors.ts';
import { SimDisk } from '../disk/sim-disk.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import { compareKeys } from './key-order.ts';
import { type Entry, mergeSorted, openSortedTable, writeSortedTable } from './sorted-table.ts';

const newDisk = () => new SimDisk({ random: new SeededRandom(1) }).mount();
const text = (value: string): Buffer => Buffer.from(value);
const entriesOf = (count: number, valueBytes = 40): Entry[] =>
  Array.from({ length: count }, (_, at): Entry => {
    const key = `tenant/user-${at.toString().padStart(6, '0')}`;
    return [key, Buffer.alloc(valueBytes, at % 251)];
  });
const collect = async (entries: AsyncIterable<Entry>): Promise<Entry[]> => {
  const all: Entry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
};

test('an entry is found by its key, whether its block is in memory or not', async () => {
  const disk = newDisk();
  const entries = entriesOf(5_000);
  const summary = await writeSortedTable(disk, '/t', entries, { offset: 7 });
  assert.equal(summary.entries, 5_000);
  const table = await openSortedTable(disk, '/t', { cacheBytes: 20_000 });
  assert.deepEqual(table.meta, { offset: 7 });
  assert.equal(table.digest, summary.digest);
  for (const at of [0, 1, 2_499, 4_999]) {
    const [key, value] = entries[at]!;
    assert.deepEqual(await table.get(key), value);
    assert.deepEqual(table.peek(key), value);
  }
  assert.equal(await table.get('a'), null);
  assert.equal(await table.get('tenant/user-000001x'), null);
  assert.equal(await table.get('z'), null);
  assert.equal(table.peek('tenant/user-001500'), undefined, 'this block was never read');
  assert.equal(await table.verify(), true);
  await table.close();
});

test('the cache of blocks stays within its bound', async () => {
  const disk = newDisk();
  await writeSortedTable(disk, '/t', entriesOf(5_000), null);
  const table = await openSortedTable(disk, '/t', { cacheBytes: 16_500 });
  for (let at = 0; at < 5_000; at += 100) await table.get(entriesOf(at + 1).at(-1)![0]);
  const held = entriesOf(5_000).filter(([key]) => table.peek(key) !== undefined);
  assert.ok(held.length > 0 && held.length <= 300, `${held.length} entries are in memory`);
  await table.close();
});

test('many keys at once come in the order they were asked for', async () => {
  const disk = newDisk();
  const entries = entriesOf(3_000);
  await writeSortedTable(disk, '/t', entries, null);
  const table = await openSortedTable(disk, '/t', { cacheBytes: 0 });
  const keys = ['tenant/user-002999', 'nothing', 'tenant/user-000000', 'tenant/user-001000'];
  const found = await table.getMany(keys);
  assert.deepEqual(found, [entries[2999]![1], null, entries[0]![1], entries[1000]![1]]);
  await table.close();
});

test('a scan gives all entries from a key on', async () => {
  const disk = newDisk();
  const entries = entriesOf(1_000);
  await writeSortedTable(disk, '/t', entries, null);
  const table = await openSortedTable(disk, '/t');
  assert.deepEqual(await collect(table.scan()), entries);
  assert.deepEqual(await collect(table.scan('tenant/user-000990')), entries.slice(990));
  assert.deepEqual(await collect(table.scan('zzz')), []);
  await table.close();
});

test('an empty table opens', async () => {
  const disk = newDisk();
  await writeSortedTable(disk, '/t', [], null);
  const table = await openSortedTable(disk, '/t');
  assert.equal(await table.get('any'), null);
  assert.deepEqual(await collect(table.scan()), []);
  await table.close();
});

test('keys that do not rise are refused', async () => {
  const disk = newDisk();
  const twice: Entry[] = [
    ['b', text('1')],
    ['b', text('2')],
  ];
  await assert.rejects(writeSortedTable(disk, '/t', twice, null), /must rise/);
});

test('every damaged byte is noticed before its content is used', async () => {
  const disk = newDisk();
  const entries = entriesOf(400);
  const { bytes } = await writeSortedTable(disk, '/t', entries, { a: 1 });
  const file = await disk.open('/t');
  for (let position = 0; position < bytes; position += 37) {
    const original = await file.read(position, 1);
    await file.write(position, Buffer.from([original[0]! ^ 0x40]));
    const read = async (): Promise<void> => {
      const table = await openSortedTable(disk, '/t');
      try {
        assert.deepEqual(await collect(table.scan()), entries);
      } finally {
        await table.close();
      }
      // Bytes of the digest itself are under the footer's checksum; nothing may pass unnoticed.
      assert.fail(`the damage at ${position} passed`);
    };
    await assert.rejects(read(), (error) => isBubbleError(error, 'LOG_DAMAGED'));
    await file.write(position, original);
  }
  for (const size of [0, 10, bytes - 1, bytes - 64]) {
    await disk.open('/cut', { create: true }).then(async (cut) => {
      await cut.truncate(0);
      await cut.write(0, await file.read(0, size));
      await cut.close();
    });
    await assert.rejects(openSortedTable(disk, '/cut'), (error) => isBubbleError(error, 'LOG_DAMAGED'));
  }
});

test('keys compare as their UTF-8 bytes do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      const expected = Math.sign(Buffer.from(left).compare(Buffer.from(right)));
      assert.equal(Math.sign(compareKeys(left, right)), expected);
    }),
    { seed: 11 },
  );
});

test('a merge gives each key once, from the newest source that has it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.dictionary(fc.string({ maxLength: 2 }), fc.nat(9)), { minLength: 1, maxLength: 4 }),
      async (layers) => {
        const expected = new Map<string, string>();
        for (const layer of [...layers].reverse()) {
          for (const [key, value] of Object.entries(layer)) expected.set(key, `${value}`);
        }
        const sources = layers.map((layer) =>
          Object.entries(layer)
            .map(([key, value]): Entry => [key, text(`${value}`)])
            .sort(([left], [right]) => compareKeys(left, right)),
        );
        const merged = await collect(mergeSorted(sources));
        const sorted = [...expected].sort(([left], [right]) => compareKeys(left, right));
        assert.deepEqual(
          merged.map(([key, value]) => [key, Buffer.from(value).toString()]),
          sorted,
        );
      },
    ),
    { seed: 12, numRuns: 200 },
  );
});
