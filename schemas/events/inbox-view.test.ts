import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bubble } from '../wire/generated/bubble.js';
import { makeCodecs } from './codecs.ts';
import type { InboxEvent } from './inbox.ts';
import { readInbox } from './inbox-view.ts';
import { packUsers } from './packed.ts';

let lastId = 0;
const codec = makeCodecs(() => ++lastId).inbox;

/** avsc refuses 2^53 - 1. */
const safe = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1 });
const bytes = fc.uint8Array({ maxLength: 200 }).map((b) => Buffer.from(b));
const event: fc.Arbitrary<InboxEvent> = fc.record({
  tenant: fc.string({ unit: 'grapheme' }),
  conversation: fc.string({ unit: 'grapheme' }),
  kind: fc.nat(200),
  source: fc.nat(255),
  src: safe,
  prev: fc.oneof(fc.constant(-1), safe),
  logTime: safe,
  sender: fc.string({ unit: 'grapheme' }),
  recipients: fc.array(fc.stringMatching(/^[a-z]{1,20}$/)).map((users) => packUsers(users)),
  row: bytes,
  content: bytes,
  bodyKey: fc.oneof(fc.constant(null), fc.string()),
  ack: bytes,
  slot: fc.oneof(fc.constant(-1), fc.nat()),
  slotEpoch: safe,
  connection: safe,
  request: safe,
});

const fields = (read: InboxEvent): InboxEvent => ({
  tenant: read.tenant,
  conversation: read.conversation,
  kind: read.kind,
  source: read.source,
  src: read.src,
  prev: read.prev,
  logTime: read.logTime,
  sender: read.sender,
  recipients: Buffer.from(read.recipients),
  row: Buffer.from(read.row),
  content: Buffer.from(read.content),
  bodyKey: read.bodyKey,
  ack: Buffer.from(read.ack),
  slot: read.slot,
  slotEpoch: read.slotEpoch,
  connection: read.connection,
  request: read.request,
});

test('a view reads what the codec has written', () => {
  fc.assert(
    fc.property(event, (written) => {
      const read = readInbox(codec, codec.encode(written));
      assert.ok(read !== null);
      assert.deepEqual(fields(read), fields(written));
    }),
    { numRuns: 300 },
  );
});

test('a record cut anywhere is a placeholder for its recipients, or nothing, and never an exception', () => {
  fc.assert(
    fc.property(event, fc.nat(), (written, at) => {
      const whole = codec.encode(written);
      const cut = 5 + (at % (whole.length - 5));
      const read = readInbox(codec, whole.subarray(0, cut));
      if (read === null) return;
      assert.equal(read.kind, bubble.wire.RowKind.PLACEHOLDER);
      assert.deepEqual(Buffer.from(read.recipients), Buffer.from(written.recipients));
      assert.equal(read.src, written.src);
      const row = bubble.wire.AddMsg.decode(read.row);
      assert.equal(row.kind, bubble.wire.RowKind.PLACEHOLDER);
    }),
    { numRuns: 300 },
  );
});

test('an unknown schema id is refused by name', () => {
  const value = Buffer.from([0, 0, 0, 9, 9, 1, 2]);
  assert.throws(() => readInbox(codec, value), { code: 'UNKNOWN_SCHEMA' });
});
