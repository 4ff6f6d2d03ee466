/** The cryptography port on WebCrypto, for browsers: asynchronous but for the hashes, which are JavaScript. */
import type { webcrypto } from 'node:crypto'; // Types only: browsers never see this line.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { AeadKey, CryptoPort, EcdhPair } from '../../../schemas/channel/crypto-port.ts';
import { POINT_BYTES, SECRET_BYTES, TAG_BYTES } from '../../../schemas/channel/key-schedule.ts';

const P256 = { name: 'ECDH', namedCurve: 'P-256' } as const;
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const;

const isCryptoKey = (key: AeadKey): key is webcrypto.CryptoKey =>
  typeof key === 'object' && key !== null && 'algorithm' in key;

const aeadKey = (key: AeadKey): webcrypto.CryptoKey => {
  if (isCryptoKey(key)) return key;
  throw new TypeError('a key of another port');
};

/** WebCrypto demands bytes that are not shared with another thread; ours never are. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);

const gcm = (nonce: Uint8Array, aad: Uint8Array): webcrypto.AesGcmParams => ({
  name: 'AES-GCM',
  iv: own(nonce),
  additionalData: own(aad),
  tagLength: TAG_BYTES * 8,
});

const isPointForm = (point: Uint8Array): boolean => point.length === POINT_BYTES && point[0] === 4;

/** WebCrypto's ways to say "wrong bytes"; anything else is a fault of ours. */
const isDataFault = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === 'DataError' || error.name === 'OperationError');

const importPoint = async (
  point: Uint8Array,
  algorithm: typeof P256 | typeof ECDSA,
  usages: webcrypto.KeyUsage[],
): Promise<webcrypto.CryptoKey | null> => {
  if (!isPointForm(point)) return null;
  try {
    return await crypto.subtle.importKey('raw', own(point), algorithm, false, usages);
  } catch (error) {
    if (isDataFault(error)) return null;
    throw error;
  }
};

const ecdhPair = async (): Promise<EcdhPair> => {
  const pair = await crypto.subtle.generateKey(P256, false, ['deriveBits']);
  return {
    publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)),
    derive: async (peer) => {
      const key = await importPoint(peer, P256, []);
      if (key === null) return null;
      const bits = await crypto.subtle.deriveBits(
        { name: 'ECDH', public: key },
        pair.privateKey,
        SECRET_BYTES * 8,
      );
      return new Uint8Array(bits);
    },
  };
};

const open = async (
  key: AeadKey,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Promise<Uint8Array | null> => {
  if (sealed.length < TAG_BYTES) return null;
  try {
    return new Uint8Array(await crypto.subtle.decrypt(gcm(nonce, aad), aeadKey(key), own(sealed)));
  } catch (error) {
    if (isDataFault(error)) return null;
    throw error;
  }
};

export const webCryptoPort = (): CryptoPort => ({
  sha256: (bytes) => sha256(bytes),
  hmacSha256: (key, bytes) => hmac(sha256, key, bytes),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  importAead: (key) => crypto.subtle.importKey('raw', own(key), 'AES-GCM', false, ['encrypt', 'decrypt']),
  seal: async (key, nonce, aad, plain) =>
    new Uint8Array(await crypto.subtle.encrypt(gcm(nonce, aad), aeadKey(key), own(plain))),
  open,
  ecdhPair,
  rsaOaepEncrypt: async (spki, label, plain) => {
    const key = await crypto.subtle.importKey(
      'spki',
      own(spki),
      { name: 'RSA-OAEP', hash: 'SHA-256' },
      false,
      ['encrypt'],
    );
    return new Uint8Array(
      await crypto.subtle.encrypt({ name: 'RSA-OAEP', label: own(label) }, key, own(plain)),
    );
  },
  verifyEcdsa: async (publicKey, message, signature) => {
    const key = await importPoint(publicKey, ECDSA, ['verify']);
    return (
      key !== null &&
      crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, own(signature), own(message))
    );
  },
});
