/**
 * Snapshots: the state of a processor at an offset, a cache of the log. Each is a sorted immutable table, closed by
 * a manifest with format and digest, opened in place. Embedded: files; on Kafka: chunks in `bubble.snapshots`.
 *
 * A snapshot at N is published only once every output of sources below N is acknowledged (the runtime sees to it).
 */

export interface SnapshotId {
  readonly topic: string;
  readonly partition: number;
}

/** Entries sorted by key, bytewise. Read in place: `get` is one lookup in the index and one read. */
export interface SortedTable {
  readonly entries: number;
  get(key: string): Uint8Array | null;
  /** All entries in key order. */
  scan(): AsyncIterable<readonly [key: string, value: Uint8Array]>;
  close(): Promise<void>;
}

export interface OpenedSnapshot {
  /** The next source offset to fold. */
  readonly offset: number;
  /** What the processor stored beside the table: small, JSON-able. */
  readonly meta: unknown;
  readonly table: SortedTable;
}

export interface SnapshotStore {
  /** Entries must come sorted by key. Damaged or half-written snapshots are never opened. */
  publish(
    id: SnapshotId,
    offset: number,
    meta: unknown,
    entries: AsyncIterable<readonly [key: string, value: Uint8Array]>,
  ): Promise<void>;
  /** The newest whole snapshot at or below this offset (Infinity: the newest), or null. */
  open(id: SnapshotId, atOrBelow: number): Promise<OpenedSnapshot | null>;
  /** Keeps the newest two. */
  prune(id: SnapshotId): Promise<void>;
}
