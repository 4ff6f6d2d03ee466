/**
 * The client's end of the handshake: pure state over a cryptography port, no I/O. The session layer sends the
 * frames and feeds the answers.
 *
 *   1. send `manifestRequest(sequence)`; give the body of the answer (op 1) to `verifyManifest`
 *      (schemas/channel/manifest.ts) with the pinned trust and the highest serial seen; keep manifest and serial.
 *   2. `startHandshake(...)` once for every connection: an Auth frame is never sent twice, not even unchanged.
 *   3. send `frame`, give header and body of the answer (op 8) to `complete`. Frames that arrive before its promise
 *      has settled must wait: they belong to the channel.
 *   4. 'ready': talk through `channel`; the server does nothing (no route, no pushes) before the first sealed client
 *      frame. Keep tickets with `ticketReceived` (tickets.ts), and call `ticketConfirmed` when the first sealed frame opens.
 *   5. 'refused': do what `advice` says; `sealed` tells whether the server said it or just anyone on the path.
 */
import { encodeClientInfo } from '../../schemas/channel/auth-bodies.ts';
import type { ClientChannel } from '../../schemas/channel/client-channel.ts';
import type { CryptoPort, EcdhPair, MaybePromise } from '../../schemas/channel/crypto-port.ts';
import {
  deviceMessage,
  EMPTY,
  firstSecret,
  POINT_BYTES,
  RSA_LABEL,
  RSA_PLAIN_BYTES,
  requestHash,
  requestKey,
  SECRET_BYTES,
  SUITE,
  sealedRequestHash,
  TAG_BYTES,
  uint16,
  ZERO_NONCE,
} from '../../schemas/channel/key-schedule.ts';
import { chooseKey, type Manifest, type ManifestKey } from '../../schemas/channel/manifest.ts';
import type { EpochLimits } from '../../schemas/channel/traffic.ts';
import type { ErrorName } from '../../schemas/errors.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { HEADER_BYTES, writeHeader } from '../../schemas/wire/header.ts';
import { longOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { type Attempt, completeHandshake } from './handshake-answer.ts';

/** Secret: whoever has it can log in as this device until it expires. */
export interface StoredTicket {
  readonly ticket: Uint8Array;
  /** K1 of the resumption, 32 bytes. */
  readonly resumption: Uint8Array;
  readonly user: string;
  readonly deviceId: string;
  readonly expiresAtMs: number;
}

export interface Credentials {
  readonly user: string;
  readonly token: string;
  /** For tokens bound to a device key: ES256 (r || s) over the message. */
  readonly signDevice?: (message: Uint8Array) => MaybePromise<Uint8Array>;
}

export interface Device {
  readonly clientVersion: number;
  readonly deviceId: string;
  readonly deviceType?: string;
  readonly deviceName?: string;
  readonly imei?: string;
  /** Minutes east of UTC. */
  readonly timeZone?: number;
  readonly language?: string;
}

export interface HandshakeInput {
  readonly crypto: CryptoPort;
  readonly manifest: Manifest;
  readonly device: Device;
  /** Tried first where it is usable (suite 3); else the credentials. At least one of both is needed. */
  readonly ticket?: StoredTicket | null;
  readonly credentials?: Credentials | null;
  /** The client's best idea of the server's time, ms: its own clock, corrected by the last serverTime it knows. */
  readonly nowMs: number;
  /** Sequence id of the Auth frame, not 0. */
  readonly sequence: number;
  /** Suites of full logins this client can do, for trials. */
  readonly suites?: readonly number[];
  readonly epochLimits?: EpochLimits;
}

export interface SessionInfo {
  readonly tenant: string;
  readonly user: string;
  readonly serverTimeMs: number;
  readonly gate: string;
  readonly heartbeatMs: number;
  readonly limits: {
    readonly bodyBytes: number;
    readonly messagesPerSecond: number;
    readonly messageBurst: number;
    readonly outstandingPerConversation: number;
    readonly syncRows: number;
  };
}

/**
 * What to do after a refusal. `back-off` and `fetch-manifest`: wait (with jitter, at most 60 s) and connect again;
 * `correct-clock`: use serverTimeMs, connect again; `full-login`: connect again with credentials and without the
 * ticket (where not sealed: after a wait, and the ticket is kept for the attempt after that);
 * `new-token`: the application must bring one; `upgrade`, `stop`: no further attempt makes sense.
 */
export type RefusalAdvice =
  | 'back-off'
  | 'fetch-manifest'
  | 'correct-clock'
  | 'full-login'
  | 'new-token'
  | 'upgrade'
  | 'stop';

export type HandshakeResult =
  | {
      readonly kind: 'ready';
      readonly channel: ClientChannel;
      readonly session: SessionInfo;
      /** Null where the server gives none. */
      readonly ticket: StoredTicket | null;
    }
  | {
      readonly kind: 'refused';
      readonly error: ErrorName;
      /** False: not authenticated; a hint that never deletes a ticket or a token. */
      readonly sealed: boolean;
      readonly advice: RefusalAdvice;
      /** 0 where not sealed. */
      readonly serverTimeMs: number;
      /** The ticket that was tried is worthless: forget it (`ticketRefused`). */
      readonly dropTicket: boolean;
    };

export interface Handshake {
  readonly kind: 'started';
  /** The Auth frame: to be sent once. */
  readonly frame: Uint8Array;
  readonly withTicket: boolean;
  /** To be called once, with header (extensions included) and body of the answer. */
  complete(header: Uint8Array, body: Uint8Array): Promise<HandshakeResult>;
}

export type HandshakeFault =
  /** No usable ticket and no credentials. */
  | { readonly kind: 'needs-token' }
  /** The manifest has no usable key: fetch a newer one. */
  | { readonly kind: 'needs-manifest' };

/** The unsealed frame that asks for the manifest (op 0); its answer is op 1. */
export const manifestRequest = (sequence: number): Uint8Array => plainFrame(OP.HANDSHAKE, sequence, EMPTY);

const plainFrame = (operation: number, sequence: number, body: Uint8Array): Uint8Array => {
  const frame = new Uint8Array(HEADER_BYTES + body.length);
  writeHeader(frame, 0, operation, sequence, body.length);
  frame.set(body, HEADER_BYTES);
  return frame;
};

// ---- the request ----

export type Login =
  | { readonly kind: 'token'; readonly credentials: Credentials; readonly key: ManifestKey }
  | { readonly kind: 'ticket'; readonly ticket: StoredTicket };

/** How this attempt logs in. */
const chooseLogin = (input: HandshakeInput): Login | HandshakeFault => {
  const { ticket, credentials, manifest, nowMs } = input;
  if (
    ticket &&
    manifest.suites.includes(SUITE.RESUMPTION) &&
    ticket.deviceId === input.device.deviceId &&
    ticket.expiresAtMs > nowMs &&
    (!credentials || credentials.user === ticket.user)
  ) {
    return { kind: 'ticket', ticket };
  }
  if (!credentials) return { kind: 'needs-token' };
  const key = chooseKey(manifest, nowMs, input.suites);
  return key === null ? { kind: 'needs-manifest' } : { kind: 'token', credentials, key };
};

/** What both kinds of login put on the wire before anything sealed. */
interface Opening {
  readonly suite: number;
  readonly kid: number;
  readonly serverKey: Uint8Array;
  readonly k1: Uint8Array;
  readonly rsaData: Uint8Array;
}

const openWithTicket = ({ ticket, resumption }: StoredTicket, publicKey: Uint8Array): Opening => {
  const kid = new DataView(ticket.buffer, ticket.byteOffset, ticket.byteLength).getUint32(0);
  const rsaData = new Uint8Array(2 + ticket.length + POINT_BYTES);
  rsaData.set(uint16(ticket.length), 0);
  rsaData.set(ticket, 2);
  rsaData.set(publicKey, 2 + ticket.length);
  return { suite: SUITE.RESUMPTION, kid, serverKey: EMPTY, k1: resumption, rsaData };
};

const openWithRsa = async (
  crypto: CryptoPort,
  key: ManifestKey,
  token: string,
  publicKey: Uint8Array,
): Promise<Opening> => {
  const k1 = crypto.randomBytes(SECRET_BYTES);
  const plain = new Uint8Array(RSA_PLAIN_BYTES);
  plain.set(k1, 0);
  plain.set(crypto.sha256(new TextEncoder().encode(token)), SECRET_BYTES);
  plain.set(publicKey, SECRET_BYTES + 32);
  const rsaData = await crypto.rsaOaepEncrypt(key.key, RSA_LABEL, plain);
  return { suite: SUITE.RSA, kid: key.kid, serverKey: key.key, k1, rsaData };
};

const openWithPoint = async (key: ManifestKey, pair: EcdhPair): Promise<Opening | null> => {
  const k1 = await pair.derive(key.key);
  return k1 === null
    ? null
    : { suite: SUITE.STATIC_ECDH, kid: key.kid, serverKey: key.key, k1, rsaData: pair.publicKey };
};

/** Makes a fresh Auth frame. @throws where the cryptography library fails */
export const startHandshake = async (input: HandshakeInput): Promise<Handshake | HandshakeFault> => {
  if (input.sequence === 0) throw new RangeError('an Auth frame has a sequence id that is not 0');
  const { crypto } = input;
  const login = chooseLogin(input);
  if (login.kind !== 'ticket' && login.kind !== 'token') return login;
  const pair = await crypto.ecdhPair();
  const opening =
    login.kind === 'ticket'
      ? openWithTicket(login.ticket, pair.publicKey)
      : login.key.suite === SUITE.RSA
        ? await openWithRsa(crypto, login.key, login.credentials.token, pair.publicKey)
        : await openWithPoint(login.key, pair);
  if (opening === null) return { kind: 'needs-manifest' };
  return sealRequest(input, login, opening, pair);
};

const sealRequest = async (
  input: HandshakeInput,
  login: Login,
  opening: Opening,
  pair: EcdhPair,
): Promise<Handshake> => {
  const { crypto } = input;
  const credentials = login.kind === 'token' ? login.credentials : undefined;
  const signatureBytes = credentials?.signDevice === undefined ? 0 : 64;
  // th1 covers the header, which holds the body's length: so the length is settled before anything is sealed.
  const placeholder = encodeRequest(input, login, new Uint8Array(signatureBytes));
  const bodyLength = encodeClientInfo({
    ...opening,
    aesData: new Uint8Array(placeholder.length + TAG_BYTES),
  }).length;
  const header = new Uint8Array(HEADER_BYTES);
  writeHeader(header, 0, OP.AUTH, input.sequence, bodyLength);

  const th1 = requestHash(crypto, { header, ...opening });
  const signature = (await credentials?.signDevice?.(deviceMessage(th1))) ?? EMPTY;
  if (signature.length !== signatureBytes) throw new RangeError('a device signature has 64 bytes');
  const request = encodeRequest(input, login, signature);
  const s1 = firstSecret(crypto, opening.k1);
  const kc = await crypto.importAead(requestKey(crypto, s1, th1));
  const aesData = await crypto.seal(kc, ZERO_NONCE, th1, request);
  const body = encodeClientInfo({ ...opening, aesData });
  const thq = sealedRequestHash(crypto, th1, aesData);
  const attempt: Attempt = { input, login, pair, s1, thq };
  return {
    kind: 'started',
    frame: plainFrame(OP.AUTH, input.sequence, body),
    withTicket: login.kind === 'ticket',
    complete: (answerHeader, answerBody) => completeHandshake(attempt, answerHeader, answerBody),
  };
};

const encodeRequest = (input: HandshakeInput, login: Login, deviceSig: Uint8Array): Uint8Array => {
  const { device } = input;
  const credentials = login.kind === 'token' ? login.credentials : undefined;
  return bubble.wire.AesReqData.encode({
    clientVersion: device.clientVersion,
    uin: login.kind === 'token' ? login.credentials.user : login.ticket.user,
    deviceId: device.deviceId,
    deviceType: device.deviceType ?? '',
    deviceName: device.deviceName ?? '',
    imei: device.imei ?? '',
    timeZone: device.timeZone ?? 0,
    language: device.language ?? '',
    timestampMs: longOf(Math.floor(input.nowMs)),
    token: credentials?.token ?? '',
    deviceSig,
  }).finish();
};
