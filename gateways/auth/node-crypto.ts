/** What the server's end of the channel needs of Node's crypto: synchronous, few allocations. */
import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHmac,
  createPublicKey,
  type ECDH,
  hash,
  type KeyObject,
  randomBytes,
  verify,
} from 'node:crypto';
import { type Hashes, POINT_BYTES, TAG_BYTES } from '../../schemas/channel/key-schedule.ts';

export const CIPHER = 'aes-256-gcm';
/** Explicit, for Node would accept shorter tags. */
export const TAG_OPTIONS = { authTagLength: TAG_BYTES } as const;
export const CURVE = 'prime256v1';
/** SubjectPublicKeyInfo of a P-256 point, up to the point. */
const P256_SPKI = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');

export type RandomBytes = (length: number) => Uint8Array;
export const systemBytes: RandomBytes = (length) => randomBytes(length);

export const nodeHashes: Hashes = {
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  hmacSha256: (key, bytes) => createHmac('sha256', key).update(bytes).digest(),
};

/** @returns ciphertext || tag */
export const seal = (
  key: Uint8Array | KeyObject,
  nonce: Uint8Array,
  aad: Uint8Array,
  plain: Uint8Array,
): Buffer => {
  const out = Buffer.allocUnsafe(plain.length + TAG_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, TAG_OPTIONS);
  cipher.setAAD(aad);
  out.set(cipher.update(plain), 0);
  cipher.final();
  out.set(cipher.getAuthTag(), plain.length);
  return out;
};

/** @returns null where the tag does not match */
export const open = (
  key: Uint8Array | KeyObject,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Buffer | null => {
  const length = sealed.length - TAG_BYTES;
  if (length < 0) return null;
  const decipher = createDecipheriv(CIPHER, key, nonce, TAG_OPTIONS);
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(length));
  const plain = decipher.update(sealed.subarray(0, length));
  try {
    decipher.final();
  } catch {
    return null; // final() throws for one reason only: the tag does not match. Nothing of `plain` was used.
  }
  return plain;
};

export const isPointForm = (point: Uint8Array): boolean => point.length === POINT_BYTES && point[0] === 4;

/** X of the shared point; null where the peer's point is not 65 bytes on the curve. */
export const deriveShared = (own: ECDH, peer: Uint8Array): Buffer | null => {
  if (!isPointForm(peer)) return null;
  try {
    return own.computeSecret(peer);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY') {
      return null;
    }
    throw error;
  }
};

/** The order of the curve begins with 0xffffffff00000000, so clearing the first bit is enough to be below it. */
const scalarFrom = (random: RandomBytes): Buffer => {
  const scalar = Buffer.from(random(32));
  scalar[0] = scalar[0]! & 0x7f;
  scalar[31] = scalar[31]! | 1; // never 0
  return scalar;
};

export interface FreshPair {
  readonly pair: ECDH;
  /** 65 bytes. */
  readonly point: Uint8Array;
}

/** A fresh pair; from `random` where that is not the system's, so that a simulation runs the same again. */
export const newPair = (random: RandomBytes): FreshPair => {
  const pair = createECDH(CURVE);
  if (random === systemBytes) return { pair, point: pair.generateKeys() };
  pair.setPrivateKey(scalarFrom(random));
  return { pair, point: pair.getPublicKey() };
};

/** ES256, r || s. */
export const verifyPoint = (point: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean => {
  if (!isPointForm(point)) return false;
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.concat([P256_SPKI, point]), format: 'der', type: 'spki' });
  } catch {
    return false; // The frame around the point is constant: the point is not on the curve.
  }
  return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
};
