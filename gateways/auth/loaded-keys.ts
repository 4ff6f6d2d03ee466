/** A key ring's state as handshakes use it. */
import { SUITE } from '../../schemas/channel/key-schedule.ts';
import { fromBase64url, type KeyState, pairOf } from './key-state.ts';
import type { PointKey, RsaKey } from './server-keys.ts';

export interface LoadedKeys {
  /** Body of op 1; empty where none was issued yet. */
  readonly manifest: Uint8Array;
  readonly pointKeys: ReadonlyMap<number, PointKey>;
  readonly rsaKeys: ReadonlyMap<number, RsaKey>;
}

export const loadKeys = ({ keys, manifest }: KeyState): LoadedKeys => {
  const pointKeys = new Map<number, PointKey>();
  const rsaKeys = new Map<number, RsaKey>();
  for (const { kid, suite, secret, published } of keys) {
    const bytes = fromBase64url(published);
    if (suite === SUITE.RSA) rsaKeys.set(kid, { kid, spki: bytes, pkcs8: fromBase64url(secret) });
    else pointKeys.set(kid, { kid, point: bytes, pair: pairOf(secret) });
  }
  return { manifest: fromBase64url(manifest), pointKeys, rsaKeys };
};
