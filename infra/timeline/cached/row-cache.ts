/**
 * The newest rows of each user, beside a timeline store, in something that may lose anything at any time.
 *
 * For each partition it has a place: a generation, and the next inbox offset C. For a user it has an entry or none: a
 * generation, a version `from`, and rows. What it claims:
 *
 *   the entry's generation is the partition's  =>  its rows up to C are all rows of that user in (from, C).
 *
 * 1. `append` moves C from the offset it expects to the one behind its rows, in one step after all its rows are there;
 *    at another C it changes nothing. A new entry begins at the C that was expected: what the user had before is not
 *    known. Rows that are dropped from an entry's beginning raise its `from`.
 * 2. Which rows lie between two offsets is a function of the inbox. So whoever appends, and however often, the rows at
 *    or above C that a dead or late writer has left in entries are those that will be appended there.
 * 3. After a gap `begin` gives the partition a new generation: all entries made before it count no more.
 * 4. No entry claims nothing: an entry that was evicted or has timed out reads as unknown, not as empty.
 */
import type { Owner, TimelineRow } from '../timeline-store.ts';

/** Rows of one partition that the store has taken, and for whom they are. */
export interface CacheWrite {
  readonly partition: number;
  /** Where the partition stood. */
  readonly expectedOffset: number;
  /** Where it stands now. */
  readonly offset: number;
  /** Rising versions; the bytes as their sender sees them: the last `OWN_BYTES` say that. */
  readonly rows: readonly TimelineRow[];
  readonly users: readonly CacheWriteUser[];
}

export interface CacheWriteUser extends Owner {
  /** For each row, rising: its index, doubled, plus one where the user is the sender. */
  readonly rows: readonly number[];
}

/** What is cached of a user, read at one instant. */
export interface CachedRows {
  /** C, as an offset. */
  readonly offset: number;
  /** Rows below this version may be forgotten by the store. */
  readonly floor: number;
  /** Version: rows after it are here. */
  readonly from: number;
  /** Oldest first; some may lie at or above C, and are not to be shown. */
  readonly rows: readonly TimelineRow[];
}

/** All methods reject with STORE_AWAY, retryable, where it cannot be reached; the outcome is not known then. */
export interface RowCache {
  append(write: CacheWrite): Promise<'done' | 'gap'>;
  /** A new generation at this offset, unless the partition stands there or beyond already. */
  begin(partition: number, offset: number): Promise<void>;
  /** Forgets the partition, where it stands above this offset. */
  dropAbove(partition: number, offset: number): Promise<void>;
  /** Where the partition stands; null: nowhere. */
  offset(partition: number): Promise<number | null>;
  setFloor(partition: number, below: number): Promise<void>;
  find(partition: number, owner: Owner): Promise<CachedRows | null>;
}
