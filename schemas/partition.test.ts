import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur2, partitionOf } from './partition.ts';

// The values of Kafka's own test of org.apache.kafka.common.utils.Utils.murmur2.
const JAVA: [string, number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

test('murmur2 gives what Kafka gives in Java', () => {
  for (const [key, hash] of JAVA) assert.equal(murmur2(Buffer.from(key)), hash, key);
});

test('a key has one partition, within bounds, as text and as bytes', () => {
  for (let index = 0; index < 1_000; index += 1) {
    const key = `acme/d/用户${index}/b`;
    const partition = partitionOf(key, 8);
    assert.ok(partition >= 0 && partition < 8);
    assert.equal(partitionOf(Buffer.from(key), 8), partition);
  }
  assert.equal(partitionOf('anything', 1), 0);
});
