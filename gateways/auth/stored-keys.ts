/** What a key ring begins with: the stored state, or the first one. */
import { SUITE } from '../../schemas/channel/key-schedule.ts';
import { BubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { issued, type KeyPolicy, rotated } from './key-issue.ts';
import { decodeState, encodeState, KEYS_NAME, type KeyState, newState } from './key-state.ts';
import type { KeyStore } from './key-store.ts';
import { type RandomBytes, systemBytes } from './node-crypto.ts';

export interface StoredKeysOptions {
  readonly store: KeyStore;
  readonly deployment: string;
  readonly clock: Clock;
  /** False: everything must have been stored before (production). Default true. */
  readonly create?: boolean;
  /** Suites of full logins in order of preference; default 2, 1: the cheaper first. Suite 3 follows always. */
  readonly suites?: readonly number[];
  readonly minVersion?: number;
  /** Other than the system's: for simulations. */
  readonly random?: RandomBytes;
}

export const policyOf = ({ suites, minVersion }: StoredKeysOptions): KeyPolicy => ({
  suites: suites ?? [SUITE.STATIC_ECDH, SUITE.RSA],
  minVersion: minVersion ?? 0,
});

/** @throws CONFIG */
export const stateOf = (bytes: Uint8Array, deployment: string): KeyState => {
  const state = decodeState(bytes);
  if (state.deployment === deployment) return state;
  const names = `'${state.deployment}', not of '${deployment}'`;
  throw new BubbleError('CONFIG', `the stored keys are of the deployment ${names}`);
};

/** @throws CONFIG where they are missing, damaged or of another deployment; what the store throws */
export const loadState = async (options: StoredKeysOptions): Promise<KeyState> => {
  const { store, deployment, clock, create = true, random = systemBytes } = options;
  let bytes = await store.load(KEYS_NAME);
  if (bytes === null && create) {
    // Gates that start together on an empty store: the first one's keys are everybody's.
    bytes = await store.update(KEYS_NAME, (stored) => {
      if (stored !== null) return null;
      const nowMs = clock.now();
      return encodeState(
        issued(rotated(newState(deployment, random), policyOf(options), nowMs, random), nowMs),
      );
    });
  }
  if (bytes !== null) return stateOf(bytes, deployment);
  const how = 'production mode makes none by itself: bubble keys create does, once';
  throw new BubbleError('CONFIG', `there are no ${KEYS_NAME}; ${how}`);
};
