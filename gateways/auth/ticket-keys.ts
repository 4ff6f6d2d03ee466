/**
 * Keys of resumption tickets: random, a new one every 12 h, erased after 36 h (so a ticket of 24 h always finds its
 * key). A ticket: u32 key id || nonce(12) || E(key, nonce, L('bubble/2 tkt', key id), T), all of one length.
 *
 * The file that holds them may be behind by one key: what was sealed with a key that was never saved is a full login
 * after a crash, not an error.
 */
import { NONCE_BYTES, SECRET_BYTES, TAG_BYTES, ticketAad } from '../../schemas/channel/key-schedule.ts';
import { BubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { open, type RandomBytes, seal } from './node-crypto.ts';
import { type KeyStore, parseStored } from './server-keys.ts';
import { decodeTicket, encodeTicket, TICKET_PLAIN_BYTES, type Ticket } from './tickets.ts';

const HOUR_MS = 3_600_000;
export const TICKET_KEY_ROTATION_MS = 12 * HOUR_MS;
export const TICKET_KEY_LIFE_MS = 36 * HOUR_MS;
export const TICKET_BYTES = 4 + NONCE_BYTES + TICKET_PLAIN_BYTES + TAG_BYTES;
const STORE_NAME = 'ticket-keys';

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
  seal(ticket: Ticket): Uint8Array;
  open(kid: number, sealed: Uint8Array): OpenedTicket | TicketFault;
  /** Makes a new key where one is due, erases old ones. @returns true: something changed, so save */
  rotate(): boolean;
  save(): Promise<void>;
}

class StoredTicketKeys implements TicketKeys {
  readonly #store: KeyStore;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  #keys: readonly TicketKey[];

  constructor(store: KeyStore, clock: Clock, random: RandomBytes, keys: readonly TicketKey[]) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#keys = keys;
  }

  seal(ticket: Ticket): Uint8Array {
    const newest = this.#keys.at(-1)!;
    const nonce = this.#random(NONCE_BYTES);
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

  rotate(): boolean {
    const nowMs = this.#clock.now();
    const kept = this.#keys.filter((key) => !this.#isOver(key));
    const newest = kept.at(-1);
    const isDue = newest === undefined || nowMs - newest.createdMs >= TICKET_KEY_ROTATION_MS;
    if (!isDue && kept.length === this.#keys.length) return false;
    this.#keys = isDue ? [...kept, this.#newKey(nowMs)] : kept;
    return true;
  }

  async save(): Promise<void> {
    const keys = this.#keys.map(
      ({ kid, key, createdMs }): StoredTicketKey => ({
        kid,
        key: Buffer.from(key).toString('base64url'),
        createdMs,
      }),
    );
    await this.#store.save(STORE_NAME, Buffer.from(JSON.stringify({ keys })));
  }

  #newKey(nowMs: number): TicketKey {
    // A random id: an id used again by mistake could never make two different keys look like one.
    const kid = Buffer.from(this.#random(4)).readUInt32BE(0);
    return { kid, key: this.#random(SECRET_BYTES), createdMs: nowMs };
  }

  #isOver(key: TicketKey): boolean {
    return this.#clock.now() - key.createdMs > TICKET_KEY_LIFE_MS;
  }
}

/** @throws CONFIG where what is stored is damaged */
export const openTicketKeys = async (
  store: KeyStore,
  clock: Clock,
  random: RandomBytes,
): Promise<TicketKeys> => {
  const keys = new StoredTicketKeys(store, clock, random, parse(await store.load(STORE_NAME)));
  if (keys.rotate()) await keys.save();
  return keys;
};

const parse = (bytes: Uint8Array | null): TicketKey[] => {
  if (bytes === null) return [];
  const keys = parseStored(STORE_NAME, bytes)['keys'];
  const damaged = new BubbleError('CONFIG', `the stored ${STORE_NAME} are damaged`);
  if (!Array.isArray(keys)) throw damaged;
  return keys.map((stored: Partial<StoredTicketKey>) => {
    const key = Buffer.from(stored.key ?? '', 'base64url');
    if (!Number.isInteger(stored.kid) || !Number.isFinite(stored.createdMs)) throw damaged;
    if (key.length !== SECRET_BYTES) throw damaged;
    return { kid: stored.kid!, key, createdMs: stored.createdMs! };
  });
};
