/**
 * The manifest: which keys a deployment has now, signed by a root key that clients pin. Body of op 1:
 * u16 n || ManifestBody(n) || signature(64, r || s) over L('bubble/2 manifest', ManifestBody).
 */
import { bubble } from '../wire/generated/bubble.js';
import { longOf, numberOf } from '../wire/int64.ts';
import type { CryptoPort } from './crypto-port.ts';
import { manifestMessage, POINT_BYTES, SUITE, uint16 } from './key-schedule.ts';

export interface ManifestKey {
  readonly kid: number;
  readonly suite: number;
  /** Suite 1: SPKI DER; suite 2: P-256 point. */
  readonly key: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface Manifest {
  readonly deployment: string;
  /** Rises with every issue; clients refuse a lower one than they have seen. */
  readonly serial: number;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly minVersion: number;
  /** In order of preference. */
  readonly suites: readonly number[];
  readonly keys: readonly ManifestKey[];
  readonly retiredKids: readonly number[];
}

/** What a client pins: the deployment and two root keys (current, next), points of 65 bytes. */
export interface TrustAnchors {
  readonly deployment: string;
  readonly rootKeys: readonly [Uint8Array, Uint8Array];
}

export type ManifestFault = 'malformed' | 'signature' | 'deployment' | 'expired' | 'older-serial';

export const MANIFEST_TOLERANCE_MS = 10 * 60_000;
export const MANIFEST_LIFETIME_MAX_MS = 7 * 24 * 3_600_000;
const SIGNATURE_BYTES = 64;

export const encodeManifest = (manifest: Manifest): Uint8Array =>
  bubble.wire.ManifestBody.encode({
    deployment: manifest.deployment,
    serial: longOf(manifest.serial),
    issuedAtMs: longOf(manifest.issuedAtMs),
    expiresAtMs: longOf(manifest.expiresAtMs),
    minVersion: manifest.minVersion,
    suites: [...manifest.suites],
    keys: manifest.keys.map((key) => ({
      kid: key.kid,
      suite: key.suite,
      key: key.key,
      notBeforeMs: longOf(key.notBeforeMs),
      notAfterMs: longOf(key.notAfterMs),
    })),
    retiredKids: [...manifest.retiredKids],
  }).finish();

/** @returns null where the bytes are no manifest */
export const decodeManifest = (bytes: Uint8Array): Manifest | null => {
  try {
    const body = bubble.wire.ManifestBody.decode(bytes);
    return {
      deployment: body.deployment,
      serial: numberOf(body.serial),
      issuedAtMs: numberOf(body.issuedAtMs),
      expiresAtMs: numberOf(body.expiresAtMs),
      minVersion: body.minVersion,
      suites: body.suites,
      keys: body.keys.map((key) => ({
        kid: key.kid ?? 0,
        suite: key.suite ?? 0,
        key: (key.key ?? new Uint8Array(0)).slice(),
        notBeforeMs: numberOf(key.notBeforeMs),
        notAfterMs: numberOf(key.notAfterMs),
      })),
      retiredKids: body.retiredKids,
    };
  } catch (error) {
    // protobufjs throws RangeError at the end of the bytes and Error for a bad wire type.
    if (error instanceof Error) return null;
    throw error;
  }
};

export const joinManifest = (manifest: Uint8Array, signature: Uint8Array): Uint8Array => {
  const out = new Uint8Array(2 + manifest.length + signature.length);
  out.set(uint16(manifest.length), 0);
  out.set(manifest, 2);
  out.set(signature, 2 + manifest.length);
  return out;
};

/** @returns null where the lengths do not add up */
export const splitManifest = (body: Uint8Array): { manifest: Uint8Array; signature: Uint8Array } | null => {
  if (body.length < 2 + SIGNATURE_BYTES) return null;
  const length = (body[0]! << 8) | body[1]!;
  if (body.length !== 2 + length + SIGNATURE_BYTES) return null;
  return { manifest: body.subarray(2, 2 + length), signature: body.subarray(2 + length) };
};

/**
 * A client's check of an op 1 body.
 * @param lowestSerial the highest serial seen so far, also before a restart; 0 at first
 */
export const verifyManifest = async (
  crypto: CryptoPort,
  body: Uint8Array,
  trust: TrustAnchors,
  nowMs: number,
  lowestSerial: number,
): Promise<Manifest | ManifestFault> => {
  const parts = splitManifest(body);
  if (parts === null) return 'malformed';
  const message = manifestMessage(parts.manifest);
  let signed = false;
  for (const rootKey of trust.rootKeys) {
    signed ||= await crypto.verifyEcdsa(rootKey, message, parts.signature);
  }
  if (!signed) return 'signature';
  const manifest = decodeManifest(parts.manifest);
  if (manifest === null) return 'malformed';
  if (manifest.deployment !== trust.deployment) return 'deployment';
  const lifetimeMs = manifest.expiresAtMs - manifest.issuedAtMs;
  if (lifetimeMs <= 0 || lifetimeMs > MANIFEST_LIFETIME_MAX_MS) return 'malformed';
  if (manifest.serial < lowestSerial) return 'older-serial';
  if (nowMs > manifest.expiresAtMs + MANIFEST_TOLERANCE_MS) return 'expired';
  return manifest;
};

/** The key to use now: of the manifest's first suite that has one, the newest that is valid and not retired. */
export const chooseKey = (
  manifest: Manifest,
  nowMs: number,
  supported: readonly number[] = [SUITE.RSA, SUITE.STATIC_ECDH],
): ManifestKey | null => {
  for (const suite of manifest.suites) {
    if (!supported.includes(suite)) continue;
    const newest = manifest.keys
      .filter((key) => key.suite === suite && isUsable(key, manifest, nowMs))
      .sort((a, b) => b.notBeforeMs - a.notBeforeMs)[0];
    if (newest !== undefined) return newest;
  }
  return null;
};

const isUsable = (key: ManifestKey, manifest: Manifest, nowMs: number): boolean =>
  !manifest.retiredKids.includes(key.kid) &&
  nowMs >= key.notBeforeMs - MANIFEST_TOLERANCE_MS &&
  nowMs <= key.notAfterMs + MANIFEST_TOLERANCE_MS &&
  (key.suite !== SUITE.STATIC_ECDH || key.key.length === POINT_BYTES);
