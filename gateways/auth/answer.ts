/**
 * The server's answers to an Auth frame. svrRandom is drawn inside the function that seals, and each draw seals
 * once: so no key of an answer is ever used for two answers, even if one request is answered many times.
 */
import { encodeAuthRet, encodeRefusal, sealedAuthRetBytes } from '../../schemas/channel/auth-bodies.ts';
import {
  answerAad,
  answerKeys,
  EMPTY,
  exchangeKeys,
  SECRET_BYTES,
  sessionSecrets,
  TAG_BYTES,
  type TrafficSecrets,
  trafficSecrets,
  wholeHash,
  ZERO_NONCE,
} from '../../schemas/channel/key-schedule.ts';
import { ERRORS, type ErrorName } from '../../schemas/errors.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { HEADER_BYTES, writeHeader } from '../../schemas/wire/header.ts';
import { longOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { deriveShared, newPair, nodeHashes, type RandomBytes, seal } from './node-crypto.ts';

/** What both ends share once aesData has opened. */
export interface ProvenRequest {
  readonly sequence: number;
  readonly s1: Uint8Array;
  readonly thq: Uint8Array;
}

/** Everything of AuthSectResp that is not of the key exchange. */
export interface Welcome {
  readonly tenant: string;
  readonly gate: string;
  readonly heartbeatMs: number;
  readonly serverTimeMs: number;
  readonly ticketLifetimeSec: number;
  readonly limits: bubble.wire.ClientLimits.$Properties;
}

const frameOf = (sequence: number, body: Uint8Array): Buffer => {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  writeHeader(frame, 0, OP.AUTH_REPLY, sequence, body.length);
  frame.set(body, HEADER_BYTES);
  return frame;
};

/** All plain refusals of one error are the same but for the sequence id. */
export const plainRefusal = (sequence: number, error: ErrorName): Buffer =>
  frameOf(sequence, encodeAuthRet({ ret: ERRORS[error].code, authSectResp: EMPTY, svrRandom: EMPTY }));

interface SealedAnswer {
  readonly frame: Buffer;
  readonly header: Uint8Array;
  readonly authSectResp: Uint8Array;
}

const sealAnswer = (
  sequence: number,
  svrRandom: Uint8Array,
  { tha, ks }: { readonly tha: Uint8Array; readonly ks: Uint8Array },
  plain: Uint8Array,
): SealedAnswer => {
  const header = new Uint8Array(HEADER_BYTES);
  writeHeader(header, 0, OP.AUTH_REPLY, sequence, sealedAuthRetBytes(plain.length + TAG_BYTES));
  const authSectResp = seal(ks, ZERO_NONCE, answerAad(header, tha), plain);
  const frame = frameOf(sequence, encodeAuthRet({ ret: 0, authSectResp, svrRandom }));
  return { frame, header, authSectResp };
};

/** One length for all: only the holder of K1 learns what it says. */
export const sealedRefusal = (
  request: ProvenRequest,
  error: ErrorName,
  serverTimeMs: number,
  random: RandomBytes,
): Buffer => {
  const svrRandom = random(SECRET_BYTES);
  const keys = answerKeys(nodeHashes, request.s1, request.thq, svrRandom);
  return sealAnswer(request.sequence, svrRandom, keys, encodeRefusal(ERRORS[error].code, serverTimeMs)).frame;
};

export interface Accepted {
  readonly frame: Buffer;
  readonly secrets: TrafficSecrets;
}

/**
 * @param ticketOf makes the ticket around the resumption secret
 * @returns null where the client's point is not on the curve
 */
export const acceptance = (
  request: ProvenRequest,
  clientPublic: Uint8Array,
  welcome: Welcome,
  ticketOf: (resumption: Uint8Array) => Uint8Array,
  random: RandomBytes,
): Accepted | null => {
  const { pair, point: svrPubEcdhkey } = newPair(random);
  const shared = deriveShared(pair, clientPublic);
  if (shared === null) return null;
  const svrRandom = random(SECRET_BYTES);
  const keys = answerKeys(nodeHashes, request.s1, request.thq, svrRandom);
  const { th2, s2, kek } = exchangeKeys(nodeHashes, request.s1, keys.tha, svrPubEcdhkey, shared);
  const sessionKey = random(SECRET_BYTES);
  const encSessionKey = seal(kek, ZERO_NONCE, th2, sessionKey);
  const { s3, resumption } = sessionSecrets(nodeHashes, { s2, th2 }, sessionKey);
  const plain = bubble.wire.AuthSectResp.encode({
    serverTime: longOf(welcome.serverTimeMs),
    svrPubEcdhkey,
    encSessionKey,
    autoAuthKey: ticketOf(resumption),
    ticketLifetimeSec: welcome.ticketLifetimeSec,
    gate: welcome.gate,
    limits: welcome.limits,
    heartbeatMs: welcome.heartbeatMs,
    tenant: welcome.tenant,
  }).finish();
  const { frame, header, authSectResp } = sealAnswer(request.sequence, svrRandom, keys, plain);
  const th3 = wholeHash(nodeHashes, th2, header, authSectResp);
  return { frame, secrets: trafficSecrets(nodeHashes, s3, th3) };
};
