/**
 * What `bubble.snapshots` holds, as its index records say: for each source partition the snapshots, and the tables
 * with the places of their chunks. Pure: fed by the follower, asked by everybody else.
 *
 * Invariants:
 * 1. A snapshot is whole when each of its tables is, from whichever writer: tables are named by their content, so the
 *    base that a former owner wrote serves the present owner's snapshots.
 * 2. What is kept is a function of the index and of log time alone: the newest two whole ones, and one that has been
 *    there for `hourMs`, with its successor. Everything else of the partition may go.
 */
import {
  type IndexRecord,
  isIndexKey,
  type ManifestRecord,
  manifestKey,
  type TableRecord,
  tableKey,
} from './snapshot-records.ts';
import type { SnapshotId } from './snapshot-store.ts';
import type { TableSummary } from './table-format.ts';

export interface Indexed<R extends IndexRecord> {
  readonly record: R;
  /** Log append time, ms. */
  readonly time: number;
  /** Rises with each record read. */
  readonly order: number;
}

interface OfPartition {
  readonly id: SnapshotId;
  readonly manifests: Map<string, Indexed<ManifestRecord>>;
  readonly tables: Map<string, Indexed<TableRecord>>;
}

const NEWEST = 2;
/** Snapshots of one partition that are remembered: the owner keeps four at most; beyond, the lowest are forgotten. */
export const MANIFESTS_REMEMBERED = 64;

export const idKey = ({ topic, partition }: SnapshotId): string => `${topic}/${partition}`;

export class SnapshotIndex {
  readonly #partitions = new Map<string, OfPartition>();
  /** Tables that could not be read although the index has them: by key, how far the index had been read by then. */
  readonly #damaged = new Map<string, number>();
  #order = 0;
  /** The newest append time seen: the clock of "an hour ago". */
  logTime = 0;
  /** Records that were not ours to read. */
  foreign = 0;
  /** Snapshots that fell out at MANIFESTS_REMEMBERED. */
  forgotten = 0;

  clear(): void {
    this.#partitions.clear();
    this.#damaged.clear();
  }

  get ids(): SnapshotId[] {
    return [...this.#partitions.values()].map(({ id }) => id);
  }

  /** @returns the partition it changed */
  put(record: IndexRecord, time: number): SnapshotId {
    this.logTime = Math.max(this.logTime, time);
    this.#order += 1;
    const order = this.#order;
    const of = this.#of(record.id);
    if (record.kind === 'table') {
      of.tables.set(tableKey(record), { record, time, order });
      return record.id;
    }
    of.manifests.set(manifestKey(record), { record, time, order });
    if (of.manifests.size > MANIFESTS_REMEMBERED) {
      const lowest = this.manifests(record.id).at(-1)!;
      of.manifests.delete(manifestKey(lowest.record));
      this.forgotten += 1;
    }
    return record.id;
  }

  /** A tombstone. @returns the partition it changed */
  remove(key: string): SnapshotId | null {
    if (!isIndexKey(key)) return null;
    for (const of of this.#partitions.values()) {
      if (of.manifests.delete(key) || of.tables.delete(key)) return of.id;
    }
    return null;
  }

  #of(id: SnapshotId): OfPartition {
    const key = idKey(id);
    let of = this.#partitions.get(key);
    if (of === undefined) {
      of = { id, manifests: new Map(), tables: new Map() };
      this.#partitions.set(key, of);
    }
    return of;
  }

  /** The snapshots of a partition, the highest offset first; of one offset the newest first. */
  manifests(id: SnapshotId): Indexed<ManifestRecord>[] {
    const of = this.#partitions.get(idKey(id));
    if (of === undefined) return [];
    return [...of.manifests.values()].sort(
      (left, right) => right.record.offset - left.record.offset || right.order - left.order,
    );
  }

  tables(id: SnapshotId): Indexed<TableRecord>[] {
    return [...(this.#partitions.get(idKey(id))?.tables.values() ?? [])];
  }

  /** A table whose chunks are all there, as far as is known; of several writers' the newest. */
  table(id: SnapshotId, digest: string): TableRecord | null {
    let best: Indexed<TableRecord> | null = null;
    for (const indexed of this.tables(id)) {
      const { record, order } = indexed;
      if (record.digest !== digest || record.offsets === null || this.#isDamaged(indexed)) continue;
      if (best === null || order > best.order) best = indexed;
    }
    return best?.record ?? null;
  }

  #isDamaged({ record, order }: Indexed<TableRecord>): boolean {
    const since = this.#damaged.get(tableKey(record));
    return since !== undefined && order <= since;
  }

  /** The chunks of this table are missing or damaged: it counts as whole again when it is written anew. */
  markDamaged(record: TableRecord): void {
    this.#damaged.set(tableKey(record), this.#order);
  }

  isWhole({ id, tables }: ManifestRecord): boolean {
    return tables.every(({ digest }) => this.table(id, digest) !== null);
  }

  /** The newest whole snapshot of a partition. */
  newest(id: SnapshotId): ManifestRecord | null {
    return this.manifests(id).find(({ record }) => this.isWhole(record))?.record ?? null;
  }

  kept(id: SnapshotId, hourMs: number): Set<ManifestRecord> {
    const all = this.manifests(id);
    const offsets = new Set<number>();
    // Two owners' snapshots at one offset are the same state: one is enough.
    const whole = all.filter(({ record }) => {
      const isNew = this.isWhole(record) && !offsets.has(record.offset);
      if (isNew) offsets.add(record.offset);
      return isNew;
    });
    const kept = new Set(whole.slice(0, NEWEST).map(({ record }) => record));
    const lowest = whole[NEWEST - 1]?.record.offset ?? Number.NEGATIVE_INFINITY;
    // What is not whole and newer than those may become whole: its tables are on their way to us.
    for (const { record } of all) if (record.offset >= lowest && !this.isWhole(record)) kept.add(record);
    const hourAgo = this.logTime - hourMs;
    const old = whole.slice(NEWEST).find(({ time }) => time <= hourAgo);
    if (old !== undefined) kept.add(old.record);
    // Its successor: without one, what is an hour old would be missing once `old` is replaced.
    const successor = whole.slice(NEWEST).findLast(({ time }) => time > hourAgo);
    if (successor !== undefined) kept.add(successor.record);
    return kept;
  }

  /**
   * Tables that nobody needs: no kept snapshot names them. Those of other writers only when they have been there for
   * `strangerMs`: they may be part of a snapshot that is being written.
   */
  doomedTables(
    id: SnapshotId,
    kept: ReadonlySet<ManifestRecord>,
    writer: string,
    strangerMs: number,
    needed: ReadonlySet<string>,
  ): TableRecord[] {
    const named = new Set([...kept].flatMap(({ tables }) => tables.map(({ digest }) => digest)));
    return this.tables(id)
      .filter(({ record, time }) => {
        if (named.has(record.digest) || needed.has(record.digest)) return false;
        return record.writer === writer || time <= this.logTime - strangerMs;
      })
      .map(({ record }) => record);
  }
}

/** Bytes of these tables' files. */
export const bytesOf = (tables: readonly TableSummary[]): number =>
  tables.reduce((sum, { bytes }) => sum + bytes, 0);
