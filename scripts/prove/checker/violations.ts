/** What the checker can find, counted by kind, the first of each kind in words. */

export const VIOLATION_KINDS = [
  /** Answered OK or PENDING, but not in the final inbox of the sender or of a recipient. */
  'lost',
  /** A row that nobody sent. */
  'phantom',
  /** One message twice in one inbox. */
  'duplicate',
  /** Two inboxes, versions and convSeq, or a device and the log disagree about an order. */
  'inversion',
  /** A version, a proof or `syncedTo` that fell. */
  'backward-version',
  /** Two readers were given different rows or numbers for the same thing. */
  'different-rows',
  /** An answered row that its sender cannot read at its version. */
  'read-your-write',
  /** A row in the inbox of somebody whom it does not concern. */
  'leak',
  /** "Complete up to C", or "everything up to here is in this page", and a row is missing. */
  'false-completeness',
  /** "Rows up to here were pushed to you", and one was not. */
  'false-proof',
  /** Refused for good, and there all the same. */
  'rejected-yet-visible',
  /** An answer that contradicts another answer, the row, or the model of groups. */
  'wrong-outcome',
  /** A client that is not complete at the end, or a history that lacks a user's final reading. */
  'incomplete',
] as const;
export type ViolationKind = (typeof VIOLATION_KINDS)[number];

export interface Violation {
  readonly kind: ViolationKind;
  readonly message: string;
}

export const MESSAGES_PER_KIND = 20;

export class Violations {
  readonly #counts = new Map<ViolationKind, number>();
  readonly #first: Violation[] = [];

  /** @param describe called only for the first ones of each kind */
  add(kind: ViolationKind, describe: () => string): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count <= MESSAGES_PER_KIND) this.#first.push({ kind, message: describe() });
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  counts(): ReadonlyMap<ViolationKind, number> {
    return this.#counts;
  }

  first(): readonly Violation[] {
    return this.#first;
  }
}
