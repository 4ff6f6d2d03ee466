/**
 * What the client has of its inbox and what it must ask for. Pure: replies and monotonic milliseconds come in, rows to
 * show and the next request go out. C, the version below which nothing is missing, is `completeTo`
 * (schemas/rules/completeness.ts).
 *
 * 1. Every row at or below C was shown exactly once.
 * 2. A row above C (pushed behind a gap) is shown at once and remembered until C has passed it. The memory is
 *    bounded: when it is full, rows behind a gap are shown by the pull alone.
 * 3. At most one request (pull or snapshot) is outstanding. A pull starts at C; where more is wanted meanwhile,
 *    another one follows.
 * 4. C never falls. A push that follows on C, the answer to a pull and a snapshot raise it; notices and proofs do not.
 * 5. After a failed pull, or one that found nothing new, the next one waits: base * 2^n with jitter, bounded.
 * 6. Too old: a snapshot takes the pull's place, and C becomes its version.
 * 7. A message that comes again under another version is not shown again, as far as the bounded memory reaches; the
 *    higher version is kept.
 */
import type { SdkLimits } from '../../schemas/limits.ts';
import type { Random } from '../../schemas/ports/random.ts';
import { Completeness } from '../../schemas/rules/completeness.ts';
import { RecentMessages } from './recent-messages.ts';
import type { Row } from './rows.ts';

export type InboxRequest =
  | { readonly kind: 'pull'; readonly from: number; readonly until: number }
  | { readonly kind: 'snapshot' }
  /** Ask again at this time (monotonic ms). */
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'nothing' };

export interface PullPage {
  readonly rows: readonly Row[];
  readonly syncedTo: number;
  readonly more: boolean;
}

const NOTHING: InboxRequest = { kind: 'nothing' };

export class Inbox {
  readonly #limits: SdkLimits;
  readonly #random: Random;
  readonly #recent: RecentMessages;
  #completeness: Completeness;
  /** Versions above C that were shown. */
  readonly #ahead = new Set<number>();
  #outstanding: 'none' | 'pull' | 'snapshot' = 'none';
  #pullFrom = 0;
  /** Pull even if nothing is known to be missing: the gate could not prove it. */
  #unproven = false;
  #snapshotWanted: boolean;
  #failures = 0;
  #notBefore = 0;
  #newestSeen = 0;

  /** @param completeTo C as it was stored, 0 for a new device */
  constructor(limits: SdkLimits, random: Random, completeTo: number, beginWithSnapshot = false) {
    this.#limits = limits;
    this.#random = random;
    this.#recent = new RecentMessages(limits.recentMessages);
    this.#completeness = new Completeness(completeTo);
    this.#snapshotWanted = beginWithSnapshot && completeTo === 0;
  }

  get completeTo(): number {
    return this.#completeness.completeTo;
  }

  /** The highest version that was seen in a row or named by a notice. */
  get newestSeen(): number {
    return Math.max(this.#newestSeen, this.completeTo);
  }

  /** @returns whether to show it */
  pushed(row: Row): boolean {
    const { seq } = row;
    if (seq > this.#newestSeen) this.#newestSeen = seq;
    if (seq > this.completeTo && this.#ahead.has(seq)) {
      this.#completeness.pushed(seq, row.prevSeq);
      this.#forgetPassed();
      return false;
    }
    switch (this.#completeness.pushed(seq, row.prevSeq)) {
      case 'repeat':
        return false;
      case 'applied':
        this.#forgetPassed();
        return this.#recent.isNew(row);
      case 'gap':
        if (this.#ahead.size >= this.#limits.rowsAhead) return false;
        this.#ahead.add(seq);
        return this.#recent.isNew(row);
    }
  }

  /** A notice or a heartbeat's reply. */
  noticed(newestSeq: number, unproven: boolean): void {
    if (newestSeq > this.#newestSeen) this.#newestSeen = newestSeq;
    this.#completeness.noticed(newestSeq);
    if (unproven) this.#unproven = true;
  }

  /** What to ask for now; a pull or snapshot counts as outstanding from here on. */
  next(now: number): InboxRequest {
    if (this.#outstanding !== 'none') return NOTHING;
    const until = this.#completeness.pullUntil;
    if (!this.#snapshotWanted && until === 0 && !this.#unproven) return NOTHING;
    if (now < this.#notBefore) return { kind: 'wait', until: this.#notBefore };
    if (this.#snapshotWanted) {
      this.#outstanding = 'snapshot';
      return { kind: 'snapshot' };
    }
    this.#outstanding = 'pull';
    this.#unproven = false;
    this.#pullFrom = this.completeTo;
    return { kind: 'pull', from: this.#pullFrom, until };
  }

  /** @returns the rows to show, in the order of their versions */
  pulled(page: PullPage, now: number): Row[] {
    this.#outstanding = 'none';
    const before = this.completeTo;
    const shown = page.rows.filter((row) => this.#isPulledNew(row));
    this.#completeness.pulled(this.#pullFrom, page.syncedTo);
    this.#forgetPassed();
    if (page.more) this.#completeness.noticed(page.syncedTo + 1);
    if (this.completeTo > before || this.#completeness.pullUntil === 0) this.#failures = 0;
    else this.#backOff(now);
    return shown;
  }

  #isPulledNew(row: Row): boolean {
    if (row.seq > this.#newestSeen) this.#newestSeen = row.seq;
    if (row.seq <= this.completeTo || this.#ahead.has(row.seq)) return false;
    return this.#recent.isNew(row);
  }

  /** The pull or snapshot was refused for now, or could not be read. */
  failed(now: number): void {
    if (this.#outstanding === 'pull' && this.#completeness.pullUntil === 0) this.#unproven = true;
    this.#outstanding = 'none';
    this.#backOff(now);
  }

  #backOff(now: number): void {
    const { pullRetryBaseMs, pullRetryMaxMs } = this.#limits;
    const ceiling = Math.min(pullRetryMaxMs, pullRetryBaseMs * 2 ** Math.min(this.#failures, 16));
    this.#failures += 1;
    this.#notBefore = now + Math.floor(ceiling / 2) + this.#random.below(Math.ceil(ceiling / 2) + 1);
  }

  tooOld(): void {
    this.#outstanding = 'none';
    this.#snapshotWanted = true;
  }

  /** @returns the rows to show */
  snapshotTaken(rows: readonly Row[], syncedTo: number): Row[] {
    this.#outstanding = 'none';
    this.#snapshotWanted = false;
    this.#failures = 0;
    const shown = rows.filter((row) => this.#isPulledNew(row));
    const wanted = this.#completeness.pullUntil;
    this.#completeness = new Completeness(Math.max(this.completeTo, syncedTo));
    this.#completeness.noticed(wanted);
    this.#forgetPassed();
    return shown;
  }

  /** Answers of this session will not come any more. */
  sessionClosed(): void {
    if (this.#outstanding === 'pull' && this.#completeness.pullUntil === 0) this.#unproven = true;
    this.#outstanding = 'none';
    this.#failures = 0;
    this.#notBefore = 0;
  }

  #forgetPassed(): void {
    if (this.#ahead.size === 0) return;
    for (const seq of this.#ahead) if (seq <= this.completeTo) this.#ahead.delete(seq);
  }
}
