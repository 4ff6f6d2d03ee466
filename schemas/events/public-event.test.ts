import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type AvroSchema, Codec } from './envelope.ts';
import { PUBLIC_EVENT, type PublicEvent } from './public-event.ts';

const codec = new Codec<PublicEvent>(PUBLIC_EVENT, 7);
const EVENT: PublicEvent = {
  id: '1.0.4',
  kind: 'recall',
  tenant: 'acme',
  conversation: 'd/alice/bob',
  conversationKind: 'direct',
  groupId: null,
  peer: 'bob',
  sender: 'alice',
  device: 'phone',
  serverMsgId: '18446744073709551615',
  clientMsgId: '1',
  convSeq: 2 ** 45 + 4,
  serverTime: 1_800_000_000_000,
  createTime: null,
  recipients: 2,
  memberCount: null,
  msgType: null,
  text: null,
  content: null,
  bodyKey: null,
  readTo: null,
  targetSender: 'alice',
  targetServerMsgId: '5',
  targetClientMsgId: '6',
  targetConvSeq: 2 ** 45 + 3,
  change: null,
  users: ['x'],
  title: null,
};

test('golden bytes', () => {
  assert.equal(
    codec.encode(EVENT).toString('hex'),
    '0000000007' +
      '0a312e302e340c726563616c6c0861636d6516642f616c6963652f626f620c646972656374' +
      '000206626f620a616c6963650a70686f6e65' +
      '2831383434363734343037333730393535313631350231' +
      '888080808080' +
      '1080c0e285e36800040000000000' +
      '00020a616c69636502023502023602868080808080100002' +
      '02780000',
  );
  assert.deepEqual({ ...codec.decode(codec.encode(EVENT)) }, EVENT);
});

test('a release with one field more and this one understand each other', () => {
  const { schema } = PUBLIC_EVENT;
  const later: AvroSchema = {
    ...schema,
    fields: [...schema.fields, { name: 'mood', type: ['null', 'string'], default: null }],
  };
  const laterCodec = new Codec<PublicEvent & { mood: string | null }>({ ...PUBLIC_EVENT, schema: later }, 8);
  codec.addWriter(8, later);
  laterCodec.addWriter(7, schema);
  assert.deepEqual({ ...codec.decode(laterCodec.encode({ ...EVENT, mood: 'glad' })) }, EVENT);
  assert.deepEqual({ ...laterCodec.decode(codec.encode(EVENT)) }, { ...EVENT, mood: null });
});

test('every field has a default, is described in the schema and has its line in the documentation', () => {
  const documentation = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
  for (const field of PUBLIC_EVENT.schema.fields) {
    assert.ok('default' in field && field.doc, field.name);
    assert.match(documentation, new RegExp(`^\\|.*\`${field.name}\`.*\\|`, 'm'), field.name);
  }
  assert.equal(PUBLIC_EVENT.compatibility, 'FULL_TRANSITIVE');
});
