import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { COMMAND, type InboundEvent } from '../../schemas/events/inbound.ts';
import type { PublicEvent } from '../../schemas/events/public-event.ts';
import { serverMsgIdOf } from '../../schemas/ids.ts';
import { DEFAULT_LIMITS } from '../../schemas/limits.ts';
import { numberAt } from '../../schemas/positions.ts';
import { EVENTS } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, longOfId } from '../../schemas/wire/int64.ts';
import type { Emits } from './emission.ts';
import { type EventFields, EventWriter } from './event-writer.ts';
import { PartitionFold } from './fold.ts';
import {
  createGroup,
  GENESIS,
  groupCommand,
  groupOf,
  idAt,
  message,
  publicEvents,
  read,
  readAll,
  recall,
  Scenario,
  START_MS,
  TENANT,
  TEST_CODECS,
  testSha256,
} from './fold-scenario.ts';
import { PartitionState } from './partition-state.ts';

const serverId = (sender: string, to: string, id: bigint): string =>
  serverMsgIdOf(testSha256, TENANT, sender, to, id).toString();

/** The one event of a command that is accepted. */
const published = (given: Scenario, command: InboundEvent): PublicEvent => {
  given.when(command);
  assert.equal(given.published.length, 1);
  return given.published[0]!;
};

const NOTHING_ELSE = {
  tenant: TENANT,
  createTime: null,
  memberCount: null,
  msgType: null,
  text: null,
  content: null,
  bodyKey: null,
  readTo: null,
  targetSender: null,
  targetServerMsgId: null,
  targetClientMsgId: null,
  targetConvSeq: null,
  change: null,
  users: [],
  title: null,
};

describe('the public event', () => {
  test('of a message between two', () => {
    const given = new Scenario();
    const id = idAt(1);
    assert.deepEqual(
      { ...published(given, message({ from: 'bob', id }, 'alice', 'hé 你好')) },
      {
        ...NOTHING_ELSE,
        id: '1.0.0',
        kind: 'message',
        conversation: 'd/alice/bob',
        conversationKind: 'direct',
        groupId: null,
        peer: 'alice',
        sender: 'bob',
        device: 'bob-phone',
        serverMsgId: serverId('bob', 'alice', id),
        clientMsgId: id.toString(),
        convSeq: numberAt(1, 0),
        serverTime: given.nowMs,
        createTime: START_MS - 5,
        recipients: 2,
        msgType: 1,
        text: 'hé 你好',
      },
    );
    assert.equal(published(given, message({ from: 'bob', id }, 'bob', 'a note')).recipients, 1);
  });

  test('of everything in a group', () => {
    const given = new Scenario();
    const id = idAt(1);
    const group = groupOf('ann', id);
    const inGroup = { ...NOTHING_ELSE, conversationKind: 'group', groupId: group, peer: null };
    const membership = (command: InboundEvent) => {
      const { kind, change, users, title, recipients, memberCount, conversation } = published(given, command);
      return { kind, change, users: [...users].sort(), title, recipients, memberCount, conversation };
    };
    const common = { kind: 'membership', title: 'club', conversation: `g/${group}` };
    assert.deepEqual(membership(createGroup({ from: 'ann', id }, ['bea', 'cat'])), {
      ...common,
      ...{ change: 'created', users: ['ann', 'bea', 'cat'], recipients: 3, memberCount: 3 },
    });
    assert.deepEqual(membership(groupCommand({ from: 'dan', id: idAt(2) }, COMMAND.GROUP_JOIN, group)), {
      ...common,
      ...{ change: 'joined', users: ['dan'], recipients: 4, memberCount: 4 },
    });
    const invited = groupCommand({ from: 'dan', id: idAt(3) }, COMMAND.GROUP_INVITE, group, ['eve']);
    assert.deepEqual(membership(invited), {
      ...common,
      ...{ change: 'invited', users: ['eve'], recipients: 5, memberCount: 5 },
    });
    const sent = published(given, message({ from: 'bea', id: idAt(4) }, group, 'all'));
    assert.deepEqual(
      { ...sent },
      {
        ...inGroup,
        id: '1.0.3',
        kind: 'message',
        conversation: `g/${group}`,
        sender: 'bea',
        device: 'bea-phone',
        serverMsgId: serverId('bea', group, idAt(4)),
        clientMsgId: idAt(4).toString(),
        convSeq: numberAt(1, 3),
        serverTime: given.nowMs,
        createTime: START_MS - 5,
        recipients: 5,
        memberCount: 5,
        msgType: 1,
        text: 'all',
      },
    );
    const seenIt = published(given, read({ from: 'cat', id: idAt(5) }, group, sent.convSeq));
    assert.deepEqual(
      [seenIt.kind, seenIt.readTo, seenIt.recipients, seenIt.memberCount],
      ['read', sent.convSeq, 1, 5],
    );
    const back = published(
      given,
      recall({ from: 'ann', id: idAt(6) }, group, { sender: 'bea', id: idAt(4) }),
    );
    assert.deepEqual(
      [back.kind, back.sender, back.targetSender, back.targetServerMsgId, back.targetClientMsgId],
      ['recall', 'ann', 'bea', sent.serverMsgId, sent.clientMsgId],
    );
    assert.deepEqual([back.targetConvSeq, back.text, back.recipients], [sent.convSeq, null, 5]);
    const left = groupCommand({ from: 'dan', id: idAt(7) }, COMMAND.GROUP_LEAVE, group);
    assert.deepEqual(membership(left), {
      ...common,
      ...{ change: 'left', users: ['dan'], recipients: 5, memberCount: 4 },
    });
    const kicked = groupCommand({ from: 'ann', id: idAt(8) }, COMMAND.GROUP_KICK, group, ['eve']);
    assert.deepEqual(membership(kicked), {
      ...common,
      ...{ change: 'kicked', users: ['eve'], recipients: 4, memberCount: 3 },
    });
    const dismissed = groupCommand({ from: 'ann', id: idAt(9) }, COMMAND.GROUP_DISMISS, group);
    assert.deepEqual(membership(dismissed), {
      ...common,
      ...{ change: 'dismissed', users: ['ann', 'bea', 'cat'], recipients: 3, memberCount: 0 },
    });
  });

  test('names all users of a large change, whose rows name none', () => {
    const users = Array.from({ length: DEFAULT_LIMITS.groupMembers - 1 }, (_, at) =>
      `member-${at}`.padEnd(64, 'x'),
    );
    const given = new Scenario();
    const event = published(given, createGroup({ from: 'ann', id: idAt(1) }, users));
    assert.deepEqual([event.users.length, event.memberCount], [users.length + 1, users.length + 1]);
  });

  test('of reads: all conversations at once has no number, a peer is told the other side', () => {
    const given = new Scenario();
    published(given, message({ from: 'bob', id: idAt(1) }, 'alice', 'x'));
    const one = published(given, read({ from: 'alice', id: idAt(2) }, 'bob', numberAt(1, 0)));
    assert.deepEqual([one.peer, one.readTo, one.recipients], ['bob', numberAt(1, 0), 2]);
    const all = published(given, readAll({ from: 'alice', id: idAt(3) }));
    assert.deepEqual(
      [all.conversationKind, all.conversation, all.readTo, all.peer, all.recipients],
      ['user', 'u/alice', null, null, 1],
    );
  });

  test('content that is no text is given as bytes, and a time that is no date is not given', () => {
    const given = new Scenario();
    const body = (fields: bubble.wire.INewChatMsg): Buffer =>
      Buffer.from(bubble.wire.NewChatMsg.encode({ toUserName: 'bob', ...fields }).finish());
    const of = (id: number, fields: bubble.wire.INewChatMsg, kind: number = COMMAND.MESSAGE) => {
      const command = message({ from: 'alice', id: idAt(id) }, 'bob', '');
      return published(given, { ...command, kind, body: body(fields) });
    };
    const broken = of(1, { msgType: 1, content: Buffer.from([0xff, 0xfe]) });
    assert.deepEqual([broken.text, Buffer.from(broken.content!)], [null, Buffer.from([0xff, 0xfe])]);
    const other = of(2, { msgType: 3, content: Buffer.from('{}'), createTime: longOf(253_402_300_800_000) });
    assert.deepEqual([other.msgType, other.text, other.createTime], [3, null, null]);
    assert.equal(Buffer.from(other.content!).toString(), '{}');
    const empty = of(3, { msgType: 1 });
    assert.deepEqual([empty.text, empty.content, empty.createTime], ['', null, null]);
    const app = Buffer.from(
      bubble.wire.NewAppMsg.encode({ toUserName: 'bob', clientMsgId: longOfId(idAt(4)) }).finish(),
    );
    const command = message({ from: 'alice', id: idAt(4) }, 'bob', '');
    const shared = published(given, { ...command, kind: COMMAND.APP_MESSAGE, body: app });
    assert.deepEqual([shared.msgType, shared.text, Buffer.from(shared.content!)], [49, null, app]);
  });

  test('there is none of what is rejected, repeated, too late, sealed or not understood', () => {
    const given = new Scenario();
    const first = message({ from: 'alice', id: idAt(5) }, 'bob', 'x');
    published(given, first);
    for (const command of [
      first,
      message({ from: 'alice', id: idAt(5) }, 'bob', 'another body'),
      message({ from: 'alice', id: 0n }, 'bob', 'no id'),
      message({ from: 'alice', id: idAt(6) }, groupOf('nobody', 1n), 'no such group'),
      recall({ from: 'alice', id: idAt(7) }, 'bob', { id: idAt(99) }),
      { ...message({ from: 'alice', id: idAt(8) }, 'bob', 'x'), bodyKey: 'key-1' },
    ]) {
      given.when(command);
      assert.deepEqual(given.published, []);
    }
    given.raw(Buffer.from([0, 0, 0, 0, TEST_CODECS.inbound.id, 1, 2, 3]));
    assert.deepEqual(given.published, []);
  });
});

describe('emission', () => {
  const commands = [
    message({ from: 'alice', id: idAt(1) }, 'bob', 'one'),
    message({ from: 'alice', id: idAt(1) }, 'bob', 'one'),
    createGroup({ from: 'alice', id: idAt(2) }, ['bob']),
    message({ from: 'bob', id: idAt(3) }, groupOf('alice', idAt(2)), 'two'),
  ];
  const run = (emits: Emits, live: boolean) => {
    const state = new PartitionState(DEFAULT_LIMITS, GENESIS, false);
    const options = { state, source: 3, codecs: TEST_CODECS, limits: DEFAULT_LIMITS };
    const fold = new PartitionFold({ ...options, emits });
    for (const [offset, command] of commands.entries()) {
      fold.apply(offset, START_MS, TEST_CODECS.inbound.encode(command), live);
    }
    const { counts } = fold;
    return { outputs: fold.takeOutputs(), scalars: state.scalars(), entries: state.dump(), counts };
  };

  test('decisions count where inbox records are made of them, and nowhere else', () => {
    const counted = { accepted: 3, rejected: 0, duplicate: 1, conflict: 0, stale: 0, undecodable: 0 };
    const nothing = { ...counted, accepted: 0, duplicate: 0 };
    assert.deepEqual(run('all', true).counts, counted);
    assert.deepEqual(run('inbox', true).counts, counted);
    assert.deepEqual(run('events', true).counts, nothing);
    assert.deepEqual(run('all', false).counts, nothing);
  });

  test('events stand behind the rows of their command, in the partition of the command', () => {
    const { outputs } = run('all', true);
    const events = outputs.filter(({ topic }) => topic === EVENTS);
    assert.deepEqual(
      events.map(({ partition, record }) => [partition, Buffer.from(record.key!).toString()]),
      [
        [3, 'acme/d/alice/bob'],
        [3, `acme/g/${groupOf('alice', idAt(2))}`],
        [3, `acme/g/${groupOf('alice', idAt(2))}`],
      ],
    );
    assert.deepEqual(
      publicEvents(outputs).map(({ id }) => id),
      ['1.3.0', '1.3.2', '1.3.3'],
    );
    assert.equal(outputs.at(-1)?.topic, EVENTS);
  });

  test('rows alone, events alone, or nothing: each is its part of all, and the state is the same', () => {
    const all = run('all', true);
    const parts = { inbox: run('inbox', true), events: run('events', true), silent: run('all', false) };
    const isEvent = ({ topic }: { topic: string }): boolean => topic === EVENTS;
    assert.deepEqual(
      parts.inbox.outputs,
      all.outputs.filter((output) => !isEvent(output)),
    );
    assert.deepEqual(parts.events.outputs, all.outputs.filter(isEvent));
    assert.deepEqual(parts.silent.outputs, []);
    for (const { scalars, entries } of Object.values(parts)) {
      assert.deepEqual([scalars, entries], [all.scalars, all.entries]);
    }
    assert.equal(all.scalars.lastAccepted, numberAt(1, 3));
  });
});

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 });
const bits64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const safe = fc.nat(Number.MAX_SAFE_INTEGER - 2);
const fields: fc.Arbitrary<EventFields> = fc.record({
  id: name,
  kind: name,
  tenant: name,
  conversation: name,
  conversationKind: name,
  groupId: fc.option(name),
  peer: fc.option(name),
  sender: name,
  device: name,
  serverMsgId: bits64,
  clientMsgId: bits64,
  convSeq: safe,
  serverTime: safe,
  createTime: fc.nat(253_402_300_799_999),
  recipients: fc.nat(),
  memberCount: fc.option(fc.nat()),
  source: fc.string({ unit: 'grapheme', maxLength: 9_000 }).map((text) => Buffer.from(text)),
  message: fc.constant(null),
  readTo: fc.option(safe),
  target: fc.option(fc.record({ sender: name, serverMsgId: bits64, clientMsgId: bits64, convSeq: safe })),
  membership: fc.option(
    fc.record({
      change: name,
      users: fc.array(name, { maxLength: 300 }),
      title: fc.string({ maxLength: 5_000 }),
    }),
  ),
});

test('the writer gives the bytes that avsc gives', () => {
  const writer = new EventWriter(TEST_CODECS.publicEvent.id);
  fc.assert(
    fc.property(fields, fc.option(fc.constantFrom(1, 2, 2 ** 32 - 1)), (event, msgType) => {
      const { source, target, membership } = event;
      const content = msgType === null ? null : { msgType, contentStart: 0, contentEnd: source.length };
      const record = writer.record({ ...event, message: content });
      const expected: PublicEvent = {
        ...event,
        serverMsgId: event.serverMsgId.toString(),
        clientMsgId: event.clientMsgId.toString(),
        createTime: event.createTime === 0 ? null : event.createTime,
        msgType,
        text: msgType === 1 ? source.toString() : null,
        content: msgType === null || msgType === 1 ? null : source,
        bodyKey: null,
        targetSender: target?.sender ?? null,
        targetServerMsgId: target?.serverMsgId.toString() ?? null,
        targetClientMsgId: target?.clientMsgId.toString() ?? null,
        targetConvSeq: target?.convSeq ?? null,
        change: membership?.change ?? null,
        users: membership?.users ?? [],
        title: membership?.title ?? null,
      };
      assert.ok(TEST_CODECS.publicEvent.encode(expected).equals(record.value!));
      assert.equal(Buffer.from(record.key!).toString(), `${event.tenant}/${event.conversation}`);
    }),
    { numRuns: 500 },
  );
});
