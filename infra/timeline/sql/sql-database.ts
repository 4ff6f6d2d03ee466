/** What the timeline asks of a SQL server: the small part in which MySQL and PostgreSQL differ. */
import type { BubbleError } from '../../../schemas/errors.ts';
import type { Chunk } from './mailbox-chunks.ts';

export type SqlValue = number | string | Buffer | null;

/**
 * How a transaction ended that did not fail before its commit. 'unknown': the connection was lost, or no answer came
 * in time, while it committed; what is stored says which.
 */
export type CommitOutcome =
  | { readonly kind: 'committed' }
  | { readonly kind: 'unknown'; readonly error: BubbleError };

/** The values of MOVE_CHECKPOINT. */
export type CheckpointMove = readonly [
  nextOffset: number,
  vector: string,
  epoch: number,
  partition: number,
  expectedOffset: number,
];

/** How a write ended that no error has ended: 'conflict': the checkpoint does not stand there, and nothing was written. */
export type WriteOutcome = CommitOutcome | { readonly kind: 'conflict' };

export interface SqlTransaction {
  /** @param text with `?` for each value */
  query<R extends object>(text: string, values?: readonly SqlValue[]): Promise<R[]>;
  /** @returns the number of rows that matched */
  execute(text: string, values?: readonly SqlValue[]): Promise<number>;
  /** Inserts the chunk's rows and mailbox rows by the fastest way there is. */
  insert(chunk: Chunk): Promise<void>;
}

/**
 * A bounded pool of connections. Everything rejects within its bounds, with a BubbleError: STORE_AWAY, retryable,
 * where the server cannot be reached, does not answer, or says "not now"; later calls connect anew.
 */
export interface SqlDatabase {
  /** A condition `(owner, seq) > (?2, ?3)` that an index serves, over the values owner, owner, seq. */
  readonly ownerAfter: string;
  /** A small write may be one exchange with the server: `write`. */
  readonly writesAtOnce: boolean;
  /** An `INSERT` that leaves an existing row alone, of these columns of a table. */
  insertMissing(table: string, columns: readonly string[]): string;
  query<R extends object>(text: string, values?: readonly SqlValue[]): Promise<R[]>;
  /**
   * Moves a checkpoint and inserts a chunk, both or nothing, in one exchange with the server: what a transaction costs
   * that holds little is its questions. Only where it `writesAtOnce`.
   */
  write(move: CheckpointMove, chunk: Chunk): Promise<WriteOutcome>;
  /** Runs the action in a transaction; rolls back, and rejects with its error, where the action rejects. */
  transaction(action: (transaction: SqlTransaction) => Promise<void>): Promise<CommitOutcome>;
  /** Brings the schema up to date: any number of processes may at the same time. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}
