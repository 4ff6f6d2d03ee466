import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeEntry, encodeEntry, Ledger } from './ledger.ts';

test('a ledger tells repeats, holes and what is missing at the end', () => {
  const ledger = new Ledger(2, 1);
  for (const number of [0, 1, 0, 1, 2]) ledger.see(0, 0, number);
  assert.deepEqual(ledger.counts, { first: 3, repeats: 2, inverted: 0 });
  ledger.see(0, 1, 0);
  ledger.see(0, 1, 2);
  assert.equal(ledger.counts.inverted, 1, 'a hole');
  ledger.see(0, 1, 1);
  assert.equal(ledger.counts.repeats, 3, 'what comes after its successor does not fill the hole');
  assert.equal(ledger.missing(0, 0, 5), 2);
  assert.equal(ledger.missing(0, 0, 3), 0);
});

test('entries come back', () => {
  assert.deepEqual(decodeEntry(encodeEntry(3, 123_456_789_012, 100)), {
    source: 3,
    number: 123_456_789_012,
  });
});
