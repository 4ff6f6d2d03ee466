/**
 * A deployment's keys: roots, RSA and static P-256 keys with their rotation, the signed manifest; shared by all gates.
 *
 * 1. What clients may see was stored before: a manifest is published after it is durable, and every change is made to
 *    what is stored, so no serial is ever given out twice for two contents, by whichever gates and across crashes.
 * 2. Whichever gate comes first does what is due; the others adopt it: with their check every minute, and at once
 *    (once a second at most) when a client brings an id they do not know, or asks for the manifest.
 * 3. An RSA key takes hundreds of milliseconds to make: it is made in the background and outside of the store's lock,
 *    and its suite joins the manifest when it is ready. Of gates that make one at the same time all but the first drop
 *    theirs. Suite 2 and tickets are there at once.
 * 4. Destroyed keys leave memory and the store; retired kids stay named, so that their tickets stay void.
 * 5. A process that may only read adopts what others store, and says so where something is overdue.
 */
import type { Logger } from '../../infra/logger/logger.ts';
import { SUITE } from '../../schemas/channel/key-schedule.ts';
import { MANIFEST_LIFETIME_MAX_MS } from '../../schemas/channel/manifest.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Timer } from '../../schemas/ports/clock.ts';
import { dueOf, issued, type KeyPolicy, rotated } from './key-issue.ts';
import { encodeState, KEYS_NAME, type KeyPairBytes, type KeyState, pointOf, withKey } from './key-state.ts';
import { type LoadedKeys, loadKeys } from './loaded-keys.ts';
import { type RandomBytes, systemBytes } from './node-crypto.ts';
import { OverdueNotice } from './overdue-notice.ts';
import { type MakeRsa, makeRsa } from './rsa-making.ts';
import type { PointKey, RsaKey, ServerKeys } from './server-keys.ts';
import { loadState, policyOf, type StoredKeysOptions, stateOf } from './stored-keys.ts';
import { openTicketKeys, type TicketKeyRing } from './ticket-keys.ts';

const CHECK_INTERVAL_MS = 60_000;
const LOOK_PAUSE_MS = 1_000;

export interface KeyRingOptions extends StoredKeysOptions {
  readonly logger: Logger;
  readonly makeRsa?: MakeRsa;
}

export interface KeyRing extends ServerKeys {
  readonly tickets: TicketKeyRing;
  /** Resolves when no key is being made or stored. */
  settled(): Promise<void>;
  /** Emergency: destroys the key, voids its tickets, makes a new one. Other gates follow within a minute. */
  retire(kid: number): Promise<void>;
  /** Keys or a manifest are due and this process may not store them. */
  readonly isOverdue: boolean;
  /** ms; what clients have fetched is refused by them after that. */
  readonly manifestExpiresAtMs: number;
}

class StoredKeyRing implements KeyRing {
  readonly deployment: string;
  readonly rootKeys: readonly [Uint8Array, Uint8Array];
  readonly tickets: TicketKeyRing;
  readonly #options: KeyRingOptions;
  readonly #random: RandomBytes;
  readonly #listeners: (() => void)[] = [];
  readonly #overdue: OverdueNotice;
  #state: KeyState;
  /** Of that state, ready for use. */
  #loaded: LoadedKeys;
  /** Ends of the RSA key now in the making. */
  #making: Promise<void> | undefined;
  #changing: Promise<void> = Promise.resolve();
  #looking: Promise<boolean> | undefined;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: KeyRingOptions, state: KeyState, tickets: TicketKeyRing) {
    this.#options = options;
    this.#random = options.random ?? systemBytes;
    this.#state = state;
    this.#loaded = loadKeys(state);
    this.deployment = state.deployment;
    this.tickets = tickets;
    this.rootKeys = [pointOf(state.roots[0]), pointOf(state.roots[1])];
    this.#overdue = new OverdueNotice(
      options.logger,
      'keys are due for rotation, and this process may not write them: let a gate run that may, or logins will fail',
    );
  }

  /** A manifest is durable and published once resolved. */
  async start(): Promise<void> {
    const policy = policyOf(this.#options);
    try {
      await this.#inTurn(() => this.#checkNow(policy));
    } catch (error) {
      if (!isBubbleError(error, 'FOLDER_NOT_WRITABLE') || this.#loaded.manifest.length === 0) throw error;
      this.#options.logger.info({ error }, 'the keys may only be read here: other gates rotate them');
      await this.#checkOrSay();
    }
    this.#scheduleCheck();
  }

  manifest(): Uint8Array {
    return this.#loaded.manifest;
  }

  get manifestExpiresAtMs(): number {
    return this.#state.issuedAtMs + MANIFEST_LIFETIME_MAX_MS;
  }

  get isOverdue(): boolean {
    return this.#overdue.isOverdue || this.tickets.isOverdue;
  }

  pointKey(kid: number): PointKey | undefined {
    return this.#loaded.pointKeys.get(kid);
  }

  rsaKey(kid: number): RsaKey | undefined {
    return this.#loaded.rsaKeys.get(kid);
  }

  rsaKeys(): readonly RsaKey[] {
    return [...this.#loaded.rsaKeys.values()];
  }

  isRetired(kid: number): boolean {
    return this.#state.retiredKids.includes(kid);
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  refresh(): Promise<boolean> {
    if (this.#looking !== undefined) return this.#looking;
    const nowMs = this.#options.clock.monotonic();
    if (this.#closed || nowMs - this.#lookedAtMs < LOOK_PAUSE_MS) return Promise.resolve(false);
    this.#lookedAtMs = nowMs;
    this.#looking = this.#look()
      .catch((error: unknown) => {
        this.#options.logger.warn({ error }, 'the stored keys cannot be read; those in use stay');
        return false;
      })
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async retire(kid: number): Promise<void> {
    await this.#inTurn(() =>
      this.#change((state) => {
        if (state.retiredKids.includes(kid)) return null;
        const retired = { ...state, retiredKids: [...state.retiredKids, kid] };
        return rotated(retired, null, this.#now(), this.#random);
      }),
    );
    await this.#inTurn(() => this.#checkNow(null));
  }

  async settled(): Promise<void> {
    while (this.#making !== undefined) await this.#making;
    await this.#changing;
    await this.#looking;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#changing;
    await this.#looking;
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #scheduleCheck(): void {
    this.#timer = this.#options.clock.after(CHECK_INTERVAL_MS, () => {
      this.#checkOrSay()
        .then(() => this.tickets.check())
        .catch((error: unknown) => {
          this.#options.logger.error(
            { error },
            'keys could not be rotated or stored; the old ones stay in use',
          );
        })
        .finally(() => {
          if (!this.#closed) this.#scheduleCheck();
        });
    });
  }

  async #checkOrSay(): Promise<void> {
    try {
      await this.#inTurn(() => this.#checkNow(null));
      this.#overdue.done();
    } catch (error) {
      if (!isBubbleError(error, 'FOLDER_NOT_WRITABLE')) throw error;
      this.#overdue.overdue(this.manifestExpiresAtMs, this.#now(), error);
    }
  }

  /** One after the other within this process. A turn that fails is reported to its caller only. */
  #inTurn(turn: () => Promise<void>): Promise<void> {
    const done = this.#changing.then(turn);
    this.#changing = done.catch(() => {});
    return done;
  }

  async #look(): Promise<boolean> {
    const [stored, hasNewTickets] = await Promise.all([
      this.#options.store.load(KEYS_NAME),
      this.tickets.look(),
    ]);
    return this.#adopt(stored) || hasNewTickets;
  }

  /** Does what is due and was not done by others. */
  async #checkNow(policy: KeyPolicy | null): Promise<void> {
    this.#adopt(await this.#options.store.load(KEYS_NAME));
    if (dueOf(this.#state, policy, this.#now()).isDue) {
      await this.#change((state) =>
        dueOf(state, policy, this.#now()).isDue ? rotated(state, policy, this.#now(), this.#random) : null,
      );
    }
    if (this.#making !== undefined || !this.#wantsRsaKey()) return;
    // Asks whether it could be stored, before a second of work is spent on it.
    await this.#change(() => null);
    if (this.#wantsRsaKey()) this.#makeRsaKey();
  }

  #wantsRsaKey(): boolean {
    return dueOf(this.#state, null, this.#now()).rsaFromMs !== null;
  }

  /** @param change of the newest state; null: there is nothing to do any more */
  async #change(change: (state: KeyState) => KeyState | null): Promise<void> {
    const stored = await this.#options.store.update(KEYS_NAME, (bytes) => {
      const changed = change(this.#newer(bytes));
      return changed === null ? null : encodeState(issued(changed, this.#now()));
    });
    this.#adopt(stored);
  }

  /** Keys that were deleted, or came back from an old copy, give way to those in use. */
  #newer(bytes: Uint8Array | null): KeyState {
    if (bytes === null) return this.#state;
    const stored = stateOf(bytes, this.deployment);
    if (stored.roots.join() !== this.#state.roots.join()) {
      throw new BubbleError('CONFIG', 'the stored keys have other roots than those in use: restart the gate');
    }
    return stored.serial >= this.#state.serial ? stored : this.#state;
  }

  #adopt(bytes: Uint8Array | null): boolean {
    const newer = this.#newer(bytes);
    if (newer === this.#state || newer.serial === this.#state.serial) return false;
    this.#state = newer;
    this.#loaded = loadKeys(newer);
    for (const listener of this.#listeners) listener();
    return true;
  }

  #makeRsaKey(): void {
    if (this.#closed) return;
    const make = this.#options.makeRsa ?? makeRsa;
    this.#making = make()
      .then((made) => (this.#closed ? undefined : this.#inTurn(() => this.#storeRsaKey(made))))
      .catch((error: unknown) => {
        this.#options.logger.error(
          { error },
          'no RSA key could be made or stored; suite 1 is not offered with a new key',
        );
      })
      .finally(() => {
        this.#making = undefined;
      });
  }

  #storeRsaKey(made: KeyPairBytes): Promise<void> {
    return this.#change((state) => {
      const { rsaFromMs } = dueOf(state, null, this.#now());
      return rsaFromMs === null ? null : withKey(state, SUITE.RSA, rsaFromMs, made);
    });
  }
}

/** @throws CONFIG where stored keys are missing, damaged or of another deployment; what the store throws */
export const openKeyRing = async (options: KeyRingOptions): Promise<KeyRing> => {
  const { store, clock, logger, random = systemBytes } = options;
  const state = await loadState(options);
  const tickets = await openTicketKeys({ store, clock, logger, random });
  const ring = new StoredKeyRing(options, state, tickets);
  await ring.start();
  return ring;
};
