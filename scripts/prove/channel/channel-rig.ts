/** A server's authenticator and a client's handshake without a network, on a clock that the test moves. */

import { nodeCryptoPort } from '../../../clients/sdk/crypto/node-crypto-port.ts';
import type { HandshakeInput, HandshakeResult } from '../../../clients/sdk/handshake.ts';
import { type Credentials, type Handshake, startHandshake } from '../../../clients/sdk/handshake.ts';
import type { Authenticator, AuthOutcome, ServerChannel } from '../../../gateways/auth/authenticator.ts';
import {
  type AuthenticatorOptions,
  openAuthenticator,
} from '../../../gateways/auth/handshake-authenticator.ts';
import { type KeyRing, openKeyRing } from '../../../gateways/auth/key-ring.ts';
import { memoryKeyStore } from '../../../gateways/auth/key-store.ts';
import { type MakeRsa, makeRsa } from '../../../gateways/auth/rsa-making.ts';
import type { Sso, TokenClaims, TokenFault } from '../../../infra/identity/sso.ts';
import { SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import type { ClientChannel } from '../../../schemas/channel/client-channel.ts';
import { type Manifest, verifyManifest } from '../../../schemas/channel/manifest.ts';
import { TRIAL_LIMITS } from '../../../schemas/limits.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { HEADER_BYTES } from '../../../schemas/wire/header.ts';

/** Short waits (of refusals) end at once and are noted; long ones (key rotation) are held for `runTimers`. */
export class RigClock implements Clock {
  nowMs = 1_790_000_000_000;
  readonly waits: number[] = [];
  #timers: (() => void)[] = [];

  now(): number {
    return this.nowMs;
  }
  monotonic(): number {
    return this.nowMs;
  }
  after(delayMs: number, action: () => void): { cancel(): void } {
    if (delayMs > 1_000) {
      this.#timers.push(action);
      return {
        cancel: () => {
          this.#timers = this.#timers.filter((each) => each !== action);
        },
      };
    }
    this.waits.push(delayMs);
    let isCancelled = false;
    // Later than whatever is in memory already.
    setImmediate(() => {
      if (!isCancelled) action();
    });
    return {
      cancel: () => {
        isCancelled = true;
      },
    };
  }
  runTimers(): void {
    for (const action of this.#timers.splice(0)) action();
  }
}

/** Tokens are `<tenant>/<user>` or the name of a fault; what it says can be replaced. */
export class RigSso implements Sso {
  claims: Partial<TokenClaims> = {};
  async verify(token: string): Promise<TokenClaims | TokenFault> {
    const [tenant, user] = token.split('/');
    if (tenant === undefined || user === undefined) return token as TokenFault;
    return { tenant, user, expires: 1_790_000_900, generation: 0, ...this.claims };
  }
  async close(): Promise<void> {}
}

let rsaKey: ReturnType<MakeRsa> | undefined;
/** One real RSA key for all rigs of a process. */
const sharedRsa: MakeRsa = () => {
  rsaKey ??= makeRsa();
  return rsaKey;
};

export const ANN: Credentials = { user: 'ann', token: 'acme/ann' };
export const PHONE = { clientVersion: 1, deviceId: 'phone', deviceType: 'phone' };

export interface Rig {
  readonly clock: RigClock;
  readonly sso: RigSso;
  readonly keys: KeyRing;
  readonly server: Authenticator;
  readonly manifest: Manifest;
  start(input: Partial<HandshakeInput>): Promise<Handshake>;
  ask(frame: Uint8Array, address?: string): Promise<AuthOutcome>;
  /** The whole handshake. */
  login(input: Partial<HandshakeInput>): Promise<{ outcome: AuthOutcome; result: HandshakeResult }>;
  close(): Promise<void>;
}

export const split = (frame: Uint8Array): { header: Uint8Array; body: Uint8Array } => ({
  header: frame.subarray(0, HEADER_BYTES),
  body: frame.subarray(HEADER_BYTES),
});

/** @param clock shared by rigs that stand for gates of one deployment */
export const openRig = async (
  options: Partial<AuthenticatorOptions> = {},
  clock = new RigClock(),
): Promise<Rig> => {
  const sso = new RigSso();
  const keys =
    (options.keys as KeyRing | undefined) ??
    (await openKeyRing({
      store: memoryKeyStore(),
      deployment: 'rig',
      clock,
      logger: SILENT_LOGGER,
      makeRsa: sharedRsa,
    }));
  await keys.settled();
  const crypto = nodeCryptoPort();
  const server = await openAuthenticator({
    keys,
    sso,
    limits: TRIAL_LIMITS,
    clock,
    logger: SILENT_LOGGER,
    gateName: 'gate-0',
    rsa: 'inline',
    ...options,
  });
  const trust = { deployment: 'rig', rootKeys: keys.rootKeys };
  const manifest = await verifyManifest(crypto, server.manifest(), trust, clock.now(), 0);
  if (typeof manifest === 'string') throw new Error(manifest);
  const start = async (input: Partial<HandshakeInput>): Promise<Handshake> => {
    const handshake = await startHandshake({
      crypto,
      manifest,
      device: PHONE,
      credentials: input.ticket ? null : ANN,
      nowMs: clock.now(),
      sequence: 5,
      ...input,
    });
    if (handshake.kind !== 'started') throw new Error(handshake.kind);
    return handshake;
  };
  const ask = (frame: Uint8Array, address = '192.0.2.1'): Promise<AuthOutcome> =>
    server.authenticate({ ...split(frame), address });
  return {
    clock,
    sso,
    keys,
    server,
    manifest,
    start,
    ask,
    login: async (input) => {
      const handshake = await start(input);
      const outcome = await ask(handshake.frame);
      const { header, body } = split(outcome.frame);
      return { outcome, result: await handshake.complete(header, body) };
    },
    close: async () => {
      await server.close();
      await keys.close();
    },
  };
};

export type Accepted = Extract<AuthOutcome, { kind: 'accepted' }>;
export type Ready = Extract<HandshakeResult, { kind: 'ready' }>;
export type Refused = Extract<HandshakeResult, { kind: 'refused' }>;

/** The client speaks first: the server's session is confirmed. @returns what the server opened */
export const speak = async (
  client: ClientChannel,
  server: ServerChannel,
  text = 'hello',
): Promise<string | null> => {
  const { header, body } = split(await client.seal(2, 1, Buffer.from(text)));
  const plain = server.open(header, body);
  return plain === null ? null : plain.toString();
};

export const answer = async (
  client: ClientChannel,
  server: ServerChannel,
  text = 'hi',
): Promise<string | null> => {
  const { header, body } = split(server.seal(3, 1, Buffer.from(text)));
  const plain = await client.open(header, body);
  return plain === null ? null : Buffer.from(plain).toString();
};
