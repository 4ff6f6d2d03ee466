import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TopicSpec } from '../../../schemas/topics.ts';
import { mismatchOf, settingsOf, specOf } from './topic-settings.ts';

const CLUSTER = { replication: 3, minInsync: 2, batchBytes: 2_000_000 };
const SPEC: TopicSpec = {
  name: 't',
  partitions: 8,
  cleanup: 'delete',
  retentionMs: 600_000,
  durability: 'log',
};
const existing = (changes: Record<string, string> = {}, partitions = 8, replication = 3) => ({
  partitions,
  replication,
  settings: new Map([...settingsOf(SPEC, CLUSTER), ...Object.entries(changes)]),
});

test('what we make is what we want, and reads back', () => {
  assert.equal(mismatchOf(SPEC, existing(), CLUSTER), null);
  for (const spec of [
    SPEC,
    { ...SPEC, cleanup: 'compact' as const, retentionMs: Number.POSITIVE_INFINITY },
    { ...SPEC, durability: 'os' as const },
  ]) {
    assert.deepEqual(specOf('t', 8, settingsOf(spec, CLUSTER), CLUSTER), spec);
  }
});

test('every difference is named with what to do; what is stronger passes', () => {
  const mismatch = mismatchOf(
    SPEC,
    existing(
      {
        'cleanup.policy': 'compact',
        'retention.ms': '1000',
        'message.timestamp.type': 'CreateTime',
        'min.insync.replicas': '1',
        'max.message.bytes': '1000',
        'compression.type': 'producer',
      },
      4,
      1,
    ),
    CLUSTER,
  );
  assert.equal(mismatch?.code, 'TOPIC_MISMATCH');
  for (const word of [
    '4 partitions',
    '1 replicas',
    'cleanup.policy=delete',
    'retention.ms=600000',
    'message.timestamp.type=LogAppendTime',
    'min.insync.replicas=2',
    'max.message.bytes=2000000',
    'compression.type=uncompressed',
  ])
    assert.ok(mismatch.message.includes(word), word);
  const stronger = { 'retention.ms': '-1', 'min.insync.replicas': '3', 'max.message.bytes': '9000000' };
  assert.equal(mismatchOf(SPEC, existing(stronger, 8, 5), CLUSTER), null);
});

test('segments close in time for what must be deleted or compacted, and others are left to Kafka', () => {
  const HOUR_MS = 3_600_000;
  const closing = (changes: Partial<TopicSpec>) =>
    settingsOf({ ...SPEC, ...changes }, CLUSTER).get('segment.ms');
  assert.equal(closing({ retentionMs: 120_000 }), '60000');
  assert.equal(closing({ retentionMs: 600_000 }), '300000');
  assert.equal(closing({ cleanup: 'compact', retentionMs: Number.POSITIVE_INFINITY }), String(HOUR_MS));
  assert.equal(closing({ retentionMs: Number.POSITIVE_INFINITY }), undefined);
  const slow = mismatchOf(SPEC, existing({ 'segment.ms': '604800000' }), CLUSTER);
  assert.match(slow?.message ?? '', /segment\.ms=300000/);
  assert.equal(mismatchOf(SPEC, existing({ 'segment.ms': '60000' }), CLUSTER), null);
});
