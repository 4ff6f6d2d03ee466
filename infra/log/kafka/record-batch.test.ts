import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isBubbleError } from '../../../schemas/errors.ts';
import type { RecordInput } from '../log.ts';
import { batchBytesAtMost, readBatches, writeBatch, writeInt64 } from './record-batch.ts';

const bytesOrNull = fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null });
const inputs = fc.array(
  fc.array(fc.record({ key: bytesOrNull, value: bytesOrNull }), { minLength: 1, maxLength: 80 }),
  { minLength: 1, maxLength: 4 },
);

const sizeOf = (appends: readonly (readonly RecordInput[])[]): number => {
  let bytes = 0;
  let count = 0;
  for (const { key, value } of appends.flat()) {
    bytes += (key?.length ?? 0) + (value?.length ?? 0);
    count += 1;
  }
  return batchBytesAtMost(count, bytes);
};

/** A batch as a broker with LogAppendTime stores it. */
const stored = (appends: readonly (readonly RecordInput[])[], baseOffset: number, timeMs: number): Buffer => {
  const target = Buffer.alloc(sizeOf(appends));
  const batch = target.subarray(0, writeBatch(target, 0, appends, timeMs));
  writeInt64(batch, 0, baseOffset);
  return batch;
};

test('what is written is read, within the bytes that were said', () => {
  fc.assert(
    fc.property(inputs, fc.nat(2 ** 40), fc.nat(2 ** 42), (appends, baseOffset, timeMs) => {
      const { records, next } = readBatches(stored(appends, baseOffset, timeMs), 0, 't/0');
      const flat = appends.flat();
      assert.equal(next, baseOffset + flat.length);
      assert.deepEqual(
        records.map(({ offset, time }) => [offset, time]),
        flat.map((_, index) => [baseOffset + index, timeMs]),
      );
      for (const [index, { key, value }] of records.entries()) {
        assert.deepEqual(key === null ? null : [...key], flat[index]!.key && [...flat[index]!.key]);
        assert.deepEqual(value === null ? null : [...value], flat[index]!.value && [...flat[index]!.value]);
      }
    }),
    { numRuns: 200 },
  );
});

test('golden bytes: one record, key k, value v', () => {
  const batch = stored([[{ key: Buffer.from('k'), value: Buffer.from('v') }]], 0, 1_700_000_000_000);
  assert.equal(
    batch.toString('hex'),
    '0000000000000000' +
      '0000003a' +
      'ffffffff' +
      '02' +
      crc(batch.subarray(21)).toString(16).padStart(8, '0') +
      '0000' +
      '00000000' +
      '0000018bcfe56800' +
      '0000018bcfe56800' +
      'ffffffffffffffff' +
      'ffff' +
      'ffffffff' +
      '00000001' +
      '10' +
      '00' +
      '00' +
      '00' +
      '026b' +
      '0276' +
      '00',
  );
});

test('records below the place asked for are left out, a batch that is cut off too', () => {
  const records = ['a', 'b', 'c'].map((value) => ({ key: null, value: Buffer.from(value) }));
  const first = stored([records], 10, 1);
  const second = stored([records], 13, 1);
  const read = readBatches(Buffer.concat([first, second.subarray(0, second.length - 1)]), 12, 't/0');
  assert.deepEqual(
    read.records.map(({ offset }) => offset),
    [12],
  );
  assert.equal(read.next, 13);
});

test('next passes the end of a compacted batch, and a control batch', () => {
  const batch = stored([[{ key: null, value: Buffer.from('x') }]], 5, 1);
  // Compaction has removed the records after the first: the batch keeps its last offset.
  batch.writeInt32BE(7, 23);
  const compacted = withChecksum(batch);
  assert.equal(readBatches(compacted, 5, 't/0').next, 13);
  const control = Buffer.from(batch);
  control.writeInt16BE(0x20, 21);
  const read = readBatches(withChecksum(control), 5, 't/0');
  assert.deepEqual([read.records.length, read.next], [0, 13]);
});

test('damage, another format and compression are named and refused', () => {
  const batch = stored([[{ key: null, value: Buffer.from('x') }]], 5, 1);
  const damaged = Buffer.from(batch);
  damaged[damaged.length - 2]! ^= 1;
  const old = Buffer.from(batch);
  old[16] = 1;
  const compressed = Buffer.from(batch);
  compressed.writeInt16BE(1, 21);
  for (const [bytes, says] of [
    [damaged, /t\/0 at offset 5: the checksum differs/],
    [old, /format 1/],
    [withChecksum(compressed), /compressed/],
  ] as const) {
    assert.throws(
      () => readBatches(bytes, 5, 't/0'),
      (error) => isBubbleError(error, 'LOG_DAMAGED') && says.test(error.message),
    );
  }
});

function withChecksum(batch: Buffer): Buffer {
  const copy = Buffer.from(batch);
  copy.writeUInt32BE(crc(copy.subarray(21)), 17);
  return copy;
}

/** CRC-32C, bit by bit: another implementation than the one under test. */
function crc(bytes: Uint8Array): number {
  let state = 0xffffffff;
  for (const byte of bytes) {
    state ^= byte;
    for (let bit = 0; bit < 8; bit += 1) state = state & 1 ? (state >>> 1) ^ 0x82f63b78 : state >>> 1;
  }
  return (state ^ 0xffffffff) >>> 0;
}
