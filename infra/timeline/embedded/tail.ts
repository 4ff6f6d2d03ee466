/** The newest rows of a partition, in memory: for each owner the marks of its rows. Not yet in a run. */
import type { InboxEvent } from '../../../schemas/events/inbox.ts';
import type { Owner } from '../timeline-store.ts';
import { type Mark, markOf, type OffsetBounds } from './packed-versions.ts';

export const ownerKey = (tenant: string, user: string): string => `${tenant}/${user}`;

/** Marks of one owner, rising. */
export interface OwnerMarks {
  readonly key: string;
  readonly marks: Mark[];
}

/** Who got the last record of a conversation: resolved once for all records with the same recipients. */
interface Audience {
  readonly recipients: Buffer;
  readonly owners: readonly OwnerMarks[];
}

/** Packed recipients longer than this are remembered for their conversation. */
const AUDIENCE_BYTES = 48;
/** Members of remembered audiences at most; then all are forgotten. */
const AUDIENCE_MEMBERS = 262_144;
/** Estimated memory of an owner (map entry, object, array, key) and of a row. */
const OWNER_BYTES = 220;
const ROW_BYTES = 12;

export class Tail {
  /** The first offset it may hold. */
  readonly from: number;
  readonly #tenants = new Map<string, Map<string, OwnerMarks>>();
  readonly #audiences = new Map<string, Audience>();
  #audienceMembers = 0;
  #rows = 0;
  #owners = 0;

  constructor(from: number) {
    this.from = from;
  }

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#owners * OWNER_BYTES + this.#rows * ROW_BYTES + this.#audienceMembers * 24;
  }

  /** Appends the owner's marks within the bounds, oldest first, until `out` holds `max`. */
  take(owner: Owner, bounds: OffsetBounds, out: Mark[], max: number): void {
    const marks = this.#marksOf(owner);
    const end = countBelow(marks, bounds.until + 1);
    for (let at = countBelow(marks, bounds.after + 1); at < end && out.length < max; at += 1) {
      out.push(marks[at]!);
    }
  }

  /** The same, newest first. */
  takeNewest(owner: Owner, bounds: OffsetBounds, out: Mark[], max: number): void {
    const marks = this.#marksOf(owner);
    const first = countBelow(marks, bounds.after + 1);
    for (let at = countBelow(marks, bounds.until + 1) - 1; at >= first && out.length < max; at -= 1) {
      out.push(marks[at]!);
    }
  }

  #marksOf({ tenant, user }: Owner): readonly Mark[] {
    return this.#tenants.get(tenant)?.get(user)?.marks ?? [];
  }

  /** All owners, in no order. */
  *owners(): Iterable<OwnerMarks> {
    for (const users of this.#tenants.values()) yield* users.values();
  }

  /** Takes the row of a record for each of its recipients. */
  add(offset: number, event: InboxEvent): void {
    const recipients = event.recipients;
    if (recipients.length === 0) return;
    const tenant = event.tenant;
    const users = this.#usersOf(tenant);
    const owners =
      recipients.length > AUDIENCE_BYTES
        ? this.#audience(users, tenant, event.conversation, recipients)
        : this.#resolve(users, tenant, recipients);
    const sender = users.get(event.sender);
    const mark = markOf(offset, false);
    for (let index = 0; index < owners.length; index += 1) {
      const owner = owners[index]!;
      owner.marks.push(owner === sender ? mark + 1 : mark);
    }
    this.#rows += owners.length;
  }

  #usersOf(tenant: string): Map<string, OwnerMarks> {
    let users = this.#tenants.get(tenant);
    if (users === undefined) {
      users = new Map();
      this.#tenants.set(tenant, users);
    }
    return users;
  }

  #resolve(users: Map<string, OwnerMarks>, tenant: string, recipients: Uint8Array): OwnerMarks[] {
    const packed = Buffer.isBuffer(recipients)
      ? recipients
      : Buffer.from(recipients.buffer, recipients.byteOffset, recipients.byteLength);
    const owners: OwnerMarks[] = [];
    let at = 0;
    while (at < packed.length) {
      const end = at + 1 + packed[at]!;
      const user = packed.toString('utf8', at + 1, end);
      let owner = users.get(user);
      if (owner === undefined) {
        owner = { key: ownerKey(tenant, user), marks: [] };
        users.set(user, owner);
        this.#owners += 1;
      }
      owners.push(owner);
      at = end;
    }
    return owners;
  }

  #audience(
    users: Map<string, OwnerMarks>,
    tenant: string,
    conversation: string,
    recipients: Uint8Array,
  ): readonly OwnerMarks[] {
    const key = `${tenant}/${conversation}`;
    const known = this.#audiences.get(key);
    if (known?.recipients.equals(recipients) === true) return known.owners;
    const owners = this.#resolve(users, tenant, recipients);
    if (known !== undefined) this.#audienceMembers -= known.owners.length;
    if (this.#audienceMembers + owners.length > AUDIENCE_MEMBERS) {
      this.#audiences.clear();
      this.#audienceMembers = 0;
    }
    this.#audienceMembers += owners.length;
    this.#audiences.set(key, { recipients: Buffer.from(recipients), owners });
    return owners;
  }

  /** What only adding needs; a tail that is being written to a run has no more use for it. */
  freeze(): void {
    this.#audiences.clear();
    this.#audienceMembers = 0;
  }
}

/** The number of marks of offsets below this one. */
const countBelow = (marks: readonly Mark[], offset: number): number => {
  const bound = 2 * offset;
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (marks[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
};
