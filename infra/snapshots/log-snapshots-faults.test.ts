/** What the log, the disk, strangers and former owners can do to snapshots. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BubbleError } from '../../schemas/errors.ts';
import { SNAPSHOTS, snapshotsSpec } from '../../schemas/topics.ts';
import type { LogRecord } from '../log/log.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import type { AppendFault } from '../timeline/testing/memory-log.ts';
import { contents, FOLDER, ID, large, newest, Rig, TRANSFER } from './log-snapshots-rig.ts';
import type { Entry } from './sorted-table.ts';

test('damaged and missing chunks are passed over; none left: null', async () => {
  const rig = new Rig();
  const owner = await rig.start('a');
  for (const offset of [10, 20, 30]) await rig.publish(owner, offset, large(`${offset}`));
  const records = rig.log.records(SNAPSHOTS, 0);
  const chunksOf = (digest: string): LogRecord[] =>
    [1, 2]
      .flatMap((partition) => rig.log.records(SNAPSHOTS, partition))
      .filter(({ key }) =>
        Buffer.from(key ?? [])
          .toString()
          .startsWith(`chunk/bubble.inbound/3/${digest}/`),
      );
  const digests = records
    .map(({ key, value }) => ({ key: Buffer.from(key ?? []).toString(), value }))
    .filter(({ key, value }) => key.startsWith('manifest/') && value !== null)
    .map(({ value }) => JSON.parse(Buffer.from(value!).subarray(12).toString()).tables[0].digest);
  const damage = (digest: string): void => {
    const { value } = chunksOf(digest)[1]!;
    value![40]! ^= 1;
  };
  damage(digests[2]);
  const second = await rig.start('b');
  const opened = await rig.done(second.store.open(ID, newest));
  assert.equal(opened?.offset, 20);
  assert.deepEqual(await contents(opened), large('20'));
  assert.ok(second.warnings.includes('a table in the topic is damaged'));
  damage(digests[1]);
  damage(digests[0]);
  const third = await rig.start('c');
  assert.equal(await rig.done(third.store.open(ID, newest)), null);
});

test('a chunk at another place than its table says is found by looking through the partition', async () => {
  const rig = new Rig();
  const owner = await rig.start('a');
  // Each append arrives twice: the first is answered late, so the answer names the second.
  const copies: (() => void)[] = [];
  rig.log.fault = (topic, partition, records) => {
    if (topic === SNAPSHOTS && partition > 0) copies.push(() => rig.log.appendNow(topic, partition, records));
    return 'none';
  };
  await rig.publish(owner, 10, large('x'));
  for (const copy of copies) copy();
  for (const partition of [1, 2]) {
    const { length } = rig.log.records(SNAPSHOTS, partition);
    if (length > 0) rig.log.forget(SNAPSHOTS, partition, length / 2);
  }
  const second = await rig.start('b');
  const opened = await rig.done(second.store.open(ID, newest));
  assert.deepEqual(await contents(opened), large('x'));
});

test('an upload survives lost and unanswered appends', async () => {
  const rig = new Rig();
  const random = new SeededRandom(3);
  const faults: AppendFault[] = ['lost', 'unanswered', 'none'];
  rig.log.fault = () => faults[random.below(3)]!;
  const owner = await rig.start('a');
  await rig.publish(owner, 10, large('x'));
  const second = await rig.start('b');
  assert.deepEqual(await contents(await rig.done(second.store.open(ID, newest))), large('x'));
});

test('while the log takes nothing, snapshots go on locally, and the newest is uploaded when it does again', async () => {
  const rig = new Rig();
  const owner = await rig.start('a');
  let isAway = true;
  rig.log.fault = () => (isAway ? 'lost' : 'none');
  for (const offset of [10, 20, 30, 40]) {
    await rig.done(owner.store.publish(ID, offset, null, [['a', Buffer.from(`${offset}`)]], null));
    await rig.done(owner.store.prune(ID));
    await rig.clock.runFor(10_000);
  }
  const opened = await rig.done(owner.store.open(ID, newest));
  assert.equal(opened?.offset, 40);
  isAway = false;
  await rig.done(owner.store.settled());
  const { uploaded, abandoned } = owner.store.totals();
  assert.deepEqual([uploaded, abandoned], [2, 2], 'the one under way, and the newest; two gave way');
  const second = await rig.start('b');
  assert.equal((await rig.done(second.store.open(ID, newest)))?.offset, 40);
});

test('a former owner that wakes up changes nothing', async () => {
  const rig = new Rig();
  const former = await rig.start('a');
  const base = await rig.publish(former, 10, large('x'));
  let blocked: (() => void) | null = null;
  rig.log.fault = (_topic, _partition, records) => {
    const key = Buffer.from(records[0]!.key ?? []).toString();
    if (!key.endsWith('/a') && !key.includes('/a/')) return 'none';
    return new Promise<void>((resolve) => {
      blocked ??= resolve;
    });
  };
  // It stops in the middle of an upload.
  const zombie = former.store.publish(ID, 15, { n: 15 }, [['zombie', Buffer.from('15')]], base);
  await rig.clock.runFor(100);
  await rig.done(zombie);
  assert.ok(blocked !== null);
  const present = await rig.start('b');
  let snapshot = await rig.done(present.store.open(ID, newest));
  assert.equal(snapshot?.offset, 10);
  for (const offset of [20, 30, 40]) {
    snapshot = await rig.publish(present, offset, { [`at-${offset}`]: 'b' }, snapshot);
  }
  const expected = await contents(snapshot);
  rig.log.fault = () => 'none';
  (blocked as () => void)();
  await rig.done(former.store.settled());
  await rig.done(present.store.settled());
  const third = await rig.start('c');
  await rig.done(third.store.settled());
  const opened = await rig.done(third.store.open(ID, newest));
  assert.equal(opened?.offset, 40);
  assert.deepEqual(await contents(opened), expected);
});

test('a folder of another log is no snapshot of this one', async () => {
  const rig = new Rig();
  await rig.publish(await rig.start('a'), 10, { a: 'old' });
  const other = new Rig();
  other.disks.set('a', rig.disks.get('a')!);
  const process = await other.start('a');
  assert.equal(await other.done(process.store.open(ID, newest)), null);
});

test('tables left in the folder serve again; one that was damaged there is brought anew', async () => {
  for (const damage of [false, true]) {
    const rig = new Rig();
    await rig.publish(await rig.start('a'), 10, large('x'));
    const first = await rig.start('b');
    await rig.done(first.store.settled());
    await rig.done(first.store.close());
    const [name] = await first.mount.list(FOLDER);
    if (damage) {
      const file = await first.mount.open(`${FOLDER}/${name}`);
      await file.write(100, Buffer.from('###'));
      await file.close();
    }
    const again = await rig.start('b');
    await rig.done(again.store.settled());
    assert.equal(again.store.totals().downloadedBytes > 0, damage);
    assert.deepEqual(await contents(await rig.done(again.store.open(ID, newest))), large('x'));
  }
});

test('tables of a process that died while uploading are removed once they are old', async () => {
  const rig = new Rig();
  const dead = await rig.start('dead', { uploadBytesPerSecond: 10_000 });
  const entries = Object.entries(large('x', 500)).map(([key, value]): Entry => [key, Buffer.from(value)]);
  await rig.done(dead.store.publish(ID, 10, null, entries, null));
  await rig.clock.runFor(500);
  dead.mount.kill();
  rig.log.fault = (_topic, _partition, records) =>
    Buffer.from(records[0]!.key ?? [])
      .toString()
      .includes('/dead')
      ? Promise.reject(new BubbleError('LOG_CLOSED', 'dead'))
      : 'none';
  await rig.clock.runFor(1_000);
  const left = rig.keys('chunk').length;
  assert.ok(left > 0);
  rig.log.fault = () => 'none';
  const owner = await rig.start('b');
  await rig.publish(owner, 20, { a: '20' });
  assert.equal(rig.keys('chunk').length, left + 1, 'it may still be at it');
  await rig.clock.runFor(TRANSFER.strangerMs! + 1);
  for (const offset of [30, 40]) await rig.publish(owner, offset, { a: `${offset}` });
  assert.ok(rig.keys('table').every((key) => key.endsWith('/b')));
  assert.ok(rig.keys('chunk').every((key) => key.includes('/b/')));
});

test('records of strangers are passed over', async () => {
  const rig = new Rig();
  const owner = await rig.start('a');
  const key = Buffer.from('manifest/bubble.inbound/3/99/x');
  for (const value of [Buffer.from('{}'), Buffer.alloc(0), Buffer.from('BSNP\u0001\0\0\0\0\0\0\0{}')]) {
    await rig.log.append(SNAPSHOTS, 0, [
      { key, value },
      { key: null, value },
    ]);
  }
  await rig.publish(owner, 10, { a: '10' });
  assert.equal((await rig.done(owner.store.open(ID, newest)))?.offset, 10);
  assert.ok(owner.warnings.includes('a record among the snapshots cannot be read; passed over'));
});

test('a topic that was made anew: what was known of the old one is forgotten', async () => {
  const rig = new Rig();
  const owner = await rig.start('a');
  await rig.publish(owner, 10, { a: '10' });
  const standby = await rig.start('b');
  await rig.done(standby.store.settled());
  rig.log.removeTopic(SNAPSHOTS);
  await rig.clock.runFor(5_000);
  await rig.log.ensureTopics([snapshotsSpec(3)]);
  await rig.clock.runFor(5_000);
  assert.equal(await rig.done(standby.store.open(ID, newest)), null);
  await rig.publish(owner, 20, { a: '20' });
  await rig.done(standby.store.settled());
  assert.equal((await rig.done(standby.store.open(ID, newest)))?.offset, 20);
});

test('a disk that is full: nothing is fetched ahead, the warning is one, and room is used again later', async () => {
  const rig = new Rig();
  const owner = await rig.start('a');
  const standby = await rig.start('b');
  rig.disks.get('b')!.full = true;
  await rig.publish(owner, 10, large('x'));
  await rig.done(standby.store.settled());
  await rig.clock.runFor(60_000);
  const warnings = standby.warnings.filter((line) => line === 'a snapshot could not be fetched ahead');
  assert.ok(warnings.length >= 1 && warnings.length <= 2, `${warnings.length} warnings`);
  rig.disks.get('b')!.full = false;
  await rig.publish(owner, 20, large('y'));
  await rig.done(standby.store.settled());
  assert.equal(standby.store.status()[0]!.here, 20);
});
