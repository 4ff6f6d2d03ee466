/** Decodes the body of a command as its kind demands. */
import { COMMAND } from '../../schemas/events/inbound.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { idOf, numberOf } from '../../schemas/wire/int64.ts';
import type { Asked } from './decide.ts';
import type { InboundView } from './inbound-view.ts';
import type { MessageBody } from './message-body.ts';

const MESSAGE: Asked = { kind: 'message' };

/**
 * @param body filled for messages, emptied for the rest
 * @returns null where the body does not decode, or is sealed: what is decided must not depend on a key that may be
 *   destroyed
 */
export function askedOf(view: InboundView, body: MessageBody): Asked | null {
  const { kind } = view;
  if (!view.sealedBody && (kind === COMMAND.MESSAGE || kind === COMMAND.APP_MESSAGE)) {
    return body.read(view.bytes, view.bodyStart, view.bodyEnd, kind) ? MESSAGE : null;
  }
  body.clear();
  if (view.sealedBody) return null;
  try {
    switch (kind) {
      case COMMAND.READ:
        return readOf(view.body);
      case COMMAND.RECALL: {
        const request = bubble.wire.RevokeMsgReq.decode(view.body);
        const clientMsgId = idOf(request.originalClientMsgId);
        return { kind: 'recall', sender: request.sender === '' ? view.sender : request.sender, clientMsgId };
      }
      case COMMAND.GROUP_CREATE:
      case COMMAND.GROUP_JOIN:
      case COMMAND.GROUP_LEAVE:
      case COMMAND.GROUP_INVITE:
      case COMMAND.GROUP_KICK:
      case COMMAND.GROUP_DISMISS: {
        const { title, users, creatorStaysOut } = bubble.wire.GroupReq.decode(view.body);
        return { kind: 'group', title, users, creatorStaysOut };
      }
      default:
        return null;
    }
  } catch {
    // protobufjs throws several kinds of errors on malformed bytes; the outcome is the same for all.
    return null;
  }
}

function readOf(body: Buffer): Asked {
  const { type, convSeq } = bubble.wire.MsgReadReq.decode(body);
  const all = type === bubble.wire.MsgReadReq.Type.ALL;
  const isAbsurd = typeof convSeq === 'object' && convSeq.high >>> 0 >= 0x20_0000;
  return { kind: 'read', all, convSeq: isAbsurd ? Number.POSITIVE_INFINITY : numberOf(convSeq) };
}
