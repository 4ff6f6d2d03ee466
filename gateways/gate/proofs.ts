/**
 * How far a session's rows are proven to have been pushed: `provenTo`.
 *
 * 1. `joined(P)` raises it to P: rows up to P lie before the session joined, and the client pulls to P.
 * 2. A claim (from B, to P, sessions below S) raises it to P only where the session's record lies below S and
 *    provenTo >= B: else rows between provenTo and B might have been pushed by nobody.
 * 3. It never falls, and says nothing where it has not risen for long: the session is *unproven* and its client
 *    pulls. It is a statement about pushes: a client's C is never raised by it.
 * 4. A record of the slot that nobody can read may have been a push to the session, or the word that it is pushed to
 *    no more. So every session that delivery may know by then is *doubted*: unproven as long as it lasts, whatever is
 *    read later. (A claim that is read later proves nothing: it may be late, of an owner before the one whose push was
 *    lost. And closing the sessions would let one stray record end all connections of a gate.)
 */

/** What is kept for a session; part of a larger object. */
export interface ProofState {
  provenTo: number;
  /** When provenTo was confirmed last, monotonic ms. */
  provenAt: number;
  /** Offset of the session's record; Infinity: not answered yet. */
  recordOffset: number;
  doubted: boolean;
}

export interface ProofClaim {
  readonly from: number;
  readonly to: number;
  readonly sessionsBelow: number;
}

export const NOT_RECORDED = Number.POSITIVE_INFINITY;

export const joined = (state: ProofState, provenTo: number, now: number): void => {
  state.provenTo = Math.max(state.provenTo, provenTo);
  state.provenAt = now;
};

export const claimed = (state: ProofState, claim: ProofClaim, now: number): void => {
  if (state.provenTo === 0 || state.recordOffset >= claim.sessionsBelow || state.provenTo < claim.from)
    return;
  state.provenTo = Math.max(state.provenTo, claim.to);
  state.provenAt = now;
};

export const isUnproven = (state: ProofState, now: number, staleMs: number): boolean =>
  state.doubted || state.provenTo === 0 || now - state.provenAt > staleMs;
