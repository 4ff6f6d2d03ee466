/** What is read and written by hand is compared with the libraries that read and write the same formats. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { COMMAND, type InboundEvent } from '../../schemas/events/inbound.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, longOfId, numberOf } from '../../schemas/wire/int64.ts';
import { bodyHash } from './body-hash.ts';
import { TEST_CODECS } from './fold-scenario.ts';
import { InboundView } from './inbound-view.ts';
import { APP_MESSAGE_TYPE, MessageBody } from './message-body.ts';
import { RowWriter } from './row-writer.ts';
import { sortInTurns } from './sort-in-turns.ts';

const { AddMsg, CommandAck, Membership, NewAppMsg, NewChatMsg, Reference } = bubble.wire;
const seed = 7;
const name = fc.string({ unit: 'grapheme', maxLength: 80 });
const safe = fc.maxSafeNat().map((value) => Math.max(0, value - 2));
const id64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const halves = (id: bigint) => ({ idLow: Number(id & 0xffff_ffffn), idHigh: Number(id >> 32n) });

const serverHalves = (id: bigint) => ({
  serverIdLow: Number(id & 0xffff_ffffn),
  serverIdHigh: Number(id >> 32n),
});

const inboundEvent: fc.Arbitrary<InboundEvent> = fc.record({
  tenant: name,
  conversation: name,
  kind: fc.integer({ min: 0, max: 99 }),
  sender: name,
  device: name,
  generation: fc.nat(),
  clientMsgId: id64,
  to: name,
  body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  bodyKey: fc.option(name),
  gateTime: safe,
  slot: fc.integer({ min: -1, max: 70_000 }),
  slotEpoch: safe,
  connection: safe,
  request: fc.nat(2 ** 32),
});

test('the view reads inbound records as avsc does', () => {
  const view = new InboundView();
  fc.assert(
    fc.property(inboundEvent, (event) => {
      const value = TEST_CODECS.inbound.encode(event);
      assert.equal(view.read(value), true);
      const { tenant, conversation, kind, sender, device, generation, clientMsgId, gateTime, slot } = view;
      const { slotEpoch, connection, request } = view;
      const body = Buffer.from(view.body);
      const { to, bodyKey, ...rest } = event;
      const read = {
        tenant,
        conversation,
        kind,
        sender,
        device,
        generation,
        clientMsgId,
        body,
        gateTime,
        slot,
      };
      assert.deepEqual({ ...read, slotEpoch, connection, request }, rest);
      assert.equal(view.sealedBody, bodyKey !== null);
      const bytes = Buffer.from(device).toString('latin1');
      assert.equal(view.deviceBytes, bytes);
      assert.ok(view.isDevice(bytes) && !view.isDevice(`${bytes}x`));
      assert.ok(view.senderKey().length > 0 && to !== undefined);
    }),
    { seed, numRuns: 300 },
  );
});

test('what is cut or longer than it says is no record', () => {
  const view = new InboundView();
  fc.assert(
    fc.property(inboundEvent, fc.nat(), (event, cut) => {
      const value = TEST_CODECS.inbound.encode(event);
      assert.equal(view.read(value.subarray(0, 5 + (cut % (value.length - 5)))), false);
      assert.equal(view.read(Buffer.concat([value, Buffer.from([0])])), false);
    }),
    { seed, numRuns: 200 },
  );
});

test('any bytes are read without harm', () => {
  const view = new InboundView();
  const body = new MessageBody();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      view.read(Buffer.from([0, 0, 0, 0, 1, ...bytes]));
      body.read(Buffer.from(bytes), 0, bytes.length, COMMAND.MESSAGE);
      body.read(Buffer.from(bytes), 0, bytes.length, COMMAND.APP_MESSAGE);
    }),
    { seed, numRuns: 2_000 },
  );
});

test('senders of one conversation, and conversations of one sender, have different keys', () => {
  const view = new InboundView();
  const keys = new Set<string>();
  const base: InboundEvent = {
    ...fc.sample(inboundEvent, { seed, numRuns: 1 })[0]!,
    tenant: 't',
    conversation: 'd/a/b',
    sender: 'a',
  };
  const variants = ['a', 'b', 'ab', '\u0001b', 'b'.repeat(63), 'b'.repeat(64)];
  for (const sender of variants) {
    for (const conversation of ['d/a/b', 'd/a/bb', 'd/aa/b']) {
      for (const tenant of ['t', 'tt']) {
        view.read(TEST_CODECS.inbound.encode({ ...base, tenant, conversation, sender }));
        keys.add(view.senderKey());
        for (const other of variants) {
          const key = view.keyOfSender(other);
          const copy = new InboundView();
          copy.read(TEST_CODECS.inbound.encode({ ...base, tenant, conversation, sender: other }));
          assert.equal(key, copy.senderKey());
        }
      }
    }
  }
  assert.equal(keys.size, variants.length * 6);
});

test('rows are bytes as protobufjs writes them', () => {
  const writer = new RowWriter();
  const fields = fc.record({
    kind: fc.integer({ min: 0, max: 7 }),
    from: name,
    to: name,
    device: name,
    msgType: fc.nat(),
    status: fc.nat(400),
    createTime: safe,
    clientSeq: fc.nat(2 ** 32 - 1),
    msgSource: name,
    pushContent: name,
    serverMsgId: id64,
    clientMsgId: id64,
    convSeq: safe,
    isRoom: fc.boolean(),
    serverTime: safe,
    reference: fc.option(fc.record({ sender: name, convSeq: safe })),
    membership: fc.option(fc.record({ change: fc.nat(6), users: fc.array(name), memberCount: fc.nat() })),
  });
  fc.assert(
    fc.property(
      fields,
      ({ msgSource, pushContent, reference, membership, clientMsgId, serverMsgId, ...rest }) => {
        const source = Buffer.from(`..${msgSource}${pushContent}`);
        const msgSourceEnd = 2 + Buffer.byteLength(msgSource);
        const ref = reference && { ...reference, convSeq: longOf(reference.convSeq) };
        const row = writer.row({
          ...rest,
          ...halves(clientMsgId),
          ...serverHalves(serverMsgId),
          source,
          texts: {
            msgSourceStart: 2,
            msgSourceEnd,
            pushContentStart: msgSourceEnd,
            pushContentEnd: source.length,
          },
          reference: ref && Reference.encode(ref).finish(),
          membership: membership && Membership.encode(membership).finish(),
        });
        const expected = AddMsg.encode({
          msgId: longOf(rest.convSeq),
          fromUserName: rest.from,
          toUserName: rest.to,
          msgType: rest.msgType,
          status: rest.status,
          createTime: longOf(rest.createTime),
          msgSource,
          pushContent,
          serverMsgId: longOfId(serverMsgId),
          clientMsgId: longOfId(clientMsgId),
          clientSeq: rest.clientSeq,
          convSeq: longOf(rest.convSeq),
          kind: rest.kind,
          isRoom: rest.isRoom,
          serverTime: longOf(rest.serverTime),
          deviceId: rest.device,
          ...(ref === null ? {} : { reference: ref }),
          ...(membership === null ? {} : { membership }),
        }).finish();
        assert.deepEqual(row, Buffer.from(expected));
      },
    ),
    { seed, numRuns: 300 },
  );
});

test('acknowledgements are bytes as protobufjs writes them', () => {
  const writer = new RowWriter();
  const fields = fc.record({
    ret: fc.nat(400),
    errMsg: name,
    clientMsgId: id64,
    clientSeq: fc.nat(2 ** 32 - 1),
    createTime: safe,
    serverTime: safe,
    serverMsgId: id64,
    convSeq: safe,
    to: name,
    duplicate: fc.boolean(),
  });
  fc.assert(
    fc.property(fields, ({ clientMsgId, serverMsgId, ...rest }) => {
      const expected = CommandAck.encode({
        ...rest,
        clientMsgId: longOfId(clientMsgId),
        createTime: longOf(rest.createTime),
        serverTime: longOf(rest.serverTime),
        serverMsgId: longOfId(serverMsgId),
        convSeq: longOf(rest.convSeq),
        toUserName: rest.to,
      }).finish();
      assert.deepEqual(
        writer.ack({ ...rest, ...halves(clientMsgId), ...serverHalves(serverMsgId) }),
        Buffer.from(expected),
      );
    }),
    { seed, numRuns: 300 },
  );
});

test('message bodies are read as protobufjs does', () => {
  const reader = new MessageBody();
  const fields = fc.record({
    msgType: fc.nat(2 ** 32 - 1),
    toUserName: name,
    clientMsgId: id64.map(longOfId),
    clientSeq: fc.nat(2 ** 32 - 1),
    createTime: safe.map(longOf),
    content: fc.uint8Array({ maxLength: 200 }),
    msgSource: name,
    deviceId: name,
    pushContent: name,
  });
  fc.assert(
    fc.property(fields, (message) => {
      const bytes = Buffer.from(NewChatMsg.encode(message).finish());
      const padded = Buffer.concat([Buffer.from('xx'), bytes, Buffer.from('yy')]);
      assert.equal(reader.read(padded, 2, 2 + bytes.length, COMMAND.MESSAGE), true);
      assert.deepEqual(
        [reader.msgType, reader.clientSeq, reader.createTime],
        [message.msgType, message.clientSeq, numberOf(message.createTime)],
      );
      const slice = (start: number, end: number): string => padded.subarray(start, end).toString();
      assert.equal(slice(reader.msgSourceStart, reader.msgSourceEnd), message.msgSource);
      assert.equal(slice(reader.pushContentStart, reader.pushContentEnd), message.pushContent);
      const content = padded.subarray(reader.contentStart, reader.contentEnd);
      assert.deepEqual(content, Buffer.from(message.content));
      for (const cut of [1, 2, 3]) {
        // A cut body is refused unless it ends between two fields, where protobufjs reads it as well.
        if (cut >= bytes.length) continue;
        const end = 2 + bytes.length - cut;
        const isRead = reader.read(padded, 2, end, COMMAND.MESSAGE);
        if (isRead) assert.doesNotThrow(() => NewChatMsg.decode(padded.subarray(2, end)));
        else assert.throws(() => NewChatMsg.decode(padded.subarray(2, end)));
      }
    }),
    { seed, numRuns: 300 },
  );
  const app = Buffer.from(NewAppMsg.encode({ clientSeq: 4, createTime: longOf(9), msgSource: 's' }).finish());
  assert.equal(reader.read(app, 0, app.length, COMMAND.APP_MESSAGE), true);
  assert.deepEqual(
    [reader.msgType, reader.clientSeq, reader.createTime, reader.contentEnd],
    [APP_MESSAGE_TYPE, 4, 9, app.length],
  );
});

test('a known field of another wire type is refused', () => {
  const reader = new MessageBody();
  const refused = (...bytes: number[]): void => {
    assert.equal(reader.read(Buffer.from(bytes), 0, bytes.length, COMMAND.MESSAGE), false);
  };
  refused(0x0a, 0); // msgType as bytes
  refused(0x30, 1); // content as a varint
  refused(0x0b, 0x0c); // a group
  refused(0x00, 0); // field 0
  refused(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1);
});

test('hashes of bodies tell every change, and depend on the kind', () => {
  const bytes = Buffer.from('a body of some length');
  const hashes = new Set<number>([bodyHash(bytes, 0, bytes.length, 0), bodyHash(bytes, 0, bytes.length, 1)]);
  for (let end = 0; end < bytes.length; end += 1) hashes.add(bodyHash(bytes, 0, end, 0));
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    hashes.add(bodyHash(changed, 0, changed.length, 0));
  }
  assert.equal(hashes.size, 2 + 2 * bytes.length);
  // murmur3 of this text with seed 0, from the reference implementation.
  assert.equal(bodyHash(Buffer.from('hello'), 0, 5, 0), 0x248bfa47);
});

test('sorting in turns gives the order of sorting at once, and takes its turns', async () => {
  const keys = Array.from({ length: 20_000 }, (_, at) => ({ key: `k${(at * 7_919) % 20_011}` }));
  let turns = 0;
  const sorted = await sortInTurns(keys, async () => {
    turns += 1;
  });
  assert.deepEqual(
    sorted.map(({ key }) => key),
    keys.map(({ key }) => key).sort(),
  );
  assert.ok(turns > 10);
  assert.deepEqual(await sortInTurns([], async () => {}), []);
});
