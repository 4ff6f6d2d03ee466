/** The server's end of the handshake for tests of the SDK: suite 2 and resumption, on the real key schedule. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  decodeClientInfo,
  encodeAuthRet,
  encodeRefusal,
  sealedAuthRetBytes,
} from '../../../schemas/channel/auth-bodies.ts';
import { type ClientChannel, openClientChannel } from '../../../schemas/channel/client-channel.ts';
import type { EcdhPair } from '../../../schemas/channel/crypto-port.ts';
import {
  answerAad,
  answerKeys,
  EMPTY,
  exchangeKeys,
  firstSecret,
  manifestMessage,
  POINT_BYTES,
  requestHash,
  requestKey,
  SUITE,
  sealedRequestHash,
  sessionSecrets,
  TAG_BYTES,
  trafficSecrets,
  wholeHash,
  ZERO_NONCE,
} from '../../../schemas/channel/key-schedule.ts';
import { encodeManifest, joinManifest, type TrustAnchors } from '../../../schemas/channel/manifest.ts';
import { ERRORS, type ErrorName } from '../../../schemas/errors.ts';
import { bubble } from '../../../schemas/wire/generated/bubble.js';
import { HEADER_BYTES, writeHeader } from '../../../schemas/wire/header.ts';
import { longOf, numberOf } from '../../../schemas/wire/int64.ts';
import { OP } from '../../../schemas/wire/operations.ts';
import { nodeCryptoPort } from '../crypto/node-crypto-port.ts';

const crypto = nodeCryptoPort();
const rootPair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pointOf = (key: KeyObject): Uint8Array =>
  new Uint8Array(key.export({ type: 'spki', format: 'der' }).subarray(-POINT_BYTES));
const rootPoint = pointOf(rootPair.publicKey);
const staticPair = (await crypto.ecdhPair()) as EcdhPair;
const KID = 7;
const DAY_MS = 24 * 3_600_000;

export const TRUST: TrustAnchors = { deployment: 'test', rootKeys: [rootPoint, rootPoint] };

export const signedManifest = (nowMs: number, serial = 1): Uint8Array => {
  const manifest = encodeManifest({
    deployment: TRUST.deployment,
    serial,
    issuedAtMs: nowMs - 1_000,
    expiresAtMs: nowMs + 5 * DAY_MS,
    minVersion: 1,
    suites: [SUITE.RESUMPTION, SUITE.STATIC_ECDH],
    keys: [
      {
        kid: KID,
        suite: SUITE.STATIC_ECDH,
        key: staticPair.publicKey,
        notBeforeMs: nowMs - DAY_MS,
        notAfterMs: nowMs + 6 * DAY_MS,
      },
    ],
    retiredKids: [],
  });
  const signature = sign('sha256', manifestMessage(manifest), {
    key: rootPair.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return joinManifest(manifest, new Uint8Array(signature));
};

export type AuthRule =
  | { readonly kind: 'accept' }
  | { readonly kind: 'refuse'; readonly error: ErrorName }
  | { readonly kind: 'hint'; readonly error: ErrorName };

export interface Login {
  readonly suite: number;
  readonly user: string;
  readonly deviceId: string;
  readonly token: string;
  readonly timestampMs: number;
}

const tickets = new Map<string, Uint8Array>();
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const plain = (operation: number, sequence: number, body: Uint8Array): Uint8Array => {
  const frame = new Uint8Array(HEADER_BYTES + body.length);
  writeHeader(frame, 0, operation, sequence, body.length);
  frame.set(body, HEADER_BYTES);
  return frame;
};

const now = async <T>(value: T | Promise<T>): Promise<T> => value;

/** Answers an Auth frame. @returns what to send, and the channel where the login is good */
export const answerAuth = async (
  header: Uint8Array,
  sequence: number,
  body: Uint8Array,
  options: { rule(login: Login): AuthRule; serverTimeMs: number; heartbeatMs: number; tenant: string },
): Promise<{ frame: Uint8Array; login: Login; channel: ClientChannel | null }> => {
  const info = decodeClientInfo(body);
  if (info === null) throw new Error('the client sent a malformed ClientInfo');
  const resumed = info.suite === SUITE.RESUMPTION;
  const ticketLength = resumed ? (info.rsaData[0]! << 8) | info.rsaData[1]! : 0;
  const point = resumed ? info.rsaData.subarray(2 + ticketLength) : info.rsaData;
  const k1 = resumed
    ? tickets.get(textOf(info.rsaData.subarray(2, 2 + ticketLength)))
    : await now(staticPair.derive(point));
  if (!k1) throw new Error('unknown ticket');
  const serverKey = resumed ? EMPTY : staticPair.publicKey;
  const th1 = requestHash(crypto, {
    header,
    suite: info.suite,
    kid: info.kid,
    serverKey,
    rsaData: info.rsaData,
  });
  const s1 = firstSecret(crypto, k1);
  const kc = await now(crypto.importAead(requestKey(crypto, s1, th1)));
  const opened = await now(crypto.open(kc, ZERO_NONCE, th1, info.aesData));
  if (opened === null) throw new Error('aesData does not open');
  const request = bubble.wire.AesReqData.decode(opened);
  const login: Login = {
    suite: info.suite,
    user: request.uin,
    deviceId: request.deviceId,
    token: request.token,
    timestampMs: numberOf(request.timestampMs),
  };
  const rule = options.rule(login);
  if (rule.kind === 'hint') {
    const answer = encodeAuthRet({ ret: ERRORS[rule.error].code, authSectResp: EMPTY, svrRandom: EMPTY });
    return { frame: plain(OP.AUTH_REPLY, sequence, answer), login, channel: null };
  }
  const thq = sealedRequestHash(crypto, th1, info.aesData);
  const svrRandom = crypto.randomBytes(32);
  const { tha, ks } = answerKeys(crypto, s1, thq, svrRandom);
  const pair = await now(crypto.ecdhPair());
  const sessionKey = crypto.randomBytes(32);
  const shared = (await now(pair.derive(point)))!;
  const { th2, s2, kek } = exchangeKeys(crypto, s1, tha, pair.publicKey, shared);
  const encSessionKey = await now(
    crypto.seal(await now(crypto.importAead(kek)), ZERO_NONCE, th2, sessionKey),
  );
  const { s3, resumption } = sessionSecrets(crypto, { s2, th2 }, sessionKey);
  const ticket = new Uint8Array(40);
  ticket.set(crypto.randomBytes(40));
  tickets.set(textOf(ticket), resumption);
  const section =
    rule.kind === 'refuse'
      ? encodeRefusal(ERRORS[rule.error].code, options.serverTimeMs)
      : bubble.wire.AuthSectResp.encode({
          serverTime: longOf(options.serverTimeMs),
          svrPubEcdhkey: pair.publicKey,
          encSessionKey,
          autoAuthKey: ticket,
          ticketLifetimeSec: 3_600,
          gate: 'test',
          heartbeatMs: options.heartbeatMs,
          tenant: options.tenant,
          limits: { bodyBytes: 64 * 1024 },
        }).finish();
  const answerHeader = new Uint8Array(HEADER_BYTES);
  writeHeader(answerHeader, 0, OP.AUTH_REPLY, sequence, sealedAuthRetBytes(section.length + TAG_BYTES));
  const authSectResp = await now(
    crypto.seal(await now(crypto.importAead(ks)), ZERO_NONCE, answerAad(answerHeader, tha), section),
  );
  const frame = plain(OP.AUTH_REPLY, sequence, encodeAuthRet({ ret: 0, authSectResp, svrRandom }));
  if (rule.kind === 'refuse') return { frame, login, channel: null };
  const { clientToServer, serverToClient } = trafficSecrets(
    crypto,
    s3,
    wholeHash(crypto, th2, answerHeader, authSectResp),
  );
  // The same channel seen from the other end.
  const channel = openClientChannel(crypto, {
    clientToServer: serverToClient,
    serverToClient: clientToServer,
  });
  return { frame, login, channel };
};

export const plainDisconnect = (code: number, retryAfterMs = 0): Uint8Array =>
  plain(OP.DISCONNECT, 0, bubble.wire.DisconnectMsg.encode({ code, retryAfterMs }).finish());

export const manifestAnswer = (sequence: number, nowMs: number): Uint8Array =>
  plain(1, sequence, signedManifest(nowMs));
