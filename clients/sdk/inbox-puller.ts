/** Repairs the inbox over the present session: the thin shell around inbox.ts. Also looks for stale messages. */
import { BubbleError } from '../../schemas/errors.ts';
import type { SdkLimits } from '../../schemas/limits.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { Inbox } from './inbox.ts';
import { type Conversations, conversationListQuery, type Query, syncQuery } from './queries.ts';
import type { Row } from './rows.ts';
import type { ClientSession, Notice } from './session.ts';

export interface PullerHooks {
  /** Every row that arrives, shown before or not. */
  arrived(row: Row): void;
  show(row: Row): void;
  snapshot(conversations: Conversations): void;
  /** C has moved, or was found to be the newest version. */
  progressed(): void;
  error(error: BubbleError): void;
}

/** A search for a message: in the rows after `from`, as far as the server had got when it was begun. */
export interface Search {
  readonly from: number;
  /** At least up to here. */
  readonly until: number;
  matches(row: Row): boolean;
  concluded(found: Row | 'not-found' | 'too-old'): void;
}

export class InboxPuller {
  readonly #inbox: Inbox;
  readonly #clock: Clock;
  readonly #limits: SdkLimits;
  readonly #hooks: PullerHooks;
  /** With the timer of the next try, where one waits. */
  readonly #searches = new Map<Search, Timer | null>();
  #session: ClientSession | null = null;
  #timer: Timer | null = null;
  /** The session has been told what the newest version is: searches know how far to go. */
  #joined = false;

  constructor(inbox: Inbox, clock: Clock, limits: SdkLimits, hooks: PullerHooks) {
    this.#inbox = inbox;
    this.#clock = clock;
    this.#limits = limits;
    this.#hooks = hooks;
  }

  /** The present session was told how far its inbox goes, and everything up to there is here. */
  get isComplete(): boolean {
    return this.#joined && this.#inbox.completeTo >= this.#inbox.newestSeen;
  }

  sessionOpened(session: ClientSession): void {
    this.#session = session;
    this.#joined = false;
    this.pump();
  }

  sessionClosed(): void {
    this.#session = null;
    this.#joined = false;
    this.#timer?.cancel();
    this.#timer = null;
    for (const [search, timer] of this.#searches) {
      timer?.cancel();
      this.#searches.set(search, null);
    }
    this.#inbox.sessionClosed();
  }

  pushed(rows: readonly Row[]): void {
    const before = this.#inbox.completeTo;
    for (const row of rows) {
      const show = this.#inbox.pushed(row);
      this.#hooks.arrived(row);
      if (show) this.#hooks.show(row);
    }
    if (this.#inbox.completeTo !== before) this.#hooks.progressed();
    this.pump();
  }

  /** There is a row of this version. */
  wanted(seq: number): void {
    this.#inbox.noticed(seq, false);
    this.pump();
  }

  noticed(notice: Notice): void {
    this.#inbox.noticed(notice.newestSeq, notice.unproven);
    if (!this.#joined && !notice.unproven) {
      this.#joined = true;
      if (this.isComplete) this.#hooks.progressed();
      for (const search of this.#searches.keys()) this.#search(search, search.from);
    }
    this.pump();
  }

  /** Asks for what is missing, if anything is and nothing is under way. */
  pump(): void {
    const session = this.#session;
    if (session === null || !session.isOpen) return;
    const request = this.#inbox.next(this.#clock.monotonic());
    switch (request.kind) {
      case 'nothing':
        return;
      case 'wait':
        this.#wakeAt(request.until);
        return;
      case 'pull':
        this.#ask(session, syncQuery(request.from, request.until), (page) => {
          const before = this.#inbox.completeTo;
          const shown = this.#inbox.pulled(page, this.#clock.monotonic());
          for (const row of page.rows) this.#hooks.arrived(row);
          for (const row of shown) this.#hooks.show(row);
          if (this.#inbox.completeTo !== before) this.#hooks.progressed();
        });
        return;
      case 'snapshot':
        this.#ask(session, conversationListQuery(this.#limits.snapshotRows), (list) => this.#snapshot(list));
        return;
    }
  }

  #snapshot(list: Conversations): void {
    const rows = list.conversations.flatMap(({ lastRows }) => lastRows).sort((a, b) => a.seq - b.seq);
    const shown = this.#inbox.snapshotTaken(rows, list.syncedTo);
    this.#hooks.snapshot(list);
    for (const row of rows) this.#hooks.arrived(row);
    for (const row of shown) this.#hooks.show(row);
    this.#hooks.progressed();
  }

  #ask<T>(session: ClientSession, query: Query<T>, take: (value: T) => void): void {
    session.request(query.operation, query.body, (body) => {
      if (body === null || this.#session !== session) return;
      const answer = this.#read(query, body);
      if (answer?.ok === true) take(answer.value);
      else if (answer?.error === 'TOO_OLD') this.#inbox.tooOld();
      else this.#inbox.failed(this.#clock.monotonic());
      this.pump();
    });
  }

  #read<T>(query: Query<T>, body: Uint8Array): ReturnType<Query<T>['read']> | null {
    try {
      return query.read(body);
    } catch (cause) {
      this.#hooks.error(new BubbleError('REFUSED', 'rows cannot be decoded', { retryable: true, cause }));
      return null;
    }
  }

  #wakeAt(at: number): void {
    if (this.#timer !== null) return;
    this.#timer = this.#clock.after(Math.max(1, at - this.#clock.monotonic()), () => {
      this.#timer = null;
      this.pump();
    });
  }

  // ---- searches ----

  find(search: Search): void {
    this.#searches.set(search, null);
    if (this.#joined) this.#search(search, search.from);
  }

  #search(search: Search, from: number): void {
    const session = this.#session;
    if (session === null || !session.isOpen) return;
    const until = Math.max(search.until, this.#inbox.newestSeen);
    const query = syncQuery(from, until);
    session.request(query.operation, query.body, (body) => {
      // After a reconnect it begins again.
      if (body === null || this.#session !== session) return;
      const answer = this.#read(query, body);
      if (answer?.ok !== true) {
        if (answer?.error === 'TOO_OLD') this.#conclude(search, 'too-old');
        else this.#searchLater(search, from);
        return;
      }
      const { rows, syncedTo, more } = answer.value;
      const found = rows.find((row) => search.matches(row));
      if (found !== undefined) this.#conclude(search, found);
      else if (!more && syncedTo >= until) this.#conclude(search, 'not-found');
      else if (syncedTo > from) this.#search(search, syncedTo);
      else this.#searchLater(search, from);
    });
  }

  #searchLater(search: Search, from: number): void {
    const timer = this.#clock.after(this.#limits.pullRetryBaseMs, () => {
      this.#searches.set(search, null);
      this.#search(search, from);
    });
    this.#searches.set(search, timer);
  }

  #conclude(search: Search, found: Row | 'not-found' | 'too-old'): void {
    this.#searches.delete(search);
    search.concluded(found);
  }
}
