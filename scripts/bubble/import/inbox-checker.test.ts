import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bubble } from '../../../schemas/wire/generated/bubble.js';
import { longOf, longOfId } from '../../../schemas/wire/int64.ts';
import type { CorpusLine } from '../../corpus/corpus-line.ts';
import { buildImportModel, rowsOf } from '../../corpus/import-model.ts';
import type { ImportGroups } from './groups.ts';
import { baseOfCreation, creationId, freshBase, joinId, leaveId, messageId } from './import-ids.ts';
import { type CheckCounts, CheckIndex, InboxChecker, noCounts } from './inbox-checker.ts';
import { EMPTY_TEXT_APP } from './player.ts';

const { AddMsg, NewAppMsg } = bubble.wire;
type AddMsg = InstanceType<typeof AddMsg>;

const GROUP = '#aaaaaaaaaaaaaaaa';
const OTHER_GROUP = '#bbbbbbbbbbbbbbbb';
const base = freshBase(1_700_000_000_000);
const lines: CorpusLine[] = [
  { kind: 'message', room: 'r', from: 'ada', text: 'one' }, // bob is no member yet
  { kind: 'message', room: 'r', from: 'bob', text: 'two' },
  { kind: 'message', room: 'r', from: 'ada', text: '' },
  { kind: 'leave', room: 'r', from: 'bob' },
  { kind: 'message', room: 'r', from: 'ada', text: 'without bob' },
  { kind: 'direct', from: 'ada', to: 'bob', text: 'direct' },
];
const model = buildImportModel(lines, 50);
const groups: ImportGroups = {
  base,
  isResumed: false,
  groupOf: new Map([[0, GROUP]]),
  otherGroups: new Set([OTHER_GROUP]),
  otherBases: [base - 2n ** 30n],
};
const index = new CheckIndex(model, groups, lines.length);

let seq = 0;
const row = (line: number, from: string, to: string, text: string, over: { id?: bigint } = {}): AddMsg => {
  seq += 1;
  const content =
    text === '' ? NewAppMsg.encode({ toUserName: to, appId: EMPTY_TEXT_APP }).finish() : Buffer.from(text);
  return AddMsg.create({
    fromUserName: from,
    toUserName: to,
    content,
    clientMsgId: longOfId(over.id ?? messageId(base, line)),
    serverMsgSeq: longOf(seq),
  }) as AddMsg;
};
const bobs = (): AddMsg[] => [
  row(1, 'bob', GROUP, 'two'),
  row(2, 'ada', GROUP, ''),
  row(5, 'ada', 'bob', 'direct'),
];

const check = (rows: readonly AddMsg[], user = 'bob'): CheckCounts => {
  const stretches = model.users.get(user)!;
  const counts = noCounts();
  const checker = new InboxChecker(index, user, stretches, rowsOf(stretches), counts);
  for (const one of rows) checker.row(one);
  checker.finish();
  return counts;
};
const problems = (rows: readonly AddMsg[]): string[] =>
  Object.entries(check(rows).problems).flatMap(([kind, count]) => (count > 0 ? [`${kind} ${count}`] : []));

test('an inbox as it must be', () => {
  const counts = check(bobs());
  assert.equal(counts.found, 3);
  assert.deepEqual(problems(bobs()), []);
  assert.equal(check([row(0, 'ada', GROUP, 'one'), row(1, 'bob', GROUP, 'two')], 'ada').problems.missing, 3);
});

test('missing, doubled, late, foreign, changed and backward rows are told apart', () => {
  const [two, , direct] = bobs() as [AddMsg, AddMsg, AddMsg];
  assert.deepEqual(problems([two, direct]), ['missing 1']);
  assert.deepEqual(
    problems([two, row(1, 'bob', GROUP, 'two'), row(2, 'ada', GROUP, ''), row(5, 'ada', 'bob', 'direct')]),
    ['doubled 1'],
  );
  // Late: where it belongs it is missing, and where it comes it is one too many.
  assert.deepEqual(
    problems([row(2, 'ada', GROUP, ''), row(1, 'bob', GROUP, 'two'), row(5, 'ada', 'bob', 'direct')]),
    ['missing 1', 'doubled 1'],
  );
  assert.deepEqual(problems([...bobs(), row(4, 'ada', GROUP, 'without bob')]), ['foreign 1']);
  assert.deepEqual(problems([...bobs(), row(9, 'eve', 'bob', 'spam')]), ['foreign 1']);
  assert.deepEqual(
    problems([row(1, 'bob', GROUP, 'TWO'), row(2, 'eve', GROUP, ''), row(5, 'ada', 'bob', 'direct')]),
    ['different 2'],
  );
  const backwards = bobs();
  backwards[2]!.serverMsgSeq = longOf(1);
  assert.deepEqual(problems(backwards), ['backwards 1']);
});

test('rows of other imports and rows that are no messages do not count', () => {
  const other = row(1, 'eve', OTHER_GROUP, 'elsewhere');
  const pair = row(0, 'ada', 'bob', 'of another file', { id: groups.otherBases[0]! + 6n });
  const membership = row(0, 'ada', GROUP, 'x');
  membership.kind = bubble.wire.RowKind.MEMBERSHIP;
  assert.deepEqual(problems([other, pair, membership, ...bobs()]), []);
});

test('ids of a line rise in the order leave, join, message, and the base is found again', () => {
  assert.ok(leaveId(base, 7) < joinId(base, 7));
  assert.ok(joinId(base, 7) < messageId(base, 7));
  assert.ok(messageId(base, 7) < leaveId(base, 8));
  assert.equal(baseOfCreation(creationId(base, 15)), base);
});
