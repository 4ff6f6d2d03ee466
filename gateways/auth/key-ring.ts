/**
 * A deployment's keys: roots, RSA and static P-256 keys with their rotation, the signed manifest.
 *
 * 1. What clients may see was saved before: a manifest is published after its serial and keys are durable, so no
 *    serial is ever given out twice for two contents, also across crashes.
 * 2. An RSA key takes hundreds of milliseconds to make: it is made in the background, and its suite joins the
 *    manifest when it is ready. Suite 2 and tickets are there at once.
 * 3. Destroyed keys leave memory and the store; retired kids stay named, so that their tickets stay void.
 */
import { generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { Logger } from '../../infra/logger/logger.ts';
import { manifestMessage, SUITE } from '../../schemas/channel/key-schedule.ts';
import { encodeManifest, joinManifest, MANIFEST_LIFETIME_MAX_MS } from '../../schemas/channel/manifest.ts';
import { BubbleError } from '../../schemas/errors.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import { planKeys } from './key-plan.ts';
import {
  decodeState,
  encodeState,
  fromBase64url,
  KEYS_NAME,
  type KeyPairBytes,
  type KeyState,
  manifestKeyOf,
  newPairBytes,
  newState,
  pairOf,
  pointOf,
  signingKeyOf,
  withKey,
} from './key-state.ts';
import { type RandomBytes, systemBytes } from './node-crypto.ts';
import type { KeyStore, PointKey, RsaKey, ServerKeys } from './server-keys.ts';
import { openTicketKeys, type TicketKeys } from './ticket-keys.ts';

const CHECK_INTERVAL_MS = 60_000;
/** A manifest is renewed when half of its life is over. */
const RENEW_AFTER_MS = MANIFEST_LIFETIME_MAX_MS / 2;
const RSA_BITS = 3072;

/** Makes an RSA-3072 key without blocking. */
export type MakeRsa = () => Promise<KeyPairBytes>;

const generate = promisify(generateKeyPair);
export const makeRsa: MakeRsa = async () => {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: RSA_BITS });
  return {
    published: publicKey.export({ format: 'der', type: 'spki' }),
    secret: privateKey.export({ format: 'der', type: 'pkcs8' }),
  };
};

export interface KeyRingOptions {
  readonly store: KeyStore;
  readonly deployment: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** False: everything must have been stored before (production). Default true. */
  readonly create?: boolean;
  /** Suites of full logins in order of preference; default 2, 1: the cheaper first. Suite 3 follows always. */
  readonly suites?: readonly number[];
  readonly minVersion?: number;
  readonly makeRsa?: MakeRsa;
  /** Other than the system's: for simulations. */
  readonly random?: RandomBytes;
}

export interface KeyRing extends ServerKeys {
  /** Resolves when no key is being made or saved. */
  settled(): Promise<void>;
  /** Emergency: destroys the key, voids its tickets, makes a new one. */
  retire(kid: number): Promise<void>;
}

class StoredKeyRing implements KeyRing {
  readonly deployment: string;
  readonly rootKeys: readonly [Uint8Array, Uint8Array];
  readonly tickets: TicketKeys;
  readonly #options: KeyRingOptions;
  readonly #suites: readonly number[];
  readonly #random: RandomBytes;
  readonly #root: KeyObject;
  readonly #pointKeys = new Map<number, PointKey>();
  readonly #rsaKeys = new Map<number, RsaKey>();
  readonly #listeners: (() => void)[] = [];
  #state: KeyState;
  #manifest: Uint8Array = new Uint8Array(0);
  #issuedAtMs = Number.NEGATIVE_INFINITY;
  /** Ends of the RSA keys now in the making. */
  #making: Promise<void> | undefined;
  #saving: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: KeyRingOptions, state: KeyState, tickets: TicketKeys) {
    this.#options = options;
    this.#suites = options.suites ?? [SUITE.STATIC_ECDH, SUITE.RSA];
    this.#random = options.random ?? systemBytes;
    this.#state = state;
    this.deployment = state.deployment;
    this.tickets = tickets;
    this.rootKeys = [pointOf(state.roots[0]), pointOf(state.roots[1])];
    this.#root = signingKeyOf(state.roots[0]);
  }

  /** The first manifest is durable and published once resolved. */
  async start(): Promise<void> {
    await this.#check();
    this.#scheduleCheck();
  }

  manifest(): Uint8Array {
    return this.#manifest;
  }

  pointKey(kid: number): PointKey | undefined {
    return this.#pointKeys.get(kid);
  }

  rsaKey(kid: number): RsaKey | undefined {
    return this.#rsaKeys.get(kid);
  }

  rsaKeys(): readonly RsaKey[] {
    return [...this.#rsaKeys.values()];
  }

  isRetired(kid: number): boolean {
    return this.#state.retiredKids.includes(kid);
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async retire(kid: number): Promise<void> {
    if (!this.isRetired(kid)) {
      this.#state = { ...this.#state, retiredKids: [...this.#state.retiredKids, kid] };
    }
    await this.#check();
  }

  async settled(): Promise<void> {
    while (this.#making !== undefined) await this.#making;
    await this.#saving;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#saving;
  }

  #scheduleCheck(): void {
    this.#timer = this.#options.clock.after(CHECK_INTERVAL_MS, () => {
      this.#check()
        .then(async () => {
          if (this.tickets.rotate()) await this.tickets.save();
        })
        .catch((error: unknown) => {
          this.#options.logger.error(
            { error },
            'keys could not be rotated or saved; the old ones stay in use',
          );
        })
        .finally(() => {
          if (!this.#closed) this.#scheduleCheck();
        });
    });
  }

  /** Creates and destroys what is due, and issues a manifest where something changed or the old one grows old. */
  #check(): Promise<void> {
    const turn = this.#saving.then(() => this.#checkNow());
    // A failed turn is reported to its caller, and must not block the next one.
    this.#saving = turn.catch(() => {});
    return turn;
  }

  async #checkNow(): Promise<void> {
    const nowMs = this.#options.clock.now();
    const { keys, retiredKids } = this.#state;
    const plan = planKeys(keys, retiredKids, this.#suites, nowMs);
    const kept = keys.filter((key) => !plan.destroy.includes(key.kid));
    let next: KeyState = { ...this.#state, keys: kept };
    for (const { suite, notBeforeMs } of plan.create) {
      if (suite === SUITE.RSA) this.#makeRsaKey(notBeforeMs);
      else next = withKey(next, suite, notBeforeMs, newPairBytes(this.#random));
    }
    const isChanged = plan.destroy.length > 0 || next.keys.length !== kept.length;
    const isOld = nowMs - this.#issuedAtMs >= RENEW_AFTER_MS || nowMs < this.#issuedAtMs;
    if (isChanged || isOld) await this.#publish(next, nowMs);
  }

  async #publish(next: KeyState, nowMs: number): Promise<void> {
    // At least the time in seconds: keys that come back from an old copy do not start below what clients have seen.
    const serial = Math.max(next.serial + 1, Math.floor(nowMs / 1_000));
    const state = { ...next, serial };
    await this.#options.store.save(KEYS_NAME, encodeState(state));
    this.#state = state;
    this.#load();
    this.#manifest = this.#sign(nowMs);
    this.#issuedAtMs = nowMs;
    for (const listener of this.#listeners) listener();
  }

  #makeRsaKey(notBeforeMs: number): void {
    if (this.#making !== undefined || this.#closed) return;
    const make = this.#options.makeRsa ?? makeRsa;
    this.#making = make()
      .then(async (made) => {
        if (this.#closed) return;
        const turn = this.#saving.then(() =>
          this.#publish(withKey(this.#state, SUITE.RSA, notBeforeMs, made), this.#options.clock.now()),
        );
        this.#saving = turn.catch(() => {});
        await turn;
      })
      .catch((error: unknown) => {
        this.#options.logger.error(
          { error },
          'no RSA key could be made; suite 1 is not offered with a new key',
        );
      })
      .finally(() => {
        this.#making = undefined;
      });
  }

  #load(): void {
    this.#pointKeys.clear();
    this.#rsaKeys.clear();
    for (const { kid, suite, secret, published } of this.#state.keys) {
      if (suite === SUITE.RSA) {
        this.#rsaKeys.set(kid, { kid, spki: fromBase64url(published), pkcs8: fromBase64url(secret) });
      } else {
        this.#pointKeys.set(kid, {
          kid,
          point: fromBase64url(published),
          pair: pairOf(secret),
        });
      }
    }
  }

  #sign(nowMs: number): Uint8Array {
    const { keys, serial, retiredKids } = this.#state;
    const offered = this.#suites.filter((suite) => keys.some((key) => key.suite === suite));
    const manifest = encodeManifest({
      deployment: this.deployment,
      serial,
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + MANIFEST_LIFETIME_MAX_MS,
      minVersion: this.#options.minVersion ?? 0,
      suites: [...offered, SUITE.RESUMPTION],
      keys: keys.map(manifestKeyOf),
      retiredKids,
    });
    const message = manifestMessage(manifest);
    return joinManifest(manifest, sign('sha256', message, { key: this.#root, dsaEncoding: 'ieee-p1363' }));
  }
}

const loadState = async (options: KeyRingOptions): Promise<KeyState> => {
  const bytes = await options.store.load(KEYS_NAME);
  if (bytes === null) {
    if (options.create !== false) return newState(options.deployment, options.random ?? systemBytes);
    throw new BubbleError('CONFIG', `there are no ${KEYS_NAME}: production mode makes none by itself`);
  }
  const state = decodeState(bytes);
  if (state.deployment === options.deployment) return state;
  const names = `'${state.deployment}', not of '${options.deployment}'`;
  throw new BubbleError('CONFIG', `the stored keys are of the deployment ${names}`);
};

/** @throws CONFIG where stored keys are missing, damaged or of another deployment */
export const openKeyRing = async (options: KeyRingOptions): Promise<KeyRing> => {
  const state = await loadState(options);
  const tickets = await openTicketKeys(options.store, options.clock, options.random ?? systemBytes);
  const ring = new StoredKeyRing(options, state, tickets);
  await ring.start();
  return ring;
};
