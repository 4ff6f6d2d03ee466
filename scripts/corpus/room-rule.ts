/**
 * The rule that turns a room's log into a group. Pure.
 *
 * The user id is the nickname; a rename makes the new nickname mean the same user in that room from then on. A join
 * makes the user a member, a leave ends it. Before a message is handled, every member whose last join or message
 * lies `idle` or more messages of the room back leaves; an author who is no member joins.
 */

/** What a message changes in the membership before it is sent. */
export interface BeforeMessage {
  /** Members who leave for having been idle, longest idle first. */
  readonly leaves: readonly string[];
  readonly author: string;
  readonly authorJoins: boolean;
}

export class RoomRule {
  readonly #idle: number;
  readonly #userOf = new Map<string, string>();
  /**
   * Member -> number of the room's messages before his last join or message. Each refresh moves the member to the
   * end, so the longest idle stand first and nobody else is looked at.
   */
  readonly #lastActive = new Map<string, number>();
  #messages = 0;

  /** @param idle in messages of the room, at least 1 */
  constructor(idle: number) {
    this.#idle = idle;
  }

  get memberCount(): number {
    return this.#lastActive.size;
  }

  user(nickname: string): string {
    return this.#userOf.get(nickname) ?? nickname;
  }

  rename(from: string, to: string): void {
    this.#userOf.set(to, this.user(from));
  }

  /** @returns true where the user was no member before; a repeated join counts as activity */
  join(user: string): boolean {
    const isNew = !this.#lastActive.delete(user);
    this.#lastActive.set(user, this.#messages);
    return isNew;
  }

  /** @returns true where the user was a member */
  leave(user: string): boolean {
    return this.#lastActive.delete(user);
  }

  message(author: string): BeforeMessage {
    const leaves: string[] = [];
    for (const [member, lastActive] of this.#lastActive) {
      if (this.#messages - lastActive < this.#idle) break;
      leaves.push(member);
    }
    for (const member of leaves) this.#lastActive.delete(member);
    const authorJoins = this.join(author);
    this.#messages += 1;
    return { leaves, author, authorJoins };
  }
}
