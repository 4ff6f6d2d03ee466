/**
 * What every driver of `Log` must do, written against Kafka's semantics: offsets rise and need not be consecutive,
 * rebalances are eager, a failed append may have happened. Each test uses topics and groups of its own, so that one
 * broker can serve them all.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isBubbleError } from '../../schemas/errors.ts';
import type { TopicSpec } from '../../schemas/topics.ts';
import type {
  Committed,
  GroupHandlers,
  Lease,
  Log,
  LogRecord,
  Membership,
  RandomAccess,
  Reader,
  RecordBatch,
  RecordInput,
} from './log.ts';

export interface OpenedLog {
  readonly log: Log & Partial<RandomAccess>;
  /** Closes the log and opens it anew on the same data. Absent where the data outlives no driver. */
  readonly reopen?: () => Promise<Log & Partial<RandomAccess>>;
  /** Ends everything the suite has opened. */
  readonly end?: () => Promise<void>;
}

export interface Capabilities {
  /** Times of append never fall within a partition. */
  readonly risingTimes: boolean;
  /** A failed or finished topic leaves `begin` at 0 and offsets without gaps: what no broker promises. */
  readonly consecutiveOffsets: boolean;
}

const LIMITS = { maxRecords: 1_000, maxBytes: 1024 * 1024, maxWaitMs: 10_000 };
const AT_ONCE = { ...LIMITS, maxWaitMs: 0 };
const DEADLINE_MS = 30_000;

const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString();
const record = (value: string | null, key: string | null = null): RecordInput => ({
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
});
const valuesOf = (records: readonly LogRecord[]): (string | null)[] =>
  records.map(({ value }) => text(value));
const failsWith = (code: Parameters<typeof isBubbleError>[1]) => (error: unknown) =>
  isBubbleError(error, code);

let unique = 0;
const freshName = (kind: string): string => `conformance.${kind}.${process.pid}.${Date.now()}.${unique++}`;

export const topicSpec = (overrides: Partial<TopicSpec> = {}): TopicSpec => ({
  name: freshName('topic'),
  partitions: 1,
  cleanup: 'delete',
  retentionMs: Number.POSITIVE_INFINITY,
  durability: 'log',
  ...overrides,
});

/** Reads this many records, in as many batches as it takes. */
const readCount = async (reader: Reader, count: number): Promise<LogRecord[]> => {
  const records: LogRecord[] = [];
  while (records.length < count) {
    const batch = await reader.read({ ...LIMITS, maxRecords: count - records.length });
    assert(batch.records.length > 0, `only ${records.length} of ${count} records came`);
    records.push(...batch.records);
  }
  return records;
};

type Event =
  | { readonly kind: 'assigned' | 'revoked'; readonly partition: number }
  | { readonly kind: 'batch'; readonly partition: number; readonly values: readonly (string | null)[] };

/** A member that notes what happens to it, and lets a test wait for it. */
class RecordingMember implements GroupHandlers {
  readonly events: Event[] = [];
  readonly leases = new Map<number, Lease>();
  readonly positions = new Map<number, Committed | null>();
  #watchers: (() => void)[] = [];
  onBatch: (lease: Lease, batch: RecordBatch) => Promise<void> = async () => {};

  async assigned(lease: Lease, committed: Committed | null): Promise<number> {
    this.leases.set(lease.partition, lease);
    this.positions.set(lease.partition, committed);
    this.#note({ kind: 'assigned', partition: lease.partition });
    return committed?.offset ?? 0;
  }

  async batch(lease: Lease, batch: RecordBatch): Promise<void> {
    assert(!lease.signal.aborted, 'a batch came under an aborted lease');
    this.#note({ kind: 'batch', partition: lease.partition, values: valuesOf(batch.records) });
    await this.onBatch(lease, batch);
  }

  async revoked(lease: Lease): Promise<void> {
    assert(lease.signal.aborted, 'revoked came before the lease was aborted');
    if (this.leases.get(lease.partition) === lease) this.leases.delete(lease.partition);
    this.#note({ kind: 'revoked', partition: lease.partition });
  }

  get values(): (string | null)[] {
    return this.events.flatMap((event) => (event.kind === 'batch' ? event.values : []));
  }

  /** Resolves as soon as this holds; checked whenever something happens. */
  until(what: string, holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`never came: ${what}; events ${JSON.stringify(this.events)}`));
      }, DEADLINE_MS);
      const check = (): void => {
        if (!holds()) return;
        clearTimeout(timer);
        this.#watchers = this.#watchers.filter((watcher) => watcher !== check);
        resolve();
      };
      this.#watchers.push(check);
      check();
    });
  }

  #note(event: Event): void {
    this.events.push(event);
    for (const watcher of this.#watchers) watcher();
  }
}

export function logConformance(
  name: string,
  open: () => Promise<OpenedLog>,
  capabilities: Capabilities,
): void {
  describe(`log conformance: ${name}`, () => {
    let opened: OpenedLog;
    const fixture: Fixture = {
      get log() {
        return opened.log;
      },
      topic: async (overrides) => {
        const spec = topicSpec(overrides);
        await opened.log.ensureTopics([spec]);
        return spec.name;
      },
    };
    before(async () => {
      opened = await open();
    });
    after(async () => {
      await opened.log.close();
      await opened.end?.();
    });
    topicTests(fixture);
    appendTests(fixture, capabilities);
    readTests(fixture);
    groupTests(fixture);
    commitTests(fixture);
    test('survives being closed and opened again', async (context) => {
      if (opened.reopen === undefined) return context.skip('this driver holds no data of its own');
      const topic = await fixture.topic({ partitions: 2 });
      await opened.log.append(topic, 0, [record('a'), record('b')]);
      const { baseOffset } = await opened.log.append(topic, 1, [record('c', 'key')]);
      await opened.log.commitFor('kept', topic, 1, { offset: baseOffset + 1, vector: [7, -1] });
      const log = await opened.reopen();
      opened = { ...opened, log };
      assert.deepEqual(valuesOf(await readCount(await log.reader(topic, 0, 0), 2)), ['a', 'b']);
      const [c] = await readCount(await log.reader(topic, 1, baseOffset), 1);
      assert.equal(text(c!.key), 'key');
      assert.deepEqual(await log.committed('kept', topic, 1), { offset: baseOffset + 1, vector: [7, -1] });
      const next = await log.append(topic, 1, [record('d')]);
      assert(next.baseOffset > baseOffset);
    });
  });
}

interface Fixture {
  readonly log: Log & Partial<RandomAccess>;
  topic(overrides?: Partial<TopicSpec>): Promise<string>;
}

function topicTests(fixture: Fixture): void {
  test('topics: made once, listed, found again', async () => {
    const spec = topicSpec({ partitions: 3, cleanup: 'compact' });
    await fixture.log.ensureTopics([spec]);
    await fixture.log.ensureTopics([spec]);
    assert.equal(await fixture.log.partitions(spec.name), 3);
    const listed = (await fixture.log.topics()).find((topic) => topic.name === spec.name);
    assert.equal(listed?.partitions, 3);
    assert.equal(listed?.cleanup, 'compact');
  });

  test('topics: another layout is refused and says what differs', async () => {
    const spec = topicSpec({ partitions: 2 });
    await fixture.log.ensureTopics([spec]);
    await assert.rejects(fixture.log.ensureTopics([{ ...spec, partitions: 4 }]), (error) => {
      assert(isBubbleError(error, 'TOPIC_MISMATCH'));
      assert.match(error.message, /partitions/);
      return true;
    });
    await assert.rejects(
      fixture.log.ensureTopics([{ ...spec, cleanup: 'compact' }]),
      failsWith('TOPIC_MISMATCH'),
    );
  });

  test('topics: an unknown one is refused everywhere', async () => {
    const { log } = fixture;
    const nowhere = freshName('nowhere');
    await assert.rejects(log.partitions(nowhere), failsWith('UNKNOWN_TOPIC'));
    await assert.rejects(log.append(nowhere, 0, [record('x')]), failsWith('UNKNOWN_TOPIC'));
    await assert.rejects(log.range(nowhere, 0), failsWith('UNKNOWN_TOPIC'));
  });
}

function appendTests(fixture: Fixture, capabilities: Capabilities): void {
  test('append: offsets rise by append order; key, value and tombstone come back', async () => {
    const topic = await fixture.topic({ cleanup: 'compact' });
    const first = await fixture.log.append(topic, 0, [
      record('one', 'k'),
      record(null, 'k'),
      record('', 'e'),
    ]);
    const second = await fixture.log.append(topic, 0, [record('two', 'l')]);
    assert(second.baseOffset > first.baseOffset);
    const records = await readCount(await fixture.log.reader(topic, 0, first.baseOffset), 4);
    assert.deepEqual(valuesOf(records), ['one', null, '', 'two']);
    assert.deepEqual(
      records.map(({ key }) => text(key)),
      ['k', 'k', 'e', 'l'],
    );
    assert.equal(records[0]!.offset, first.baseOffset);
    assert.equal(records[3]!.offset, second.baseOffset);
    for (let at = 1; at < records.length; at += 1) assert(records[at]!.offset > records[at - 1]!.offset);
    if (capabilities.consecutiveOffsets)
      assert.deepEqual(
        records.map((r) => r.offset),
        [0, 1, 2, 3],
      );
  });

  test('append: the records of one call stand together, in order', async () => {
    const topic = await fixture.topic();
    const calls = Array.from({ length: 20 }, (_, call) =>
      fixture.log.append(
        topic,
        0,
        Array.from({ length: 1 + (call % 5) }, (_unused, at) => record(`${call}.${at}`)),
      ),
    );
    const appended = await Promise.all(calls);
    const total = appended.reduce((sum, _, call) => sum + 1 + (call % 5), 0);
    const records = await readCount(await fixture.log.reader(topic, 0, 0), total);
    const at = new Map(records.map((r, index) => [text(r.value), index]));
    for (let call = 0; call < appended.length; call += 1) {
      const start = at.get(`${call}.0`)!;
      assert.equal(records[start]!.offset, appended[call]!.baseOffset);
      for (let n = 0; n < 1 + (call % 5); n += 1) assert.equal(at.get(`${call}.${n}`), start + n);
    }
  });

  test('append: an answered append is visible, and range says so', async () => {
    const topic = await fixture.topic();
    const { baseOffset } = await fixture.log.append(topic, 0, [record('a'), record('b')]);
    const range = await fixture.log.range(topic, 0);
    assert(range.begin <= baseOffset && range.end >= baseOffset + 2);
    const batch = await (await fixture.log.reader(topic, 0, baseOffset)).read(AT_ONCE);
    assert.deepEqual(valuesOf(batch.records), ['a', 'b']);
    assert(batch.end >= baseOffset + 2);
  });

  test('append: times are the time of append', async () => {
    const topic = await fixture.topic();
    const first = await fixture.log.append(topic, 0, [record('a')]);
    const second = await fixture.log.append(topic, 0, [record('b')]);
    const records = await readCount(await fixture.log.reader(topic, 0, 0), 2);
    assert.deepEqual(
      records.map(({ time }) => time),
      [first.time, second.time],
    );
    if (capabilities.risingTimes) assert(second.time >= first.time);
  });

  test('append: a batch of hundreds of records is one batch', async () => {
    const topic = await fixture.topic();
    const many = Array.from({ length: 800 }, (_, at) => record(`value ${at} ${'x'.repeat(200)}`));
    await fixture.log.append(topic, 0, many);
    const records = await readCount(await fixture.log.reader(topic, 0, 0), many.length);
    assert.deepEqual(
      valuesOf(records),
      many.map(({ value }) => text(value)),
    );
  });

  test('append: a record above the limit is refused for good', async () => {
    const topic = await fixture.topic();
    const huge = { key: null, value: Buffer.alloc(2 * 1024 * 1024) };
    await assert.rejects(fixture.log.append(topic, 0, [huge]), (error) => {
      assert(isBubbleError(error, 'RECORD_TOO_LARGE'));
      assert.equal(error.retryable, false);
      return true;
    });
    await fixture.log.append(topic, 0, [record('small')]);
  });

  test('recordsAt: single records by offset', async (context) => {
    const { log } = fixture;
    if (log.recordsAt === undefined) return context.skip('not what this driver can');
    const topic = await fixture.topic();
    await log.append(topic, 0, [record('a'), record('b'), record('c')]);
    const found = await log.recordsAt(topic, 0, [0, 2, 9]);
    assert.deepEqual(
      found.map((r) => (r === null ? null : text(r.value))),
      ['a', 'c', null],
    );
  });
}

function readTests(fixture: Fixture): void {
  test('read: waits for a record and wakes up with it', async () => {
    const topic = await fixture.topic();
    const reader = await fixture.log.reader(topic, 0, 0);
    const reading = reader.read(LIMITS);
    await fixture.log.append(topic, 0, [record('late')]);
    const batch = await reading;
    assert.deepEqual(valuesOf(batch.records), ['late']);
    assert.equal(batch.next, batch.records[0]!.offset + 1);
  });

  test('read: an empty batch when the time is up', async () => {
    const topic = await fixture.topic();
    const reader = await fixture.log.reader(topic, 0, 0);
    const batch = await reader.read({ ...LIMITS, maxWaitMs: 20 });
    assert.deepEqual(batch.records, []);
    assert.equal(batch.next, 0);
  });

  test('read: an aborted wait rejects, and the reader goes on', async () => {
    const topic = await fixture.topic();
    const reader = await fixture.log.reader(topic, 0, 0);
    const controller = new AbortController();
    const reading = reader.read(LIMITS, controller.signal);
    controller.abort();
    await assert.rejects(reading);
    await fixture.log.append(topic, 0, [record('x')]);
    assert.deepEqual(valuesOf((await reader.read(LIMITS)).records), ['x']);
  });

  test('read: at most maxRecords and about maxBytes, but one record always', async () => {
    const topic = await fixture.topic();
    const large = 'y'.repeat(10_000);
    for (let at = 0; at < 5; at += 1) await fixture.log.append(topic, 0, [record(large)]);
    const reader = await fixture.log.reader(topic, 0, 0);
    const two = await reader.read({ ...LIMITS, maxRecords: 2 });
    assert(two.records.length >= 1 && two.records.length <= 2);
    const one = await reader.read({ ...LIMITS, maxBytes: 10 });
    assert(one.records.length >= 1);
    await readCount(reader, 5 - two.records.length - one.records.length);
  });

  test('read: below the kept range is refused', async () => {
    const topic = await fixture.topic();
    await fixture.log.append(topic, 0, [record('x')]);
    const reader = await fixture.log.reader(topic, 0, 10_000);
    await assert.rejects(reader.read(AT_ONCE), failsWith('OFFSET_OUT_OF_RANGE'));
  });

  test('offsetAt: the first record at or after a time, the end where there is none', async () => {
    const topic = await fixture.topic();
    const { baseOffset, time } = await fixture.log.append(topic, 0, [record('a')]);
    assert.equal(await fixture.log.offsetAt(topic, 0, time), baseOffset);
    assert.equal(await fixture.log.offsetAt(topic, 0, 0), baseOffset);
    const { end } = await fixture.log.range(topic, 0);
    assert.equal(await fixture.log.offsetAt(topic, 0, time + 3_600_000), end);
  });
}

function groupTests(fixture: Fixture): void {
  const withMembers = async (
    count: number,
    topic: string,
    body: (members: RecordingMember[], memberships: Membership[], group: string) => Promise<void>,
  ): Promise<void> => {
    const group = freshName('group');
    const members = Array.from({ length: count }, () => new RecordingMember());
    const memberships: Membership[] = [];
    try {
      for (const member of members) memberships.push(await fixture.log.join(group, [topic], member));
      await body(members, memberships, group);
    } finally {
      await Promise.all(memberships.map((membership) => membership.leave()));
    }
  };

  test('group: one member gets every partition and every record, in order', async () => {
    const topic = await fixture.topic({ partitions: 2 });
    for (let at = 0; at < 10; at += 1) await fixture.log.append(topic, at % 2, [record(String(at))]);
    await withMembers(1, topic, async ([member], [membership]) => {
      await member!.until('ten records', () => member!.values.length === 10);
      assert.deepEqual(
        member!.values.filter((v) => Number(v) % 2 === 0),
        ['0', '2', '4', '6', '8'],
      );
      assert.deepEqual(
        member!.values.filter((v) => Number(v) % 2 === 1),
        ['1', '3', '5', '7', '9'],
      );
      assert.deepEqual(membership!.assignment.map((lease) => lease.partition).sort(), [0, 1]);
    });
  });

  test('group: partitions are shared, never held twice, and move when a member leaves', async () => {
    const topic = await fixture.topic({ partitions: 4 });
    await withMembers(2, topic, async ([a, b], [first]) => {
      await b!.until('b shares', () => b!.leases.size === 2);
      await a!.until('a shares', () => a!.leases.size === 2);
      const held = [...a!.leases.keys(), ...b!.leases.keys()].sort();
      assert.deepEqual(held, [0, 1, 2, 3]);
      await first!.leave();
      assert.equal(a!.leases.size, 0);
      await b!.until('b has all', () => b!.leases.size === 4);
    });
  });

  test('group: a lease is aborted before another member is assigned the partition', async () => {
    const topic = await fixture.topic();
    const group = freshName('group');
    const order: string[] = [];
    const member = (name: string): GroupHandlers => ({
      assigned: async (lease) => {
        order.push(`${name} assigned`);
        lease.signal.addEventListener('abort', () => order.push(`${name} aborted`));
        return 0;
      },
      batch: async () => {},
      revoked: async () => {
        order.push(`${name} revoked`);
      },
    });
    const first = await fixture.log.join(group, [topic], member('a'));
    const watcher = new RecordingMember();
    await fixture.log.append(topic, 0, [record('x')]);
    await watcher.until('a holds it', () => true);
    while (first.assignment.length === 0) await turn();
    const second = await fixture.log.join(group, [topic], member('b'));
    await first.leave();
    while (second.assignment.length === 0) await turn();
    await second.leave();
    const lastOfA = order.lastIndexOf('a revoked');
    const firstOfB = order.indexOf('b assigned');
    if (firstOfB < lastOfA) {
      // b was given the partition while a still was a member: then a had lost it just before.
      assert.deepEqual(order.slice(0, firstOfB).slice(-2), ['a aborted', 'a revoked']);
    }
    assert(order.indexOf('a aborted') < order.indexOf('a revoked'));
  });

  test('group: one batch at a time; the next waits for the handler', async () => {
    const topic = await fixture.topic();
    await fixture.log.append(topic, 0, [record('1')]);
    await withMembers(1, topic, async ([member]) => {
      let release = (): void => {};
      let running = 0;
      member!.onBatch = async () => {
        running += 1;
        assert.equal(running, 1, 'two batches of one partition at a time');
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        running -= 1;
      };
      await member!.until('the first', () => member!.values.length === 1);
      await fixture.log.append(topic, 0, [record('2')]);
      await turn();
      assert.deepEqual(member!.values, ['1']);
      release();
      await member!.until('the second', () => member!.values.length === 2);
      release();
    });
  });

  test('group: a paused partition gets nothing until it is resumed, and misses nothing', async () => {
    const topic = await fixture.topic();
    await withMembers(1, topic, async ([member], [membership]) => {
      await member!.until('assigned', () => member!.leases.size === 1);
      const lease = member!.leases.get(0)!;
      membership!.pause(lease);
      await fixture.log.append(topic, 0, [record('1')]);
      await fixture.log.append(topic, 0, [record('2')]);
      for (let at = 0; at < 20; at += 1) await turn();
      assert.deepEqual(member!.values, []);
      membership!.resume(lease);
      await member!.until('both', () => member!.values.length === 2);
      assert.deepEqual(member!.values, ['1', '2']);
    });
  });

  test('group: a throw of a handler ends the membership, and others take over', async () => {
    const topic = await fixture.topic();
    await fixture.log.append(topic, 0, [record('poison')]);
    const group = freshName('group');
    const failing = new RecordingMember();
    failing.onBatch = async () => {
      throw new Error('cannot digest');
    };
    const membership = await fixture.log.join(group, [topic], failing);
    await assert.rejects(membership.ended, /cannot digest/);
    const healthy = new RecordingMember();
    const other = await fixture.log.join(group, [topic], healthy);
    await healthy.until('the record', () => healthy.values.length === 1);
    await other.leave();
    await membership.leave();
  });
}

function commitTests(fixture: Fixture): void {
  test('commit: offset and vector come back as one value, to the next owner too', async () => {
    const topic = await fixture.topic();
    for (const value of ['a', 'b', 'c']) await fixture.log.append(topic, 0, [record(value)]);
    const group = freshName('group');
    const first = new RecordingMember();
    const membership = await fixture.log.join(group, [topic], first);
    await first.until('all', () => first.values.length === 3);
    const vector = [2 ** 45 + 17, -1, 0];
    await membership.commit(first.leases.get(0)!, { offset: 2, vector });
    assert.deepEqual(await fixture.log.committed(group, topic, 0), { offset: 2, vector });
    await membership.leave();
    const second = new RecordingMember();
    const next = await fixture.log.join(group, [topic], second);
    await second.until('the rest', () => second.values.length === 1);
    assert.deepEqual(second.positions.get(0), { offset: 2, vector });
    assert.deepEqual(second.values, ['c']);
    await next.leave();
  });

  test('commit: refused once the lease is lost', async () => {
    const topic = await fixture.topic();
    const group = freshName('group');
    const member = new RecordingMember();
    const membership = await fixture.log.join(group, [topic], member);
    await member.until('assigned', () => member.leases.size === 1);
    const lease = member.leases.get(0)!;
    await membership.leave();
    await assert.rejects(membership.commit(lease, { offset: 1, vector: [] }), failsWith('LEASE_LOST'));
    assert.equal(await fixture.log.committed(group, topic, 0), null);
  });

  test('commitFor: a lower position for a group of others', async () => {
    const topic = await fixture.topic();
    const group = freshName('group');
    await fixture.log.append(topic, 0, [record('a'), record('b')]);
    assert.equal(await fixture.log.committed(group, topic, 0), null);
    await fixture.log.commitFor(group, topic, 0, { offset: 2, vector: [5] });
    await fixture.log.commitFor(group, topic, 0, { offset: 1, vector: [3] });
    assert.deepEqual(await fixture.log.committed(group, topic, 0), { offset: 1, vector: [3] });
  });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
