/**
 * What a client knows of its inbox: complete up to C, the version below which no row is missing. Pure; used by the
 * SDK and by every test and tool that plays a client.
 *
 * A pushed row has `seq` and `prevSeq` (the user's row before it; may be too high, never too low):
 * 1. `seq <= C`: a repeat, dropped.
 * 2. `prevSeq <= C`: applied, C becomes `seq`.
 * 3. else: shown at once, C stays, and the client pulls from C until `seq`.
 */

export type PushVerdict = 'repeat' | 'applied' | 'gap';

export class Completeness {
  #completeTo: number;
  #pullUntil = 0;

  constructor(completeTo = 0) {
    this.#completeTo = completeTo;
  }

  get completeTo(): number {
    return this.#completeTo;
  }

  /** The version the client still has to pull until, or 0. */
  get pullUntil(): number {
    return this.#pullUntil > this.#completeTo ? this.#pullUntil : 0;
  }

  pushed(seq: number, prevSeq: number): PushVerdict {
    if (seq <= this.#completeTo) return 'repeat';
    if (prevSeq <= this.#completeTo) {
      this.#completeTo = seq;
      return 'applied';
    }
    this.#pullUntil = Math.max(this.#pullUntil, seq);
    return 'gap';
  }

  /** A notice (joined, heartbeat, notify mode) names a version. True: pull. */
  noticed(newestSeq: number): boolean {
    if (newestSeq > this.#completeTo) this.#pullUntil = Math.max(this.#pullUntil, newestSeq);
    return this.pullUntil > 0;
  }

  /** The answer to a pull that started at `from`: everything in (from, syncedTo] was in it. */
  pulled(from: number, syncedTo: number): void {
    if (from <= this.#completeTo && syncedTo > this.#completeTo) this.#completeTo = syncedTo;
  }
}
