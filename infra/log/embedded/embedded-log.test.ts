import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import { CRC_AT, RECORD_HEADER_BYTES, SEGMENT_HEADER_BYTES } from './record-format.ts';
import { FOLDER, input, TestLog, textOf, topic, valuesOf } from './test-log.ts';

const failsWith = (code: Parameters<typeof isBubbleError>[1]) => (error: unknown) =>
  isBubbleError(error, code);
const flipped = (content: Buffer, at: number): Buffer => Buffer.from([content[at]! ^ 0xff]);

test('a torn end is cut at start, and the log goes on behind it', async () => {
  const test = new TestLog();
  await test.open();
  await test.append('a');
  await test.append('b');
  const [path] = test.segments();
  const content = test.disk.contentOf(path!)!;
  test.crash();
  // The last record was only half written.
  test.disk.damage(path!, content.length - 3, Buffer.from([0xee, 0xee, 0xee]));
  await test.open();
  assert.deepEqual(valuesOf(await test.readAll()), ['a']);
  assert.equal((await test.append('c')).baseOffset, 1);
  assert.deepEqual(valuesOf(await test.readAll()), ['a', 'c']);
});

test('an append that is there in part is cut as a whole', async () => {
  const test = new TestLog();
  await test.open();
  await test.append('a');
  await test.append('b1', 'b2', 'b3');
  const [path] = test.segments();
  const content = test.disk.contentOf(path!)!;
  test.crash();
  test.disk.damage(path!, content.length - 1, flipped(content, content.length - 1));
  await test.open();
  assert.deepEqual(valuesOf(await test.readAll()), ['a']);
});

test('damage in the middle of the newest segment is refused with file and position', async () => {
  const test = new TestLog();
  await test.open();
  await test.append('a');
  await test.append('b');
  await test.append('c');
  const [path] = test.segments();
  const content = test.disk.contentOf(path!)!;
  const position = SEGMENT_HEADER_BYTES + RECORD_HEADER_BYTES + 1;
  test.crash();
  test.disk.damage(path!, position + CRC_AT, flipped(content, position + CRC_AT));
  await assert.rejects(test.open(), (error) => {
    assert(isBubbleError(error, 'LOG_DAMAGED'));
    assert(error.message.includes(path!), error.message);
    assert(error.message.includes(`position ${position}`), error.message);
    return true;
  });
});

test('damage in a sealed segment is refused when it is read, the rest is not', async () => {
  const test = new TestLog();
  await test.open({ segmentBytes: 200, memoryBytes: 0 });
  for (const value of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await test.append(value.repeat(60));
  const [first, second] = test.segments();
  assert(second !== undefined);
  test.crash();
  const at = SEGMENT_HEADER_BYTES + RECORD_HEADER_BYTES + 5;
  test.disk.damage(first!, at, flipped(test.disk.contentOf(first!)!, at));
  await test.open({ segmentBytes: 200, memoryBytes: 0 });
  await assert.rejects(test.readAll(), (error) => {
    assert(isBubbleError(error, 'LOG_DAMAGED'));
    assert(error.message.includes(first!), error.message);
    return true;
  });
  const [record] = await test.done(test.log.recordsAt('t', 0, [4]));
  assert.equal(textOf(record!.value), 'e'.repeat(60));
  await test.append('still writing');
});

test('opening with verify reads everything and refuses damage in any segment', async () => {
  const test = new TestLog();
  await test.open({ segmentBytes: 200 });
  for (const value of ['a', 'b', 'c', 'd']) await test.append(value.repeat(60));
  test.crash();
  await test.open({ verify: true });
  const [first] = test.segments();
  test.crash();
  const at = SEGMENT_HEADER_BYTES + RECORD_HEADER_BYTES + 5;
  test.disk.damage(first!, at, flipped(test.disk.contentOf(first!)!, at));
  await assert.rejects(test.open({ verify: true }), failsWith('LOG_DAMAGED'));
});

test('a segment that is missing in the middle is refused when it is read', async () => {
  const test = new TestLog();
  await test.open({ segmentBytes: 200, memoryBytes: 0 });
  for (const value of ['a', 'b', 'c', 'd', 'e', 'f']) await test.append(value.repeat(60));
  const [, second] = test.segments();
  test.crash();
  await test.mount.remove(second!);
  await test.open({ segmentBytes: 200, memoryBytes: 0 });
  await assert.rejects(test.readAll(), failsWith('LOG_DAMAGED'));
});

test('a second owner is refused while the first lives, not after it was killed', async () => {
  const test = new TestLog();
  await test.open();
  await test.append('a');
  const other = new TestLog();
  Object.defineProperty(other, 'mount', { value: test.disk.mount() });
  await assert.rejects(other.open(), failsWith('LOG_LOCKED'));
  test.crash();
  await test.open();
  assert.deepEqual(valuesOf(await test.readAll()), ['a']);
});

test('disk full: appends are refused for now, reads go on, and it recovers by itself', async () => {
  const test = new TestLog();
  await test.open({ memoryBytes: 0 });
  await test.append('a');
  test.disk.full = true;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const both = await test.done(
      Promise.allSettled([
        test.log.append('t', 0, [input('lost 1'), input('lost 2')]),
        test.log.append('t', 0, [input('lost 3')]),
      ]),
    );
    for (const result of both) {
      assert(result.status === 'rejected' && isBubbleError(result.reason, 'DISK_FULL'));
      assert.equal(result.reason.retryable, true);
    }
    assert.deepEqual(valuesOf(await test.readAll()), ['a']);
  }
  test.disk.full = false;
  assert.equal((await test.append('b')).baseOffset, 1);
  assert.deepEqual(valuesOf(await test.readAll()), ['a', 'b']);
  const content = test.disk.contentOf(test.segments()[0]!)!;
  assert.equal(
    content.length,
    SEGMENT_HEADER_BYTES + 2 * (RECORD_HEADER_BYTES + 1),
    'left-overs of failed appends',
  );
  test.crash('power');
  await test.open();
  assert.deepEqual(valuesOf(await test.readAll()), ['a', 'b']);
});

test('disk full while a new segment is made', async () => {
  const test = new TestLog();
  await test.open({ segmentBytes: 150 });
  await test.append('a'.repeat(100));
  test.disk.full = true;
  await assert.rejects(test.append('b'.repeat(100)), failsWith('DISK_FULL'));
  await assert.rejects(test.append('c'), failsWith('DISK_FULL'));
  test.disk.full = false;
  await test.append('d');
  test.crash('power');
  await test.open({ segmentBytes: 150 });
  assert.deepEqual(valuesOf(await test.readAll()), ['a'.repeat(100), 'd']);
});

test('a failing sync fails the append for good, and nothing of it shows', async () => {
  const test = new TestLog();
  await test.open();
  await test.append('a');
  test.fault = (operation) =>
    operation === 'sync' ? new BubbleError('DISK_FAILED', 'the disk reports an error') : null;
  await assert.rejects(test.append('lost'), failsWith('DISK_FAILED'));
  assert.deepEqual(valuesOf(await test.readAll()), ['a']);
  await assert.rejects(test.append('lost too'), failsWith('DISK_FAILED'));
  test.fault = () => null;
  assert.equal((await test.append('b')).baseOffset, 1);
  test.crash('power');
  await test.open();
  assert.deepEqual(valuesOf(await test.readAll()), ['a', 'b']);
});

test('append times never fall, though the clock is set back, over restarts too', async () => {
  const test = new TestLog();
  await test.open();
  const first = await test.append('a');
  test.clock.shiftWall(-3_600_000);
  const second = await test.append('b');
  assert.equal(second.time, first.time);
  test.crash();
  test.clock.shiftWall(-3_600_000);
  await test.open();
  const third = await test.append('c');
  assert.equal(third.time, first.time);
  test.clock.shiftWall(3 * 3_600_000);
  assert((await test.append('d')).time > first.time);
});

test('append times never fall when everything older has been removed', async () => {
  const test = new TestLog();
  const specs = [topic({ retentionMs: 1_000 })];
  await test.open({ maintenanceMs: 100 }, specs);
  const { time } = await test.append('a');
  await test.clock.runFor(5_000);
  assert.deepEqual(await test.log.range('t', 0), { begin: 1, end: 1 });
  test.crash('power');
  test.clock.shiftWall(-100_000);
  await test.open({}, specs);
  const later = await test.append('b');
  assert.equal(later.baseOffset, 1);
  assert(later.time >= time);
});

test('retention removes whole segments, and reads below begin are refused', async () => {
  const test = new TestLog();
  const specs = [topic({ retentionMs: 10_000 })];
  const options = { segmentBytes: 300, maintenanceMs: 500 };
  await test.open(options, specs);
  for (let at = 0; at < 6; at += 1) await test.append('old'.repeat(40));
  const before = test.segments().length;
  await test.clock.runFor(9_000);
  await test.append('new');
  await test.clock.runFor(2_000);
  const { begin, end } = await test.log.range('t', 0);
  assert(begin > 0 && begin <= 6 && end === 7, `${begin} ${end}`);
  assert(test.segments().length < before);
  const reader = await test.log.reader('t', 0, 0);
  await assert.rejects(
    reader.read({ maxRecords: 1, maxBytes: 1, maxWaitMs: 0 }),
    failsWith('OFFSET_OUT_OF_RANGE'),
  );
  assert.deepEqual(valuesOf(await test.done(test.log.recordsAt('t', 0, [0, 6]))), [null, 'new']);
  test.crash('power');
  await test.open(options, specs);
  assert.deepEqual(await test.log.range('t', 0), { begin, end });
});

test('compaction keeps the newest of each key under its offset, and drops old tombstones', async () => {
  const test = new TestLog();
  const specs = [topic({ cleanup: 'compact' })];
  const options = { segmentBytes: 400, maintenanceMs: 1_000 };
  await test.open(options, specs);
  const put = (key: string, value: string | null) => test.done(test.log.append('t', 0, [input(value, key)]));
  await put('gone', 'x');
  await put('gone', null);
  for (let round = 0; round < 20; round += 1) for (const key of ['a', 'b']) await put(key, `${key}${round}`);
  const before = test.segments().length;
  await test.clock.runFor(3_000);
  assert(test.segments().length < before);
  const state = async () => {
    const records = await test.readAll();
    for (let at = 1; at < records.length; at += 1) assert(records[at]!.offset > records[at - 1]!.offset);
    return new Map(records.map(({ key, value }) => [textOf(key), textOf(value)]));
  };
  const expected = [
    ['gone', null],
    ['a', 'a19'],
    ['b', 'b19'],
  ] as const;
  test.crash('power');
  await test.open({ ...options, memoryBytes: 0 }, specs);
  assert.deepEqual([...(await state())].sort(), [...expected].sort());
  const found = await test.readAll();
  assert(found.length < 42, `${found.length} records are left of 42`);
  assert.deepEqual(await test.log.range('t', 0), { begin: 0, end: 42 });
  assert.equal(textOf(found.at(-1)!.value), 'b19');
  assert.equal(found.at(-1)!.offset, 41);
  assert.deepEqual(valuesOf(await test.done(test.log.recordsAt('t', 0, [2, 41]))), [null, 'b19']);
  // A day later the tombstone goes too, once there is enough to compact.
  test.clock.shiftWall(25 * 3_600_000);
  for (let round = 20; round < 40; round += 1) for (const key of ['a', 'b']) await put(key, `${key}${round}`);
  await test.clock.runFor(3_000);
  test.crash();
  await test.open({ ...options, memoryBytes: 0 }, specs);
  assert.deepEqual([...(await state()).keys()].sort(), ['a', 'b']);
});

test('a compacted topic refuses records without a key', async () => {
  const test = new TestLog();
  await test.open({}, [topic({ cleanup: 'compact' })]);
  await assert.rejects(test.append('x'), /has a key/);
});

test('offsetAt finds the first record at or after a time, in memory, in segments, after a restart', async () => {
  const test = new TestLog();
  const options = { segmentBytes: 20_000, memoryBytes: 20_000 };
  await test.open(options);
  const times: number[] = [];
  for (let at = 0; at < 200; at += 1) {
    times.push((await test.append('x'.repeat(500))).time);
    await test.clock.runFor(10);
  }
  assert(test.segments().length > 3);
  const check = async () => {
    for (const at of [0, 1, 17, 18, 60, 120, 199]) {
      assert.equal(await test.done(test.log.offsetAt('t', 0, times[at]!)), at);
      assert.equal(await test.done(test.log.offsetAt('t', 0, times[at]! + 1)), at + 1);
    }
  };
  await check();
  test.crash();
  await test.open(options);
  await check();
});

test('old records come from segments once memory is spent, recent ones without waiting', async () => {
  const test = new TestLog();
  await test.open({ memoryBytes: 50_000, segmentBytes: 30_000, cacheBytes: 20_000 });
  const count = 400;
  for (let at = 0; at < count; at += 1) await test.append(`${at}:${'x'.repeat(400)}`);
  const recent = test.log.recordsAt('t', 0, [count - 2, count - 1]);
  assert(Array.isArray(recent), 'recent records take a turn');
  const old = test.log.recordsAt('t', 0, [0, 1, 100, 250]);
  assert(old instanceof Promise, 'nothing has left the memory');
  for (const [index, record] of (await test.done(old)).entries()) {
    assert.equal(record!.offset, [0, 1, 100, 250][index]);
    assert(textOf(record!.value)!.startsWith(`${record!.offset}:`));
  }
  const all = await test.readAll();
  assert.deepEqual(
    all.map(({ offset }) => offset),
    Array.from({ length: count }, (_, at) => at),
  );
});

test('appends that wait are bounded: beyond, they are refused for now', async () => {
  const test = new TestLog();
  await test.open({ pendingBytes: 1_000 });
  const results = await test.done(
    Promise.allSettled(Array.from({ length: 20 }, () => test.log.append('t', 0, [input('x'.repeat(200))]))),
  );
  const refused = results.filter((result) => result.status === 'rejected');
  assert.equal(refused.length, 16);
  for (const result of refused) {
    assert(
      result.status === 'rejected' && isBubbleError(result.reason, 'LOG_BUSY') && result.reason.retryable,
    );
  }
  await test.append('room again');
});

test('one append is bounded', async () => {
  const test = new TestLog();
  await test.open({ recordBytes: 500, appendBytes: 1_000 });
  await assert.rejects(test.append('x'.repeat(600)), failsWith('RECORD_TOO_LARGE'));
  await assert.rejects(
    test.append('x'.repeat(400), 'x'.repeat(400), 'x'.repeat(400)),
    failsWith('RECORD_TOO_LARGE'),
  );
  await test.append('x'.repeat(400), 'x'.repeat(400));
});

test('durability interval: answered before the sync, synced soon after', async () => {
  const test = new TestLog();
  await test.open({ durability: 'interval', intervalMs: 50 });
  await test.append('a');
  await test.clock.runFor(100);
  await test.append('b');
  test.crash('power');
  await test.open({ durability: 'interval' });
  assert.equal(valuesOf(await test.readAll())[0], 'a');
});

test('a topic of durability os is never synced on the way to an answer', async () => {
  const test = new TestLog();
  const syncs: string[] = [];
  const { mount } = test;
  const open = mount.open.bind(mount);
  mount.open = async (path, options) => {
    const file = await open(path, options);
    const noted = (what: string): void => {
      if (path.endsWith('.log')) syncs.push(`${what} ${path}`);
    };
    return {
      ...file,
      sync: () => {
        noted('sync');
        return file.sync();
      },
      writeSynced: (position, parts) => {
        noted('writeSynced');
        return file.writeSynced(position, parts);
      },
    };
  };
  await test.open({}, [topic({ durability: 'os' })]);
  await test.append('first, which makes the segment');
  syncs.length = 0;
  await test.append('a');
  assert.deepEqual(syncs, []);
  await test.done(test.log.append('t', 0, [input('b')], { durability: 'log' }));
  assert(syncs.length > 0);
});

test('close answers what was appended, ends what waits, and refuses what comes later', async () => {
  const test = new TestLog();
  await test.open({}, [topic(), topic({ name: 'idle' })]);
  await test.append('a');
  const reader = await test.log.reader('idle', 0, 0);
  const reading = assert.rejects(
    reader.read({ maxRecords: 1, maxBytes: 1, maxWaitMs: 1_000_000 }),
    failsWith('LOG_CLOSED'),
  );
  const joined = await test.log.join('g', ['t'], {
    assigned: async () => 0,
    batch: async () => {},
    revoked: async () => {},
  });
  const ended = assert.rejects(joined.ended, failsWith('LOG_CLOSED'));
  await test.clock.runFor(1);
  const appended = test.log.append('t', 0, [input('b')]);
  await test.done(test.log.close());
  assert.equal((await appended).baseOffset, 1);
  await reading;
  await ended;
  await assert.rejects(test.log.append('t', 0, [input('c')]), failsWith('LOG_CLOSED'));
  await assert.rejects(test.log.commitFor('g', 't', 0, { offset: 1, vector: [] }), failsWith('LOG_CLOSED'));
  await test.done(test.log.close());
  await test.open();
  assert.deepEqual(valuesOf(await test.readAll()), ['a', 'b']);
});

test('a damaged list of topics is refused', async () => {
  const test = new TestLog();
  await test.open();
  await test.done(test.log.close());
  test.disk.damage(`${FOLDER}/topics.json`, 0, Buffer.from('x'));
  await assert.rejects(test.open(), failsWith('LOG_DAMAGED'));
});

test('a committed position behind the end is dropped: its records were lost', async () => {
  const test = new TestLog();
  await test.open({ durability: 'os' });
  await test.append('a', 'b', 'c');
  await test.done(test.log.commitFor('g', 't', 0, { offset: 3, vector: [1] }));
  await test.done(test.log.commitFor('h', 't', 0, { offset: 0, vector: [] }));
  test.crash();
  const [path] = test.segments();
  test.disk.damage(path!, SEGMENT_HEADER_BYTES, Buffer.alloc(1));
  await test.open();
  assert.deepEqual(await test.log.range('t', 0), { begin: 0, end: 0 });
  assert.equal(await test.log.committed('g', 't', 0), null);
  assert.deepEqual(await test.log.committed('h', 't', 0), { offset: 0, vector: [] });
});
