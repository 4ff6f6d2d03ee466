/**
 * A day of a corpus as commands, as gates would append them: the messages and memberships of the corpus, reads and
 * recalls among them, and what must not become an event: repeats of a device, and strangers who are refused.
 */
import { createHash } from 'node:crypto';
import { COMMAND, type InboundEvent, NO_RETURN } from '../../schemas/events/inbound.ts';
import { conversationOf, groupConversationOf, groupIdOf, nextClientMsgId } from '../../schemas/ids.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, longOfId } from '../../schemas/wire/int64.ts';
import type { CorpusLine } from '../corpus/corpus-line.ts';
import { buildImportModel, type ModelConversation, type ModelMessage } from '../corpus/import-model.ts';

const { NewChatMsg, MsgReadReq, RevokeMsgReq, GroupReq } = bubble.wire;

export const TENANT = 'main';
const OWNER = 'service';
const DAY_MS = 24 * 3_600_000;
const IDLE_MESSAGES = 50;
/** One of so many messages. */
const READ_EVERY = 5;
const RECALLED_EVERY = 100;
const REPEATED_EVERY = 40;
const REFUSED_EVERY = 70;
/** "To the newest": a read is never further than its own place. */
const NEWEST = 2 ** 52;

export interface Day {
  readonly commands: readonly InboundEvent[];
  /** How many of each kind will be accepted: so many events there must be. */
  readonly expected: { message: number; membership: number; read: number; recall: number };
  readonly groupMessages: number;
}

interface Placed {
  readonly line: number;
  readonly command: InboundEvent;
}

class DayWriter {
  readonly placed: Placed[] = [];
  readonly expected = { message: 0, membership: 0, read: 0, recall: 0 };
  groupMessages = 0;
  readonly #timeOf: (line: number) => number;
  #lastId = 0n;
  #messages = 0;

  constructor(timeOf: (line: number) => number) {
    this.#timeOf = timeOf;
  }

  #id(line: number): bigint {
    this.#lastId = nextClientMsgId(this.#lastId, this.#timeOf(line), line);
    return this.#lastId;
  }

  #add(
    line: number,
    from: string,
    to: string,
    kind: number,
    clientMsgId: bigint,
    body: Uint8Array,
    conversation: string = conversationOf(from, to),
  ): InboundEvent {
    const command = {
      tenant: TENANT,
      conversation,
      kind,
      sender: from,
      device: `${from.slice(0, 50)}-phone`,
      generation: 0,
      clientMsgId,
      to,
      body: Buffer.from(body),
      bodyKey: null,
      gateTime: this.#timeOf(line),
      ...NO_RETURN,
    };
    this.placed.push({ line, command });
    return command;
  }

  /**
   * Ids rise in each conversation.
   * @param index tells the ids of two groups of the same creator apart
   */
  begin(index: number): void {
    this.#lastId = nextClientMsgId(0n, this.#timeOf(0), index);
  }

  /** @returns the id of the group that is made */
  group(): string {
    const clientMsgId = this.#lastId;
    const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
    const group = groupIdOf(sha256, TENANT, OWNER, clientMsgId);
    const body = GroupReq.encode({ clientMsgId: longOfId(clientMsgId), creatorStaysOut: true }).finish();
    this.#add(0, OWNER, '', COMMAND.GROUP_CREATE, clientMsgId, body, groupConversationOf(group));
    this.expected.membership += 1;
    return group;
  }

  membership(line: number, user: string, group: string, joins: boolean): void {
    const clientMsgId = this.#id(line);
    const body = GroupReq.encode({ clientMsgId: longOfId(clientMsgId), group }).finish();
    this.#add(line, user, group, joins ? COMMAND.GROUP_JOIN : COMMAND.GROUP_LEAVE, clientMsgId, body);
    this.expected.membership += 1;
  }

  #message(line: number, from: string, to: string, text: string): InboundEvent {
    const clientMsgId = this.#id(line);
    const body = NewChatMsg.encode({
      msgType: 1,
      toUserName: to,
      clientMsgId: longOfId(clientMsgId),
      createTime: longOf(this.#timeOf(line)),
      content: Buffer.from(text),
    }).finish();
    return this.#add(line, from, to, COMMAND.MESSAGE, clientMsgId, body);
  }

  message({ line, from, text }: ModelMessage, to: string): void {
    const sent = this.#message(line, from, to, text);
    this.expected.message += 1;
    if (to.startsWith('#')) this.groupMessages += 1;
    this.#messages += 1;
    if (this.#messages % REPEATED_EVERY === 0) this.placed.push({ line, command: sent });
    if (this.#messages % REFUSED_EVERY === 0 && to.startsWith('#')) this.#message(line, 'stranger', to, text);
    if (this.#messages % READ_EVERY === 0) this.#read(line, from, to);
    if (this.#messages % RECALLED_EVERY === 0) this.#recall(line, from, to, sent.clientMsgId);
  }

  #read(line: number, from: string, to: string): void {
    const reader = to.startsWith('#') ? from : to;
    const of = to.startsWith('#') ? to : from;
    const clientMsgId = this.#id(line);
    const body = MsgReadReq.encode({
      userName: of,
      clientMsgId: longOfId(clientMsgId),
      convSeq: longOf(NEWEST),
    }).finish();
    this.#add(line, reader, of, COMMAND.READ, clientMsgId, body);
    this.expected.read += 1;
  }

  #recall(line: number, from: string, to: string, original: bigint): void {
    const clientMsgId = this.#id(line);
    const body = RevokeMsgReq.encode({
      userName: to,
      clientMsgId: longOfId(clientMsgId),
      originalClientMsgId: longOfId(original),
    }).finish();
    this.#add(line, from, to, COMMAND.RECALL, clientMsgId, body);
    this.expected.recall += 1;
  }
}

function play(day: DayWriter, conversation: ModelConversation, index: number): void {
  day.begin(index);
  const group = conversation.isRoom ? day.group() : null;
  for (const step of conversation.steps) {
    if (step.kind === 'message') {
      const { message } = step;
      day.message(message, group ?? otherSide(conversation.name, message.from));
      continue;
    }
    if (group === null) continue;
    for (const { line, user, joins } of step.changes) day.membership(line, user, group, joins);
  }
}

/** Of `d/<one>/<other>`. */
const otherSide = (name: string, from: string): string => {
  const [, first = '', second = ''] = name.split('/');
  return first === from ? second : first;
};

/** @param start of the day, ms: the lines are spread over the 24 hours after it */
export function dayOf(lines: readonly CorpusLine[], start: number): Day {
  const timeOf = (line: number): number => start + Math.floor((line * DAY_MS) / lines.length);
  const day = new DayWriter(timeOf);
  const { conversations } = buildImportModel(lines, IDLE_MESSAGES);
  for (const [index, conversation] of conversations.entries()) play(day, conversation, index);
  // Sorting is stable: what happens on one line stays in its order.
  const placed = day.placed.toSorted((left, right) => left.line - right.line);
  const { expected, groupMessages } = day;
  return { commands: placed.map(({ command }) => command), expected, groupMessages };
}
