/**
 * The timeline: every user's rows by version, the projection that pulls read. Embedded, MySQL, PostgreSQL: one
 * contract suite (`contract.ts`).
 *
 * Rows and checkpoint move together: whoever sees checkpoint P of a partition sees every row of it below P.
 */
import type { InboxEvent } from '../../schemas/events/inbox.ts';
import type { InboxPosition } from '../../schemas/positions.ts';

/** An accepted inbox record (see schemas/rules/acceptance.ts) that has a row, decoded, with its offset. */
export interface AcceptedRecord {
  readonly offset: number;
  readonly event: InboxEvent;
}

export interface TimelineRow {
  readonly seq: number;
  /** The row as an encoded AddMsg without prevSeq, `own` set for this owner. Appending fields to it is valid. */
  readonly bytes: Uint8Array;
}

export interface TimelinePage {
  readonly rows: readonly TimelineRow[];
  /** The owner has every row up to here: the checkpoint as a version, or the last row where `more` is set. */
  readonly syncedTo: number;
  readonly more: boolean;
}

export interface Owner {
  readonly tenant: string;
  readonly user: string;
}

export interface ReadBounds {
  /** Rows after this version. */
  readonly from: number;
  /** No rows after this version; Infinity: none. */
  readonly until: number;
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** What is read of a timeline, over all epochs: which partition is an owner's differs from epoch to epoch. */
export interface TimelineReader {
  /** Resolves with true when rows up to and including this version are readable, with false after waitMs. */
  waitFor(owner: Owner, seq: number, waitMs: number): Promise<boolean>;
  /** Rejects with OFFSET_OUT_OF_RANGE where rows after `from` are no longer kept. */
  read(owner: Owner, bounds: ReadBounds): Promise<TimelinePage>;
  /** The newest rows at or below `until`, newest first, for a snapshot. */
  newestRows(owner: Owner, until: number, maxRows: number): Promise<TimelinePage>;
  /** The newest version of this owner, 0 if there is none. */
  newest(owner: Owner): Promise<number>;
}

/** The timeline of one epoch. */
export interface TimelineStore {
  /**
   * A write has its price however small it is: a partition is better written no more often than this, ms. A pull that
   * waits for a version waits for so much longer at most. 0: as soon as there is something.
   */
  readonly gatherMs: number;
  /**
   * Takes the records below position.offset. Compare-and-set: rejects with STORE_CONFLICT where the stored next
   * offset is not expectedOffset (another writer has moved on).
   */
  write(
    partition: number,
    records: readonly AcceptedRecord[],
    position: InboxPosition,
    expectedOffset: number,
  ): Promise<void>;
  /** What to start from after a restart; offset 0 where nothing is stored. */
  checkpoint(partition: number): Promise<InboxPosition>;
  /**
   * Resolves with true when rows up to and including this version are readable, with false after waitMs. The
   * partition is the owner's.
   */
  waitFor(partition: number, seq: number, waitMs: number): Promise<boolean>;
  /** Rejects with OFFSET_OUT_OF_RANGE where rows after `from` are no longer kept. */
  read(partition: number, owner: Owner, bounds: ReadBounds): Promise<TimelinePage>;
  /** The newest rows at or below `until`, newest first, for a snapshot. */
  newestRows(partition: number, owner: Owner, until: number, maxRows: number): Promise<TimelinePage>;
  /** The newest version of this owner, 0 if there is none. */
  newest(partition: number, owner: Owner): Promise<number>;
  /** Forgets rows of the partition below this version. */
  trim(partition: number, below: number): Promise<void>;
  /** A canonical dump, sorted by owner: one line of text for each, for the comparison of two stores. */
  dump(partition: number): AsyncIterable<string>;
  close(): Promise<void>;
}
