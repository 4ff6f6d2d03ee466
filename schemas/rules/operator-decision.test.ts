import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMAND } from '../events/inbound.ts';
import {
  DECISION_ACTIONS,
  decisionEvent,
  decisionKey,
  decisionNotes,
  decisionOfKey,
} from './operator-decision.ts';

test('the key of a decision says which record and what', () => {
  for (const action of DECISION_ACTIONS) {
    for (const offset of [0, 7, Number.MAX_SAFE_INTEGER]) {
      assert.deepEqual(decisionOfKey(decisionKey({ offset, action })), { offset, action });
    }
  }
  assert.equal(decisionKey({ offset: 12, action: 'reject' }).toString(), 'fact/decision/12/reject');
});

test('any other key is no decision', () => {
  const keys = [
    '',
    'acme/d/a/b',
    'fact/epoch/2',
    'fact/decision/',
    'fact/decision/1',
    'fact/decision/1/',
    'fact/decision/01/reject',
    'fact/decision/-1/reject',
    'fact/decision/1.5/reject',
    'fact/decision/9007199254740993/reject',
    'fact/decision/1/reject/x',
    'fact/decision/1/skip',
    `fact/decision/1/reject${' '.repeat(100)}`,
  ];
  for (const key of keys) assert.equal(decisionOfKey(Buffer.from(key)), null, key);
  assert.equal(decisionOfKey(null), null);
});

test('who and why stand in the body, for people', () => {
  const decision = { offset: 3, action: 'reject', operator: 'ada', reason: 'a stranger wrote it' } as const;
  const event = decisionEvent(decision, 17);
  assert.deepEqual([event.kind, event.sender, event.gateTime], [COMMAND.OPERATOR_DECISION, '', 17]);
  assert.deepEqual(decisionNotes(event.body), { operator: 'ada', reason: 'a stranger wrote it' });
  for (const body of ['', '{', 'null', '[]', '{"operator":1}']) {
    assert.deepEqual(decisionNotes(Buffer.from(body)), { operator: '', reason: '' }, body);
  }
});
