import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBuckets } from './rates.ts';

test('a burst, then so many a second', () => {
  const buckets = new TokenBuckets(10, 3, 100);
  const bucket = buckets.bucket('ann', 0);
  assert.deepEqual(
    [0, 0, 0, 0].map((now) => buckets.take(bucket, now)),
    [2, 1, 0, -1],
  );
  assert.equal(buckets.left(bucket, 200), 1);
  assert.equal(buckets.left(bucket, 100_000), 3);
});

test('beyond the bound the least recently used is forgotten', () => {
  const buckets = new TokenBuckets(1, 5, 2);
  buckets.take(buckets.bucket('ann', 0), 0);
  buckets.take(buckets.bucket('bob', 0), 0);
  buckets.bucket('ann', 0);
  buckets.bucket('cid', 0);
  assert.equal(buckets.size, 2);
  assert.equal(buckets.bucket('ann', 0).tokens, 4);
  assert.equal(buckets.bucket('bob', 0).tokens, 5);
});
