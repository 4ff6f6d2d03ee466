import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventWriter } from '../../../processors/fan-out/event-writer.ts';
import { EVENT_SCHEMAS, makeCodecs } from '../../../schemas/events/codecs.ts';
import { decisionEvent, decisionKey } from '../../../schemas/rules/operator-decision.ts';
import { EVENTS, INBOUND } from '../../../schemas/topics.ts';
import { describeRecord } from './describe-record.ts';

const schemas = Object.values(EVENT_SCHEMAS);
const codecs = makeCodecs((event) => 1 + schemas.indexOf(event));

test('a public event is shown with what applies to its kind', () => {
  const text = Buffer.from('héllo');
  const record = new EventWriter(codecs.publicEvent.id).record({
    id: '1.2.3',
    kind: 'message',
    tenant: 'acme',
    conversation: 'd/ann/bob',
    conversationKind: 'direct',
    groupId: null,
    peer: 'bob',
    sender: 'ann',
    device: 'phone',
    serverMsgId: 2n ** 64n - 1n,
    clientMsgId: 5n,
    convSeq: 3,
    serverTime: 1_800_000_000_000,
    createTime: 0,
    recipients: 2,
    memberCount: null,
    source: text,
    message: { msgType: 1, contentStart: 0, contentEnd: text.length },
    readTo: null,
    target: null,
    membership: null,
  });
  const described = describeRecord(codecs, EVENTS, 2, { ...record, offset: 9, time: 1_800_000_000_001 });
  assert.deepEqual([described.type, described.key], ['Event', 'acme/d/ann/bob']);
  assert.deepEqual(described.value, {
    id: '1.2.3',
    kind: 'message',
    tenant: 'acme',
    conversation: 'd/ann/bob',
    conversationKind: 'direct',
    peer: 'bob',
    sender: 'ann',
    device: 'phone',
    serverMsgId: '18446744073709551615',
    clientMsgId: '5',
    convSeq: 3,
    serverTime: 1_800_000_000_000,
    recipients: 2,
    msgType: 1,
    text: 'héllo',
    users: [],
  });
});

test('the decision of an operator is shown by its name, with what it says', () => {
  const decision = { offset: 7, action: 'reject', operator: 'ada', reason: 'a test' } as const;
  const value = codecs.inbound.encode(decisionEvent(decision, 5));
  const described = describeRecord(codecs, INBOUND, 0, {
    key: decisionKey(decision),
    value,
    offset: 9,
    time: 6,
  });
  const shown = described.value as { command: string; body: string };
  assert.deepEqual(
    [described.type, shown.command, JSON.parse(shown.body)],
    ['Inbound', 'operator-decision', decision],
  );
});
