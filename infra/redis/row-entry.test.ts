import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRowEntry } from './row-entry.ts';

const GENERATION = 'ab'.repeat(12);

const head = (from: number, last: number, count: number): Buffer => {
  const out = Buffer.alloc(44);
  out.write(GENERATION, 'latin1');
  out.writeDoubleLE(from, 24);
  out.writeDoubleLE(last, 32);
  out.writeUInt32LE(count, 40);
  return out;
};

const row = (seq: number, bytes: string): Buffer => {
  const out = Buffer.alloc(12);
  out.writeDoubleLE(seq, 0);
  out.writeUInt32LE(bytes.length, 8);
  return Buffer.concat([out, Buffer.from(bytes)]);
};

test('an entry is read as the script writes it, with versions of any epoch', () => {
  const seq = 255 * 2 ** 45 + 7;
  const entry = readRowEntry(Buffer.concat([head(seq - 2, seq + 1, 2), row(seq, 'one'), row(seq + 1, '')]));
  assert.deepEqual([entry.generation, entry.from], [GENERATION, seq - 2]);
  assert.deepEqual(
    entry.rows.map((each) => [each.seq, Buffer.from(each.bytes).toString()]),
    [
      [seq, 'one'],
      [seq + 1, ''],
    ],
  );
  assert.deepEqual(readRowEntry(head(5, 5, 0)).rows, []);
});

test('anything else is refused, at every length', () => {
  const whole = Buffer.concat([head(1, 3, 2), row(2, 'two'), row(3, 'three')]);
  const ends = new Set([44, 44 + 15, whole.length]);
  for (let length = 0; length <= whole.length; length += 1) {
    if (ends.has(length)) readRowEntry(whole.subarray(0, length));
    else assert.throws(() => readRowEntry(whole.subarray(0, length)), { code: 'STORE_AWAY' }, `${length}`);
  }
});
