/**
 * The checker's own model of groups: who is a member at which place of the log. Built from the membership rows in
 * the order of their convSeq; it shares no code with the fold of the servers.
 */

/** MembershipChange of the wire. */
export const CHANGE = { CREATED: 1, JOINED: 2, LEFT: 3, INVITED: 4, KICKED: 5, DISMISSED: 6 } as const;

export interface GroupChange {
  readonly convSeq: number;
  readonly change: number;
  readonly sender: number;
  readonly users: readonly number[];
  readonly operation: number;
}

/** Last index of `sorted` with a value <= bound; -1: none. */
export const lastAtOrBelow = (length: number, at: (index: number) => number, bound: number): number => {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(middle) <= bound) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

export class Group {
  readonly changes: GroupChange[] = [];
  /** For each user the places at which membership began and ended, in turn. */
  readonly #turns = new Map<number, number[]>();
  readonly #counts: number[] = [];
  readonly #members = new Set<number>();
  createdAt = Number.POSITIVE_INFINITY;
  dismissedAt = Number.POSITIVE_INFINITY;
  owner = -1;

  add(change: GroupChange): void {
    this.changes.push(change);
  }

  /** Rows of large groups do not list users: then those that the command named count. */
  completeUsers(namedBy: (operation: number) => ReadonlySet<number>): void {
    for (const [index, change] of this.changes.entries()) {
      if (change.users.length > 0) continue;
      this.changes[index] = { ...change, users: [...namedBy(change.operation)] };
    }
  }

  /** Plays the changes in order. `fault` hears of those that the state before them does not allow. */
  replay(fault: (change: GroupChange, why: string) => void): void {
    this.changes.sort((a, b) => a.convSeq - b.convSeq);
    for (const [index, asked] of this.changes.entries()) {
      const change = this.#effectOf(asked);
      this.changes[index] = change;
      const why = this.#faultOf(change);
      if (why !== null) fault(change, why);
      this.#apply(change);
      this.#counts.push(this.#members.size);
    }
  }

  /** Of those named only who really comes or goes is concerned. */
  #effectOf(asked: GroupChange): GroupChange {
    const isKick = asked.change === CHANGE.KICKED;
    if (!isKick && asked.change !== CHANGE.INVITED) return asked;
    return { ...asked, users: asked.users.filter((user) => this.#members.has(user) === isKick) };
  }

  #faultOf({ change, sender, users, convSeq }: GroupChange): string | null {
    if (change === CHANGE.CREATED) {
      return Number.isFinite(this.createdAt) ? 'the group was created before' : null;
    }
    if (convSeq < this.createdAt) return 'the group is not created yet';
    if (convSeq > this.dismissedAt) return 'the group was dismissed before';
    switch (change) {
      case CHANGE.JOINED:
        return this.#members.has(sender) ? 'the user is a member already' : null;
      case CHANGE.LEFT:
        return this.#members.has(sender) ? null : 'the user is no member';
      case CHANGE.INVITED:
        return this.#members.has(sender) || sender === this.owner ? null : 'the inviting user is no member';
      case CHANGE.KICKED:
        if (sender !== this.owner) return 'the kicking user is not the owner';
        return users.length > 0 ? null : 'no kicked user is a member';
      case CHANGE.DISMISSED:
        return sender === this.owner ? null : 'the dismissing user is not the owner';
      default:
        return `unknown change ${change}`;
    }
  }

  #apply({ change, sender, users, convSeq }: GroupChange): void {
    switch (change) {
      case CHANGE.CREATED:
        this.createdAt = convSeq;
        this.owner = sender;
        for (const user of users) this.#enter(user, convSeq);
        break;
      case CHANGE.JOINED:
        this.#enter(sender, convSeq);
        break;
      case CHANGE.INVITED:
        for (const user of users) this.#enter(user, convSeq);
        break;
      case CHANGE.LEFT:
        this.#leave(sender, convSeq);
        break;
      case CHANGE.KICKED:
        for (const user of users) this.#leave(user, convSeq);
        break;
      case CHANGE.DISMISSED:
        this.dismissedAt = convSeq;
        for (const user of [...this.#members]) this.#leave(user, convSeq);
        break;
    }
  }

  #enter(user: number, convSeq: number): void {
    if (this.#members.has(user)) return;
    this.#members.add(user);
    const turns = this.#turns.get(user);
    if (turns === undefined) this.#turns.set(user, [convSeq]);
    else turns.push(convSeq);
  }

  #leave(user: number, convSeq: number): void {
    if (!this.#members.delete(user)) return;
    this.#turns.get(user)?.push(convSeq);
  }

  /** Whether the user is a member after the command at this place. */
  hasMember(user: number, convSeq: number): boolean {
    const turns = this.#turns.get(user);
    if (turns === undefined) return false;
    let turn = 0;
    while (turn < turns.length && turns[turn]! <= convSeq) turn += 1;
    return turn % 2 === 1;
  }

  memberCount(convSeq: number): number {
    const index = lastAtOrBelow(this.changes.length, (at) => this.changes[at]!.convSeq, convSeq);
    return index < 0 ? 0 : this.#counts[index]!;
  }

  *membersAt(convSeq: number): Iterable<number> {
    for (const user of this.#turns.keys()) if (this.hasMember(user, convSeq)) yield user;
  }
}
