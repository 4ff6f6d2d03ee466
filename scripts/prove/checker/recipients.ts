/** Whose inbox a row belongs in, by the checker's own model. */

import { type Group, type GroupChange, lastAtOrBelow } from './groups.ts';
import { userOfDevice } from './history.ts';
import type { History } from './model.ts';
import { ROW } from './model.ts';

export interface Recipients {
  mayHold(operation: number, user: number): boolean;
  /** How many users must have it; a lower bound that is exact for messages. */
  count(operation: number): number;
  required(operation: number): Iterable<number>;
}

interface Place {
  /** The users of a 1:1 or own conversation; null: a group. */
  readonly pair: readonly number[] | null;
  readonly group: Group | undefined;
}

export const recipientsOf = (history: History): Recipients => {
  const { operations, users, devices, conversations, groups, options } = history;
  const places = new Map<number, Place>();
  const senders = new Map<number, number>();

  const placeOf = (conversation: number): Place => {
    const known = places.get(conversation);
    if (known !== undefined) return known;
    const [kind, ...names] = conversations.nameOf(conversation).split('/');
    const place: Place = {
      pair: kind === 'g' ? null : [...new Set(names)].map((name) => users.numberOf(name)),
      group: groups.get(conversation),
    };
    places.set(conversation, place);
    return place;
  };
  const senderOf = (operation: number): number => {
    const device = operations.device.get(operation);
    const known = senders.get(device);
    if (known !== undefined) return known;
    const sender = users.numberOf(userOfDevice(devices.nameOf(device)));
    senders.set(device, sender);
    return sender;
  };
  const changeAt = (group: Group | undefined, convSeq: number): GroupChange | undefined => {
    const changes = group?.changes ?? [];
    const found = changes[lastAtOrBelow(changes.length, (at) => changes[at]!.convSeq, convSeq)];
    return found?.convSeq === convSeq ? found : undefined;
  };
  /** Joins and leaves in large groups go only to those concerned. */
  const isWide = (group: Group | undefined, convSeq: number): boolean =>
    group !== undefined &&
    Math.max(group.memberCount(convSeq - 1), group.memberCount(convSeq)) < options.membershipRowsBelow;

  const mayHold = (operation: number, user: number): boolean => {
    if (user === senderOf(operation)) return true;
    const kind = operations.rowKind.get(operation);
    if (kind === ROW.REJECTED) return false;
    const { pair, group } = placeOf(operations.conversation.get(operation));
    if (pair !== null) return pair.includes(user);
    if (kind === ROW.READ) return false;
    const convSeq = operations.convSeq.get(operation);
    if (group === undefined) return false;
    if (group.hasMember(user, convSeq)) return true;
    if (kind !== ROW.MEMBERSHIP) return false;
    return group.hasMember(user, convSeq - 1) || changeAt(group, convSeq)?.users.includes(user) === true;
  };

  const required = function* (operation: number): Iterable<number> {
    const sender = senderOf(operation);
    yield sender;
    const kind = operations.rowKind.get(operation);
    if (kind === ROW.REJECTED) return;
    const { pair, group } = placeOf(operations.conversation.get(operation));
    if (pair !== null) {
      for (const user of pair) if (user !== sender) yield user;
      return;
    }
    if (kind === ROW.READ || group === undefined) return;
    const convSeq = operations.convSeq.get(operation);
    if (kind !== ROW.MEMBERSHIP) {
      for (const user of group.membersAt(convSeq)) if (user !== sender) yield user;
      return;
    }
    const wanted = new Set(changeAt(group, convSeq)?.users ?? []);
    if (isWide(group, convSeq)) for (const user of group.membersAt(convSeq)) wanted.add(user);
    wanted.delete(sender);
    yield* wanted;
  };

  const count = (operation: number): number => {
    const kind = operations.rowKind.get(operation);
    if (kind === ROW.REJECTED) return 1;
    const { pair, group } = placeOf(operations.conversation.get(operation));
    if (pair !== null) return pair.length;
    if (kind === ROW.READ || group === undefined) return 1;
    const convSeq = operations.convSeq.get(operation);
    if (kind !== ROW.MEMBERSHIP) {
      const sender = senderOf(operation);
      return group.memberCount(convSeq) + (group.hasMember(sender, convSeq) ? 0 : 1);
    }
    let needed = 0;
    for (const _ of required(operation)) needed += 1;
    return needed;
  };
  return { mayHold, count, required };
};
