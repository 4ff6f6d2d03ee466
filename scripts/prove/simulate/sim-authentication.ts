/**
 * The real handshake and channel with keys from a seed. One thing differs from a server: tokens are the names
 * themselves, for the library that verifies signatures does so in threads of its own, which no seed rules.
 */

import type { Authenticator } from '../../../gateways/auth/authenticator.ts';
import { openAuthenticator } from '../../../gateways/auth/handshake-authenticator.ts';
import { type KeyRing, openKeyRing } from '../../../gateways/auth/key-ring.ts';
import { type KeyStore, memoryKeyStore } from '../../../gateways/auth/key-store.ts';
import type { Sso } from '../../../infra/identity/sso.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { SUITE } from '../../../schemas/channel/key-schedule.ts';
import type { Limits } from '../../../schemas/limits.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';

export const TENANT = 'main';
export const tokenOf = (user: string): string => `${TENANT}/${user}`;

const nameSso: Sso = {
  verify: async (token, nowMs) => {
    const [tenant, user] = token.split('/');
    if (tenant === undefined || user === undefined) return 'malformed';
    return { tenant, user, expires: Math.floor(nowMs / 1_000) + 3_600, generation: 0 };
  },
  close: async () => {},
};

export interface SimAuthentication {
  readonly authenticator: Authenticator;
  readonly keys: KeyRing;
}

export const makeKeyStore = (): KeyStore => memoryKeyStore();

export const openSimAuthentication = async (options: {
  readonly store: KeyStore;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly limits: Limits;
  readonly logger: Logger;
}): Promise<SimAuthentication> => {
  const { store, clock, limits, logger } = options;
  const random = (length: number): Uint8Array => options.random.bytes(length);
  const keys = await openKeyRing({
    store,
    deployment: 'simulated',
    clock,
    logger,
    // Making an RSA key takes longer than a whole seed; its suite has tests of its own.
    suites: [SUITE.STATIC_ECDH],
    random,
  });
  const authenticator = await openAuthenticator({
    keys,
    sso: nameSso,
    limits,
    clock,
    logger,
    gateName: 'gate',
    rsa: 'inline',
    random,
  });
  return { authenticator, keys };
};
