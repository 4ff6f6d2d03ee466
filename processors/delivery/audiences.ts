/**
 * From packed recipients to those of them who have sessions. Long lists are resolved once and kept for their
 * conversation: 9,000 look-ups a message would cost ten times what all the rest of it does. A kept list is used only
 * where its bytes are the record's.
 */
import type { UserEntry } from './session.ts';
import type { UserTable } from './user-table.ts';

/** Packed lists up to this long are resolved each time. */
const SHORT_BYTES = 96;

interface Audience {
  readonly recipients: Buffer;
  readonly members: readonly UserEntry[];
  present: readonly UserEntry[];
  /** `UserTable.presence` for which `present` holds. */
  presence: number;
}

export class Audiences {
  readonly #users: UserTable;
  readonly #maxMembers: number;
  /** The longest unused first. */
  readonly #kept = new Map<string, Audience>();
  #members = 0;

  constructor(users: UserTable, maxMembers: number) {
    this.#users = users;
    this.#maxMembers = maxMembers;
  }

  /** Members of all kept lists. */
  get members(): number {
    return this.#members;
  }

  /** The recipients with sessions. Valid until the next session begins or ends. */
  present(tenant: string, conversation: () => string, recipients: Uint8Array): readonly UserEntry[] {
    const packed = Buffer.isBuffer(recipients) ? recipients : Buffer.from(recipients);
    if (packed.length <= SHORT_BYTES) return this.#lookUp(tenant, packed);
    const key = `${tenant}/${conversation()}`;
    let audience = this.#kept.get(key);
    if (audience === undefined || !audience.recipients.equals(packed)) {
      if (audience !== undefined) this.#forget(key, audience);
      const fresh = this.#resolve(key, tenant, packed);
      if (fresh === null) return this.#lookUp(tenant, packed);
      audience = fresh;
    } else {
      this.#kept.delete(key);
      this.#kept.set(key, audience);
    }
    if (audience.presence !== this.#users.presence) {
      audience.present = audience.members.filter((entry) => entry.sessions.length > 0);
      audience.presence = this.#users.presence;
    }
    return audience.present;
  }

  #lookUp(tenant: string, packed: Buffer): UserEntry[] {
    const found: UserEntry[] = [];
    const users = this.#users.usersOf(tenant);
    if (users === undefined) return found;
    let at = 0;
    while (at < packed.length) {
      const end = at + 1 + packed[at]!;
      const entry = users.get(packed.toString('utf8', at + 1, end));
      if (entry !== undefined && entry.sessions.length > 0) found.push(entry);
      at = end;
    }
    return found;
  }

  /** null where the list has more members than may be kept. */
  #resolve(key: string, tenant: string, packed: Buffer): Audience | null {
    let count = 0;
    for (let at = 0; at < packed.length; at += 1 + packed[at]!) count += 1;
    if (count > this.#maxMembers) return null;
    for (const [oldest, audience] of this.#kept) {
      if (this.#members + count <= this.#maxMembers) break;
      this.#forget(oldest, audience);
    }
    const members: UserEntry[] = [];
    for (let at = 0; at < packed.length; at += 1 + packed[at]!) {
      const entry = this.#users.intern(tenant, packed.toString('utf8', at + 1, at + 1 + packed[at]!));
      entry.references += 1;
      members.push(entry);
    }
    const audience: Audience = { recipients: Buffer.from(packed), members, present: [], presence: -1 };
    this.#members += count;
    this.#kept.set(key, audience);
    return audience;
  }

  #forget(key: string, audience: Audience): void {
    this.#kept.delete(key);
    this.#members -= audience.members.length;
    for (const entry of audience.members) {
      entry.references -= 1;
      this.#users.release(entry);
    }
  }
}
