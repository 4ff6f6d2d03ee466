/**
 * Folded mailboxes of users, kept from query to query and brought up to date from the timeline.
 *
 * Bounds: `mailboxUsers` are kept, the least recently used goes; `mailboxFolds` are read at a time, and
 * `mailboxFoldsWaiting` wait (beyond: null, the client retries). Rows are folded in chunks, with a turn of the event
 * loop in between.
 */
import type { TimelineReader, TimelineRow } from '../../infra/timeline/timeline-store.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import { userKey } from '../../schemas/ids.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { Mailbox, mailboxRowOf } from '../../schemas/rules/mailbox.ts';

export interface FoldedMailbox {
  readonly mailbox: Mailbox;
  /** Every row up to here is folded. */
  syncedTo: number;
}

export interface MailboxOwner {
  readonly tenant: string;
  readonly user: string;
}

interface MailboxesOptions {
  readonly timeline: TimelineReader;
  readonly limits: Limits;
  readonly clock: Clock;
}

const CHUNK_BYTES = 1024 * 1024;
/** Rows of a user whose older ones are no longer kept, in a snapshot. */
const SNAPSHOT_ROWS = 10_000;

const fold = (mailbox: Mailbox, rows: readonly TimelineRow[]): void => {
  for (const { bytes } of rows) mailbox.apply(mailboxRowOf(bytes), new Uint8Array(bytes));
};

export class Mailboxes {
  readonly #options: MailboxesOptions;
  readonly #kept = new Map<string, FoldedMailbox>();
  readonly #running = new Map<string, Promise<FoldedMailbox>>();
  #active = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: MailboxesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#kept.size;
  }

  /**
   * The mailbox up to what the timeline holds now. Rejects with what the timeline rejects with.
   * @returns null where too many wait
   */
  async folded(owner: MailboxOwner): Promise<FoldedMailbox | null> {
    const key = userKey(owner.tenant, owner.user);
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    if (this.#waiting.length >= this.#options.limits.mailboxFoldsWaiting) return null;
    const started = this.#fold(key, owner);
    this.#running.set(key, started);
    try {
      return await started;
    } finally {
      this.#running.delete(key);
    }
  }

  async #fold(key: string, owner: MailboxOwner): Promise<FoldedMailbox> {
    await this.#turn();
    try {
      let folded = this.#kept.get(key) ?? this.#empty(owner);
      try {
        await this.#catchUp(folded, owner);
      } catch (error) {
        if (!isBubbleError(error, 'OFFSET_OUT_OF_RANGE')) throw error;
        folded = await this.#snapshot(owner);
      }
      this.#keep(key, folded);
      return folded;
    } finally {
      // The place is handed over, not given back, so that nobody slips in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#active -= 1;
      else next();
    }
  }

  async #turn(): Promise<void> {
    if (this.#active < this.#options.limits.mailboxFolds) this.#active += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #empty(owner: MailboxOwner): FoldedMailbox {
    const { mailboxLastRows, mailboxUnread } = this.#options.limits;
    const bounds = { lastRows: mailboxLastRows, unread: mailboxUnread };
    return { mailbox: new Mailbox(owner.user, bounds), syncedTo: 0 };
  }

  async #catchUp(folded: FoldedMailbox, owner: MailboxOwner): Promise<void> {
    const { clock, limits, timeline } = this.#options;
    for (;;) {
      const page = await timeline.read(owner, {
        from: folded.syncedTo,
        until: Number.POSITIVE_INFINITY,
        maxRows: limits.mailboxChunkRows,
        maxBytes: CHUNK_BYTES,
      });
      fold(folded.mailbox, page.rows);
      folded.syncedTo = Math.max(folded.syncedTo, page.syncedTo);
      if (!page.more) return;
      await new Promise<void>((resolve) => clock.after(0, resolve));
    }
  }

  /** Older rows are no longer kept: what is there is folded from the newest rows. */
  async #snapshot(owner: MailboxOwner): Promise<FoldedMailbox> {
    const page = await this.#options.timeline.newestRows(owner, Number.POSITIVE_INFINITY, SNAPSHOT_ROWS);
    const folded = this.#empty(owner);
    fold(folded.mailbox, [...page.rows].reverse());
    folded.syncedTo = page.syncedTo;
    return folded;
  }

  #keep(key: string, folded: FoldedMailbox): void {
    this.#kept.delete(key);
    this.#kept.set(key, folded);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#options.limits.mailboxUsers) return;
      this.#kept.delete(oldest);
    }
  }
}
