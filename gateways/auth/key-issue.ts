/** What is due in a key ring's state, and the state with it done: no I/O, so that any process may compute it. */
import { sign } from 'node:crypto';
import { manifestMessage, SUITE } from '../../schemas/channel/key-schedule.ts';
import { encodeManifest, joinManifest, MANIFEST_LIFETIME_MAX_MS } from '../../schemas/channel/manifest.ts';
import { planKeys } from './key-plan.ts';
import { base64url, type KeyState, manifestKeyOf, newPairBytes, signingKeyOf, withKey } from './key-state.ts';
import type { RandomBytes } from './node-crypto.ts';

/** A manifest is renewed when half of its life is over. */
const RENEW_AFTER_MS = MANIFEST_LIFETIME_MAX_MS / 2;
/** Clocks of machines differ; one that differs more was wrong when the manifest was issued. */
const CLOCK_SLACK_MS = 10 * 60_000;
/**
 * At a gate's start a manifest older than this is issued anew: were the keys an old copy, its serial would be below
 * what clients have seen. Younger ones stay, so that gates that start together issue one.
 */
const START_RENEW_AFTER_MS = 10 * 60_000;

/** What a gate's settings say. */
export interface KeyPolicy {
  readonly suites: readonly number[];
  readonly minVersion: number;
}

export interface Due {
  /** A new state must be stored. */
  readonly isDue: boolean;
  /** An RSA key is wanted from then on; it takes long to make. */
  readonly rsaFromMs: number | null;
}

const isSamePolicy = (state: KeyState, { suites, minVersion }: KeyPolicy): boolean =>
  state.minVersion === minVersion && state.suites.join() === suites.join();

/** @param policy of a gate that starts, which takes effect; null: the stored one stays */
export const dueOf = (state: KeyState, policy: KeyPolicy | null, nowMs: number): Due => {
  const { suites } = policy ?? state;
  const { create, destroy } = planKeys(state.keys, state.retiredKids, suites, nowMs);
  const ageMs = nowMs - state.issuedAtMs;
  const isOld = ageMs >= (policy === null ? RENEW_AFTER_MS : START_RENEW_AFTER_MS) || ageMs < -CLOCK_SLACK_MS;
  return {
    isDue:
      state.manifest === '' ||
      isOld ||
      destroy.length > 0 ||
      create.some(({ suite }) => suite !== SUITE.RSA) ||
      (policy !== null && !isSamePolicy(state, policy)),
    rsaFromMs: create.find(({ suite }) => suite === SUITE.RSA)?.notBeforeMs ?? null,
  };
};

/** Due keys made (but for RSA ones) and destroyed. */
export const rotated = (
  state: KeyState,
  policy: KeyPolicy | null,
  nowMs: number,
  random: RandomBytes,
): KeyState => {
  const { suites, minVersion } = policy ?? state;
  const plan = planKeys(state.keys, state.retiredKids, suites, nowMs);
  const keys = state.keys.filter((key) => !plan.destroy.includes(key.kid));
  let next: KeyState = { ...state, suites, minVersion, keys };
  for (const { suite, notBeforeMs } of plan.create) {
    if (suite !== SUITE.RSA) next = withKey(next, suite, notBeforeMs, newPairBytes(random));
  }
  return next;
};

/** With a manifest of its own, under a serial that was never used. */
export const issued = (state: KeyState, nowMs: number): KeyState => {
  const { deployment, keys, retiredKids, minVersion } = state;
  const issuedAtMs = Math.floor(nowMs);
  // At least the time in seconds: keys that come back from an old copy do not start below what clients have seen.
  const serial = Math.max(state.serial + 1, Math.floor(issuedAtMs / 1_000));
  const offered = state.suites.filter((suite) => keys.some((key) => key.suite === suite));
  const manifest = encodeManifest({
    deployment,
    serial,
    issuedAtMs,
    expiresAtMs: issuedAtMs + MANIFEST_LIFETIME_MAX_MS,
    minVersion,
    suites: [...offered, SUITE.RESUMPTION],
    keys: keys.map(manifestKeyOf),
    retiredKids,
  });
  const key = signingKeyOf(state.roots[0]);
  const signature = sign('sha256', manifestMessage(manifest), { key, dsaEncoding: 'ieee-p1363' });
  return { ...state, serial, issuedAtMs, manifest: base64url(joinManifest(manifest, signature)) };
};
