/** What every TimelineStore must do. A store's test calls this with a way to open it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InboxEvent } from '../../schemas/events/inbox.ts';
import { numberAt } from '../../schemas/positions.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { numberOf } from '../../schemas/wire/int64.ts';
import { InboxWriter, type MadeRecord } from './testing/inbox-writer.ts';
import type { AcceptedRecord, Owner, ReadBounds, TimelineRow, TimelineStore } from './timeline-store.ts';

/** A store of two partitions, epoch 1, empty. */
export interface TimelineRig {
  readonly store: TimelineStore;
  /** Puts the record into the inbox, where an embedded store reads it from; gives its offset. */
  append(partition: number, event: InboxEvent): number;
  /** Lets that much time pass for the store. */
  advance(ms: number): Promise<void>;
  /** The process dies; another one opens what is left. */
  crash(): Promise<TimelineStore>;
  close(): Promise<void>;
}

const EPOCH = 1;
const ALL: ReadBounds = { from: 0, until: Number.POSITIVE_INFINITY, maxRows: 1_000, maxBytes: 1_000_000 };
const owner = (user: string, tenant = 't'): Owner => ({ tenant, user });
const version = (offset: number): number => numberAt(EPOCH, offset);
const seqs = (rows: readonly TimelineRow[]): number[] => rows.map(({ seq }) => seq);

/** Plays the timeline processor for one partition. */
class Feed {
  readonly #rig: TimelineRig;
  readonly #partition: number;
  readonly #writer = new InboxWriter();
  store: TimelineStore;
  next = 0;
  vector: number[] = [];

  constructor(rig: TimelineRig, partition = 0) {
    this.#rig = rig;
    this.#partition = partition;
    this.store = rig.store;
  }

  records(...made: MadeRecord[]): AcceptedRecord[] {
    return made.map((one) => {
      const event = this.#writer.make(one);
      return { offset: this.#rig.append(this.#partition, event), event };
    });
  }

  async write(records: readonly AcceptedRecord[]): Promise<void> {
    const last = records.at(-1)!;
    const position = { offset: last.offset + 1, vector: [last.event.src] };
    await this.store.write(this.#partition, records, position, this.next);
    this.next = position.offset;
    this.vector = position.vector;
  }

  async rows(user: string, bounds: Partial<ReadBounds> = {}) {
    return this.store.read(this.#partition, owner(user), { ...ALL, ...bounds });
  }
}

const dumped = async (store: TimelineStore, partition: number): Promise<string[]> => {
  const lines: string[] = [];
  for await (const line of store.dump(partition)) lines.push(line);
  return lines;
};

const ABC: MadeRecord = { sender: 'a', recipients: ['a', 'b', 'c'] };

/** @param open an empty store, closed by the test */
export function timelineContract(name: string, open: () => Promise<TimelineRig>): void {
  const contract = (what: string, run: (rig: TimelineRig, feed: Feed) => Promise<void>): void => {
    test(`${name}: ${what}`, async () => {
      const rig = await open();
      try {
        await run(rig, new Feed(rig));
      } finally {
        await rig.close();
      }
    });
  };

  contract('an empty store stands at 0 and has no rows', async ({ store }, feed) => {
    assert.deepEqual(await store.checkpoint(0), { offset: 0, vector: [] });
    const page = await feed.rows('a');
    assert.deepEqual([page.rows.length, page.more, page.syncedTo], [0, false, version(0) - 1]);
    assert.equal(await store.newest(0, owner('a')), 0);
    assert.deepEqual(await dumped(store, 0), []);
  });

  contract('rows and checkpoint appear together, in each partition by itself', async ({ store }, feed) => {
    const records = feed.records(ABC, { sender: 'b', recipients: ['b', 'c'] }, ABC);
    assert.deepEqual((await feed.rows('a')).rows, []);
    await feed.write(records);
    assert.deepEqual(await store.checkpoint(0), { offset: 3, vector: feed.vector });
    assert.deepEqual(seqs((await feed.rows('a')).rows), [version(0), version(2)]);
    assert.deepEqual(seqs((await feed.rows('b')).rows), [version(0), version(1), version(2)]);
    assert.equal((await feed.rows('a')).syncedTo, version(3) - 1);
    assert.deepEqual(await store.checkpoint(1), { offset: 0, vector: [] });
    assert.deepEqual((await store.read(1, owner('a'), ALL)).rows, []);
  });

  contract('a row is a whole AddMsg with its version, and own for its sender only', async (_, feed) => {
    await feed.write(feed.records({ ...ABC, text: 'hello' }));
    for (const [user, own] of [
      ['a', true],
      ['b', false],
    ] as const) {
      const [row] = (await feed.rows(user)).rows;
      const message = bubble.wire.AddMsg.decode(row!.bytes);
      assert.equal(numberOf(message.serverMsgSeq), version(0));
      assert.equal(message.fromUserName, 'a');
      assert.equal(Buffer.from(message.content).toString(), 'hello');
      assert.equal(message.own, own);
      assert.equal(numberOf(message.prevSeq), 0);
    }
  });

  contract('users of other tenants are others', async ({ store }, feed) => {
    await feed.write(feed.records(ABC, { ...ABC, tenant: 'u' }));
    assert.deepEqual(seqs((await feed.rows('a')).rows), [version(0)]);
    assert.deepEqual(seqs((await store.read(0, owner('a', 'u'), ALL)).rows), [version(1)]);
  });

  contract(
    'a write at another offset than the stored one is a conflict and changes nothing',
    async ({ store }, feed) => {
      await feed.write(feed.records(ABC));
      const late = feed.records(ABC);
      const position = { offset: 2, vector: [late[0]!.event.src] };
      await assert.rejects(store.write(0, late, position, 0), { code: 'STORE_CONFLICT' });
      await assert.rejects(store.write(0, late, position, 2), { code: 'STORE_CONFLICT' });
      assert.deepEqual(await store.checkpoint(0), { offset: 1, vector: feed.vector });
      assert.equal((await feed.rows('a')).rows.length, 1);
      await store.write(0, late, position, 1);
      assert.equal((await feed.rows('a')).rows.length, 2);
    },
  );

  contract('records without rows move the checkpoint alone', async ({ store }, feed) => {
    await feed.write(feed.records(ABC));
    await store.write(0, [], { offset: 9, vector: [5] }, 1);
    assert.deepEqual(await store.checkpoint(0), { offset: 9, vector: [5] });
    const page = await feed.rows('a');
    assert.deepEqual([page.rows.length, page.syncedTo], [1, version(9) - 1]);
  });

  contract('from is exclusive, until inclusive', async (_, feed) => {
    await feed.write(feed.records(ABC, ABC, ABC, ABC, ABC));
    const page = await feed.rows('c', { from: version(1), until: version(3) });
    assert.deepEqual(seqs(page.rows), [version(2), version(3)]);
    assert.deepEqual([page.more, page.syncedTo], [false, version(3)]);
    assert.deepEqual(seqs((await feed.rows('c', { from: version(4) })).rows), []);
    // Until lies beyond the checkpoint: synced to what there is.
    assert.equal((await feed.rows('c', { until: version(50) })).syncedTo, version(5) - 1);
  });

  contract(
    'a page is cut by rows and by bytes, goes on where it ended, and has one row at least',
    async (_, feed) => {
      await feed.write(
        feed.records(...Array.from({ length: 7 }, () => ({ ...ABC, text: 'x'.repeat(1_000) }))),
      );
      const first = await feed.rows('b', { maxRows: 3 });
      assert.deepEqual(
        [seqs(first.rows), first.more, first.syncedTo],
        [[0, 1, 2].map(version), true, version(2)],
      );
      const second = await feed.rows('b', { from: first.syncedTo, maxRows: 4 });
      assert.deepEqual([seqs(second.rows), second.more], [[3, 4, 5, 6].map(version), false]);
      assert.equal(second.syncedTo, version(7) - 1);
      const bytes = await feed.rows('b', { maxBytes: 2_500 });
      assert.deepEqual(
        [seqs(bytes.rows), bytes.more, bytes.syncedTo],
        [[0, 1].map(version), true, version(1)],
      );
      const least = await feed.rows('b', { maxBytes: 1 });
      assert.deepEqual([seqs(least.rows), least.more], [[version(0)], true]);
    },
  );

  contract('the newest rows, newest first', async ({ store }, feed) => {
    await feed.write(feed.records(ABC, ABC, { sender: 'x', recipients: ['x'] }, ABC));
    assert.equal(await store.newest(0, owner('a')), version(3));
    const page = await store.newestRows(0, owner('a'), Number.POSITIVE_INFINITY, 2);
    assert.deepEqual(
      [seqs(page.rows), page.more, page.syncedTo],
      [[3, 1].map(version), true, version(4) - 1],
    );
    const older = await store.newestRows(0, owner('a'), version(2), 5);
    assert.deepEqual(
      [seqs(older.rows), older.more, older.syncedTo],
      [[1, 0].map(version), false, version(2)],
    );
    assert.deepEqual((await store.newestRows(0, owner('nobody'), version(2), 5)).rows, []);
  });

  contract('waitFor resolves when the version can be read, or says that it cannot', async (rig, feed) => {
    const records = feed.records(ABC, ABC);
    const reached = rig.store.waitFor(0, version(1), 1_000);
    const late = rig.store.waitFor(0, version(2), 1_000);
    await feed.write(records);
    assert.equal(await reached, true);
    assert.equal(await rig.store.waitFor(0, version(1), 0), true);
    assert.equal(await rig.store.waitFor(0, version(2), 0), false);
    await rig.advance(1_001);
    assert.equal(await late, false);
  });

  contract('rows that are trimmed are gone, and who would need them is told', async ({ store }, feed) => {
    await feed.write(feed.records(ABC, ABC, ABC, ABC));
    await store.trim(0, version(2));
    await assert.rejects(feed.rows('a'), { code: 'OFFSET_OUT_OF_RANGE' });
    await assert.rejects(feed.rows('a', { from: version(0) }), { code: 'OFFSET_OUT_OF_RANGE' });
    assert.deepEqual(seqs((await feed.rows('a', { from: version(1) })).rows), [2, 3].map(version));
    const page = await store.newestRows(0, owner('a'), Number.POSITIVE_INFINITY, 10);
    assert.deepEqual([seqs(page.rows), page.more], [[3, 2].map(version), false]);
    assert.ok((await dumped(store, 0)).every((line) => !line.includes(String(version(1)))));
  });

  contract('after a crash checkpoint and rows agree, and writing goes on from there', async (rig, feed) => {
    const all = feed.records(...Array.from({ length: 40 }, (_, at) => ({ ...ABC, text: `${at}` })));
    for (let at = 0; at < 40; at += 5) await feed.write(all.slice(at, at + 5));
    const before = await dumped(rig.store, 0);
    feed.store = await rig.crash();
    const checkpoint = await feed.store.checkpoint(0);
    const kept = all.filter(({ offset }) => offset < checkpoint.offset);
    assert.deepEqual(
      seqs((await feed.rows('a')).rows),
      kept.map(({ offset }) => version(offset)),
    );
    assert.deepEqual(checkpoint.vector, kept.length === 0 ? [] : [kept.at(-1)!.event.src]);
    feed.next = checkpoint.offset;
    if (kept.length < all.length) await feed.write(all.slice(kept.length));
    assert.deepEqual(await dumped(feed.store, 0), before);
  });

  contract('a dump is the same however the rows came', async (rig, feed) => {
    const made: MadeRecord[] = Array.from({ length: 30 }, (_, at) =>
      at % 3 === 0
        ? { sender: 'z', recipients: ['z', 'ä', '\u{1f600}', '\uffee'] }
        : { ...ABC, text: `${at}` },
    );
    await feed.write(feed.records(...made));
    const other = new Feed(rig, 1);
    for (const one of made) await other.write(other.records(one));
    const lines = await dumped(rig.store, 0);
    assert.deepEqual(lines, await dumped(rig.store, 1));
    assert.equal(lines.length, 7);
  });
}
