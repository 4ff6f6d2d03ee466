/** A key ring's stored state: its form, and how keys enter it. */
import { createECDH, createPrivateKey, type ECDH, type KeyObject } from 'node:crypto';
import type { ManifestKey } from '../../schemas/channel/manifest.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { notAfterOf } from './key-plan.ts';
import { parseStored } from './key-store.ts';
import { CURVE, newPair, type RandomBytes } from './node-crypto.ts';

export const KEYS_NAME = 'channel-keys';
const SCALAR_BYTES = 32;

/** Bytes are base64url. */
export interface StoredKey {
  readonly kid: number;
  readonly suite: number;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Suite 1: PKCS #8 DER; suite 2: the scalar. */
  readonly secret: string;
  /** Suite 1: SPKI DER; suite 2: the point. */
  readonly published: string;
}

export interface KeyState {
  readonly deployment: string;
  /** Of the last manifest. */
  readonly serial: number;
  readonly nextKid: number;
  /** Scalars of the current and the next root key. */
  readonly roots: readonly [string, string];
  readonly keys: readonly StoredKey[];
  readonly retiredKids: readonly number[];
  /** Suites of full logins in order of preference, and the least version of clients: as the last manifest says. */
  readonly suites: readonly number[];
  readonly minVersion: number;
  /** Of the last manifest; 0 where there is none yet. */
  readonly issuedAtMs: number;
  /** The last manifest, signed, so that all gates give out the same bytes; '' where there is none yet. */
  readonly manifest: string;
}

export const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
export const fromBase64url = (text: string): Buffer => Buffer.from(text, 'base64url');

/** @param scalar base64url, as stored */
export const pairOf = (scalar: string): ECDH => {
  const pair = createECDH(CURVE);
  pair.setPrivateKey(fromBase64url(scalar));
  return pair;
};

/** 65 bytes, uncompressed. */
export const pointOf = (scalar: string): Uint8Array => new Uint8Array(pairOf(scalar).getPublicKey());

export const signingKeyOf = (scalar: string): KeyObject => {
  const point = pointOf(scalar);
  const x = base64url(point.subarray(1, 1 + SCALAR_BYTES));
  const y = base64url(point.subarray(1 + SCALAR_BYTES));
  return createPrivateKey({ key: { kty: 'EC', crv: 'P-256', d: scalar, x, y }, format: 'jwk' });
};

export interface KeyPairBytes {
  readonly secret: Uint8Array;
  readonly published: Uint8Array;
}

export const newPairBytes = (random: RandomBytes): KeyPairBytes => {
  const { pair, point } = newPair(random);
  const secret = new Uint8Array(SCALAR_BYTES);
  const bytes = pair.getPrivateKey(); // Node leaves out leading zeros.
  secret.set(bytes, secret.length - bytes.length);
  return { secret, published: point };
};

/** The state with one key more, under the next kid. */
export const withKey = (
  state: KeyState,
  suite: number,
  notBeforeMs: number,
  { secret, published }: KeyPairBytes,
): KeyState => {
  const key: StoredKey = {
    kid: state.nextKid,
    suite,
    notBeforeMs,
    notAfterMs: notAfterOf(notBeforeMs),
    secret: base64url(secret),
    published: base64url(published),
  };
  return { ...state, nextKid: state.nextKid + 1, keys: [...state.keys, key] };
};

export const manifestKeyOf = (key: StoredKey): ManifestKey => ({
  kid: key.kid,
  suite: key.suite,
  key: fromBase64url(key.published),
  notBeforeMs: key.notBeforeMs,
  notAfterMs: key.notAfterMs,
});

const NOT_ISSUED = { suites: [], minVersion: 0, issuedAtMs: 0, manifest: '' };

/** Roots only: keys are made by the first check. */
export const newState = (deployment: string, random: RandomBytes): KeyState => {
  const root = (): string => base64url(newPairBytes(random).secret);
  return {
    ...NOT_ISSUED,
    deployment,
    serial: 0,
    nextKid: 1,
    roots: [root(), root()],
    keys: [],
    retiredKids: [],
  };
};

export const encodeState = (state: KeyState): Buffer => Buffer.from(JSON.stringify(state));

/** @throws CONFIG where the bytes are damaged */
export const decodeState = (bytes: Uint8Array): KeyState => {
  // What earlier releases have stored has no manifest.
  const stored: Readonly<Record<string, unknown>> = { ...NOT_ISSUED, ...parseStored(KEYS_NAME, bytes) };
  const { deployment, serial, nextKid, roots, keys, retiredKids } = stored;
  const { suites, minVersion, issuedAtMs, manifest } = stored;
  if (
    typeof deployment === 'string' &&
    isCount(serial) &&
    isCount(nextKid) &&
    isRoots(roots) &&
    Array.isArray(keys) &&
    keys.every(isStoredKey) &&
    isCounts(retiredKids) &&
    isCounts(suites) &&
    isCount(minVersion) &&
    isCount(issuedAtMs) &&
    (manifest === '' || isBytes(manifest))
  ) {
    return {
      deployment,
      serial,
      nextKid,
      roots,
      keys,
      retiredKids,
      suites,
      minVersion,
      issuedAtMs,
      manifest,
    };
  }
  throw new BubbleError('CONFIG', `the stored ${KEYS_NAME} are damaged`);
};

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);
const isBytes = (value: unknown): value is string => typeof value === 'string' && /^[\w-]+$/.test(value);
const isScalar = (value: unknown): value is string =>
  isBytes(value) && fromBase64url(value).length === SCALAR_BYTES;
const isRoots = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every(isScalar);

const isStoredKey = (value: Partial<Record<keyof StoredKey, unknown>> | null): value is StoredKey =>
  value !== null &&
  isCount(value.kid) &&
  isCount(value.suite) &&
  Number.isFinite(value.notBeforeMs) &&
  Number.isFinite(value.notAfterMs) &&
  isBytes(value.secret) &&
  isBytes(value.published);
