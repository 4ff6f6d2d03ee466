/**
 * Compares the rows of one user's inbox, as they are pulled, with what the model says he must have: every message of
 * his stretches, in the order of each conversation, with its sender and content, once.
 */
import { conversationOf } from '../../../schemas/ids.ts';
import { bubble } from '../../../schemas/wire/generated/bubble.js';
import { idOf, numberOf } from '../../../schemas/wire/int64.ts';
import type { ImportModel, ModelMessage, Stretches } from '../../corpus/import-model.ts';
import type { ImportGroups } from './groups.ts';
import { idsOf, lineOfMessage } from './import-ids.ts';
import { EMPTY_TEXT_APP } from './player.ts';

const { AddMsg, NewAppMsg, RowKind } = bubble.wire;
type AddMsg = InstanceType<typeof AddMsg>;

export const PROBLEMS = ['missing', 'doubled', 'foreign', 'different', 'backwards'] as const;
export type ProblemKind = (typeof PROBLEMS)[number];

export interface CheckCounts {
  found: number;
  readonly problems: Record<ProblemKind, number>;
  /** The first few, in words. */
  readonly examples: string[];
}

export const noCounts = (): CheckCounts => ({
  found: 0,
  problems: { missing: 0, doubled: 0, foreign: 0, different: 0, backwards: 0 },
  examples: [],
});

const EXAMPLES = 10;

/** What all users' checks share: where each line's message stands. */
export class CheckIndex {
  readonly model: ImportModel;
  readonly groups: ImportGroups;
  readonly #conversationOfGroup: Map<string, number>;
  readonly #conversationOfPair: Map<string, number>;
  /** By line; -1: no message. */
  readonly #conversation: Int32Array;
  readonly #position: Int32Array;
  readonly #contents: (Buffer | undefined)[] = [];
  readonly #lines: number;

  constructor(model: ImportModel, groups: ImportGroups, lines: number) {
    this.model = model;
    this.groups = groups;
    this.#lines = lines;
    this.#conversation = new Int32Array(lines).fill(-1);
    this.#position = new Int32Array(lines);
    this.#conversationOfGroup = new Map([...groups.groupOf].map(([index, group]) => [group, index]));
    this.#conversationOfPair = new Map();
    for (const [index, { messages, isRoom, name }] of model.conversations.entries()) {
      if (!isRoom) this.#conversationOfPair.set(name, index);
      for (const [position, { line }] of messages.entries()) {
        this.#conversation[line] = index;
        this.#position[line] = position;
      }
    }
  }

  /** @returns the conversation's index, or undefined: not one of this import */
  conversationOf(reader: string, row: AddMsg): number | undefined {
    if (row.toUserName.startsWith('#')) return this.#conversationOfGroup.get(row.toUserName);
    const peer = row.fromUserName === reader ? row.toUserName : row.fromUserName;
    return this.#conversationOfPair.get(conversationOf(reader, peer));
  }

  /** @returns the position of the row's message in its conversation, or -1 */
  positionOf(conversation: number, row: AddMsg): number {
    const line = lineOfMessage(Number(idOf(row.clientMsgId) - this.groups.base));
    return this.#conversation[line] === conversation ? this.#position[line]! : -1;
  }

  /** A row of another import into the same server. */
  isOfOthers(row: AddMsg): boolean {
    if (row.toUserName.startsWith('#')) return this.groups.otherGroups.has(row.toUserName);
    const id = idOf(row.clientMsgId);
    const reach = BigInt(Math.max(idsOf(this.#lines), 2 ** 20));
    const isOwn = id >= this.groups.base && id < this.groups.base + reach;
    return !isOwn && this.groups.otherBases.some((base) => id >= base && id < base + reach);
  }

  isSame(message: ModelMessage, row: AddMsg): boolean {
    if (row.fromUserName !== message.from) return false;
    if (message.text === '') return NewAppMsg.decode(row.content).appId === EMPTY_TEXT_APP;
    let content = this.#contents[message.line];
    if (content === undefined) {
      content = Buffer.from(message.text);
      this.#contents[message.line] = content;
    }
    return content.equals(row.content);
  }
}

interface Cursor {
  readonly bounds: readonly number[];
  /** Of the stretch. */
  at: number;
  /** The message that must come next. */
  next: number;
}

export class InboxChecker {
  readonly #index: CheckIndex;
  readonly #reader: string;
  readonly #counts: CheckCounts;
  readonly #cursors = new Map<number, Cursor>();
  readonly #expected: number;
  #seen = 0;
  #lastSeq = 0;

  constructor(
    index: CheckIndex,
    reader: string,
    stretches: Stretches,
    expected: number,
    counts: CheckCounts,
  ) {
    this.#index = index;
    this.#reader = reader;
    this.#counts = counts;
    this.#expected = expected;
    for (const [conversation, bounds] of stretches) {
      const cursor: Cursor = { bounds, at: 0, next: bounds[0] ?? 0 };
      this.#settle(cursor);
      this.#cursors.set(conversation, cursor);
    }
  }

  /** Everything that must be there has been seen. */
  get isComplete(): boolean {
    return this.#seen >= this.#expected;
  }

  row(row: AddMsg): void {
    const seq = numberOf(row.serverMsgSeq);
    if (seq <= this.#lastSeq) this.#problem('backwards', `version ${seq} after ${this.#lastSeq}`);
    this.#lastSeq = seq;
    if (row.kind !== RowKind.MESSAGE) return;
    const conversation = this.#index.conversationOf(this.#reader, row);
    const position = conversation === undefined ? -1 : this.#index.positionOf(conversation, row);
    const cursor = conversation === undefined ? undefined : this.#cursors.get(conversation);
    if (position < 0 || cursor === undefined || !contains(cursor.bounds, position)) {
      if (this.#index.isOfOthers(row)) return;
      this.#problem('foreign', `a row from ${row.fromUserName} to ${row.toUserName}`);
      return;
    }
    this.#expectedRow(conversation!, cursor, position, row);
  }

  #expectedRow(conversation: number, cursor: Cursor, position: number, row: AddMsg): void {
    const message = this.#index.model.conversations[conversation]!.messages[position]!;
    if (cursor.at >= cursor.bounds.length || position < cursor.next) {
      this.#problem('doubled', `line ${message.line + 1} came again or late`);
      return;
    }
    while (cursor.next < position) {
      this.#missing(conversation, cursor.next);
      this.#step(cursor);
    }
    this.#step(cursor);
    this.#seen += 1;
    if (this.#index.isSame(message, row)) this.#counts.found += 1;
    else this.#problem('different', `line ${message.line + 1} has another sender or content`);
  }

  /** To be called after the last row. */
  finish(): void {
    for (const [conversation, cursor] of this.#cursors) {
      while (cursor.at < cursor.bounds.length) {
        this.#missing(conversation, cursor.next);
        this.#step(cursor);
      }
    }
  }

  #step(cursor: Cursor): void {
    cursor.next += 1;
    this.#settle(cursor);
  }

  /** Goes on to the next stretch that is not empty. */
  #settle(cursor: Cursor): void {
    while (cursor.at < cursor.bounds.length && cursor.next >= cursor.bounds[cursor.at + 1]!) {
      cursor.at += 2;
      cursor.next = cursor.bounds[cursor.at] ?? 0;
    }
  }

  #missing(conversation: number, position: number): void {
    const { messages, name } = this.#index.model.conversations[conversation]!;
    this.#problem('missing', `line ${messages[position]!.line + 1} of ${name}`);
  }

  #problem(kind: ProblemKind, what: string): void {
    this.#counts.problems[kind] += 1;
    if (this.#counts.examples.length < EXAMPLES) {
      this.#counts.examples.push(`${kind} in the inbox of ${this.#reader}: ${what}`);
    }
  }
}

const contains = (bounds: readonly number[], position: number): boolean => {
  for (let at = 0; at < bounds.length; at += 2) {
    if (position >= bounds[at]! && position < bounds[at + 1]!) return true;
  }
  return false;
};
