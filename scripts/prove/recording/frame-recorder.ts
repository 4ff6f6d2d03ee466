/**
 * Turns the plain frames of one device into a history. It decodes the wire by itself and knows nothing of the SDK, so
 * that a fault of the SDK cannot hide.
 */
import { createHash } from 'node:crypto';
import { ERRORS } from '../../../schemas/errors.ts';
import { COMMAND } from '../../../schemas/events/inbound.ts';
import { conversationOf, groupConversationOf, groupIdOf, ownConversationOf } from '../../../schemas/ids.ts';
import { bubble } from '../../../schemas/wire/generated/bubble.js';
import { idOf, numberOf } from '../../../schemas/wire/int64.ts';
import { OP, replyTo } from '../../../schemas/wire/operations.ts';
import {
  type DeviceName,
  deviceName,
  digestOf,
  type HistoryEvent,
  type SeenRow,
} from '../checker/history.ts';

const {
  CommandAck,
  GroupReq,
  HeartbeatRep,
  HeartbeatReq,
  MsgReadReq,
  NewAppMsg,
  NewChatMsg,
  PushMsg,
  RevokeMsgReq,
  RowKind,
  SyncMsgRep,
  SyncMsgReq,
} = bubble.wire;

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

interface Command {
  readonly kind: number;
  readonly conversation: string;
  readonly clientMsgId: bigint;
  readonly digest: number;
  readonly users: readonly string[];
}

/** Commands of groups by operation. */
const GROUP_COMMANDS: Readonly<Record<number, number>> = {
  [OP.GROUP_CREATE]: COMMAND.GROUP_CREATE,
  [OP.GROUP_JOIN]: COMMAND.GROUP_JOIN,
  [OP.GROUP_LEAVE]: COMMAND.GROUP_LEAVE,
  [OP.GROUP_INVITE]: COMMAND.GROUP_INVITE,
  [OP.GROUP_KICK]: COMMAND.GROUP_KICK,
  [OP.GROUP_DISMISS]: COMMAND.GROUP_DISMISS,
};

/** The command in a request's body, or null for queries. */
export const commandOf = (
  tenant: string,
  user: string,
  operation: number,
  body: Uint8Array,
): Command | null => {
  switch (operation) {
    case OP.SEND_MSG: {
      const { toUserName, clientMsgId, content } = NewChatMsg.decode(body);
      const conversation = conversationOf(user, toUserName);
      return {
        kind: COMMAND.MESSAGE,
        conversation,
        clientMsgId: idOf(clientMsgId),
        digest: digestOf(content),
        users: [],
      };
    }
    case OP.SEND_APP_MSG: {
      const { toUserName, clientMsgId, content } = NewAppMsg.decode(body);
      const conversation = conversationOf(user, toUserName);
      return {
        kind: COMMAND.APP_MESSAGE,
        conversation,
        clientMsgId: idOf(clientMsgId),
        digest: digestOf(content),
        users: [],
      };
    }
    case OP.READ: {
      const { type, userName, clientMsgId } = MsgReadReq.decode(body);
      // A row does not tell read-all from a receipt to oneself: both count as the user's own conversation.
      const isOwn = type === MsgReadReq.Type.ALL || userName === user;
      const conversation = isOwn ? ownConversationOf(user) : conversationOf(user, userName);
      return { kind: COMMAND.READ, conversation, clientMsgId: idOf(clientMsgId), digest: 0, users: [] };
    }
    case OP.RECALL: {
      const { userName, clientMsgId } = RevokeMsgReq.decode(body);
      const conversation = conversationOf(user, userName);
      return { kind: COMMAND.RECALL, conversation, clientMsgId: idOf(clientMsgId), digest: 0, users: [] };
    }
    default:
      return groupCommandOf(tenant, user, operation, body);
  }
};

const groupCommandOf = (
  tenant: string,
  user: string,
  operation: number,
  body: Uint8Array,
): Command | null => {
  const kind = GROUP_COMMANDS[operation];
  if (kind === undefined) return null;
  const request = GroupReq.decode(body);
  const clientMsgId = idOf(request.clientMsgId);
  const group = kind === COMMAND.GROUP_CREATE ? groupIdOf(sha256, tenant, user, clientMsgId) : request.group;
  const named = kind === COMMAND.GROUP_CREATE ? firstMembers(user, request) : request.users;
  return { kind, conversation: groupConversationOf(group), clientMsgId, digest: 0, users: named };
};

const firstMembers = (creator: string, request: bubble.wire.GroupReq.$Properties): string[] => {
  const members = new Set(request.users);
  if (request.creatorStaysOut === true) members.delete(creator);
  else members.add(creator);
  return [...members];
};

/** The conversation of a row, as its command had it. */
const conversationOfRow = (row: bubble.wire.AddMsg.$Properties): string => {
  const from = row.fromUserName ?? '';
  const to = row.toUserName ?? '';
  if (row.kind === RowKind.READ && (to === '' || to === from)) return ownConversationOf(from);
  return conversationOf(from, to);
};

export const seenRowOf = (row: bubble.wire.AddMsg.$Properties): SeenRow => ({
  kind: row.kind ?? 0,
  seq: numberOf(row.serverMsgSeq),
  prevSeq: numberOf(row.prevSeq),
  convSeq: numberOf(row.convSeq),
  conversation: conversationOfRow(row),
  from: deviceName(row.fromUserName ?? '', row.deviceId ?? ''),
  clientMsgId: idOf(row.clientMsgId),
  serverMsgId: idOf(row.serverMsgId),
  digest: digestOf(row.content ?? new Uint8Array(0)),
  own: row.own ?? false,
  status: row.status ?? 0,
  change: row.membership?.change ?? 0,
  users: row.membership?.users ?? [],
});

type Request =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'sync'; readonly from: number }
  | { readonly kind: 'heartbeat' };

export interface RecorderOptions {
  readonly tenant: string;
  readonly user: string;
  readonly device: string;
  readonly emit: (event: HistoryEvent) => void;
}

export class FrameRecorder {
  readonly name: DeviceName;
  readonly #tenant: string;
  readonly #user: string;
  readonly #emit: (event: HistoryEvent) => void;
  #requests = new Map<number, Request>();
  /** Commands without a definite answer on this connection. */
  #unanswered = 0;
  #answers = 0;

  constructor({ tenant, user, device, emit }: RecorderOptions) {
    this.name = deviceName(user, device);
    this.#tenant = tenant;
    this.#user = user;
    this.#emit = emit;
  }

  get unanswered(): number {
    return this.#unanswered;
  }

  /** Definite answers so far. */
  get answers(): number {
    return this.#answers;
  }

  /** A new session: sequence ids begin anew, answers of the old one will not come. */
  sessionBegins(): void {
    this.#requests = new Map();
    this.#unanswered = 0;
  }

  sent(operation: number, sequence: number, body: Uint8Array): void {
    const device = this.name;
    const command = commandOf(this.#tenant, this.#user, operation, body);
    if (command !== null) {
      this.#requests.set(sequence, { kind: 'command', command });
      this.#unanswered += 1;
      this.#emit({ type: 'invoked', device, ...command });
      return;
    }
    if (operation === OP.SYNC) {
      const from = numberOf(SyncMsgReq.decode(body).serverMsgSeq);
      this.#requests.set(sequence, { kind: 'sync', from });
    } else if (operation === OP.HEARTBEAT) {
      this.#requests.set(sequence, { kind: 'heartbeat' });
      const completeTo = numberOf(HeartbeatReq.decode(body).completeTo);
      this.#emit({ type: 'claimed', device, completeTo });
    }
  }

  received(operation: number, sequence: number, body: Uint8Array): void {
    if (sequence !== 0) {
      this.#replied(sequence, body);
    } else if (operation === OP.SEND_MSG_REPLY) {
      for (const row of PushMsg.decode(body).msg) {
        this.#emit({ type: 'pushed', device: this.name, row: seenRowOf(row) });
      }
    } else if (operation === replyTo(OP.HEARTBEAT)) {
      const newestSeq = numberOf(HeartbeatRep.decode(body).newestSeq);
      this.#emit({ type: 'noticed', device: this.name, newestSeq });
    }
  }

  #replied(sequence: number, body: Uint8Array): void {
    const request = this.#requests.get(sequence);
    if (request === undefined) return;
    switch (request.kind) {
      case 'command':
        this.#answered(sequence, request.command, body);
        return;
      case 'sync':
        this.#requests.delete(sequence);
        this.#pulled(request.from, body);
        return;
      case 'heartbeat': {
        this.#requests.delete(sequence);
        const reply = HeartbeatRep.decode(body);
        // What was withheld (notify mode) is not pushed: the newest version, in the same reply, says so.
        this.#emit({ type: 'noticed', device: this.name, newestSeq: numberOf(reply.newestSeq) });
        if (!reply.unproven) {
          this.#emit({ type: 'proven', device: this.name, provenTo: numberOf(reply.provenTo) });
        }
        return;
      }
    }
  }

  #answered(sequence: number, command: Command, body: Uint8Array): void {
    const ack = CommandAck.decode(body);
    // PENDING is followed by a second reply with the same sequence id, or by a push.
    if (ack.ret !== ERRORS.PENDING.code) {
      this.#requests.delete(sequence);
      this.#unanswered -= 1;
      if (ack.ret === 0 || ack.ret >= ERRORS.NOT_A_MEMBER.code) this.#answers += 1;
    }
    this.#emit({
      type: 'answered',
      device: this.name,
      conversation: command.conversation,
      clientMsgId: command.clientMsgId,
      ret: ack.ret,
      duplicate: ack.duplicate,
      serverMsgId: idOf(ack.serverMsgId),
      seq: numberOf(ack.serverMsgSeq),
      prevSeq: numberOf(ack.prevSeq),
      convSeq: numberOf(ack.convSeq),
      digest: command.digest,
    });
  }

  #pulled(from: number, body: Uint8Array): void {
    const reply = SyncMsgRep.decode(body);
    if (reply.ret !== 0) return;
    this.#emit({
      type: 'pulled',
      device: this.name,
      from,
      syncedTo: numberOf(reply.syncedTo),
      rows: reply.msg.map(seenRowOf),
    });
  }
}
