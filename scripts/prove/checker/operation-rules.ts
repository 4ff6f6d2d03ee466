/** Every operation: what was asked and answered, against the rows it became in the final inboxes. */

import { ERRORS } from '../../../schemas/errors.ts';
import { COMMAND } from '../../../schemas/events/inbound.ts';
import { userOfDevice } from './history.ts';
import { type History, ROW } from './model.ts';
import { NONE, SEEN } from './operations.ts';
import { recipientsOf } from './recipients.ts';

/** @returns how many operations had a definite answer */
export const judgeOperations = (history: History): number => {
  const { operations } = history;
  let answered = 0;
  for (let operation = 0; operation < operations.count; operation += 1) {
    if (operations.outcome.get(operation) !== NONE) answered += 1;
    judgeAnswer(history, operation);
    if (operations.rowKind.get(operation) !== NONE) judgeRow(history, operation);
  }
  judgeInboxes(history);
  if (history.options.uniqueBodies) judgeBodies(history);
  return answered;
};

const judgeAnswer = (history: History, operation: number): void => {
  const { operations, violations } = history;
  const outcome = operations.outcome.get(operation);
  const kind = operations.rowKind.get(operation);
  const describe = (): string => operations.describe(operation);
  const visible = kind !== NONE && kind !== ROW.REJECTED;
  if (outcome === ERRORS.OK.code && kind === NONE) {
    violations.add('lost', () => `answered OK, in no inbox: ${describe()}`);
  } else if (outcome === ERRORS.OK.code && kind === ROW.REJECTED) {
    violations.add('wrong-outcome', () => `answered OK, rejected in the inbox: ${describe()}`);
  } else if (outcome > 0 && visible) {
    violations.add('rejected-yet-visible', () => `answered ${outcome}: ${describe()}`);
  } else if (outcome > 0 && kind === ROW.REJECTED && operations.rowStatus.get(operation) !== outcome) {
    violations.add(
      'wrong-outcome',
      () => `answered ${outcome}, its row says ${operations.rowStatus.get(operation)}: ${describe()}`,
    );
  }
  if (
    outcome === NONE &&
    kind === NONE &&
    operations.has(operation, SEEN.PENDING) &&
    !operations.has(operation, SEEN.STALE)
  ) {
    violations.add('lost', () => `answered PENDING, in no inbox: ${describe()}`);
  }
  const answeredSeq = operations.answeredSeq.get(operation);
  if (answeredSeq > 0 && operations.rowSeq.get(operation) !== answeredSeq) {
    violations.add(
      'read-your-write',
      () =>
        `answered with version ${answeredSeq}, its sender's inbox has it at ${operations.rowSeq.get(operation)}: ${describe()}`,
    );
  }
};

const judgeRow = (history: History, operation: number): void => {
  const { operations, violations, conflicts } = history;
  const describe = (): string => operations.describe(operation);
  const kind = operations.rowKind.get(operation);
  if (!operations.has(operation, SEEN.INVOKED)) {
    violations.add('phantom', () => `a row that nobody sent: ${describe()}`);
    return;
  }
  const digest = operations.rowDigest.get(operation);
  if (kind !== ROW.REJECTED && !operations.hadDigest(operation, digest)) {
    violations.add('phantom', () => `a row with another body than was sent: ${describe()}`);
  }
  if (kind !== ROW.REJECTED && !fits(operations.kind.get(operation), kind)) {
    violations.add(
      'phantom',
      () => `command ${operations.kind.get(operation)} became a row of kind ${kind}: ${describe()}`,
    );
  }
  if (conflicts.get(operation)?.includes(digest) === true) {
    violations.add('rejected-yet-visible', () => `this body was answered CONFLICT: ${describe()}`);
  }
  const convSeq = operations.convSeq.get(operation);
  if (convSeq <= operations.afterConvSeq.get(operation)) {
    violations.add(
      'inversion',
      () =>
        `its convSeq ${convSeq} is not above ${operations.afterConvSeq.get(operation)}, which its device knew before: ${describe()}`,
    );
  }
  const rowSeq = operations.rowSeq.get(operation);
  if (rowSeq > 0 && rowSeq <= operations.afterSeq.get(operation)) {
    violations.add(
      'backward-version',
      () =>
        `its version ${rowSeq} is not above ${operations.afterSeq.get(operation)}, which its device knew before: ${describe()}`,
    );
  }
  judgeDecision(history, operation, kind, convSeq);
};

const fits = (command: number, rowKind: number): boolean => {
  if (command === COMMAND.MESSAGE || command === COMMAND.APP_MESSAGE) return rowKind === ROW.MESSAGE;
  if (command === COMMAND.READ) return rowKind === ROW.READ;
  if (command === COMMAND.RECALL) return rowKind === ROW.RECALL;
  return rowKind === ROW.MEMBERSHIP;
};

/** Accepted or rejected against the model of groups. Membership rows themselves were judged when it was built. */
const judgeDecision = (history: History, operation: number, kind: number, convSeq: number): void => {
  const { operations, violations, groups, users, devices } = history;
  const conversation = history.conversations.nameOf(operations.conversation.get(operation));
  if (!conversation.startsWith('g/') || kind === ROW.MEMBERSHIP) return;
  const group = groups.get(operations.conversation.get(operation));
  const sender = users.numberOf(userOfDevice(devices.nameOf(operations.device.get(operation))));
  const exists = group !== undefined && group.createdAt < convSeq;
  const dismissed = group !== undefined && group.dismissedAt < convSeq;
  const member = group?.hasMember(sender, convSeq) === true;
  const wrong = (why: string): void =>
    violations.add('wrong-outcome', () => `${why}: ${operations.describe(operation)}`);
  if (kind !== ROW.REJECTED) {
    // Whoever was in a group may say what they have read of it, and its owner may recall.
    const allowed = kind === ROW.READ || (kind === ROW.RECALL && group?.owner === sender);
    if (!member && !allowed) wrong('accepted from one who is no member');
    return;
  }
  const command = operations.kind.get(operation);
  const isMessage = command === COMMAND.MESSAGE || command === COMMAND.APP_MESSAGE;
  switch (operations.rowStatus.get(operation)) {
    case ERRORS.NOT_A_MEMBER.code:
      if (isMessage && member) wrong('rejected as no member, but is one');
      return;
    case ERRORS.UNKNOWN_GROUP.code:
      if (exists) wrong('rejected as unknown, but the group exists');
      return;
    case ERRORS.GROUP_DISMISSED.code:
      if (!dismissed) wrong('rejected as dismissed, but the group is not');
      return;
    case ERRORS.ALREADY_A_MEMBER.code:
      if (command === COMMAND.GROUP_JOIN && !member) wrong('rejected as a member, but is none');
      return;
    default:
      return;
  }
};

/** Who has each row, and who must. */
const judgeInboxes = (history: History): void => {
  const { operations, violations, users } = history;
  const recipients = recipientsOf(history);
  for (const [user, inbox] of history.inboxes) {
    for (let index = 0; index < inbox.length; index += 1) {
      const operation = inbox.operation.get(index);
      if (!recipients.mayHold(operation, user)) {
        violations.add(
          'leak',
          () => `in the inbox of ${users.nameOf(user)}: ${operations.describe(operation)}`,
        );
      }
    }
  }
  const holders = new Map<number, Set<number>>();
  const incomplete: number[] = [];
  for (let operation = 0; operation < operations.count; operation += 1) {
    if (operations.rowKind.get(operation) === NONE) continue;
    if (operations.inboxes.get(operation) >= recipients.count(operation)) continue;
    incomplete.push(operation);
    holders.set(operation, new Set());
  }
  if (incomplete.length === 0) return;
  for (const [user, inbox] of history.inboxes) {
    for (let index = 0; index < inbox.length; index += 1) holders.get(inbox.operation.get(index))?.add(user);
  }
  for (const operation of incomplete) {
    for (const user of recipients.required(operation)) {
      if (holders.get(operation)?.has(user) === true) continue;
      violations.add(
        'lost',
        () => `not in the inbox of ${users.nameOf(user)}: ${operations.describe(operation)}`,
      );
    }
  }
};

/** Bodies of the load are unique: the same one under two ids of one sender is the same message shown twice. */
const judgeBodies = (history: History): void => {
  const { operations, violations } = history;
  const byBody = new Map<number, number>();
  for (let operation = 0; operation < operations.count; operation += 1) {
    if (operations.rowKind.get(operation) !== ROW.MESSAGE) continue;
    const digest = operations.rowDigest.get(operation);
    const other = byBody.get(digest);
    if (other === undefined) byBody.set(digest, operation);
    else if (operations.conversation.get(other) === operations.conversation.get(operation)) {
      violations.add(
        'duplicate',
        () =>
          `the same body under two ids: ${operations.describe(other)} and ${operations.describe(operation)}`,
      );
    }
  }
};
