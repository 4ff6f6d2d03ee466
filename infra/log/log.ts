/**
 * The log: topics of partitions of records, as Kafka has them, shaped by what kafkajs can do safely. Two drivers,
 * one conformance suite (`conformance.ts`): `embedded/` and `kafka/`.
 *
 * Invariants every driver keeps:
 * 1. Offsets of a partition rise by append order, without repeats. (Gaps are allowed: compaction, control records.)
 * 2. A record is visible to readers only once it is as durable as the log is set to; an answered append is visible.
 * 3. One append call is one batch of one partition: its records stand together, in order, or not at all.
 * 4. Appends to one partition from one process take their places in the order of the calls, as long as at most one
 *    is unanswered per partition (which lanes keep); after a failed append its records may or may not be there.
 * 5. A group gives each partition of its topics to at most one member that holds a valid lease; a handler is called
 *    for a partition only between `assigned` and `revoked`, one batch at a time, in offset order.
 */
import type { InboxPosition } from '../../schemas/positions.ts';
import type { TopicSpec } from '../../schemas/topics.ts';

export interface RecordInput {
  readonly key: Uint8Array | null;
  /** null: a tombstone (compacted topics). */
  readonly value: Uint8Array | null;
}

export interface LogRecord extends RecordInput {
  readonly offset: number;
  /** Log append time, ms since the epoch. Never falls within a partition of the embedded log; may on Kafka. */
  readonly time: number;
}

export interface Appended {
  readonly baseOffset: number;
  readonly time: number;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** `begin`: the first offset still kept; `end`: the offset that the next visible record gets at least. */
export interface OffsetRange {
  readonly begin: number;
  readonly end: number;
}

export interface ReadLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** How long to wait for a first record, ms; then an empty batch is returned. */
  readonly maxWaitMs: number;
}

/**
 * Records of one partition in offset order. `next` is where to read on: past the last record, also when compaction
 * left a gap. `end` is the visible end of the partition when the batch was read (lag = end - next).
 */
export interface RecordBatch {
  readonly records: readonly LogRecord[];
  readonly next: number;
  readonly end: number;
}

/** A reader of one partition without a group. */
export interface Reader {
  /** Waits for records. Rejects with OFFSET_OUT_OF_RANGE if the place is no longer kept. */
  read(limits: ReadLimits, signal?: AbortSignal): Promise<RecordBatch>;
  close(): Promise<void>;
}

/** Proof that a member still owns a partition. Checked in the same tick as each commit attempt. */
export interface Lease {
  readonly topic: string;
  readonly partition: number;
  /** Aborted when the partition is lost, before another member can be assigned it. */
  readonly signal: AbortSignal;
}

/** What a group has stored for a partition: where to read on, with the vector (empty where a reader has none). */
export type Committed = InboxPosition;

export interface GroupHandlers {
  /**
   * The member now owns the partition. Resolves with the offset to read from; no batch arrives before that. The
   * committed position is read in one read after the assignment; null: none, start where the handler wants to.
   */
  assigned(lease: Lease, committed: Committed | null): Promise<number>;
  /**
   * The next records. The next batch comes after this resolves. A throw ends the membership (`ended` rejects), but for
   * a retryable BubbleError on Kafka: then all partitions are revoked, and assigned anew.
   */
  batch(lease: Lease, batch: RecordBatch): Promise<void>;
  /** The lease is aborted already: finish or abandon what is under way; the partition moves on after this resolves. */
  revoked(lease: Lease): Promise<void>;
}

export interface Membership {
  readonly assignment: readonly Lease[];
  /** Stores offset and vector as one value. Rejects with LEASE_LOST if the lease is not valid any more. */
  commit(lease: Lease, position: Committed): Promise<void>;
  /** Stops the delivery of batches for one partition, and goes on with it. */
  pause(lease: Lease): void;
  resume(lease: Lease): void;
  /** Rejects when a handler threw or the group cannot go on; resolves after leave. */
  readonly ended: Promise<void>;
  leave(): Promise<void>;
}

export interface AppendOptions {
  /** Overrides the topic's durability for this batch ('log': as the log is set). */
  readonly durability?: 'log' | 'os';
}

export interface Log {
  /** Creates what is missing; an existing topic that differs is refused with TOPIC_MISMATCH and what to do. */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  topics(): Promise<TopicSpec[]>;
  /** Number of partitions. Rejects with UNKNOWN_TOPIC. */
  partitions(topic: string): Promise<number>;
  append(
    topic: string,
    partition: number,
    records: readonly RecordInput[],
    options?: AppendOptions,
  ): Promise<Appended>;
  range(topic: string, partition: number): Promise<OffsetRange>;
  /** The first offset whose time is >= timeMs; the end if there is none. */
  offsetAt(topic: string, partition: number, timeMs: number): Promise<number>;
  /** @param from an offset; below `begin` the first read rejects with OFFSET_OUT_OF_RANGE */
  reader(topic: string, partition: number, from: number): Promise<Reader>;
  join(
    group: string,
    topics: readonly string[],
    handlers: GroupHandlers,
    limits?: Partial<ReadLimits>,
  ): Promise<Membership>;
  /** What a group has committed, for tools and the repair of other groups' vectors. */
  committed(group: string, topic: string, partition: number): Promise<Committed | null>;
  /** Stores a position for a group that the caller does not belong to (fan-out's repair). */
  commitFor(group: string, topic: string, partition: number, position: Committed): Promise<void>;
  close(): Promise<void>;
}

/** Reading single records by offset, which the embedded log can and Kafka cannot. */
export interface RandomAccess {
  /**
   * The records at these rising offsets of one partition; null where the record is no longer kept. Synchronous when
   * all are in memory, so that a pull of recent rows costs no turn of the event loop.
   */
  recordsAt(
    topic: string,
    partition: number,
    offsets: readonly number[],
  ): (LogRecord | null)[] | Promise<(LogRecord | null)[]>;
}
