/**
 * Snapshots: the state of a processor at an offset, a cache of the log. Each is one or several sorted immutable
 * tables, closed by a manifest with format and digests, opened in place. Embedded: files; on Kafka: chunks in
 * `bubble.snapshots`.
 *
 * A snapshot at N is published only once every output of sources below N is acknowledged (the runtime sees to it).
 */
import type { Entries, Entry } from './sorted-table.ts';

export interface SnapshotId {
  readonly topic: string;
  readonly partition: number;
}

/** Entries sorted by key, bytewise, read in place. An entry that was removed is not there. */
export interface SnapshotTable {
  /** At most so many; removed and overwritten ones may be counted. */
  readonly entries: number;
  get(key: string): Promise<Uint8Array | null>;
  /** In the order of the keys; each block is read once. */
  getMany(keys: readonly string[]): Promise<(Uint8Array | null)[]>;
  /** All entries in key order. */
  scan(): AsyncIterable<Entry>;
  close(): Promise<void>;
}

export interface OpenedSnapshot {
  readonly id: SnapshotId;
  /** The next source offset to fold. */
  readonly offset: number;
  /** What the processor stored beside the table: small, JSON-able. */
  readonly meta: unknown;
  readonly table: SnapshotTable;
}

export interface SnapshotStore {
  /**
   * Makes a snapshot of what is in `base` with these changes over it, sorted by key; an empty value removes a key.
   * What it costs goes with the changes and not with the state: tables are merged now and then.
   * @param base an open snapshot of this store, which stays open; null: the changes are all there is
   * @returns the new snapshot, open
   */
  publish(
    id: SnapshotId,
    offset: number,
    meta: unknown,
    changes: Entries,
    base: OpenedSnapshot | null,
  ): Promise<OpenedSnapshot>;
  /** The newest whole snapshot at or below this offset (Infinity: the newest), or null. Damaged ones are passed over. */
  open(id: SnapshotId, atOrBelow: number): Promise<OpenedSnapshot | null>;
  /** Forgets snapshots above this offset: what they claim to be acknowledged is not. */
  discardAbove(id: SnapshotId, offset: number): Promise<void>;
  /** Removes what is old: the newest two stay here. */
  prune(id: SnapshotId): Promise<void>;
  /**
   * This process has nothing to do with the partition any more: what is still being copied out of it is given up after
   * a moment. Absent where nothing is copied. A later `publish` or `open` takes the partition up again.
   */
  release?(id: SnapshotId): void;
}
