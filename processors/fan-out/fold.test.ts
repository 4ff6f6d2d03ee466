import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ERRORS, type ErrorName, isBubbleError } from '../../schemas/errors.ts';
import { COMMAND, type InboundEvent } from '../../schemas/events/inbound.ts';
import { INBOX_KIND } from '../../schemas/events/inbox.ts';
import { serverMsgIdOf, userKey } from '../../schemas/ids.ts';
import { DEFAULT_LIMITS } from '../../schemas/limits.ts';
import { partitionOf } from '../../schemas/partition.ts';
import { numberAt } from '../../schemas/positions.ts';
import { encodeFact } from '../../schemas/rules/facts.ts';
import { decisionEvent } from '../../schemas/rules/operator-decision.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { idOf, longOfId, numberOf } from '../../schemas/wire/int64.ts';
import {
  ANSWER,
  createGroup,
  groupCommand,
  groupOf,
  INBOX_PARTITIONS,
  idAt,
  inboxOutputs,
  message,
  type Outcome,
  read,
  readAll,
  recall,
  Scenario,
  START_MS,
  seen,
  TENANT,
  TEST_CODECS,
  testSha256,
} from './fold-scenario.ts';

const { RowKind, MembershipChange } = bubble.wire;
const code = (name: ErrorName): number => ERRORS[name].code;
const assertRejected = (outcome: Outcome, name: ErrorName, to: string): void => {
  assert.equal(outcome.ret, code(name), ERRORS[name].sentence);
  assert.equal(outcome.kind, RowKind.REJECTED);
  assert.equal(outcome.row?.status, code(name));
  assert.deepEqual(outcome.to, [to]);
  assert.equal(outcome.ack.errMsg, ERRORS[name].sentence);
};

describe('direct messages', () => {
  test('a message is a row for both, the answer is in the record of the sender', () => {
    const given = new Scenario();
    const id = idAt(0);
    const outcome = given.when(message({ from: 'alice', id }, 'bob', 'hi'));
    assert.equal(outcome.ret, 0);
    assert.deepEqual(outcome.to, ['alice', 'bob']);
    const { row, ack } = outcome;
    assert.ok(row !== null);
    const convSeq = numberAt(1, 0);
    const serverMsgId = serverMsgIdOf(testSha256, TENANT, 'alice', 'bob', id);
    assert.deepEqual(
      [row.fromUserName, row.toUserName, row.msgType, row.msgSource, row.pushContent, row.deviceId],
      ['alice', 'bob', 1, 'web', 'you have news', 'alice-phone'],
    );
    assert.deepEqual(
      [numberOf(row.msgId), numberOf(row.convSeq), numberOf(row.serverTime), numberOf(row.createTime)],
      [convSeq, convSeq, START_MS, START_MS - 5],
    );
    assert.deepEqual([idOf(row.serverMsgId), idOf(row.clientMsgId), row.clientSeq], [serverMsgId, id, 3]);
    assert.deepEqual([row.kind, row.isRoom, row.own, row.content.length], [RowKind.MESSAGE, false, false, 0]);
    assert.deepEqual(
      [idOf(ack.serverMsgId), idOf(ack.clientMsgId), numberOf(ack.convSeq), ack.toUserName, ack.clientSeq],
      [serverMsgId, id, convSeq, 'bob', 3],
    );
    for (const { event, recipients, partition } of outcome.rows) {
      assert.equal(Buffer.from(event.content).toString(), 'hi');
      assert.deepEqual([event.source, event.src, event.prev], [0, convSeq, -1]);
      for (const user of recipients) {
        assert.equal(partitionOf(userKey(TENANT, user), INBOX_PARTITIONS), partition);
      }
    }
  });

  test('a message to oneself is one row', () => {
    const outcome = new Scenario().when(message({ from: 'alice', id: idAt(0) }, 'alice', 'note'));
    assert.deepEqual([outcome.ret, outcome.to], [0, ['alice']]);
  });

  test('a mini-program message is a row whose content is the whole body', () => {
    const body = bubble.wire.NewAppMsg.encode({
      toUserName: 'bob',
      type: 5,
      content: Buffer.from('c'),
    }).finish();
    const command = { ...message({ from: 'alice', id: idAt(0) }, 'bob', ''), kind: COMMAND.APP_MESSAGE };
    const outcome = new Scenario().when({ ...command, body: Buffer.from(body) });
    assert.deepEqual([outcome.ret, outcome.kind, outcome.row?.msgType], [0, RowKind.MESSAGE, 49]);
    assert.deepEqual(Buffer.from(outcome.rows[0]!.event.content), Buffer.from(body));
  });

  test('names of any script and length go through', () => {
    const from = '😀'.repeat(16);
    const outcome = new Scenario().when(message({ from, id: idAt(0), device: '手机' }, '张三', 'hi'));
    assert.deepEqual(outcome.to, ['张三', from].sort());
    assert.equal(outcome.row?.fromUserName, from);
  });

  test('who has no part in a conversation is refused', () => {
    const foreign = { ...message({ from: 'mallory', id: idAt(0) }, 'bob', 'x'), conversation: 'd/alice/bob' };
    assertRejected(new Scenario().when(foreign), 'BAD_ID', 'mallory');
    for (const conversation of ['d/bob', 'd/bob/alice', 'x', '', 'g/#short', 'u/bob', 'd/a/b/c']) {
      const command = { ...message({ from: 'alice', id: idAt(0) }, 'bob', 'x'), conversation };
      assertRejected(new Scenario().when(command), 'BAD_ID', 'alice');
    }
  });
});

describe('the same command again', () => {
  test('is a duplicate, answered with the first outcome, without a row', () => {
    const given = new Scenario();
    const command = message({ from: 'alice', id: idAt(0) }, 'bob', 'hi');
    const first = given.when(command);
    const again = given.after(1_000).when(command);
    assert.deepEqual([again.kind, again.ret, again.duplicate, again.to], [ANSWER, 0, true, []]);
    assert.equal(again.row, null);
    assert.deepEqual(
      [again.ack.serverMsgId, again.ack.convSeq, again.ack.serverTime],
      [first.ack.serverMsgId, first.ack.convSeq, first.ack.serverTime],
    );
    assert.equal(again.rows.length, 1);
  });

  test('with another body is a conflict', () => {
    const given = new Scenario();
    given.when(message({ from: 'alice', id: idAt(0) }, 'bob', 'hi'));
    const again = given.when(message({ from: 'alice', id: idAt(0) }, 'bob', 'ho'));
    assert.deepEqual([again.kind, again.ret, again.duplicate], [ANSWER, code('CONFLICT'), false]);
  });

  test('as another kind is a conflict', () => {
    const given = new Scenario();
    const command = message({ from: 'alice', id: idAt(0) }, 'bob', 'hi');
    given.when(command);
    assert.equal(given.when({ ...command, kind: COMMAND.APP_MESSAGE }).ret, code('CONFLICT'));
  });

  test('a rejection is remembered like any outcome', () => {
    const given = new Scenario();
    const command = message({ from: 'alice', id: idAt(0) }, groupOf('x', 1n), 'hi');
    assertRejected(given.when(command), 'UNKNOWN_GROUP', 'alice');
    const again = given.when(command);
    assert.deepEqual([again.kind, again.ret, again.duplicate], [ANSWER, code('UNKNOWN_GROUP'), true]);
  });

  test('from another device is another command', () => {
    const given = new Scenario();
    given.when(message({ from: 'alice', id: idAt(0) }, 'bob', 'hi'));
    const other = given.when(message({ from: 'alice', id: idAt(0), device: 'tablet' }, 'bob', 'hi'));
    assert.deepEqual([other.kind, other.ret], [RowKind.MESSAGE, 0]);
  });

  test('in another conversation is another command', () => {
    const given = new Scenario();
    given.when(message({ from: 'alice', id: idAt(0) }, 'bob', 'hi'));
    assert.equal(given.when(message({ from: 'alice', id: idAt(0) }, 'carol', 'hi')).kind, RowKind.MESSAGE);
  });
});

describe('ids too old to be recognised', () => {
  const send = (given: Scenario, ms: number) =>
    given.when(message({ from: 'alice', id: idAt(ms) }, 'bob', 'm'));

  test('one that left the ring is stale, the last 16 are duplicates', () => {
    const given = new Scenario({ ...DEFAULT_LIMITS, recallMs: 0 });
    for (let ms = 0; ms < 20; ms += 1) send(given.after(1), ms);
    for (let ms = 0; ms < 4; ms += 1) {
      const outcome = send(given, ms);
      assert.deepEqual([outcome.kind, outcome.ret, outcome.to], [ANSWER, code('STALE_ID'), []]);
    }
    for (let ms = 4; ms < 20; ms += 1) assert.equal(send(given, ms).duplicate, true);
  });

  test('outcomes stay longer while they can be recalled, up to the bound', () => {
    const given = new Scenario();
    for (let ms = 0; ms < 300; ms += 1) send(given, ms);
    assert.equal(send(given, 43).ret, code('STALE_ID'));
    assert.equal(send(given, 44).duplicate, true);
    send(given.after(DEFAULT_LIMITS.recallMs + 1), 400);
    assert.equal(send(given, 284).ret, code('STALE_ID'));
    assert.equal(send(given, 285).duplicate, true);
  });

  test('an id never seen between two that were, above the floor, is accepted late', () => {
    const given = new Scenario();
    send(given, 10);
    send(given, 30);
    assert.equal(send(given, 20).kind, RowKind.MESSAGE);
    assert.equal(send(given, 20).duplicate, true);
  });

  test('more than 30 days older than log time is stale, also for a device not seen before', () => {
    const given = new Scenario().after(DEFAULT_LIMITS.outcomeIdleMs + 10);
    assert.equal(send(given, 9).ret, code('STALE_ID'));
    assert.equal(send(given, 10).kind, RowKind.MESSAGE);
  });

  test('a ring idle for 30 days goes, and nothing of it can be repeated', () => {
    const given = new Scenario();
    send(given, 0);
    send(given, 5_000);
    given.after(DEFAULT_LIMITS.outcomeIdleMs + 5_001);
    assert.equal(send(given, 0).ret, code('STALE_ID'));
    assert.equal(send(given, 5_000).ret, code('STALE_ID'));
    assert.equal(send(given, 6_000).kind, RowKind.MESSAGE);
  });

  test('a ring whose ids lie in the future stays until they are old', () => {
    const given = new Scenario();
    const future = 2 * DEFAULT_LIMITS.outcomeIdleMs;
    send(given, future);
    given.after(DEFAULT_LIMITS.outcomeIdleMs + 1);
    assert.equal(send(given, future).duplicate, true);
  });

  test('of more devices than are remembered the longest idle one is stale', () => {
    const given = new Scenario({ ...DEFAULT_LIMITS, devicesPerSender: 2 });
    const from = (device: string, ms: number) =>
      given.after(1).when(message({ from: 'alice', id: idAt(ms), device }, 'bob', 'm'));
    from('one', 10);
    from('two', 20);
    from('three', 30);
    assert.equal(from('one', 10).ret, code('STALE_ID'));
    assert.equal(from('two', 20).duplicate, true);
    assert.equal(from('one', 11).kind, RowKind.MESSAGE);
    assert.equal(from('two', 20).ret, code('STALE_ID'));
  });

  test('log time is the running maximum: a clock that falls back changes nothing', () => {
    const given = new Scenario().after(5_000);
    send(given, 0);
    const row = send(given.after(-4_000), 1).row;
    assert.equal(numberOf(row?.serverTime), START_MS + 5_000);
  });
});

describe('groups', () => {
  const created = (users = ['bob', 'carol'], options = {}, limits = DEFAULT_LIMITS) => {
    const given = new Scenario(limits);
    const id = idAt(0);
    const outcome = given.when(createGroup({ from: 'alice', id }, users, options));
    return { given, group: groupOf('alice', id), outcome };
  };
  let tick = 0;
  const next = (from: string) => {
    tick += 1;
    return { from, id: idAt(tick * 10) };
  };

  test('creation is a row for all first members, the creator among them', () => {
    const { outcome, group } = created();
    assert.deepEqual([outcome.ret, outcome.to], [0, ['alice', 'bob', 'carol']]);
    assert.equal(outcome.ack.toUserName, group);
    const { row } = outcome;
    assert.deepEqual([row?.kind, row?.isRoom, row?.toUserName], [RowKind.MEMBERSHIP, true, group]);
    assert.deepEqual(
      [row?.membership?.change, row?.membership?.users?.toSorted(), row?.membership?.title],
      [MembershipChange.CREATED, ['alice', 'bob', 'carol'], 'club'],
    );
    assert.equal(row?.membership?.memberCount, 3);
  });

  test('members write to all members, nobody else does', () => {
    const { given, group } = created();
    const outcome = given.when(message(next('bob'), group, 'hi'));
    assert.deepEqual([outcome.ret, outcome.to], [0, ['alice', 'bob', 'carol']]);
    assert.deepEqual([outcome.row?.isRoom, outcome.row?.toUserName], [true, group]);
    assertRejected(given.when(message(next('mallory'), group, 'hi')), 'NOT_A_MEMBER', 'mallory');
  });

  test('a creator may stay out: owner, but no member', () => {
    const { given, group, outcome } = created(['bob', 'alice'], { creatorStaysOut: true });
    assert.deepEqual(outcome.row?.membership?.users, ['bob']);
    assert.deepEqual(given.when(message(next('bob'), group, 'hi')).to, ['bob']);
    assertRejected(given.when(message(next('alice'), group, 'hi')), 'NOT_A_MEMBER', 'alice');
    const invited = given.when(groupCommand(next('alice'), COMMAND.GROUP_INVITE, group, ['carol']));
    assert.deepEqual([invited.ret, invited.to], [0, ['alice', 'bob', 'carol']]);
  });

  test('the id must be the one of creator and clientMsgId', () => {
    const command = createGroup({ from: 'alice', id: idAt(0) }, []);
    const foreign = { ...command, conversation: `g/${groupOf('bob', idAt(0))}` };
    assertRejected(new Scenario().when(foreign), 'BAD_ID', 'alice');
  });

  test('from another device under the same id it is a conflict', () => {
    const { given } = created();
    const again = given.when(createGroup({ from: 'alice', id: idAt(0), device: 'tablet' }, []));
    assertRejected(again, 'CONFLICT', 'alice');
  });

  test('joins and leaves, and what is refused of them', () => {
    const { given, group } = created();
    const joined = given.when(groupCommand(next('dave'), COMMAND.GROUP_JOIN, group));
    assert.deepEqual(joined.to, ['alice', 'bob', 'carol', 'dave']);
    assert.deepEqual(
      [joined.row?.membership?.change, joined.row?.membership?.users, joined.row?.membership?.memberCount],
      [MembershipChange.JOINED, ['dave'], 4],
    );
    assertRejected(
      given.when(groupCommand(next('dave'), COMMAND.GROUP_JOIN, group)),
      'ALREADY_A_MEMBER',
      'dave',
    );
    assert.deepEqual(given.when(message(next('bob'), group, 'x')).to, ['alice', 'bob', 'carol', 'dave']);
    const left = given.when(groupCommand(next('bob'), COMMAND.GROUP_LEAVE, group));
    assert.deepEqual(left.to, ['alice', 'bob', 'carol', 'dave'], 'who leaves sees it');
    assert.equal(left.row?.membership?.change, MembershipChange.LEFT);
    assert.deepEqual(given.when(message(next('carol'), group, 'x')).to, ['alice', 'carol', 'dave']);
    assertRejected(given.when(groupCommand(next('bob'), COMMAND.GROUP_LEAVE, group)), 'NOT_A_MEMBER', 'bob');
    assertRejected(given.when(message(next('bob'), group, 'x')), 'NOT_A_MEMBER', 'bob');
  });

  test('members and the owner invite', () => {
    const { given, group } = created();
    const invited = given.when(
      groupCommand(next('bob'), COMMAND.GROUP_INVITE, group, ['dave', 'carol', 'dave']),
    );
    assert.deepEqual(invited.row?.membership?.users, ['dave'], 'without repeats and members');
    assert.deepEqual(invited.to, ['alice', 'bob', 'carol', 'dave']);
    const invite = (from: string, users: string[]) =>
      given.when(groupCommand(next(from), COMMAND.GROUP_INVITE, group, users));
    assertRejected(invite('bob', ['carol']), 'ALREADY_A_MEMBER', 'bob');
    assertRejected(invite('mallory', ['eve']), 'NOT_A_MEMBER', 'mallory');
    assertRejected(invite('bob', ['#no']), 'BAD_ID', 'bob');
  });

  test('the owner kicks', () => {
    const { given, group } = created();
    const kick = (from: string, users: string[]) =>
      given.when(groupCommand(next(from), COMMAND.GROUP_KICK, group, users));
    assertRejected(kick('bob', ['carol']), 'FORBIDDEN', 'bob');
    assertRejected(kick('alice', ['zoe']), 'NOT_A_MEMBER', 'alice');
    const kicked = kick('alice', ['carol']);
    assert.deepEqual(kicked.to, ['alice', 'bob', 'carol'], 'who is kicked sees it');
    assert.equal(kicked.row?.membership?.change, MembershipChange.KICKED);
    assert.deepEqual(given.when(message(next('bob'), group, 'x')).to, ['alice', 'bob']);
  });

  test('the owner dismisses, and then nothing goes any more', () => {
    const { given, group } = created();
    const dismiss = (from: string) => given.when(groupCommand(next(from), COMMAND.GROUP_DISMISS, group));
    assertRejected(dismiss('bob'), 'FORBIDDEN', 'bob');
    const dismissed = dismiss('alice');
    assert.deepEqual(dismissed.to, ['alice', 'bob', 'carol']);
    assert.equal(dismissed.row?.membership?.memberCount, 0);
    assertRejected(given.when(message(next('bob'), group, 'x')), 'GROUP_DISMISSED', 'bob');
    assertRejected(
      given.when(groupCommand(next('zoe'), COMMAND.GROUP_JOIN, group)),
      'GROUP_DISMISSED',
      'zoe',
    );
    assertRejected(dismiss('alice'), 'GROUP_DISMISSED', 'alice');
  });

  test('unknown groups', () => {
    const given = new Scenario();
    const group = groupOf('nobody', 1n);
    for (const kind of [COMMAND.GROUP_JOIN, COMMAND.GROUP_LEAVE, COMMAND.GROUP_KICK, COMMAND.GROUP_DISMISS]) {
      assertRejected(given.when(groupCommand(next('bob'), kind, group)), 'UNKNOWN_GROUP', 'bob');
    }
    assertRejected(given.when(message(next('bob'), group, 'x')), 'UNKNOWN_GROUP', 'bob');
    assertRejected(given.when(read(next('bob'), group, 1)), 'UNKNOWN_GROUP', 'bob');
  });

  test('the limit of members holds for creation, joins and invitations', () => {
    const limits = { ...DEFAULT_LIMITS, groupMembers: 3 };
    const { given, group } = created(['bob'], {}, limits);
    const invite = (users: string[]) =>
      given.when(groupCommand(next('bob'), COMMAND.GROUP_INVITE, group, users));
    assertRejected(invite(['c', 'd']), 'GROUP_FULL', 'bob');
    assert.equal(invite(['c']).ret, 0);
    assertRejected(given.when(groupCommand(next('d'), COMMAND.GROUP_JOIN, group)), 'GROUP_FULL', 'd');
    assertRejected(created(['b', 'c', 'd'], {}, limits).outcome, 'GROUP_FULL', 'alice');
  });

  test('in a large group only those concerned learn who comes and goes', () => {
    const users = Array.from({ length: 5 }, (_, at) => `user-${at}`);
    const limits = { ...DEFAULT_LIMITS, membershipRowsBelow: 6 };
    const { given, group, outcome } = created(users, {}, limits);
    assert.equal(outcome.to.length, 6, 'those who are concerned by the creation');
    assert.deepEqual(outcome.row?.membership?.users, [], 'the list is too long to go to everybody');
    const joined = given.when(groupCommand(next('zoe'), COMMAND.GROUP_JOIN, group));
    assert.deepEqual(joined.to, ['zoe']);
    const kicked = given.when(groupCommand(next('alice'), COMMAND.GROUP_KICK, group, ['user-1', 'user-2']));
    assert.deepEqual(kicked.to, ['alice', 'user-1', 'user-2']);
    const left = given.when(groupCommand(next('zoe'), COMMAND.GROUP_LEAVE, group));
    assert.deepEqual(left.to, ['alice', 'user-0', 'user-3', 'user-4', 'zoe'], 'five are few');
  });

  test('many who come at once are packed anew, with the same recipients', () => {
    const users = Array.from({ length: 100 }, (_, at) => `user-${at}`);
    const { given, group } = created(['bob']);
    given.when(groupCommand(next('bob'), COMMAND.GROUP_INVITE, group, users));
    assert.deepEqual(given.when(message(next('bob'), group, 'x')).to, ['alice', 'bob', ...users].sort());
    given.when(groupCommand(next('alice'), COMMAND.GROUP_KICK, group, users.slice(1)));
    assert.deepEqual(given.when(message(next('bob'), group, 'x')).to, ['alice', 'bob', 'user-0']);
  });
});

describe('receipts', () => {
  const refOf = (outcome: Outcome) => numberOf(outcome.row?.reference?.convSeq);

  test('of a direct conversation go to both', () => {
    const given = new Scenario();
    given.when(message({ from: 'alice', id: idAt(0) }, 'bob', 'hi'));
    const outcome = given.when(read({ from: 'bob', id: idAt(1) }, 'alice', numberAt(1, 0)));
    assert.deepEqual(
      [outcome.kind, outcome.to, refOf(outcome)],
      [RowKind.READ, ['alice', 'bob'], numberAt(1, 0)],
    );
  });

  test('of a group go to the reader, also when kicked', () => {
    const given = new Scenario();
    given.when(createGroup({ from: 'alice', id: idAt(0) }, ['bob']));
    const group = groupOf('alice', idAt(0));
    given.when(groupCommand({ from: 'alice', id: idAt(1) }, COMMAND.GROUP_KICK, group, ['bob']));
    const outcome = given.when(read({ from: 'bob', id: idAt(2) }, group, numberAt(1, 0)));
    assert.deepEqual([outcome.kind, outcome.to], [RowKind.READ, ['bob']]);
  });

  test('are clamped to their own place: an absurd number silences nobody', () => {
    const given = new Scenario().after(0);
    given.offset = 5;
    const within = given.when(read({ from: 'bob', id: idAt(1) }, 'alice', Number.MAX_SAFE_INTEGER));
    assert.equal(refOf(within), numberAt(1, 5));
    const beyond = read({ from: 'bob', id: idAt(2) }, 'alice', 0);
    const body = bubble.wire.MsgReadReq.encode({ convSeq: longOfId(2n ** 64n - 1n) }).finish();
    assert.equal(refOf(given.when({ ...beyond, body: Buffer.from(body) })), numberAt(1, 6));
  });

  test('of everything stand in the own conversation', () => {
    const outcome = new Scenario().when(readAll({ from: 'bob', id: idAt(1) }));
    assert.deepEqual([outcome.kind, outcome.to], [RowKind.READ, ['bob']]);
  });

  test('without a number, or in the wrong place, are malformed', () => {
    const given = new Scenario();
    assertRejected(given.when(read({ from: 'bob', id: idAt(1) }, 'alice', 0)), 'MALFORMED', 'bob');
    const all = readAll({ from: 'bob', id: idAt(2) });
    assertRejected(given.when({ ...all, conversation: 'd/alice/bob' }), 'MALFORMED', 'bob');
  });
});

describe('recalls', () => {
  test('an author recalls from any device, within the time', () => {
    const given = new Scenario();
    const sent = given.when(message({ from: 'alice', id: idAt(0) }, 'bob', 'oops'));
    const asking = { from: 'alice', id: idAt(1), device: 'tablet' };
    const outcome = given.after(DEFAULT_LIMITS.recallMs).when(recall(asking, 'bob', { id: idAt(0) }));
    assert.deepEqual([outcome.ret, outcome.kind, outcome.to], [0, RowKind.RECALL, ['alice', 'bob']]);
    const reference = outcome.row?.reference;
    assert.deepEqual(
      [reference?.serverMsgId, reference?.sender, idOf(reference?.clientMsgId), reference?.convSeq],
      [sent.ack.serverMsgId, 'alice', idAt(0), sent.ack.convSeq],
    );
    const late = given.after(1).when(recall({ from: 'alice', id: idAt(2) }, 'bob', { id: idAt(0) }));
    assertRejected(late, 'RECALL_TOO_LATE', 'alice');
  });

  test('only what was accepted as a message can be recalled', () => {
    const given = new Scenario();
    given.when(read({ from: 'alice', id: idAt(0) }, 'bob', 1));
    given.when({ ...message({ from: 'alice', id: idAt(1) }, 'bob', 'x'), body: Buffer.from([0xff]) });
    for (const original of [0, 1, 2]) {
      const outcome = given.when(
        recall({ from: 'alice', id: idAt(10 + original) }, 'bob', { id: idAt(original) }),
      );
      assertRejected(outcome, 'RECALL_TOO_LATE', 'alice');
    }
  });

  test('the other side must not', () => {
    const given = new Scenario();
    given.when(message({ from: 'alice', id: idAt(0) }, 'bob', 'x'));
    const asked = recall({ from: 'bob', id: idAt(1) }, 'alice', { sender: 'alice', id: idAt(0) });
    assertRejected(given.when(asked), 'FORBIDDEN', 'bob');
  });

  test('in a group: the author, and the owner even from outside', () => {
    const given = new Scenario();
    given.when(createGroup({ from: 'alice', id: idAt(0) }, ['bob', 'carol'], { creatorStaysOut: true }));
    const group = groupOf('alice', idAt(0));
    const sent = given.when(message({ from: 'bob', id: idAt(1) }, group, 'x'));
    const original = { sender: 'bob', id: idAt(1) };
    assertRejected(given.when(recall({ from: 'carol', id: idAt(2) }, group, original)), 'FORBIDDEN', 'carol');
    assertRejected(given.when(recall({ from: 'eve', id: idAt(2) }, group, original)), 'NOT_A_MEMBER', 'eve');
    const byOwner = given.when(recall({ from: 'alice', id: idAt(3) }, group, original));
    assert.deepEqual([byOwner.ret, byOwner.to], [0, ['alice', 'bob', 'carol']]);
    assert.deepEqual(byOwner.row?.reference?.serverMsgId, sent.ack.serverMsgId);
    assert.deepEqual(given.when(recall({ from: 'bob', id: idAt(4) }, group, original)).to, ['bob', 'carol']);
  });
});

describe('bytes that are not what they should be', () => {
  test('a body that does not decode is a logged rejection', () => {
    const given = new Scenario();
    const command = message({ from: 'alice', id: idAt(0) }, 'bob', 'x');
    for (const [kind, at] of [
      [COMMAND.MESSAGE, 0],
      [COMMAND.READ, 1],
      [COMMAND.RECALL, 2],
      [COMMAND.GROUP_JOIN, 3],
      [99, 4],
    ] as const) {
      const broken: InboundEvent = {
        ...command,
        kind,
        clientMsgId: idAt(at),
        body: Buffer.from([0x0a, 0x50, 1]),
      };
      assertRejected(given.when(broken), 'UNDECODABLE', 'alice');
    }
    const sealed = { ...command, clientMsgId: idAt(9), bodyKey: 'k1' };
    assertRejected(given.when(sealed), 'UNDECODABLE', 'alice');
  });

  test('a body longer than any gate lets through is refused', () => {
    const long = message({ from: 'alice', id: idAt(0) }, 'bob', 'x'.repeat(256 * 1024));
    assertRejected(new Scenario().when(long), 'TOO_LONG', 'alice');
  });

  test('an id of 0 and a device without a name are refused', () => {
    const given = new Scenario();
    assertRejected(given.when(message({ from: 'alice', id: 0n }, 'bob', 'x')), 'BAD_ID', 'alice');
    assertRejected(
      given.when(message({ from: 'alice', id: 1n << 62n, device: '' }, 'bob', 'x')),
      'BAD_ID',
      'alice',
    );
  });

  test('an envelope that does not decode, or names nobody, has no output and is counted', () => {
    const given = new Scenario();
    const good = TEST_CODECS.inbound.encode(message({ from: 'alice', id: idAt(0) }, 'bob', 'x'));
    for (let end = 5; end < good.length; end += 1) assert.deepEqual(given.raw(good.subarray(0, end)), []);
    assert.deepEqual(given.raw(Buffer.concat([good, Buffer.from([0])])), []);
    assert.deepEqual(given.raw(null), []);
    for (const from of ['', '#g', 'a/b']) {
      const command = { ...message({ from: 'alice', id: idAt(0) }, 'bob', 'x'), sender: from };
      assert.deepEqual(given.raw(TEST_CODECS.inbound.encode(command)), []);
    }
    assert.equal(given.fold.counts.undecodable, good.length - 5 + 5);
    assert.equal(given.when(message({ from: 'alice', id: idAt(0) }, 'bob', 'x')).ret, 0);
  });

  test('an unknown schema stops the fold', () => {
    const foreign = Buffer.from([0, 0, 0, 9, 9, 1]);
    assert.throws(
      () => new Scenario().raw(foreign),
      (error) => isBubbleError(error, 'UNKNOWN_SCHEMA'),
    );
  });

  test('bytes without a schema id, and records of another type, are rejected: no release can read them', () => {
    const given = new Scenario();
    const values = [
      Buffer.alloc(0),
      Buffer.from([0]),
      Buffer.from([0, 0, 0, 0]),
      Buffer.from('{"text":"junk"}'),
      Buffer.alloc(900_000, 0xff),
      TEST_CODECS.proof.encode({ slotEpoch: 1, inboxPartition: 0, from: 1, to: 2, sessionsBelow: 3 }),
      TEST_CODECS.replaced.encode({ slotEpoch: 1, connection: 2 }),
    ];
    for (const value of values) assert.deepEqual(given.raw(value), [], value.toString('hex', 0, 8));
    assert.equal(given.fold.counts.undecodable, values.length);
  });

  test('fields longer than any gate writes are rejected, whatever the field; a body may be long', () => {
    const given = new Scenario();
    const good = message({ from: 'alice', id: idAt(0) }, 'bob', 'x');
    const long = 'x'.repeat(20_000);
    for (const field of ['tenant', 'conversation', 'sender', 'device', 'to', 'bodyKey'] as const) {
      assert.deepEqual(given.raw(TEST_CODECS.inbound.encode({ ...good, [field]: long })), [], field);
    }
    assert.equal(given.fold.counts.undecodable, 6);
    assert.equal(given.when({ ...good, body: Buffer.alloc(300_000) }).ret, ERRORS.TOO_LONG.code);
  });

  test('a command of a kind that is not known is rejected, and its sender learns it', () => {
    const given = new Scenario();
    for (const [at, kind] of [4, 49, 51, 69, 71, -1, 2 ** 31 - 1, COMMAND.OPERATOR_DECISION].entries()) {
      const command = { ...message({ from: 'alice', id: idAt(at) }, 'bob', 'x'), kind };
      assert.equal(given.when(command).ret, ERRORS.UNDECODABLE.code, String(kind));
    }
  });

  test('the decision of an operator has no output, and counts as nothing', () => {
    const given = new Scenario();
    const decision = { offset: 0, action: 'reject', operator: 'ada', reason: 'because' } as const;
    assert.deepEqual(given.raw(TEST_CODECS.inbound.encode(decisionEvent(decision, 5))), []);
    assert.equal(given.fold.counts.undecodable, 0);
    assert.equal(given.fold.state.dump().size, 0);
  });
});

describe('facts', () => {
  const fact = (body: Parameters<typeof encodeFact>[0]): Uint8Array =>
    TEST_CODECS.inbound.encode({
      ...message({ from: 'x', id: 1n }, 'y', ''),
      sender: '',
      kind: body.kind,
      conversation: '',
      body: Buffer.from(encodeFact(body)),
    });

  test('rules this release knows come into force, others stop the fold', () => {
    const given = new Scenario();
    assert.deepEqual(given.raw(fact({ kind: COMMAND.RULES_VERSION, version: 1 })), []);
    assert.throws(
      () => given.raw(fact({ kind: COMMAND.RULES_VERSION, version: 2 })),
      (error) => isBubbleError(error, 'UNKNOWN_RULES'),
    );
  });

  test('from a user they are nothing', () => {
    const given = new Scenario();
    const forged = { ...message({ from: 'eve', id: 1n }, 'y', ''), kind: COMMAND.RULES_VERSION };
    assert.deepEqual(given.raw(TEST_CODECS.inbound.encode(forged)), []);
    assert.equal(given.fold.counts.undecodable, 1);
  });

  test('an epoch change seals every old partition, and later outputs begin a new chain', () => {
    const given = new Scenario();
    const before = given.when(message({ from: 'alice', id: idAt(0) }, 'bob', 'x'));
    const change = fact({ kind: COMMAND.EPOCH_CHANGE, epoch: 2, inboxPartitions: 8 });
    given.fold.apply(given.offset, given.nowMs, change, true);
    given.offset += 1;
    const outputs = given.fold.takeOutputs();
    const seals = outputs.map(seen);
    assert.deepEqual(
      outputs.map(({ topic, partition }) => `${topic}/${partition}`),
      [0, 1, 2, 3].map((partition) => `bubble.inbox.1/${partition}`),
    );
    for (const { event, partition } of seals) {
      const last = before.rows.find((row) => row.partition === partition)?.event.src ?? -1;
      assert.deepEqual([event.kind, event.src, event.prev], [INBOX_KIND.SEAL, numberAt(1, 1), last]);
    }
    assert.deepEqual(given.raw(change), [], 'a repeat changes nothing');
    const command = TEST_CODECS.inbound.encode(message({ from: 'alice', id: idAt(1) }, 'bob', 'y'));
    given.fold.apply(given.offset, given.nowMs, command, true);
    const after = inboxOutputs(given.fold.takeOutputs());
    for (const output of after) {
      assert.equal(output.topic, 'bubble.inbox.2');
      const { event, recipients } = seen(output);
      assert.deepEqual([event.src, event.prev], [numberAt(2, 3), -1]);
      for (const user of recipients) assert.equal(partitionOf(userKey(TENANT, user), 8), output.partition);
    }
  });
});
