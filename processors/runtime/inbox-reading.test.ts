import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCodecs } from '../../schemas/events/codecs.ts';
import { NO_RETURN } from '../../schemas/events/inbound.ts';
import type { InboxEvent } from '../../schemas/events/inbox.ts';
import { packUsers } from '../../schemas/events/packed.ts';
import { readInboxRecord } from './inbox-reading.ts';

let ids = 0;
const codecs = makeCodecs(() => {
  ids += 1;
  return ids;
});
const event: InboxEvent = {
  ...NO_RETURN,
  tenant: 'acme',
  conversation: 'd/a/b',
  kind: 0,
  source: 1,
  src: 7,
  prev: -1,
  logTime: 1,
  sender: 'a',
  recipients: packUsers(['a']),
  row: Buffer.alloc(0),
  content: Buffer.alloc(0),
  bodyKey: null,
  ack: Buffer.alloc(0),
};
const good = codecs.inbox.encode(event);
const kindOf = (value: Uint8Array | null): string => readInboxRecord(codecs, value).kind;

test('what can never be an inbox record is foreign to everybody', () => {
  assert.equal(kindOf(good), 'event');
  const values = [
    null,
    Buffer.alloc(0),
    Buffer.from([0, 0, 0]),
    Buffer.from('{"json":true}'),
    Buffer.alloc(900_000, 0xff),
    codecs.replaced.encode({ slotEpoch: 1, connection: 2 }),
    good.subarray(0, 8),
    Buffer.concat([good.subarray(0, 5), Buffer.alloc(40, 0xff)]),
    codecs.inbox.encode({ ...event, source: 256 }),
    codecs.inbox.encode({ ...event, source: 2 ** 31 - 1 }),
    codecs.inbox.encode({ ...event, source: -1 }),
  ];
  for (const [at, value] of values.entries()) assert.equal(kindOf(value), 'foreign', `value ${at}`);
});

test('an id that no codec reads may be one for somebody else', () => {
  const unknown = Buffer.from(good);
  unknown.writeUInt32BE(4_711, 1);
  assert.deepEqual(readInboxRecord(codecs, unknown), { kind: 'unknown', schemaId: 4_711 });
});
