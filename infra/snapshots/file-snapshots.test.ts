import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBubbleError } from '../../schemas/errors.ts';
import type { Disk } from '../disk/disk.ts';
import { SimDisk } from '../disk/sim-disk.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import { openFileSnapshots } from './file-snapshots.ts';
import type { OpenedSnapshot } from './snapshot-store.ts';
import type { Entry } from './sorted-table.ts';

const ID = { topic: 'bubble.inbound', partition: 3 };
const FOLDER = '/snapshots/bubble.inbound/3';
const LIMITS = { snapshotTables: 4, snapshotCacheBytes: 64 * 1024 };
const newStore = (disk = new SimDisk({ random: new SeededRandom(5) })) => {
  const mount = disk.mount();
  return { disk, mount, store: openFileSnapshots({ disk: mount, folder: '/snapshots', limits: LIMITS }) };
};
const entry = (key: string, value: string): Entry => [key, Buffer.from(value)];
/** The only table that the snapshot at this offset names. */
const tableOf = async (mount: Disk, offset: number): Promise<string> => {
  const manifest = await mount.open(`${FOLDER}/snapshot-${offset.toString().padStart(16, '0')}.json`);
  const text = (await manifest.read(0, await manifest.size())).toString();
  return /table-[0-9a-f]{32}\.table/.exec(text)![0];
};
const contents = async (snapshot: OpenedSnapshot): Promise<Record<string, string>> => {
  const all: Record<string, string> = {};
  for await (const [key, value] of snapshot.table.scan()) all[key] = Buffer.from(value).toString();
  return all;
};

test('a snapshot is what was in its base with the changes over it', async () => {
  const { store } = newStore();
  const first = await store.publish(ID, 10, { n: 1 }, [entry('a', '1'), entry('b', '2')], null);
  const second = await store.publish(ID, 20, { n: 2 }, [entry('a', ''), entry('c', '3')], first);
  assert.deepEqual(await contents(second), { b: '2', c: '3' });
  assert.deepEqual(await second.table.getMany(['a', 'b', 'c', 'd']), [
    null,
    Buffer.from('2'),
    Buffer.from('3'),
    null,
  ]);
  assert.equal(await second.table.get('a'), null);
  assert.deepEqual(await contents(first), { a: '1', b: '2' }, 'the base is as it was');
  const opened = await store.open(ID, Number.POSITIVE_INFINITY);
  assert.equal(opened?.offset, 20);
  assert.deepEqual(opened?.meta, { n: 2 });
  assert.equal((await store.open(ID, 19))?.offset, 10);
  assert.equal(await store.open(ID, 9), null);
  assert.equal(await store.open({ ...ID, partition: 4 }, 99), null);
});

test('many small changes over a large state: tables stay few, what is written grows slowly', async () => {
  const { store, mount } = newStore();
  const model = new Map<string, string>();
  const random = new SeededRandom(9);
  let base: OpenedSnapshot | null = null;
  for (let round = 1; round <= 60; round += 1) {
    const changes = new Map<string, string>();
    for (let at = 0; at < 50; at += 1) {
      const key = `k${random.below(1_000).toString().padStart(4, '0')}`;
      changes.set(key, random.oneIn(5) ? '' : `v${round}`);
    }
    for (const [key, value] of changes) value === '' ? model.delete(key) : model.set(key, value);
    const sorted = [...changes].sort(([left], [right]) => (left < right ? -1 : 1));
    const next: OpenedSnapshot = await store.publish(
      ID,
      round,
      null,
      sorted.map(([key, value]) => entry(key, value)),
      base,
    );
    await base?.table.close();
    base = next;
    await store.prune(ID);
    const tables = (await mount.list(FOLDER)).filter((name) => name.endsWith('.table'));
    assert.ok(tables.length <= 2 * LIMITS.snapshotTables, `${tables.length} tables`);
  }
  assert.ok(base !== null);
  const sorted = [...model].sort(([left], [right]) => (left < right ? -1 : 1));
  assert.deepEqual(await contents(base), Object.fromEntries(sorted));
});

test('prune keeps the newest two, and only the tables they name', async () => {
  const { store, mount } = newStore();
  const names = [];
  for (const offset of [1, 2, 3, 4]) {
    await store.publish(ID, offset, null, [entry('a', `${offset}`)], null);
    names.push(await tableOf(mount, offset));
  }
  await (await mount.open(`${FOLDER}/writing-9.tmp`, { create: true })).close();
  await store.prune(ID);
  assert.deepEqual(
    await mount.list(FOLDER),
    ['snapshot-0000000000000003.json', 'snapshot-0000000000000004.json', names[2], names[3]].sort(),
  );
});

test('a damaged manifest, and a missing or damaged table, are passed over', async () => {
  const { store, mount } = newStore();
  for (const offset of [1, 2, 3, 4]) await store.publish(ID, offset, null, [entry('a', `${offset}`)], null);
  await mount.remove(`${FOLDER}/${await tableOf(mount, 4)}`);
  const table = await mount.open(`${FOLDER}/${await tableOf(mount, 3)}`);
  await table.truncate((await table.size()) - 3);
  const manifest = await mount.open(`${FOLDER}/snapshot-0000000000000002.json`);
  await manifest.write(30, Buffer.from('#'));
  assert.equal((await store.open(ID, Number.POSITIVE_INFINITY))?.offset, 1);
});

test('what stands above an offset can be discarded', async () => {
  const { store } = newStore();
  for (const offset of [1, 2, 3]) await store.publish(ID, offset, null, [entry('a', `${offset}`)], null);
  await store.discardAbove(ID, 1);
  assert.equal((await store.open(ID, Number.POSITIVE_INFINITY))?.offset, 1);
});

test('a process that dies while it publishes leaves a whole snapshot, the old one or the new one', async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    let left = new SeededRandom(seed).below(40);
    const disk = new SimDisk({
      random: new SeededRandom(seed),
      fault: () => {
        left -= 1;
        return left === 0 ? new Error('the process dies') : null;
      },
    });
    let published = 0;
    try {
      const { store } = newStore(disk);
      let base: OpenedSnapshot | null = null;
      for (const offset of [1, 2, 3]) {
        base = await store.publish(ID, offset, null, [entry('a', `${offset}`)], base);
        published = offset;
        await store.prune(ID);
      }
    } catch (error) {
      if (isBubbleError(error)) throw error;
    }
    left = 0;
    disk.powerCut();
    const opened = await newStore(disk).store.open(ID, Number.POSITIVE_INFINITY);
    const offset = opened?.offset ?? 0;
    assert.ok(offset >= published, `seed ${seed}: ${published} was published, ${offset} is there`);
    if (opened !== null) assert.deepEqual(await contents(opened), { a: `${offset}` });
  }
});
