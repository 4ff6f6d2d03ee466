import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BubbleError } from '../../schemas/errors.ts';
import { SimClock } from '../clock/sim-clock.ts';
import { SimDisk } from '../disk/sim-disk.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import { openFileSnapshots } from '../snapshots/file-snapshots.ts';
import type { TimelineStore } from '../timeline/timeline-store.ts';
import { measureSnapshots, measureTimeline, SnapshotCounts, TimelineCounts } from './measured-stores.ts';

test('timeline writes: rows, outcomes and time, and the error goes on to the caller', async () => {
  const clock = new SimClock();
  let failure: BubbleError | null = null;
  const inner = {
    write: async () => {
      await new Promise<void>((resolve) => void clock.after(300, resolve));
      if (failure !== null) throw failure;
    },
  } as unknown as TimelineStore;
  const counts = new TimelineCounts();
  const store = measureTimeline(inner, counts, clock);
  const write = () => store.write(0, [], { offset: 1, vector: [] }, 0);
  await clock.until(write());
  failure = new BubbleError('STORE_CONFLICT', 'moved on');
  await assert.rejects(clock.until(write()), failure);
  failure = new BubbleError('STORE_AWAY', 'away', { retryable: true });
  await assert.rejects(clock.until(write()), failure);
  assert.deepEqual(Object.fromEntries(counts.writes.entries()), { written: 1, conflict: 1, failed: 1 });
  assert.equal(counts.writeSeconds.count, 3);
  assert.ok(Math.abs(counts.writeSeconds.sum - 0.9) < 0.01, String(counts.writeSeconds.sum));
});

test('snapshots: the newest of each partition, written or opened', async () => {
  const clock = new SimClock();
  const counts = new SnapshotCounts();
  const files = openFileSnapshots({
    disk: new SimDisk({ random: new SeededRandom(1) }).mount(),
    folder: '/s',
  });
  const store = measureSnapshots(files, counts, clock);
  const id = { topic: 'bubble.inbound', partition: 3 };
  const entry: [string, Uint8Array] = ['key', Buffer.from('value')];
  const opened = await clock.until(store.publish(id, 7, {}, [entry], null));
  await clock.until(opened.table.close());
  assert.deepEqual([...counts.newest], [{ id, offset: 7, entries: 1, since: clock.now() }]);
  await clock.runFor(5_000);
  const again = await clock.until(store.open(id, Number.POSITIVE_INFINITY));
  assert.equal([...counts.newest][0]!.since, clock.now());
  await clock.until(again!.table.close());
  assert.equal(await clock.until(store.open({ ...id, partition: 4 }, 0)), null);
  assert.equal([...counts.newest].length, 1);
});
