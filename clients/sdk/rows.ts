/** Rows as applications see them: decoded AddMsg with safe-integer numbers, bigint ids and names for codes. */

import { type ErrorName, errorNameOf } from '../../schemas/errors.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { idOf, numberOf } from '../../schemas/wire/int64.ts';

const { PushMsg } = bubble.wire;

export type RowKind =
  | 'message'
  | 'read'
  | 'recall'
  | 'membership'
  | 'rejected'
  | 'placeholder'
  | 'edit'
  | 'reaction'
  | 'unknown';

/** By number, as in RowKind of the wire. */
const KINDS: readonly RowKind[] = [
  'message',
  'read',
  'recall',
  'membership',
  'rejected',
  'placeholder',
  'edit',
  'reaction',
];

export type MembershipChange =
  | 'none'
  | 'created'
  | 'joined'
  | 'left'
  | 'invited'
  | 'kicked'
  | 'dismissed'
  | 'unknown';

const CHANGES: readonly MembershipChange[] = [
  'none',
  'created',
  'joined',
  'left',
  'invited',
  'kicked',
  'dismissed',
];

export interface RowReference {
  readonly serverMsgId: bigint;
  readonly sender: string;
  readonly clientMsgId: bigint;
  /** READ: read up to here. */
  readonly convSeq: number;
}

export interface RowMembership {
  readonly change: MembershipChange;
  readonly users: readonly string[];
  readonly title: string;
  /** After the change; 0 where not known. */
  readonly memberCount: number;
}

export interface Row {
  readonly kind: RowKind;
  /** The version in the reader's own space; rises, not consecutive. */
  readonly seq: number;
  /** Pushed rows: the reader's row before it (may be too high); 0 in pulled rows. */
  readonly prevSeq: number;
  /** Conversations are shown in this order. */
  readonly convSeq: number;
  /** The peer or the group, as the reader names the conversation. */
  readonly conversation: string;
  readonly isRoom: boolean;
  readonly from: string;
  readonly to: string;
  /** The reader sent it, from this or another device. */
  readonly own: boolean;
  readonly deviceId: string;
  readonly msgType: number;
  readonly content: Uint8Array;
  readonly serverMsgId: bigint;
  readonly clientMsgId: bigint;
  readonly clientSeq: number;
  /** ms, the sender's clock; information only. */
  readonly createTime: number;
  /** ms, log time. */
  readonly serverTime: number;
  /** kind 'rejected': why. */
  readonly rejection: ErrorName | 'UNKNOWN' | null;
  readonly msgSource: string;
  readonly pushContent: string;
  readonly reference: RowReference | null;
  readonly membership: RowMembership | null;
}

const NO_BYTES = new Uint8Array(0);

const referenceOf = (value: bubble.wire.Reference.$Properties): RowReference => ({
  serverMsgId: idOf(value.serverMsgId),
  sender: value.sender ?? '',
  clientMsgId: idOf(value.clientMsgId),
  convSeq: numberOf(value.convSeq),
});

const membershipOf = (value: bubble.wire.Membership.$Properties): RowMembership => ({
  change: CHANGES[value.change ?? 0] ?? 'unknown',
  users: value.users ?? [],
  title: value.title ?? '',
  memberCount: value.memberCount ?? 0,
});

/** @throws RangeError where a number is beyond 2^53 */
export const rowOf = (message: bubble.wire.AddMsg.$Properties): Row => {
  const kind = KINDS[message.kind ?? 0] ?? 'unknown';
  const from = message.fromUserName ?? '';
  const to = message.toUserName ?? '';
  const isRoom = message.isRoom ?? false;
  const own = message.own ?? false;
  return {
    kind,
    seq: numberOf(message.serverMsgSeq),
    prevSeq: numberOf(message.prevSeq),
    convSeq: numberOf(message.convSeq),
    conversation: isRoom || own ? to : from,
    isRoom,
    from,
    to,
    own,
    deviceId: message.deviceId ?? '',
    msgType: message.msgType ?? 0,
    content: message.content ?? NO_BYTES,
    serverMsgId: idOf(message.serverMsgId),
    clientMsgId: idOf(message.clientMsgId),
    clientSeq: message.clientSeq ?? 0,
    createTime: numberOf(message.createTime),
    serverTime: numberOf(message.serverTime),
    rejection: kind === 'rejected' ? (errorNameOf(message.status ?? 0) ?? 'UNKNOWN') : null,
    msgSource: message.msgSource ?? '',
    pushContent: message.pushContent ?? '',
    reference: message.reference ? referenceOf(message.reference) : null,
    membership: message.membership ? membershipOf(message.membership) : null,
  };
};

/**
 * The rows of a push frame's body.
 * @throws Error where the body is not a PushMsg
 */
export const decodePush = (body: Uint8Array): Row[] => PushMsg.decode(body).msg.map(rowOf);

const utf8 = new TextDecoder();

/** The text of a message row. */
export const textOf = (row: Row): string => utf8.decode(row.content);
