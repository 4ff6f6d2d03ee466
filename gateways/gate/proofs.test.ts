import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimed, isUnproven, joined, NOT_RECORDED, type ProofState } from './proofs.ts';

const state = (over: Partial<ProofState> = {}): ProofState => ({
  provenTo: 100,
  provenAt: 0,
  recordOffset: 5,
  ...over,
});
const provenAfter = (over: Partial<ProofState>, from: number, to: number, sessionsBelow: number): number => {
  const proof = state(over);
  claimed(proof, { from, to, sessionsBelow }, 1);
  return proof.provenTo;
};

test('joined raises provenTo and never lowers it', () => {
  const proof = state({ provenTo: 0 });
  joined(proof, 70, 1);
  joined(proof, 60, 2);
  assert.equal(proof.provenTo, 70);
});

test('a claim raises it where the session was known and nothing lies between', () => {
  assert.equal(provenAfter({}, 90, 200, 6), 200);
  assert.equal(provenAfter({}, 100, 200, 6), 200);
});

test('a claim of an owner that had not read the session, or began later, proves nothing', () => {
  assert.equal(provenAfter({}, 90, 200, 5), 100);
  assert.equal(provenAfter({ recordOffset: NOT_RECORDED }, 90, 200, 1e9), 100);
  assert.equal(provenAfter({}, 101, 200, 6), 100);
  assert.equal(provenAfter({ provenTo: 0 }, 0, 200, 6), 0);
});

test('a claim of an older owner does not lower it', () => {
  assert.equal(provenAfter({}, 10, 50, 6), 100);
});

test('unproven before joined, and when no claim has held for long', () => {
  assert.equal(isUnproven(state({ provenTo: 0 }), 0, 15), true);
  assert.equal(isUnproven(state(), 15, 15), false);
  assert.equal(isUnproven(state(), 16, 15), true);
});
