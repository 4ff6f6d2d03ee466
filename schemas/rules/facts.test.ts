import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMAND } from '../events/inbound.ts';
import { decodeFact, encodeFact, type Fact } from './facts.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('facts come back as they were', () => {
  const facts: Fact[] = [
    { kind: COMMAND.RULES_VERSION, version: 3 },
    { kind: COMMAND.EPOCH_CHANGE, epoch: 2, inboxPartitions: 16 },
  ];
  for (const fact of facts) assert.deepEqual(decodeFact(fact.kind, encodeFact(fact)), fact);
  assert.equal(new TextDecoder().decode(encodeFact(facts[1]!)), '{"epoch":2,"inboxPartitions":16}');
});

test('anything else is no fact', () => {
  for (const text of ['', 'null', '[]', '{}', '{"version":0}', '{"version":1.5}', '{"version":"1"}', '{']) {
    assert.equal(decodeFact(COMMAND.RULES_VERSION, bytes(text)), null, text);
  }
  for (const text of [
    '{"epoch":256,"inboxPartitions":8}',
    '{"epoch":2,"inboxPartitions":257}',
    '{"epoch":2}',
  ]) {
    assert.equal(decodeFact(COMMAND.EPOCH_CHANGE, bytes(text)), null, text);
  }
  assert.equal(decodeFact(COMMAND.MESSAGE, bytes('{"version":1}')), null);
});
