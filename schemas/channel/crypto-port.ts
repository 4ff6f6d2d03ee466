/**
 * What the secure channel needs of a cryptography library: Node's crypto in Node, WebCrypto in browsers. Hashes are
 * synchronous in both (a JavaScript library in browsers); the rest may be a promise.
 */

export type MaybePromise<T> = T | Promise<T>;

/** An imported AES-256-GCM key; what is inside belongs to the port. */
export type AeadKey = unknown;

export interface EcdhPair {
  /** 65 bytes: 04 || X || Y. */
  readonly publicKey: Uint8Array;
  /** X coordinate of the shared point, 32 bytes; null where the peer's point is not exactly 65 bytes on the curve. */
  derive(peer: Uint8Array): MaybePromise<Uint8Array | null>;
}

export interface CryptoPort {
  sha256(bytes: Uint8Array): Uint8Array;
  hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array;
  randomBytes(length: number): Uint8Array;
  importAead(key: Uint8Array): MaybePromise<AeadKey>;
  /** @returns ciphertext || 16-byte tag */
  seal(key: AeadKey, nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array): MaybePromise<Uint8Array>;
  /** Bytes with any content, where the library has something cheaper than a new array. */
  allocate?(length: number): Uint8Array;
  /** As `seal`, synchronous, without a copy: writes ciphertext || tag into `out` at `at`. Only where the library can. */
  sealInto?(
    key: AeadKey,
    nonce: Uint8Array,
    aad: Uint8Array,
    plain: Uint8Array,
    out: Uint8Array,
    at: number,
  ): void;
  /** @returns the plain bytes, or null where the tag does not match */
  open(key: AeadKey, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): MaybePromise<Uint8Array | null>;
  ecdhPair(): MaybePromise<EcdhPair>;
  /** RSA-OAEP with SHA-256, MGF1-SHA-256 and the label. @param spki DER */
  rsaOaepEncrypt(spki: Uint8Array, label: Uint8Array, plain: Uint8Array): MaybePromise<Uint8Array>;
  /** ECDSA P-256 SHA-256, signature r || s (64 bytes). @param publicKey point of 65 bytes */
  verifyEcdsa(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): MaybePromise<boolean>;
}
