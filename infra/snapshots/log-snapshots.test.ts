import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SNAPSHOTS } from '../../schemas/topics.ts';
import { contents, FOLDER, ID, large, newest, Rig } from './log-snapshots-rig.ts';
import type { Entry } from './sorted-table.ts';

for (const partitions of [1, 3]) {
  test(`another process opens what was published, base and changes (${partitions} partitions)`, async () => {
    const rig = new Rig();
    const owner = await rig.start('a', {}, partitions);
    const standby = await rig.start('b', {}, partitions);
    const base = await rig.publish(owner, 10, large('x'));
    await rig.publish(owner, 20, { 'key-0001': '', other: 'y' }, base);
    await rig.done(standby.store.settled());
    const before = standby.store.totals().downloadedBytes;
    const opened = await rig.done(standby.store.open(ID, newest));
    assert.equal(opened?.offset, 20);
    assert.deepEqual(opened?.meta, { n: 20 });
    const { 'key-0001': _, ...rest } = large('x');
    assert.deepEqual(await contents(opened), { ...rest, other: 'y' });
    assert.equal(standby.store.totals().downloadedBytes, before, 'nothing was left to download');
    const older = await rig.done(standby.store.open(ID, 19));
    assert.deepEqual(await contents(older), large('x'));
    assert.equal(await rig.done(standby.store.open(ID, 9)), null);
    assert.equal(await rig.done(standby.store.open({ ...ID, partition: 4 }, 99)), null);
  });
}

test('a base is uploaded once, also when the next owner builds on it', async () => {
  const rig = new Rig();
  const first = await rig.start('a');
  await rig.publish(first, 10, large('x'));
  const bytes = first.store.totals().uploadedBytes;
  const second = await rig.start('b');
  const base = await rig.done(second.store.open(ID, newest));
  const next = await rig.publish(second, 20, { other: 'y' }, base);
  assert.ok(second.store.totals().uploadedBytes < bytes / 4, 'the changes only');
  const third = await rig.start('c');
  await rig.done(third.store.settled());
  const opened = await rig.done(third.store.open(ID, newest));
  assert.deepEqual(await contents(opened), await contents(next));
});

test('a process that starts with an empty folder downloads when it opens', async () => {
  const rig = new Rig();
  await rig.publish(await rig.start('a'), 10, large('x', 2_000));
  const cold = await rig.start('b', { prefetchBytesPerSecond: 1 });
  const opened = await rig.done(cold.store.open(ID, newest));
  assert.deepEqual(await contents(opened), large('x', 2_000));
});

test('the newest two and one of an hour ago stay in the topic, the rest goes with its tables', async () => {
  const rig = new Rig();
  const owner = await rig.start('a');
  for (let minute = 1; minute <= 200; minute += 1) {
    await rig.clock.runFor(60_000);
    const snapshot = await rig.publish(owner, minute, { a: `${minute}` });
    await snapshot.table.close();
    const manifests = rig.keys('manifest').map((key) => Number(key.split('/')[3]));
    assert.ok(manifests.includes(minute) && (minute < 2 || manifests.includes(minute - 1)), `${manifests}`);
    assert.ok(manifests.length <= 4, `${manifests}`);
    assert.equal(rig.keys('table').length, manifests.length, 'a table each');
    assert.equal(rig.keys('chunk').length, manifests.length, 'of one chunk');
    if (minute <= 61) continue;
    const oldest = Math.min(...manifests);
    assert.ok(minute - oldest >= 59 && minute - oldest <= 121, `${minute}: the oldest is of ${oldest}`);
  }
  const files = await owner.mount.list(FOLDER);
  assert.ok(files.length <= 3, `the local folder is a cache: ${files}`);
});

test('an upload holds few chunks at a time, and keeps its pace', async () => {
  const rig = new Rig();
  const owner = await rig.start('a', { uploadsInFlight: 3, uploadBytesPerSecond: 5_000 });
  let inFlight = 0;
  let most = 0;
  rig.log.fault = async () => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    await new Promise<void>((resolve) => {
      rig.clock.after(500, resolve);
    });
    inFlight -= 1;
  };
  const began = rig.clock.monotonic();
  await rig.publish(owner, 10, large('x', 1_000));
  const { uploadedBytes } = owner.store.totals();
  assert.ok(uploadedBytes > 25_000 && most === 3, `${uploadedBytes} bytes, ${most} at a time`);
  const tookMs = rig.clock.monotonic() - began;
  assert.ok(tookMs > (uploadedBytes / 5_000 - 1) * 1_000, `${uploadedBytes} bytes in ${tookMs} ms`);
});

test('a released partition is not uploaded any more after the grace', async () => {
  const rig = new Rig();
  const owner = await rig.start('a', { uploadBytesPerSecond: 1_000 });
  const entries = Object.entries(large('x', 500)).map(([key, value]): Entry => [key, Buffer.from(value)]);
  const publishing = owner.store.publish(ID, 10, null, entries, null);
  await rig.done(publishing);
  owner.store.release(ID);
  await rig.clock.runFor(60_000);
  assert.deepEqual(rig.keys('manifest'), []);
  assert.equal(owner.store.totals().abandoned, 1);
  const sent = owner.store.totals().uploadedBytes;
  assert.ok(sent <= 4_000, `${sent} bytes in 2 s at 1,000/s and a burst`);
  // Owned again, it goes on where it was.
  const base = await rig.done(owner.store.open(ID, newest));
  await rig.publish(owner, 20, { other: 'y' }, base);
  assert.equal(rig.keys('manifest').length, 1);
  assert.ok(owner.store.totals().uploadedBytes > sent);
  const all = rig.log.records(SNAPSHOTS, 1).length + rig.log.records(SNAPSHOTS, 2).length;
  assert.equal(all, rig.keys('chunk').length, 'no chunk was sent twice');
});

test('discarded snapshots are gone for every process, also from folders that are kept', async () => {
  const rig = new Rig();
  const owner = await rig.start('a');
  const standby = await rig.start('b');
  for (const offset of [10, 20, 30]) await rig.publish(owner, offset, { a: `${offset}` });
  await rig.done(standby.store.settled());
  await rig.done(owner.store.discardAbove(ID, 25));
  assert.equal((await rig.done(owner.store.open(ID, newest)))?.offset, 20);
  assert.equal((await rig.done(standby.store.open(ID, newest)))?.offset, 20);
  await rig.done(standby.store.close());
  standby.mount.kill();
  const again = await rig.start('b');
  assert.equal((await rig.done(again.store.open(ID, newest)))?.offset, 20);
});

test('what is uploaded while it is discarded does not come in', async () => {
  const rig = new Rig();
  const owner = await rig.start('a', { uploadBytesPerSecond: 10_000 });
  await rig.publish(owner, 10, { a: '10' });
  const entries = Object.entries(large('x', 500)).map(([key, value]): Entry => [key, Buffer.from(value)]);
  await rig.done(owner.store.publish(ID, 20, null, entries, null));
  await rig.done(owner.store.discardAbove(ID, 10));
  await rig.done(owner.store.settled());
  assert.deepEqual(rig.keys('manifest'), ['manifest/bubble.inbound/3/10/a']);
  assert.equal((await rig.done(owner.store.open(ID, newest)))?.offset, 10);
});

test('at the limit of the disk nothing more is fetched ahead, and a takeover downloads', async () => {
  const rig = new Rig();
  const owner = await rig.start('a');
  await rig.publish(owner, 10, large('x'));
  const full = await rig.start('b', { localBytes: 1_000 });
  await rig.done(full.store.settled());
  assert.deepEqual(await full.mount.list(FOLDER), []);
  assert.equal(full.store.totals().passedOver, 1);
  assert.ok(full.warnings.some((line) => line.startsWith('no room')));
  assert.deepEqual(full.store.status(), [
    { id: ID, newest: 10, here: null, bytes: owner.store.status()[0]!.bytes },
  ]);
  assert.deepEqual(await contents(await rig.done(full.store.open(ID, newest))), large('x'));
});
