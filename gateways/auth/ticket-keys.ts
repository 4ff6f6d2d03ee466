/**
 * Keys of resumption tickets: random, a new one every 12 h, erased after 36 h (so a ticket of 24 h always finds its
 * key); shared by all gates. A ticket: u32 key id || nonce(12) || E(key, nonce, L('bubble/2 tkt', key id), T), all of
 * one length.
 *
 * A key seals only after it was stored, so what one gate has sealed every gate can open. Whoever deletes the stored
 * keys voids all tickets. Without a key no tickets are given, and clients log in fully.
 */
import type { Logger } from '../../infra/logger/logger.ts';
import { NONCE_BYTES, SECRET_BYTES, TAG_BYTES, ticketAad } from '../../schemas/channel/key-schedule.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { type KeyStore, parseStored } from './key-store.ts';
import { open, type RandomBytes, seal } from './node-crypto.ts';
import { OverdueNotice } from './overdue-notice.ts';
import { decodeTicket, encodeTicket, TICKET_PLAIN_BYTES, type Ticket } from './tickets.ts';

const HOUR_MS = 3_600_000;
export const TICKET_KEY_ROTATION_MS = 12 * HOUR_MS;
export const TICKET_KEY_LIFE_MS = 36 * HOUR_MS;
export const TICKET_BYTES = 4 + NONCE_BYTES + TICKET_PLAIN_BYTES + TAG_BYTES;
export const TICKET_KEYS_NAME = 'ticket-keys';

interface TicketKey {
  readonly kid: number;
  readonly key: Uint8Array;
  readonly createdMs: number;
}

/** How keys are stored: JSON of {keys}, bytes in base64url. */
interface StoredTicketKey {
  readonly kid: number;
  readonly key: string;
  readonly createdMs: number;
}

export type OpenedTicket = { readonly kind: 'opened'; readonly id: string; readonly ticket: Ticket };
export type TicketFault = 'unknown-key' | 'damaged';

export interface TicketKeys {
  /** @returns null where there is no key: no ticket can be given */
  seal(ticket: Ticket): Uint8Array | null;
  open(kid: number, sealed: Uint8Array): OpenedTicket | TicketFault;
}

export interface TicketKeyRing extends TicketKeys {
  /** A new key is due and this process may not store it. */
  readonly isOverdue: boolean;
  /** Adopts what others have stored. @returns true: something has changed */
  look(): Promise<boolean>;
  /** Adopts, makes a new key where one is due, erases old ones. */
  check(): Promise<void>;
}

export interface TicketKeyOptions {
  readonly store: KeyStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: RandomBytes;
}

class StoredTicketKeys implements TicketKeyRing {
  readonly #options: TicketKeyOptions;
  readonly #overdue: OverdueNotice;
  /** The newest last. */
  #keys: readonly TicketKey[];
  #stored: Uint8Array | null;
  #turns: Promise<unknown> = Promise.resolve();

  constructor(options: TicketKeyOptions, stored: Uint8Array | null) {
    this.#options = options;
    this.#stored = stored;
    this.#keys = parse(stored);
    this.#overdue = new OverdueNotice(
      options.logger,
      'a new ticket key is due, and this process may not write it: let a gate run that may, or resumptions will end',
    );
  }

  get isOverdue(): boolean {
    return this.#overdue.isOverdue;
  }

  seal(ticket: Ticket): Uint8Array | null {
    const newest = this.#keys.at(-1);
    if (newest === undefined || this.#isOver(newest)) return null;
    const nonce = this.#options.random(NONCE_BYTES);
    const sealed = seal(newest.key, nonce, ticketAad(newest.kid), encodeTicket(ticket));
    const out = Buffer.allocUnsafeSlow(TICKET_BYTES);
    out.writeUInt32BE(newest.kid, 0);
    out.set(nonce, 4);
    out.set(sealed, 4 + NONCE_BYTES);
    return out;
  }

  open(kid: number, sealed: Uint8Array): OpenedTicket | TicketFault {
    if (sealed.length !== TICKET_BYTES) return 'damaged';
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
    if (bytes.readUInt32BE(0) !== kid) return 'damaged';
    const found = this.#keys.find((key) => key.kid === kid);
    if (found === undefined || this.#isOver(found)) return 'unknown-key';
    const nonce = bytes.subarray(4, 4 + NONCE_BYTES);
    const plain = open(found.key, nonce, ticketAad(kid), bytes.subarray(4 + NONCE_BYTES));
    const ticket = plain === null ? null : decodeTicket(plain);
    return ticket === null
      ? 'damaged'
      : { kind: 'opened', id: bytes.latin1Slice(0, 4 + NONCE_BYTES), ticket };
  }

  look(): Promise<boolean> {
    return this.#inTurn(() => this.#look());
  }

  check(): Promise<void> {
    return this.#inTurn(() => this.#check());
  }

  /** One after the other, so that nothing older is adopted after something newer. */
  #inTurn<T>(turn: () => Promise<T>): Promise<T> {
    const done = this.#turns.then(turn);
    this.#turns = done.catch(() => {}); // Its caller is told.
    return done;
  }

  async #look(): Promise<boolean> {
    return this.#adopt(await this.#options.store.load(TICKET_KEYS_NAME));
  }

  async #check(): Promise<void> {
    await this.#look();
    if (this.#rotated(this.#keys) !== null) {
      try {
        this.#adopt(
          await this.#options.store.update(TICKET_KEYS_NAME, (stored) => {
            const keys = this.#rotated(parse(stored));
            return keys === null ? null : encode(keys);
          }),
        );
      } catch (error) {
        if (!isBubbleError(error, 'FOLDER_NOT_WRITABLE')) throw error;
        const endsAtMs = (this.#keys.at(-1)?.createdMs ?? 0) + TICKET_KEY_LIFE_MS;
        return this.#overdue.overdue(endsAtMs, this.#options.clock.now(), error);
      }
    }
    this.#overdue.done();
  }

  /** @returns null where nothing is due */
  #rotated(keys: readonly TicketKey[]): readonly TicketKey[] | null {
    const nowMs = this.#options.clock.now();
    const kept = keys.filter((key) => !this.#isOver(key));
    const newest = kept.at(-1);
    const isDue = newest === undefined || nowMs - newest.createdMs >= TICKET_KEY_ROTATION_MS;
    if (!isDue && kept.length === keys.length) return null;
    return isDue ? [...kept, this.#newKey(nowMs)] : kept;
  }

  #adopt(stored: Uint8Array | null): boolean {
    if (stored === null ? this.#stored === null : this.#stored !== null && equal(stored, this.#stored)) {
      return false;
    }
    this.#keys = parse(stored);
    this.#stored = stored;
    return true;
  }

  #newKey(nowMs: number): TicketKey {
    const { random } = this.#options;
    // A random id: an id used again by mistake could never make two different keys look like one.
    const kid = Buffer.from(random(4)).readUInt32BE(0);
    return { kid, key: random(SECRET_BYTES), createdMs: nowMs };
  }

  #isOver(key: TicketKey): boolean {
    return this.#options.clock.now() - key.createdMs > TICKET_KEY_LIFE_MS;
  }
}

/** What a store holds of them, without the secrets; the newest last. @throws CONFIG where it is damaged */
export const ticketKeysIn = (
  stored: Uint8Array | null,
): readonly { readonly kid: number; readonly createdMs: number }[] =>
  parse(stored).map(({ kid, createdMs }) => ({ kid, createdMs }));

/** @throws CONFIG where what is stored is damaged; what the store throws */
export const openTicketKeys = async (options: TicketKeyOptions): Promise<TicketKeyRing> => {
  const keys = new StoredTicketKeys(options, await options.store.load(TICKET_KEYS_NAME));
  await keys.check();
  return keys;
};

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const encode = (keys: readonly TicketKey[]): Buffer => {
  const stored = keys.map(
    ({ kid, key, createdMs }): StoredTicketKey => ({
      kid,
      key: Buffer.from(key).toString('base64url'),
      createdMs,
    }),
  );
  return Buffer.from(JSON.stringify({ keys: stored }));
};

const parse = (bytes: Uint8Array | null): TicketKey[] => {
  if (bytes === null) return [];
  const keys = parseStored(TICKET_KEYS_NAME, bytes)['keys'];
  const damaged = new BubbleError('CONFIG', `the stored ${TICKET_KEYS_NAME} are damaged`);
  if (!Array.isArray(keys)) throw damaged;
  return keys.map((stored: Partial<StoredTicketKey>) => {
    const key = Buffer.from(stored.key ?? '', 'base64url');
    if (!Number.isInteger(stored.kid) || !Number.isFinite(stored.createdMs)) throw damaged;
    if (key.length !== SECRET_BYTES) throw damaged;
    return { kid: stored.kid!, key, createdMs: stored.createdMs! };
  });
};
