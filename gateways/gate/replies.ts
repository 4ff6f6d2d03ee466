/** Bodies and clear frames that a gate makes itself. */
import { CLOSE_CODES, type CloseName, ERRORS, type ErrorName } from '../../schemas/errors.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { HEADER_BYTES, writeHeader } from '../../schemas/wire/header.ts';
import { longOf, longOfId } from '../../schemas/wire/int64.ts';

const { CommandAck, DisconnectMsg, ErrorRep, HeartbeatRep } = bubble.wire;

/** A frame in clear: before the channel is there. */
export const clearFrame = (operation: number, sequence: number, body: Uint8Array): Buffer => {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  writeHeader(frame, 0, operation, sequence, body.length);
  frame.set(body, HEADER_BYTES);
  return frame;
};

export const disconnectBody = (code: CloseName, retryAfterMs: number): Uint8Array =>
  DisconnectMsg.encode({
    code: CLOSE_CODES[code].code,
    reason: CLOSE_CODES[code].sentence,
    retryAfterMs,
  }).finish();

/** Also valid as the reply of any query: all begin with ret and errMsg. */
export const errorBody = (error: ErrorName): Uint8Array =>
  ErrorRep.encode({ ret: ERRORS[error].code, errMsg: ERRORS[error].sentence }).finish();

/** The answer to a command that the gate gives itself. @param clientMsgId 0n where it is not known */
export const commandErrorBody = (error: ErrorName, clientMsgId: bigint): Uint8Array =>
  CommandAck.encode({
    ret: ERRORS[error].code,
    errMsg: ERRORS[error].sentence,
    clientMsgId: longOfId(clientMsgId),
  }).finish();

export const heartbeatBody = (
  serverTime: number,
  newestSeq: number,
  provenTo: number,
  unproven: boolean,
): Uint8Array =>
  HeartbeatRep.encode({
    serverTime: longOf(serverTime),
    newestSeq: longOf(newestSeq),
    provenTo: longOf(provenTo),
    unproven,
  }).finish();
