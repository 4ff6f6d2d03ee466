/**
 * The form of commands: what every gate of every release refuses for the same bytes, and nothing else. Whether a
 * command is accepted is decided by fan-out, at its place in the log.
 */
import { createHash } from 'node:crypto';
import type { ErrorName } from '../../schemas/errors.ts';
import { COMMAND, type CommandKind } from '../../schemas/events/inbound.ts';
import {
  type ConversationId,
  conversationOf,
  groupConversationOf,
  groupIdOf,
  isGroup,
  isName,
  ownConversationOf,
} from '../../schemas/ids.ts';
import type { Limits } from '../../schemas/limits.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { idOf, numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import type { Principal } from '../auth/authenticator.ts';

const { GroupReq, MsgReadReq, NewAppMsg, NewChatMsg, RevokeMsgReq } = bubble.wire;

export interface ParsedCommand {
  readonly ok: true;
  readonly kind: CommandKind;
  readonly conversation: ConversationId;
  /** The receiver or group as the client named it; of a creation the group it makes; of read-all the user. */
  readonly to: string;
  readonly clientMsgId: bigint;
}

export interface RefusedCommand {
  readonly ok: false;
  readonly error: ErrorName;
  /** 0n where it could not be read. */
  readonly clientMsgId: bigint;
}

type Parsed = ParsedCommand | RefusedCommand;

/** What a row adds to the body it is made of: names, ids, times. It must still fit one push frame. */
const ROW_RESERVE_BYTES = 1024;

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const isReceiver = (name: string): boolean => isName(name) || isGroup(name);
const textBytes = (text: string): number => Buffer.byteLength(text);

const refused = (error: ErrorName, clientMsgId: bigint): RefusedCommand => ({
  ok: false,
  error,
  clientMsgId,
});
const accepted = (kind: CommandKind, from: string, to: string, clientMsgId: bigint): ParsedCommand => ({
  ok: true,
  kind,
  conversation: conversationOf(from, to),
  to,
  clientMsgId,
});

const parseMessage = (body: Uint8Array, who: Principal, limits: Limits): Parsed => {
  const message = NewChatMsg.decode(body);
  const id = idOf(message.clientMsgId);
  const to = message.toUserName;
  if (id === 0n || !isReceiver(to)) return refused('BAD_ID', id);
  if (message.content.length === 0) return refused('EMPTY_MESSAGE', id);
  const { contentBytes, textFieldBytes } = limits;
  if (
    message.content.length > contentBytes ||
    textBytes(message.msgSource) > textFieldBytes ||
    textBytes(message.pushContent) > textFieldBytes
  ) {
    return refused('TOO_LONG', id);
  }
  return accepted(COMMAND.MESSAGE, who.user, to, id);
};

const parseAppMessage = (body: Uint8Array, who: Principal, limits: Limits): Parsed => {
  const message = NewAppMsg.decode(body);
  const id = idOf(message.clientMsgId);
  if (id === 0n || !isReceiver(message.toUserName)) return refused('BAD_ID', id);
  if (message.content.length === 0 && message.appId === '') return refused('EMPTY_MESSAGE', id);
  if (body.length > limits.contentBytes || textBytes(message.msgSource) > limits.textFieldBytes) {
    return refused('TOO_LONG', id);
  }
  return accepted(COMMAND.APP_MESSAGE, who.user, message.toUserName, id);
};

const parseRead = (body: Uint8Array, who: Principal): Parsed => {
  const read = MsgReadReq.decode(body);
  const id = idOf(read.clientMsgId);
  if (id === 0n) return refused('BAD_ID', id);
  // Throws beyond 2^53: fan-out must not meet a number it cannot hold.
  numberOf(read.convSeq);
  numberOf(read.serverSeq);
  if (read.type === MsgReadReq.Type.ALL) {
    const conversation = ownConversationOf(who.user);
    return { ok: true, kind: COMMAND.READ, conversation, to: who.user, clientMsgId: id };
  }
  return isReceiver(read.userName)
    ? accepted(COMMAND.READ, who.user, read.userName, id)
    : refused('BAD_ID', id);
};

const parseRecall = (body: Uint8Array, who: Principal): Parsed => {
  const recall = RevokeMsgReq.decode(body);
  const id = idOf(recall.clientMsgId);
  const original = idOf(recall.originalClientMsgId);
  if (id === 0n || original === 0n || !isReceiver(recall.userName) || !isName(recall.sender)) {
    return refused('BAD_ID', id);
  }
  return accepted(COMMAND.RECALL, who.user, recall.userName, id);
};

const GROUP_COMMANDS: Readonly<Record<number, CommandKind>> = {
  [OP.GROUP_CREATE]: COMMAND.GROUP_CREATE,
  [OP.GROUP_JOIN]: COMMAND.GROUP_JOIN,
  [OP.GROUP_LEAVE]: COMMAND.GROUP_LEAVE,
  [OP.GROUP_INVITE]: COMMAND.GROUP_INVITE,
  [OP.GROUP_KICK]: COMMAND.GROUP_KICK,
  [OP.GROUP_DISMISS]: COMMAND.GROUP_DISMISS,
};

const parseGroup = (operation: number, body: Uint8Array, who: Principal, limits: Limits): Parsed => {
  const request = GroupReq.decode(body);
  const id = idOf(request.clientMsgId);
  if (id === 0n || !request.users.every(isName)) return refused('BAD_ID', id);
  if (body.length > limits.contentBytes || textBytes(request.title) > limits.textFieldBytes) {
    return refused('TOO_LONG', id);
  }
  const kind = GROUP_COMMANDS[operation]!;
  if (kind === COMMAND.GROUP_CREATE) {
    const group = groupIdOf(sha256, who.tenant, who.user, id);
    return { ok: true, kind, conversation: groupConversationOf(group), to: group, clientMsgId: id };
  }
  if (!isGroup(request.group)) return refused('BAD_ID', id);
  const needsUsers = kind === COMMAND.GROUP_INVITE || kind === COMMAND.GROUP_KICK;
  if (needsUsers && request.users.length === 0) return refused('MALFORMED', id);
  return accepted(kind, who.user, request.group, id);
};

const parse = (operation: number, body: Uint8Array, who: Principal, limits: Limits): Parsed => {
  switch (operation) {
    case OP.SEND_MSG:
      return parseMessage(body, who, limits);
    case OP.SEND_APP_MSG:
      return parseAppMessage(body, who, limits);
    case OP.READ:
      return parseRead(body, who);
    case OP.RECALL:
      return parseRecall(body, who);
    default:
      return parseGroup(operation, body, who, limits);
  }
};

/** @param operation a command of the session machine's allow-list */
export const parseCommand = (operation: number, body: Uint8Array, who: Principal, limits: Limits): Parsed => {
  if (body.length > limits.bodyBytes - ROW_RESERVE_BYTES) return refused('TOO_LONG', 0n);
  try {
    return parse(operation, body, who, limits);
  } catch {
    // protobufjs throws plain errors on malformed bytes, int64 a RangeError: both are the client's fault.
    return refused('MALFORMED', 0n);
  }
};
