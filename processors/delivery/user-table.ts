/** The users of one inbox partition who have sessions, or are members of a conversation whose recipients are kept. */
import type { UserEntry } from './session.ts';

export class UserTable {
  readonly #tenants = new Map<string, Map<string, UserEntry>>();
  /** Changes whenever some user's first session begins or last one ends. */
  presence = 0;

  find(tenant: string, user: string): UserEntry | undefined {
    return this.#tenants.get(tenant)?.get(user);
  }

  usersOf(tenant: string): Map<string, UserEntry> | undefined {
    return this.#tenants.get(tenant);
  }

  intern(tenant: string, user: string): UserEntry {
    let users = this.#tenants.get(tenant);
    if (users === undefined) {
      users = new Map();
      this.#tenants.set(tenant, users);
    }
    let entry = users.get(user);
    if (entry === undefined) {
      entry = { tenant, user, lastSeq: 0, sessions: [], references: 0 };
      users.set(user, entry);
    }
    return entry;
  }

  /** Forgets the entry where nothing needs it any more. */
  release(entry: UserEntry): void {
    if (entry.sessions.length > 0 || entry.references > 0) return;
    const users = this.#tenants.get(entry.tenant);
    users?.delete(entry.user);
    if (users?.size === 0) this.#tenants.delete(entry.tenant);
  }

  get size(): number {
    let size = 0;
    for (const users of this.#tenants.values()) size += users.size;
    return size;
  }
}
