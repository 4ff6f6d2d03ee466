/** UNREAD and CONVERSATION_LIST: answered from the folded mailbox of the session's own user. */
import type { Logger } from '../../infra/logger/logger.ts';
import type { TimelineReader } from '../../infra/timeline/timeline-store.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import type { Conversation } from '../../schemas/rules/mailbox.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { SYNC_MSG_TAG, varintSize, writeVarint } from '../../schemas/wire/row.ts';
import type { GateSession } from './gate-session.ts';
import { type FoldedMailbox, Mailboxes } from './mailboxes.ts';
import { timelineError } from './pulls.ts';
import { RepeatedWarning } from './repeated-warning.ts';

const { ConversationListReq, ConversationState, UnreadReq } = bubble.wire;

/** UnreadRep and ConversationListRep have the same fields: conversation = 3, syncedTo = 4. */
const CONVERSATION = SYNC_MSG_TAG;
const SYNCED_TO = 0x20;
const RESERVE_BYTES = 128;

const LAST_ROWS = 0x32; // ConversationState.lastRows: field 6, length-delimited

const encodeState = (state: Conversation): Uint8Array =>
  ConversationState.encode({
    userName: state.name,
    isRoom: state.isRoom,
    unread: state.unread,
    readTo: longOf(state.readTo),
    newestConvSeq: longOf(state.newestConvSeq),
    peerReadTo: longOf(state.peerReadTo),
  }).finish();

const fieldSize = (length: number): number => 1 + varintSize(length) + length;

/** A state as bytes, its last rows copied behind it. */
const encodeConversation = (state: Conversation): Uint8Array => {
  const head = encodeState(state);
  let size = head.length;
  for (const row of state.lastRows) size += fieldSize(row.length);
  const out = Buffer.allocUnsafe(size);
  out.set(head, 0);
  let at = head.length;
  for (const row of state.lastRows) {
    out[at] = LAST_ROWS;
    at = writeVarint(out, at + 1, row.length);
    out.set(row, at);
    at += row.length;
  }
  return out;
};

/** @param conversations encoded ConversationStates */
const encodeList = (conversations: readonly Uint8Array[], syncedTo: number): Uint8Array => {
  let size = 1 + varintSize(syncedTo);
  for (const each of conversations) size += fieldSize(each.length);
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  for (const each of conversations) {
    out[at] = CONVERSATION;
    at = writeVarint(out, at + 1, each.length);
    out.set(each, at);
    at += each.length;
  }
  out[at] = SYNCED_TO;
  writeVarint(out, at + 1, syncedTo);
  return out;
};

/**
 * Conversations with the newest first, as many as a frame holds. Last rows are left out before a conversation is:
 * a client can pull rows, but not learn of a conversation.
 */
const listBody = (folded: FoldedMailbox, lastRows: number, maxBytes: number): Uint8Array => {
  const { mailbox } = folded;
  const names = mailbox.names();
  const bare: Uint8Array[] = [];
  let bytes = 0;
  for (const name of names) {
    const encoded = encodeConversation(mailbox.conversation(name)!);
    const size = fieldSize(encoded.length);
    if (bytes + size > maxBytes) break;
    bytes += size;
    bare.push(encoded);
  }
  if (lastRows > 0) {
    for (let index = 0; index < bare.length; index += 1) {
      const encoded = encodeConversation(mailbox.conversation(names[index]!, lastRows)!);
      const more = fieldSize(encoded.length) - fieldSize(bare[index]!.length);
      if (bytes + more > maxBytes) break;
      bytes += more;
      bare[index] = encoded;
    }
  }
  return encodeList(bare, folded.syncedTo);
};

/** All conversations with unread rows, or the one asked for. */
const unreadBody = (folded: FoldedMailbox, name: string, maxBytes: number): Uint8Array => {
  const { mailbox } = folded;
  const encoded: Uint8Array[] = [];
  let bytes = 0;
  for (const each of name === '' ? mailbox.names() : [name]) {
    const state = mailbox.conversation(each);
    if (state === undefined || (name === '' && state.unread === 0)) continue;
    const conversation = encodeConversation(state);
    bytes += fieldSize(conversation.length);
    if (bytes > maxBytes) break;
    encoded.push(conversation);
  }
  return encodeList(encoded, folded.syncedTo);
};

export interface MailboxQueryOptions {
  readonly timeline: TimelineReader;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Answer = (folded: FoldedMailbox, maxBytes: number) => Uint8Array;

const answerOf = (operation: number, body: Uint8Array): Answer | null => {
  try {
    if (operation === OP.UNREAD) {
      const { userName } = UnreadReq.decode(body);
      return (folded, maxBytes) => unreadBody(folded, userName, maxBytes);
    }
    const { lastRows } = ConversationListReq.decode(body);
    return (folded, maxBytes) => listBody(folded, lastRows, maxBytes);
  } catch {
    // protobufjs throws plain errors on malformed bytes.
    return null;
  }
};

/** Beyond, a session that asks again before it is answered is told to retry. */
const MOST_OF_A_SESSION = 4;

export class MailboxQueries {
  readonly #options: MailboxQueryOptions;
  readonly #mailboxes: Mailboxes;
  readonly #away: RepeatedWarning;

  constructor(options: MailboxQueryOptions) {
    this.#options = options;
    this.#mailboxes = new Mailboxes(options);
    this.#away = new RepeatedWarning(options, 'a mailbox cannot be read');
  }

  query(session: GateSession, operation: number, sequence: number, body: Uint8Array): void {
    const answer = answerOf(operation, body);
    if (answer === null) session.refuse(operation, sequence, 'MALFORMED');
    else if (session.queries >= MOST_OF_A_SESSION) session.refuse(operation, sequence, 'RETRY_LATER');
    else void this.#run(session, operation, sequence, answer);
  }

  async #run(session: GateSession, operation: number, sequence: number, answer: Answer): Promise<void> {
    session.queries += 1;
    try {
      const folded = await this.#mailboxes.folded(session.principal!);
      if (folded === null) session.refuse(operation, sequence, 'RETRY_LATER');
      else session.reply(operation, sequence, answer(folded, this.#options.limits.bodyBytes - RESERVE_BYTES));
    } catch (error) {
      this.#away.warn(error);
      session.refuse(operation, sequence, timelineError(error));
    } finally {
      session.queries -= 1;
    }
  }
}
