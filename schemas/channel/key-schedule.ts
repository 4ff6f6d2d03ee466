/**
 * The key schedule of the secure channel, version 2, both ends: pure functions over SHA-256 and HMAC.
 *
 * Notation of the design: L(a, b..) = each item as u32 length || bytes; Ext(salt, x) = HMAC(salt, x);
 * Exp(k, label, ctx, n) = first n bytes of HMAC(k, L('bubble/2', label, ctx) || 0x01). Every transcript hash begins
 * with a label of its own, so no two of them can be confused.
 */
import type { CryptoPort } from './crypto-port.ts';

export type Hashes = Pick<CryptoPort, 'sha256' | 'hmacSha256'>;

export const SUITE = { RSA: 1, STATIC_ECDH: 2, RESUMPTION: 3 } as const;
export type Suite = (typeof SUITE)[keyof typeof SUITE];

export const SECRET_BYTES = 32;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
/** P-256 points: 04 || X || Y. */
export const POINT_BYTES = 65;
/** RSA-3072. */
export const RSA_BYTES = 384;
/** K1 || SHA-256(token) || cliPub */
export const RSA_PLAIN_BYTES = SECRET_BYTES + 32 + POINT_BYTES;

/** The nonce of keys that seal exactly one message. Never written to. */
export const ZERO_NONCE: Uint8Array = new Uint8Array(NONCE_BYTES);
export const EMPTY: Uint8Array = new Uint8Array(0);
const ZERO_SALT = new Uint8Array(SECRET_BYTES);

const utf8 = new TextEncoder();
export const RSA_LABEL: Uint8Array = utf8.encode('bubble/2 auth');

/** L(..): each part as u32 length || bytes; strings are ASCII. */
export const lengthPrefixed = (...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  writeParts(parts, 0).out;

const writeParts = (
  parts: readonly (Uint8Array | string)[],
  tailBytes: number,
): { out: Uint8Array; at: number } => {
  let size = tailBytes;
  for (const part of parts) size += 4 + part.length;
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    const length = part.length;
    out[at] = length >>> 24;
    out[at + 1] = length >>> 16;
    out[at + 2] = length >>> 8;
    out[at + 3] = length;
    at += 4;
    if (typeof part === 'string') utf8.encodeInto(part, out.subarray(at, at + length));
    else out.set(part, at);
    at += length;
  }
  return { out, at };
};

/** Exp(..) of the design; at most 32 bytes. */
export const expand = (
  hashes: Hashes,
  key: Uint8Array,
  label: string,
  context: Uint8Array,
  length = SECRET_BYTES,
): Uint8Array => {
  const { out, at } = writeParts(['bubble/2', label, context], 1);
  out[at] = 1;
  const bytes = hashes.hmacSha256(key, out);
  return length === bytes.length ? bytes : bytes.slice(0, length);
};

const transcript = (hashes: Hashes, ...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  hashes.sha256(lengthPrefixed(...parts));

const uint = (value: number, bytes: 2 | 4): Uint8Array => {
  const out = new Uint8Array(bytes);
  for (let index = 0; index < bytes; index += 1) out[index] = value >>> (8 * (bytes - 1 - index));
  return out;
};
export const uint16 = (value: number): Uint8Array => uint(value, 2);
export const uint32 = (value: number): Uint8Array => uint(value, 4);

export interface RequestInput {
  /** Header bytes of the Auth frame as on the wire, extensions included. */
  readonly header: Uint8Array;
  readonly suite: number;
  readonly kid: number;
  /** Suite 1: SPKI DER; suite 2: the static point; suite 3: empty. */
  readonly serverKey: Uint8Array;
  readonly rsaData: Uint8Array;
}

/** th1: what the request says before anything sealed. */
export const requestHash = (hashes: Hashes, input: RequestInput): Uint8Array =>
  transcript(
    hashes,
    'bubble/2 ch',
    input.header,
    uint16(input.suite),
    uint32(input.kid),
    hashes.sha256(input.serverKey),
    input.rsaData,
  );

export const firstSecret = (hashes: Hashes, k1: Uint8Array): Uint8Array => hashes.hmacSha256(ZERO_SALT, k1);

/** kc: seals AesReqData, once. */
export const requestKey = (hashes: Hashes, s1: Uint8Array, th1: Uint8Array): Uint8Array =>
  expand(hashes, s1, 'hs c2s', th1);

/** thq: the whole request. */
export const sealedRequestHash = (hashes: Hashes, th1: Uint8Array, aesData: Uint8Array): Uint8Array =>
  transcript(hashes, 'bubble/2 rq', th1, aesData);

export interface AnswerKeys {
  readonly tha: Uint8Array;
  /** Seals AuthSectResp, once. */
  readonly ks: Uint8Array;
}

export const answerKeys = (
  hashes: Hashes,
  s1: Uint8Array,
  thq: Uint8Array,
  serverRandom: Uint8Array,
): AnswerKeys => {
  const tha = transcript(hashes, 'bubble/2 sr', thq, serverRandom);
  return { tha, ks: expand(hashes, s1, 'hs s2c', tha) };
};

/** The additional data of AuthSectResp: its own header and everything before. */
export const answerAad = (answerHeader: Uint8Array, tha: Uint8Array): Uint8Array =>
  lengthPrefixed(answerHeader, tha);

export interface ExchangeKeys {
  readonly th2: Uint8Array;
  readonly s2: Uint8Array;
  /** Seals the session key, once. */
  readonly kek: Uint8Array;
}

/** @param shared X coordinate of the ephemeral ECDH */
export const exchangeKeys = (
  hashes: Hashes,
  s1: Uint8Array,
  tha: Uint8Array,
  serverPublic: Uint8Array,
  shared: Uint8Array,
): ExchangeKeys => {
  const th2 = transcript(hashes, 'bubble/2 th2', tha, serverPublic);
  const s2 = hashes.hmacSha256(expand(hashes, s1, 'next', th2), shared);
  return { th2, s2, kek: expand(hashes, s2, 'kek', th2) };
};

export interface SessionSecrets {
  readonly s3: Uint8Array;
  /** Lives in the ticket and at the client only: K1 of a resumption. */
  readonly resumption: Uint8Array;
}

export const sessionSecrets = (
  hashes: Hashes,
  { s2, th2 }: Pick<ExchangeKeys, 's2' | 'th2'>,
  sessionKey: Uint8Array,
): SessionSecrets => {
  const s3 = hashes.hmacSha256(expand(hashes, s2, 'next', th2), sessionKey);
  return { s3, resumption: expand(hashes, s3, 'res', th2) };
};

export interface TrafficSecrets {
  readonly clientToServer: Uint8Array;
  readonly serverToClient: Uint8Array;
}

/** th3: everything that was said, the sealed answer included. */
export const wholeHash = (
  hashes: Hashes,
  th2: Uint8Array,
  answerHeader: Uint8Array,
  sealedAnswer: Uint8Array,
): Uint8Array => transcript(hashes, 'bubble/2 th3', th2, answerHeader, sealedAnswer);

export const trafficSecrets = (hashes: Hashes, s3: Uint8Array, th3: Uint8Array): TrafficSecrets => ({
  clientToServer: expand(hashes, s3, 'c2s', th3),
  serverToClient: expand(hashes, s3, 's2c', th3),
});

export const trafficKey = (hashes: Hashes, secret: Uint8Array): Uint8Array =>
  expand(hashes, secret, 'key', EMPTY);
export const trafficIv = (hashes: Hashes, secret: Uint8Array): Uint8Array =>
  expand(hashes, secret, 'iv', EMPTY, NONCE_BYTES);
export const nextTrafficSecret = (hashes: Hashes, secret: Uint8Array): Uint8Array =>
  expand(hashes, secret, 'upd', EMPTY);

/** What a device key signs (`cnf` in the token): this request and no other. */
export const deviceMessage = (th1: Uint8Array): Uint8Array => lengthPrefixed('bubble/2 dev', th1);
/** What a root key signs. */
export const manifestMessage = (manifest: Uint8Array): Uint8Array =>
  lengthPrefixed('bubble/2 manifest', manifest);
/** The additional data of a ticket. */
export const ticketAad = (ticketKid: number): Uint8Array => lengthPrefixed('bubble/2 tkt', uint32(ticketKid));
