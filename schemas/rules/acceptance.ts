/**
 * Which inbox records count. A pure function of the log, the same for every reader, so that all agree on the first
 * occurrence of a record and hence on every version.
 *
 * For each source (inbound) partition a reader holds the `src` of the last record it accepted. Then, for a record:
 * 1. `src <= last`: a repeat (a resend, or a former owner's late batch): dropped.
 * 2. `prev = last`: accepted, and `last` becomes `src`.
 * 3. else: a hole. Dropped and alarmed, like all later records of the pair, until the fan-out owner repairs it.
 */

import assert from 'node:assert/strict';

/** `src` before the first record of a pair. */
export const NO_SOURCE = -1;

export type Acceptance = 'accepted' | 'repeat' | 'hole';

/** The mutable form of an InboxPosition's vector, owned by one reader. */
export class SourceVector {
  readonly #last: number[];

  constructor(vector: readonly number[] = []) {
    this.#last = [...vector];
  }

  last(source: number): number {
    return this.#last[source] ?? NO_SOURCE;
  }

  /** Decides about a record and, where it is accepted, moves on. */
  accept(source: number, src: number, prev: number): Acceptance {
    const last = this.last(source);
    if (src <= last) return 'repeat';
    if (prev !== last) return 'hole';
    for (let index = this.#last.length; index < source; index += 1) this.#last.push(NO_SOURCE);
    this.#last[source] = src;
    return 'accepted';
  }

  /** Nothing of an accepted source counts any more up to this `src`. See epoch.ts. */
  close(source: number, src: number): void {
    assert.ok(src >= this.last(source) && this.last(source) !== NO_SOURCE);
    this.#last[source] = src;
  }

  toArray(): number[] {
    return [...this.#last];
  }
}
