/**
 * What an import does and what must come of it, made from the file alone: for each conversation the steps in their
 * order, for each user the stretches of messages he must find in his inbox. Compact: a corpus of 170,000 messages
 * makes 7 million rows, of which none is an object.
 *
 * Invariants:
 * 1. Steps of one conversation are done one after the other; the changes inside a membership step concern different
 *    users and commute.
 * 2. A user's rows of a conversation are its messages in [start, end) of each of his stretches, in that order.
 */
import { conversationOf } from '../../schemas/ids.ts';
import type { CorpusLine } from './corpus-line.ts';
import { RoomRule } from './room-rule.ts';

export interface ModelMessage {
  /** Index of the line in the file, from 0. */
  readonly line: number;
  readonly from: string;
  readonly text: string;
}

export interface MembershipChange {
  readonly line: number;
  readonly user: string;
  readonly joins: boolean;
}

export type ImportStep =
  | { readonly kind: 'membership'; readonly changes: readonly MembershipChange[] }
  | { readonly kind: 'message'; readonly message: ModelMessage };

export interface ModelConversation {
  /** The room's name, or `d/<lower user>/<higher user>`. */
  readonly name: string;
  readonly isRoom: boolean;
  readonly steps: readonly ImportStep[];
  readonly messages: readonly ModelMessage[];
}

/** Conversation index -> start, end, start, end ... as indices of its messages. */
export type Stretches = Map<number, number[]>;

export interface ImportModel {
  readonly conversations: readonly ModelConversation[];
  readonly users: ReadonlyMap<string, Stretches>;
  readonly messages: number;
  readonly rows: number;
  readonly largestGroup: number;
  readonly joins: number;
  readonly leaves: number;
}

export const rowsOf = (stretches: Stretches): number => {
  let rows = 0;
  for (const bounds of stretches.values()) {
    for (let at = 0; at < bounds.length; at += 2) rows += bounds[at + 1]! - bounds[at]!;
  }
  return rows;
};

/** One conversation while the file is read. */
class Growing {
  readonly conversation: { name: string; isRoom: boolean; steps: ImportStep[]; messages: ModelMessage[] };
  #changes: MembershipChange[] = [];
  readonly #changed = new Set<string>();

  constructor(name: string, isRoom: boolean) {
    this.conversation = { name, isRoom, steps: [], messages: [] };
  }

  change(change: MembershipChange): void {
    if (this.#changed.has(change.user)) this.flush();
    this.#changed.add(change.user);
    this.#changes.push(change);
  }

  message(message: ModelMessage): void {
    this.flush();
    this.conversation.messages.push(message);
    this.conversation.steps.push({ kind: 'message', message });
  }

  flush(): void {
    if (this.#changes.length === 0) return;
    this.conversation.steps.push({ kind: 'membership', changes: this.#changes });
    this.#changes = [];
    this.#changed.clear();
  }
}

class ModelBuilder {
  readonly #idle: number;
  readonly #growing: Growing[] = [];
  readonly #indexOf = new Map<string, number>();
  readonly #rules = new Map<number, RoomRule>();
  readonly #users = new Map<string, Stretches>();
  #messages = 0;
  #largestGroup = 0;
  #joins = 0;
  #leaves = 0;

  constructor(idle: number) {
    this.#idle = idle;
  }

  line(line: CorpusLine, number: number): void {
    if (line.kind === 'direct') {
      this.#direct(line.from, line.to, { line: number, from: line.from, text: line.text });
      return;
    }
    const index = this.#conversation(line.room, true);
    const rule = this.#rules.get(index)!;
    const user = rule.user(line.from);
    if (line.kind === 'rename') rule.rename(line.from, line.to);
    else if (line.kind === 'join') {
      if (rule.join(user)) this.#joined(index, user, number);
    } else if (line.kind === 'leave') {
      if (rule.leave(user)) this.#left(index, user, number);
    } else {
      const before = rule.message(user);
      for (const member of before.leaves) this.#left(index, member, number);
      if (before.authorJoins) this.#joined(index, user, number);
      this.#growing[index]!.message({ line: number, from: user, text: line.text });
      this.#messages += 1;
      this.#largestGroup = Math.max(this.#largestGroup, rule.memberCount);
    }
  }

  finish(): ImportModel {
    let rows = 0;
    for (const growing of this.#growing) growing.flush();
    for (const stretches of this.#users.values()) {
      for (const [index, bounds] of stretches) {
        // Who was a member at the end, or a partner of a 1:1 conversation, gets everything up to its end.
        if (bounds.length % 2 === 1) bounds.push(this.#growing[index]!.conversation.messages.length);
      }
      rows += rowsOf(stretches);
    }
    return {
      conversations: this.#growing.map((growing) => growing.conversation),
      users: this.#users,
      messages: this.#messages,
      rows,
      largestGroup: this.#largestGroup,
      joins: this.#joins,
      leaves: this.#leaves,
    };
  }

  #conversation(name: string, isRoom: boolean): number {
    const known = this.#indexOf.get(name);
    if (known !== undefined) return known;
    const index = this.#growing.length;
    this.#growing.push(new Growing(name, isRoom));
    this.#indexOf.set(name, index);
    if (isRoom) this.#rules.set(index, new RoomRule(this.#idle));
    return index;
  }

  #direct(from: string, to: string, message: ModelMessage): void {
    const index = this.#conversation(conversationOf(from, to), false);
    for (const user of [from, to]) {
      if (this.#bounds(index, user).length === 0) this.#bounds(index, user).push(0);
    }
    this.#growing[index]!.message(message);
    this.#messages += 1;
  }

  #joined(index: number, user: string, line: number): void {
    this.#joins += 1;
    this.#growing[index]!.change({ line, user, joins: true });
    this.#bounds(index, user).push(this.#growing[index]!.conversation.messages.length);
  }

  #left(index: number, user: string, line: number): void {
    this.#leaves += 1;
    this.#growing[index]!.change({ line, user, joins: false });
    this.#bounds(index, user).push(this.#growing[index]!.conversation.messages.length);
  }

  #bounds(index: number, user: string): number[] {
    let stretches = this.#users.get(user);
    if (stretches === undefined) {
      stretches = new Map();
      this.#users.set(user, stretches);
    }
    let bounds = stretches.get(index);
    if (bounds === undefined) {
      bounds = [];
      stretches.set(index, bounds);
    }
    return bounds;
  }
}

/** @param idle after how many messages of the room a silent member leaves, at least 1 */
export const buildImportModel = (lines: readonly CorpusLine[], idle: number): ImportModel => {
  const builder = new ModelBuilder(idle);
  for (let number = 0; number < lines.length; number += 1) builder.line(lines[number]!, number);
  return builder.finish();
};
