/** Queries: requests that change nothing, so that they may be asked again. Bodies and replies of each. */
import { type ErrorName, errorNameOf } from '../../schemas/errors.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { type Row, rowOf } from './rows.ts';

const { ConversationListRep, ConversationListReq, SyncMsgRep, SyncMsgReq, UnreadRep, UnreadReq } =
  bubble.wire;

/** A question and how to read its answer. */
export interface Query<T> {
  readonly operation: number;
  readonly body: Uint8Array;
  /** @throws Error where the body is malformed */
  read(body: Uint8Array): Answer<T>;
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly code: number;
      readonly error: ErrorName | 'UNKNOWN';
      readonly message: string;
    };

const answerOf = <T>(ret: number, errMsg: string, value: () => T): Answer<T> =>
  ret === 0
    ? { ok: true, value: value() }
    : { ok: false, code: ret, error: errorNameOf(ret) ?? 'UNKNOWN', message: errMsg };

export interface SyncPage {
  /** In the order of their versions. */
  readonly rows: readonly Row[];
  /** Complete up to here. */
  readonly syncedTo: number;
  readonly more: boolean;
}

/**
 * @param from rows after this version
 * @param until the server waits a while for its store to reach this version; 0: as far as it is
 * @param count at most; 0: the server's page
 */
export const syncQuery = (from: number, until: number, count = 0): Query<SyncPage> => ({
  operation: OP.SYNC,
  body: SyncMsgReq.encode({ serverMsgSeq: longOf(from), until: longOf(until), count }).finish(),
  read: (body) => {
    const reply = SyncMsgRep.decode(body);
    return answerOf(reply.ret, reply.errMsg, () => ({
      rows: reply.msg.map(rowOf),
      syncedTo: numberOf(reply.syncedTo),
      more: reply.more,
    }));
  },
});

export interface ConversationState {
  /** The peer or the group. */
  readonly conversation: string;
  readonly isRoom: boolean;
  readonly unread: number;
  /** The own user has read up to here (convSeq). */
  readonly readTo: number;
  readonly newestConvSeq: number;
  /** 1:1: the peer has read up to here (convSeq). */
  readonly peerReadTo: number;
  readonly lastRows: readonly Row[];
}

export interface Conversations {
  readonly conversations: readonly ConversationState[];
  /** Everything up to this version is counted in. */
  readonly syncedTo: number;
}

const conversationOf = (state: bubble.wire.ConversationState.$Properties): ConversationState => ({
  conversation: state.userName ?? '',
  isRoom: state.isRoom ?? false,
  unread: state.unread ?? 0,
  readTo: numberOf(state.readTo),
  newestConvSeq: numberOf(state.newestConvSeq),
  peerReadTo: numberOf(state.peerReadTo),
  lastRows: (state.lastRows ?? []).map(rowOf),
});

/** @param lastRows newest rows wanted of each conversation */
export const conversationListQuery = (lastRows: number): Query<Conversations> => ({
  operation: OP.CONVERSATION_LIST,
  body: ConversationListReq.encode({ lastRows }).finish(),
  read: (body) => {
    const reply = ConversationListRep.decode(body);
    return answerOf(reply.ret, reply.errMsg, () => ({
      conversations: reply.conversation.map(conversationOf),
      syncedTo: numberOf(reply.syncedTo),
    }));
  },
});

/** @param conversation one peer or group, or '' for all */
export const unreadQuery = (conversation: string): Query<Conversations> => ({
  operation: OP.UNREAD,
  body: UnreadReq.encode({ userName: conversation }).finish(),
  read: (body) => {
    const reply = UnreadRep.decode(body);
    return answerOf(reply.ret, reply.errMsg, () => ({
      conversations: reply.conversation.map(conversationOf),
      syncedTo: numberOf(reply.syncedTo),
    }));
  },
});
