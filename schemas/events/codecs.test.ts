import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isBubbleError } from '../errors.ts';
import { EVENT_SCHEMAS, makeCodecs } from './codecs.ts';
import { Codec, type EventSchema, schemaIdOf } from './envelope.ts';
import { COMMAND, type InboundEvent, NO_RETURN } from './inbound.ts';
import type { InboxEvent } from './inbox.ts';
import { forEachTarget, packUsers, TargetWriter, unpackUsers } from './packed.ts';

const subjects = Object.values(EVENT_SCHEMAS);
const codecs = makeCodecs((event) => 1 + subjects.indexOf(event));

const inbound: InboundEvent = {
  tenant: 'acme',
  conversation: 'd/alice/bob',
  kind: COMMAND.MESSAGE,
  sender: 'alice',
  device: 'phone',
  generation: 0,
  clientMsgId: 0xfedc_ba98_7654_3210n,
  to: 'bob',
  body: Buffer.from('hi'),
  bodyKey: null,
  gateTime: 1_800_000_000_000,
  slot: 0,
  slotEpoch: 3,
  connection: 17,
  request: 5,
};

test('inbound: golden bytes', () => {
  const bytes = codecs.inbound.encode(inbound);
  assert.equal(
    bytes.toString('hex'),
    '0000000001' +
      '0861636d6516642f616c6963652f626f62000a616c6963650a70686f6e6500' +
      'dfb7de9af1d9a2a302' +
      '06626f6204686900' +
      '80c0e285e368' +
      '00062' +
      '20a',
  );
  const decoded = codecs.inbound.decode(bytes);
  assert.deepEqual({ ...decoded, body: Buffer.from(decoded!.body) }, inbound);
});

test('inbox: golden bytes', () => {
  const event: InboxEvent = {
    tenant: 'acme',
    conversation: 'd/alice/bob',
    kind: 0,
    source: 1,
    src: 2 ** 45 + 4,
    prev: -1,
    logTime: 1_800_000_000_000,
    sender: 'alice',
    recipients: packUsers(['alice', 'bob']),
    row: Buffer.of(1, 2),
    content: Buffer.from('hi'),
    bodyKey: null,
    ack: Buffer.of(3),
    ...NO_RETURN,
  };
  const bytes = codecs.inbox.encode(event);
  assert.equal(
    bytes.toString('hex'),
    '0000000002' +
      '0861636d6516642f616c6963652f626f620002' +
      '88808080808010' +
      '01' +
      '80c0e285e368' +
      '0a616c696365' +
      '1405616c69636503626f62' +
      '040102' +
      '046869' +
      '00' +
      '0203' +
      '01000000',
  );
  const decoded = codecs.inbox.decode(bytes);
  assert.equal(decoded?.src, event.src);
  assert.deepEqual(unpackUsers(decoded!.recipients), ['alice', 'bob']);
});

test('a value larger than the scratch buffer', () => {
  const body = Buffer.alloc(300_000, 7);
  assert.equal(
    Buffer.compare(codecs.inbound.decode(codecs.inbound.encode({ ...inbound, body }))!.body, body),
    0,
  );
  assert.equal(codecs.inbound.decode(codecs.inbound.encode(inbound))?.sender, 'alice');
});

test('damaged bytes are undecodable, never a wrong event; foreign ids are an unknown schema', () => {
  const bytes = codecs.inbound.encode(inbound);
  for (let end = 5; end < bytes.length; end += 1)
    assert.equal(codecs.inbound.decode(bytes.subarray(0, end)), null);
  assert.equal(codecs.inbound.decode(Buffer.concat([bytes, Buffer.of(0)])), null);
  assert.throws(
    () => codecs.inbound.decode(Buffer.of(0, 0, 0, 0, 77, 1)),
    (error) => isBubbleError(error, 'UNKNOWN_SCHEMA'),
  );
  for (const foreign of [Buffer.alloc(0), Buffer.of(0, 0, 0), Buffer.from('{"json":1}')]) {
    assert.throws(
      () => schemaIdOf(foreign),
      (error) => isBubbleError(error, 'UNKNOWN_SCHEMA'),
    );
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (junk) => {
      codecs.inbound.decode(Buffer.concat([Buffer.of(0, 0, 0, 0, 1), junk]));
    }),
  );
});

test('an older writer is read through its schema', () => {
  const v1: EventSchema = {
    subject: 'bubble.X',
    schema: { type: 'record', name: 'bubble.X', fields: [{ name: 'a', type: 'int' }] },
  };
  const v2: EventSchema = {
    subject: 'bubble.X',
    schema: {
      type: 'record',
      name: 'bubble.X',
      fields: [
        { name: 'b', type: 'string', default: 'none' },
        { name: 'a', type: 'int' },
      ],
    },
  };
  const writer = new Codec<{ a: number }>(v1, 10);
  const reader = new Codec<{ a: number; b: string }>(v2, 11);
  reader.addWriter(10, v1.schema);
  assert.ok(reader.reads(10));
  assert.deepEqual({ ...reader.decode(writer.encode({ a: 5 })) }, { b: 'none', a: 5 });
});

test('packed lists', () => {
  const users = ['a', '王小明', 'x'.repeat(64)];
  assert.deepEqual(unpackUsers(packUsers(users)), users);
  assert.throws(() => packUsers(['x'.repeat(128)]), RangeError);
  const writer = new TargetWriter();
  const seen: [number, number][] = [];
  for (let index = 0; index < 1_000; index += 1) writer.add(index * 4_000_000, 2 ** 45 + index);
  assert.equal(writer.count, 1_000);
  forEachTarget(writer.take(), (connection, prevSeq) => seen.push([connection, prevSeq]));
  assert.deepEqual(seen[999], [3_996_000_000, 2 ** 45 + 999]);
  assert.equal(writer.take().length, 0);
});
