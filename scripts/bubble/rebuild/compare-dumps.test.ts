import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareDumps } from './compare-dumps.ts';

const of = { part: 'timeline', partition: 2, position: 7 } as const;

test('equal dumps have equal digests and no difference', async () => {
  const comparison = await compareDumps(of, ['a\t1', 'b\t2'], ['a\t1', 'b\t2']);
  assert.equal(comparison.firstDifference, null);
  assert.deepEqual(comparison.stored, comparison.rebuilt);
  assert.equal(comparison.stored.lines, 2);
  assert.equal((await compareDumps(of, [], [])).firstDifference, null);
});

test('the first difference is told, a missing line at the end too', async () => {
  const changed = await compareDumps(of, ['a\t1', 'b\t2', 'c\t3'], ['a\t1', 'b\t9', 'c\t8']);
  assert.deepEqual(changed.firstDifference, { stored: 'b\t2', rebuilt: 'b\t9' });
  assert.notEqual(changed.stored.digest, changed.rebuilt.digest);
  const shorter = await compareDumps(of, ['a\t1'], ['a\t1', 'b\t2']);
  assert.deepEqual(shorter.firstDifference, { stored: null, rebuilt: 'b\t2' });
  assert.deepEqual([shorter.stored.lines, shorter.rebuilt.lines], [1, 2]);
});
