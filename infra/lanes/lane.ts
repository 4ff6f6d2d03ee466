/**
 * A lane brings the outputs of one source (inbound) partition to target partitions, in order, until acknowledged.
 *
 * Invariants:
 * 1. For each (source partition, target partition) records are appended in source order.
 * 2. At most one batch per target partition is in flight in the whole process, counted across lanes (all lanes of a
 *    process share one `PartitionWriters`), because a retry must not overtake.
 * 3. A failed batch is appended again, whole and first, until acknowledged or the lane is abandoned.
 * 4. The checkpoint is the lowest source offset with an output that is not acknowledged; sources without outputs
 *    count as acknowledged.
 */
import type { BubbleError } from '../../schemas/errors.ts';
import type { RecordInput } from '../log/log.ts';

export interface Lane {
  /**
   * Takes the outputs of one source record, in source order. Returns false where the lane is over its bound: the
   * caller waits for `writable` before it takes more sources.
   */
  push(sourceOffset: number, outputs: readonly LaneOutput[]): boolean;
  /** Everything below is acknowledged. */
  readonly checkpoint: number;
  /** Records taken and not yet acknowledged. */
  readonly pending: number;
  /** Why the lane has ended before its time: LEASE_LOST (abandoned), or an append that will never succeed. */
  readonly failure: BubbleError | null;
  /** These resolve as their name says, and reject with `failure` where the lane ends first. */
  writable(): Promise<void>;
  /** Everything pushed so far is acknowledged. */
  drained(): Promise<void>;
  /** The checkpoint is at or above this offset. */
  reached(sourceOffset: number): Promise<void>;
  /** Ends resending (the partition is lost). What is in flight may still arrive; readers drop it. */
  abandon(): void;
}

export interface LaneOutput {
  readonly topic: string;
  readonly partition: number;
  readonly record: RecordInput;
}

/** Tells where outputs were acknowledged: the last one of a batch for each lane. */
export type Acknowledged = (
  topic: string,
  partition: number,
  /** Of the acknowledged record in the target partition. */
  offset: number,
  sourceOffset: number,
) => void;
