/** The cryptography port on Node's crypto: synchronous throughout. */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHmac,
  createPublicKey,
  createSecretKey,
  type ECDH,
  hash,
  KeyObject,
  publicEncrypt,
  randomBytes,
  verify,
} from 'node:crypto';
import type { AeadKey, CryptoPort, EcdhPair } from '../../../schemas/channel/crypto-port.ts';
import { POINT_BYTES, SECRET_BYTES, TAG_BYTES } from '../../../schemas/channel/key-schedule.ts';

const CIPHER = 'aes-256-gcm';
const TAG = { authTagLength: TAG_BYTES } as const;
const CURVE = 'prime256v1';
/** SubjectPublicKeyInfo of a P-256 point, up to the point. */
const P256_SPKI = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');

const secretKey = (key: AeadKey): KeyObject => {
  if (key instanceof KeyObject) return key;
  throw new TypeError('a key of another port');
};

/** A P-256 public key for verifying; null where the point is not on the curve. */
const publicKeyOf = (point: Uint8Array): KeyObject | null => {
  if (point.length !== POINT_BYTES || point[0] !== 4) return null;
  try {
    return createPublicKey({ key: Buffer.concat([P256_SPKI, point]), format: 'der', type: 'spki' });
  } catch {
    return null; // OpenSSL's only complaint about a well-formed frame around the point: it is not on the curve.
  }
};

/** X of the shared point; null where the peer's point is not 65 bytes on the curve. */
export const deriveShared = (own: ECDH, peer: Uint8Array): Buffer | null => {
  if (peer.length !== POINT_BYTES || peer[0] !== 4) return null;
  try {
    return own.computeSecret(peer);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY') {
      return null;
    }
    throw error;
  }
};

const open = (
  key: AeadKey,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Uint8Array<ArrayBufferLike> | null => {
  const length = sealed.length - TAG_BYTES;
  if (length < 0) return null;
  const decipher = createDecipheriv(CIPHER, secretKey(key), nonce, TAG);
  decipher.setAAD(aad).setAuthTag(sealed.subarray(length));
  const plain = decipher.update(sealed.subarray(0, length));
  try {
    decipher.final();
  } catch {
    return null; // final() throws for one reason only: the tag does not match. Nothing of `plain` was used.
  }
  return plain;
};

const sealInto = (
  key: AeadKey,
  nonce: Uint8Array,
  aad: Uint8Array,
  plain: Uint8Array,
  out: Uint8Array,
  at: number,
): void => {
  const cipher = createCipheriv(CIPHER, secretKey(key), nonce, TAG);
  cipher.setAAD(aad);
  out.set(cipher.update(plain), at);
  cipher.final();
  out.set(cipher.getAuthTag(), at + plain.length);
};

const seal = (key: AeadKey, nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array): Uint8Array => {
  const out = new Uint8Array(plain.length + TAG_BYTES);
  sealInto(key, nonce, aad, plain, out, 0);
  return out;
};

const ecdhPair =
  (random: ((length: number) => Uint8Array) | undefined): (() => EcdhPair) =>
  () => {
    const pair = createECDH(CURVE);
    if (random !== undefined) pair.setPrivateKey(seededScalar(random));
    const point = random === undefined ? pair.generateKeys() : pair.getPublicKey();
    return { publicKey: new Uint8Array(point), derive: (peer) => deriveShared(pair, peer) };
  };

/** A private key below the order of the curve: the order begins with 0xffffffff00000000, so clearing a bit is enough. */
const seededScalar = (random: (length: number) => Uint8Array): Buffer => {
  const scalar = Buffer.from(random(SECRET_BYTES));
  scalar[0] = scalar[0]! & 0x7f;
  scalar[SECRET_BYTES - 1] = scalar[SECRET_BYTES - 1]! | 1; // never 0
  return scalar;
};

/** @param random only for simulations, which must run the same again: all keys then come from it */
export const nodeCryptoPort = (random?: (length: number) => Uint8Array): CryptoPort => ({
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  hmacSha256: (key, bytes) => createHmac('sha256', key).update(bytes).digest(),
  randomBytes: random ?? ((length) => randomBytes(length)),
  importAead: (key) => createSecretKey(key),
  allocate: (length) => Buffer.allocUnsafe(length),
  seal,
  sealInto,
  open,
  ecdhPair: ecdhPair(random),
  rsaOaepEncrypt: (spki, label, plain) =>
    publicEncrypt(
      {
        key: createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }),
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: 'sha256',
        oaepLabel: Buffer.from(label),
      },
      plain,
    ),
  verifyEcdsa: (publicKey, message, signature) => {
    const key = publicKeyOf(publicKey);
    return key !== null && verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
  },
});
