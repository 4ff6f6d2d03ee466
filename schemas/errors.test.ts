import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSE_CODES, closeNameOf, ERRORS, errorNameOf, isRetryable } from './errors.ts';

test('codes are unique and found by number', () => {
  for (const [name, entry] of Object.entries(ERRORS)) assert.equal(errorNameOf(entry.code), name);
  for (const [name, entry] of Object.entries(CLOSE_CODES)) assert.equal(closeNameOf(entry.code), name);
  assert.equal(errorNameOf(9_999), undefined);
});

test('the range of a code says what to do', () => {
  for (const [name, entry] of Object.entries(ERRORS)) {
    const retryable = entry.code >= 100 && entry.code < 200;
    assert.equal(isRetryable(name as keyof typeof ERRORS), retryable, name);
    assert.match(entry.sentence, /^[A-Z].*\.$/, name);
  }
});
