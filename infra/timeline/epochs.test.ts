import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userKey } from '../../schemas/ids.ts';
import { partitionOf } from '../../schemas/partition.ts';
import { type InboxPosition, numberAt } from '../../schemas/positions.ts';
import { lastOfEpoch } from '../../schemas/rules/epoch.ts';
import { EpochTimelines } from './epochs.ts';
import type { Owner, ReadBounds, TimelinePage, TimelineStore } from './timeline-store.ts';

const OWNER: Owner = { tenant: 't', user: 'ann' };
const ALL = { from: 0, until: Number.POSITIVE_INFINITY, maxRows: 100, maxBytes: 1_000 };

const unsupported = (): never => {
  throw new Error('not part of this timeline');
};

/** The rows of one owner in one epoch, each of ten bytes, at these offsets; all below `next` is there. */
class OneEpoch implements TimelineStore {
  readonly gatherMs = 0;
  readonly layout;
  readonly offsets: number[];
  next: number;
  isFinished = false;
  readonly #epoch: number;

  constructor(epoch: number, inboxPartitions: number, offsets: number[], next: number) {
    this.layout = { epoch, inboxPartitions, inboundPartitions: 2, retentionMs: Number.POSITIVE_INFINITY };
    this.#epoch = epoch;
    this.offsets = offsets;
    this.next = next;
  }

  #check(partition: number, { tenant, user }: Owner): void {
    assert.equal(partition, partitionOf(userKey(tenant, user), this.layout.inboxPartitions));
  }

  async checkpoint(): Promise<InboxPosition> {
    const vector = this.isFinished ? [lastOfEpoch(this.#epoch), lastOfEpoch(this.#epoch)] : [5];
    return { offset: this.next, vector };
  }

  async waitFor(_partition: number, seq: number): Promise<boolean> {
    return seq < numberAt(this.#epoch, this.next);
  }

  async read(partition: number, owner: Owner, bounds: ReadBounds): Promise<TimelinePage> {
    this.#check(partition, owner);
    const found = this.offsets
      .map((offset) => numberAt(this.#epoch, offset))
      .filter((seq) => seq > bounds.from && seq <= bounds.until);
    const most = Math.min(bounds.maxRows, Math.max(1, Math.floor(bounds.maxBytes / 10)));
    const rows = found.slice(0, most).map((seq) => ({ seq, bytes: new Uint8Array(10) }));
    const more = rows.length < found.length;
    const readable = Math.min(bounds.until, numberAt(this.#epoch, this.next) - 1);
    return { rows, more, syncedTo: more ? rows.at(-1)!.seq : readable };
  }

  async newestRows(partition: number, owner: Owner, until: number, maxRows: number): Promise<TimelinePage> {
    const page = await this.read(partition, owner, { ...ALL, until });
    const rows = page.rows.toReversed().slice(0, maxRows);
    return { rows, syncedTo: page.syncedTo, more: rows.length < page.rows.length };
  }

  async newest(partition: number, owner: Owner): Promise<number> {
    this.#check(partition, owner);
    return this.offsets.length === 0 ? 0 : numberAt(this.#epoch, this.offsets.at(-1)!);
  }

  write = unsupported;
  trim = unsupported;
  dump = unsupported;
  async close(): Promise<void> {}
}

const given = (...epochs: OneEpoch[]): EpochTimelines =>
  new EpochTimelines(epochs.map((store) => ({ layout: store.layout, store })));
const old = (): OneEpoch => new OneEpoch(1, 1, [2, 4, 6], 9);
const fresh = (): OneEpoch => new OneEpoch(2, 3, [0, 3], 5);
const seqs = ({ rows }: TimelinePage): number[] => rows.map(({ seq }) => seq);
const OLD = [2, 4, 6].map((offset) => numberAt(1, offset));
const NEW = [0, 3].map((offset) => numberAt(2, offset));

test('nothing of the next epoch is read, or promised, before the old one is finished', async () => {
  const timelines = given(old(), new OneEpoch(2, 3, [], 0));
  const page = await timelines.read(OWNER, ALL);
  assert.deepEqual([seqs(page), page.syncedTo, page.more], [OLD, numberAt(1, 9) - 1, false]);
  assert.equal(await timelines.waitFor(OWNER, numberAt(1, 8), 0), true);
  assert.equal(await timelines.waitFor(OWNER, lastOfEpoch(1), 0), false);
  assert.equal((await timelines.newestRows(OWNER, Number.POSITIVE_INFINITY, 5)).syncedTo, numberAt(1, 9) - 1);
});

test('whoever is behind pulls through the old epoch into the new one', async () => {
  const first = old();
  first.isFinished = true;
  const timelines = given(first, fresh());
  const page = await timelines.read(OWNER, ALL);
  assert.deepEqual([seqs(page), page.syncedTo, page.more], [[...OLD, ...NEW], numberAt(2, 5) - 1, false]);
  const behind = await timelines.read(OWNER, { ...ALL, from: NEW[0]! });
  assert.deepEqual([seqs(behind), behind.more], [[NEW[1]], false]);
  assert.equal(await timelines.waitFor(OWNER, lastOfEpoch(1), 0), true);
  assert.equal(await timelines.waitFor(OWNER, numberAt(2, 4), 0), true);
  assert.equal(await timelines.waitFor(OWNER, numberAt(2, 5), 0), false);
  assert.equal(await timelines.newest(OWNER), NEW[1]);
});

test('page by page, in rows or bytes, nothing is left out', async () => {
  const first = old();
  first.isFinished = true;
  const timelines = given(first, fresh());
  for (const bounds of [{ maxRows: 1 }, { maxRows: 2 }, { maxRows: 3 }, { maxBytes: 10 }, { maxBytes: 35 }]) {
    const found: number[] = [];
    for (let from = 0, more = true; more; ) {
      const page = await timelines.read(OWNER, { ...ALL, ...bounds, from });
      found.push(...seqs(page));
      assert.ok(page.syncedTo >= from && page.rows.length <= (bounds.maxRows ?? 5));
      ({ syncedTo: from, more } = page);
    }
    assert.deepEqual(found, [...OLD, ...NEW], JSON.stringify(bounds));
  }
});

test('the newest rows reach back over the change, and `until` may lie before it', async () => {
  const first = old();
  first.isFinished = true;
  const timelines = given(first, fresh());
  const all = [...OLD, ...NEW].toReversed();
  const some = await timelines.newestRows(OWNER, Number.POSITIVE_INFINITY, 4);
  assert.deepEqual([seqs(some), some.syncedTo, some.more], [all.slice(0, 4), numberAt(2, 5) - 1, true]);
  const whole = await timelines.newestRows(OWNER, Number.POSITIVE_INFINITY, 9);
  assert.deepEqual([seqs(whole), whole.more], [all, false]);
  const until = await timelines.newestRows(OWNER, OLD[1]!, 9);
  assert.deepEqual(seqs(until), [OLD[1], OLD[0]]);
  const bounded = await timelines.read(OWNER, { ...ALL, until: OLD[1]! });
  assert.deepEqual(seqs(bounded), [OLD[0], OLD[1]]);
});

test('an epoch without rows of the owner is passed over', async () => {
  const first = new OneEpoch(1, 1, [], 4);
  first.isFinished = true;
  const timelines = given(first, new OneEpoch(2, 3, [], 0));
  const page = await timelines.read(OWNER, ALL);
  assert.deepEqual([seqs(page), page.syncedTo, page.more], [[], lastOfEpoch(1), false]);
  assert.equal(await timelines.newest(OWNER), 0);
  assert.throws(() => timelines.add({ layout: first.layout, store: first }), /epochs rise/);
});
