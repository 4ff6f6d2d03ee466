import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isBubbleError } from '../../../schemas/errors.ts';
import { decodeVector, encodeVector } from './commit-metadata.ts';

const src = fc.oneof(fc.constant(-1), fc.maxSafeNat());

test('a vector comes back from its text, which fits the metadata of a commit with 256 sources', () => {
  fc.assert(
    fc.property(fc.array(src, { maxLength: 256 }), (vector) => {
      const text = encodeVector(vector);
      assert.ok(text.length <= 4_096);
      assert.deepEqual(decodeVector(text, 'here'), vector);
    }),
  );
  const widest = encodeVector(new Array<number>(256).fill(Number.MAX_SAFE_INTEGER));
  assert.ok(widest.length <= 4_096, `${widest.length}`);
});

test('golden: what stands in the commit', () => {
  assert.equal(encodeVector([]), 'v1:');
  assert.equal(encodeVector([-1, 0, 2 ** 45]), 'v1:-1,0,1000000000');
});

test('foreign metadata is refused: a position without its vector would renumber rows', () => {
  for (const text of [null, '', 'anything', 'v1:x', 'v1:1,', 'v1:-2', 'v1:1z']) {
    assert.throws(
      () => decodeVector(text, 'group g'),
      (error) => isBubbleError(error, 'STORE_CONFLICT') && error.message.includes('group g'),
      String(text),
    );
  }
});
