/** Writes of a timeline in SQL: small ones at once, others in a transaction that takes chunk after chunk. */
import assert from 'node:assert/strict';
import { BubbleError } from '../../../schemas/errors.ts';
import type { InboxPosition } from '../../../schemas/positions.ts';
import type { AcceptedRecord } from '../timeline-store.ts';
import { type ChunkBounds, chunksOf } from './mailbox-chunks.ts';
import type { CheckpointMove, CommitOutcome, SqlDatabase } from './sql-database.ts';
import * as statements from './statements.ts';

/** 16,384 mailbox rows are 0.8 MiB of INSERT. */
const CHUNK: ChunkBounds = { mailboxRows: 16_384, contentBytes: 1024 * 1024 };
/**
 * Of all records of a write that PostgreSQL takes in one exchange: some 500 mailbox rows, from where on it saves little
 * beside the rows. A single record takes a third of the time; at 5,000 mailbox rows COPY is faster than arrays (16 ms,
 * not 22).
 */
const SMALL_RECIPIENT_BYTES = 8_192;
const SMALL_CONTENT_BYTES = 65_536;
const ONE_CHUNK: ChunkBounds = { mailboxRows: Infinity, contentBytes: Infinity };

export class SqlWrites {
  readonly #database: SqlDatabase;
  readonly #epoch: number;
  readonly #checkpoint: (partition: number) => Promise<InboxPosition>;

  constructor(
    database: SqlDatabase,
    epoch: number,
    checkpoint: (partition: number) => Promise<InboxPosition>,
  ) {
    this.#database = database;
    this.#epoch = epoch;
    this.#checkpoint = checkpoint;
  }

  async write(
    partition: number,
    records: readonly AcceptedRecord[],
    position: InboxPosition,
    expectedOffset: number,
  ): Promise<void> {
    const vector = JSON.stringify(position.vector);
    const move: CheckpointMove = [position.offset, vector, this.#epoch, partition, expectedOffset];
    const outcome =
      this.#database.writesAtOnce && isSmall(records) && liesWithin(records, move)
        ? await this.#writeSmall(records, move)
        : await this.#writeMany(records, move);
    if (outcome.kind === 'unknown') await this.#settle(partition, position, outcome.error);
  }

  async #writeSmall(records: readonly AcceptedRecord[], move: CheckpointMove): Promise<CommitOutcome> {
    const [, , epoch, partition] = move;
    const [chunk] = chunksOf(partition, epoch, records, ONE_CHUNK);
    const outcome = await this.#database.write(
      move,
      chunk ?? { partition, rows: [], mailboxes: [], mailboxRows: 0 },
    );
    if (outcome.kind === 'conflict') throw conflict(move);
    return outcome;
  }

  #writeMany(records: readonly AcceptedRecord[], move: CheckpointMove): Promise<CommitOutcome> {
    const [, , epoch, partition] = move;
    return this.#database.transaction(async (transaction) => {
      if ((await transaction.execute(statements.MOVE_CHECKPOINT, move)) !== 1) throw conflict(move);
      assert.ok(liesWithin(records, move), 'a record lies beyond its position, or that goes back');
      for (const chunk of chunksOf(partition, epoch, records, CHUNK)) await transaction.insert(chunk);
    });
  }

  async #settle(partition: number, position: InboxPosition, error: BubbleError): Promise<void> {
    const stored = await this.#checkpoint(partition);
    if (
      stored.offset === position.offset &&
      JSON.stringify(stored.vector) === JSON.stringify(position.vector)
    ) {
      return;
    }
    throw error;
  }
}

const conflict = ([, , , partition, expectedOffset]: CheckpointMove): BubbleError =>
  new BubbleError(
    'STORE_CONFLICT',
    `the timeline of partition ${partition} does not stand at ${expectedOffset}`,
  );

const isSmall = (records: readonly AcceptedRecord[]): boolean => {
  let recipients = 0;
  let contents = 0;
  for (const { event } of records) {
    recipients += event.recipients.length;
    contents += event.row.length + event.content.length;
    if (recipients > SMALL_RECIPIENT_BYTES || contents > SMALL_CONTENT_BYTES) return false;
  }
  return true;
};

/** Asserted behind the checkpoint's answer: a writer that is late may hold anything. */
const liesWithin = (records: readonly AcceptedRecord[], [to, , , , from]: CheckpointMove): boolean =>
  to >= from && records.every(({ offset }) => offset >= from && offset < to);
