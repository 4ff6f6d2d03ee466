/** The final inboxes of users, and what each device was given on the way: columns, compared when all has been read. */

import { lastAtOrBelow } from './groups.ts';
import { doubles, integers } from './growing.ts';

export class Inbox {
  readonly seq = doubles();
  readonly operation = integers();
  readonly hash = integers();
  syncedTo = 0;

  get length(): number {
    return this.seq.length;
  }

  /** Index of the row with this version, or -1. */
  find(seq: number): number {
    const index = lastAtOrBelow(this.length, (at) => this.seq.get(at), seq);
    return index >= 0 && this.seq.get(index) === seq ? index : -1;
  }

  /** How many rows have versions at or below this one. */
  countTo(seq: number): number {
    return lastAtOrBelow(this.length, (at) => this.seq.get(at), seq) + 1;
  }

  get newest(): number {
    return this.length === 0 ? 0 : this.seq.get(this.length - 1);
  }
}

/** A row's hash is not known where only its version was told (answers). */
export const UNKNOWN_HASH = 0;

export class DeviceRecord {
  readonly name: string;
  readonly user: number;
  /** Rows up to here are no concern of this device: it began complete up to here. -1: not opened yet. */
  baseline = -1;
  /** Every row it was given, in the order of arrival. */
  readonly receivedSeq = doubles();
  readonly receivedHash = integers();
  /** What the SDK has handed to the application. */
  readonly shown = doubles();
  /** "Complete up to": versions that rise, each with the number of receipts before it. */
  readonly claimTo = doubles();
  readonly claimAt = integers();
  /** Proofs: rows in (noticed, to] had been pushed before. Versions rise. */
  readonly proofTo = doubles();
  readonly proofNoticed = doubles();
  readonly proofAt = integers();
  /** Pulls: page of `count` receipts from `at` for (from, to]. */
  readonly pullFrom = doubles();
  readonly pullTo = doubles();
  readonly pullAt = integers();
  readonly pullCount = integers();
  noticedTo = 0;
  newestSeen = 0;
  syncedTo = 0;
  finishedTo = -1;

  constructor(name: string, user: number) {
    this.name = name;
    this.user = user;
  }

  receive(seq: number, hash: number): void {
    this.receivedSeq.push(seq);
    this.receivedHash.push(hash);
    if (seq > this.newestSeen) this.newestSeen = seq;
  }

  /** Marked among what was shown by -1 - completeTo. */
  restart(completeTo: number): void {
    this.shown.push(-1 - completeTo);
  }

  claim(completeTo: number): void {
    const claims = this.claimTo.length;
    const last = claims === 0 ? this.baseline : this.claimTo.get(claims - 1);
    if (completeTo <= last) return;
    this.claimTo.push(completeTo);
    this.claimAt.push(this.receivedSeq.length);
  }

  prove(provenTo: number): void {
    const proofs = this.proofTo.length;
    if (proofs > 0 && provenTo <= this.proofTo.get(proofs - 1)) return;
    this.proofTo.push(provenTo);
    this.proofNoticed.push(Math.max(this.noticedTo, this.baseline));
    this.proofAt.push(this.receivedSeq.length);
  }
}
