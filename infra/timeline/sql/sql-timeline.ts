/**
 * The timeline of one epoch in a SQL database.
 *
 * 1. Rows and (offset, vector) commit in one transaction, whose first statement moves the checkpoint where it stands
 *    at the expected offset, and so locks it: a writer that was paused and wakes up finds it moved and writes nothing.
 *    A transaction whose client is silent is ended by the server, so a paused writer holds nobody up for long. To
 *    PostgreSQL a small one is one statement, which itself writes nothing behind a checkpoint that has not moved.
 * 2. A commit whose outcome is not known is settled by reading the checkpoint; where that cannot be read either, or
 *    does not show it yet, the write rejects as retryable, and the writer finds out when it repeats it.
 * 3. A page and the checkpoint it is synced to are read by one statement, hence in one state.
 * 4. Trimming is two steps: `trimmed_offset` hides rows at once, and says so; they are deleted in chunks afterwards,
 *    by whoever trims next where the one before has died.
 */
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import { DEFAULT_LIMITS } from '../../../schemas/limits.ts';
import { type InboxPosition, numberAt } from '../../../schemas/positions.ts';
import type { Layout } from '../../../schemas/topics.ts';
import { ownRow } from '../../../schemas/wire/row.ts';
import type { AcceptedRecord, Owner, ReadBounds, TimelinePage, TimelineStore } from '../timeline-store.ts';
import { CheckpointWatch } from './checkpoint-watch.ts';
import { type DumpedRow, dumpLines } from './dump-lines.ts';
import { isOwnRow } from './mailbox-chunks.ts';
import type { SqlDatabase } from './sql-database.ts';
import { SqlPages } from './sql-pages.ts';
import { deleteTrimmedChunk } from './sql-trim.ts';
import { SqlWrites } from './sql-writes.ts';
import * as statements from './statements.ts';
import { boundsOf, type SqlTimelineSettings } from './timeline-settings.ts';

const DUMP_ROWS = 1_000;
/** A write is a flush to disk: 50 a second and partition at most where little happens. */
const GATHER_MS = 20;

class SqlTimeline implements TimelineStore {
  readonly gatherMs = GATHER_MS;
  readonly #database: SqlDatabase;
  readonly #layout: Layout;
  /** Operations under way or waiting for a connection; beyond: STORE_AWAY, retryable, at once. */
  readonly #maxOperations: number;
  readonly #epoch: number;
  /** The version of offset 0. */
  readonly #base: number;
  readonly #watch: CheckpointWatch;
  readonly #pages: SqlPages;
  readonly #writes: SqlWrites;
  /** Deletions under way, by partition. */
  readonly #trimming = new Map<number, Promise<void>>();
  #prepared: Promise<void> | null = null;
  #operations = 0;
  #closed = false;

  constructor(database: SqlDatabase, settings: SqlTimelineSettings) {
    const { layout, clock, logger, limits = DEFAULT_LIMITS } = settings;
    this.#database = database;
    this.#layout = layout;
    this.#maxOperations = boundsOf(settings).operations;
    this.#epoch = layout.epoch;
    this.#base = numberAt(this.#epoch, 0);
    this.#watch = new CheckpointWatch({
      partitions: layout.inboxPartitions,
      limit: limits.timelineWaiters,
      clock,
      logger,
      poll: () => this.#readable(),
    });
    this.#pages = new SqlPages(database, this.#epoch, (partition, readable) =>
      this.#watch.reached(partition, readable),
    );
    this.#writes = new SqlWrites(database, this.#epoch, (partition) => this.#checkpoint(partition));
  }

  async write(
    partition: number,
    records: readonly AcceptedRecord[],
    position: InboxPosition,
    expectedOffset: number,
  ): Promise<void> {
    await this.#run(partition, () => this.#writes.write(partition, records, position, expectedOffset));
    this.#watch.reached(partition, numberAt(this.#epoch, position.offset) - 1);
  }

  checkpoint(partition: number): Promise<InboxPosition> {
    return this.#run(partition, () => this.#checkpoint(partition));
  }

  async #checkpoint(partition: number): Promise<InboxPosition> {
    const [row] = await this.#database.query<{ next_offset: number; vector: string }>(
      statements.SELECT_CHECKPOINT,
      [this.#epoch, partition],
    );
    if (row === undefined) return { offset: 0, vector: [] };
    this.#watch.reached(partition, this.#base + row.next_offset - 1);
    return { offset: row.next_offset, vector: JSON.parse(row.vector) as number[] };
  }

  async waitFor(partition: number, seq: number, waitMs: number): Promise<boolean> {
    this.#check(partition);
    return this.#watch.wait(partition, seq, waitMs);
  }

  async #readable(): Promise<{ partition: number; readable: number }[]> {
    return this.#run(0, async () => {
      const rows = await this.#database.query<{ inbox_partition: number; next_offset: number }>(
        statements.SELECT_NEXT_OFFSETS,
        [this.#epoch],
      );
      return rows.map(({ inbox_partition, next_offset }) => ({
        partition: inbox_partition,
        readable: this.#base + next_offset - 1,
      }));
    });
  }

  read(partition: number, owner: Owner, bounds: ReadBounds): Promise<TimelinePage> {
    return this.#run(partition, () => this.#pages.read(partition, owner, bounds));
  }

  newestRows(partition: number, owner: Owner, until: number, maxRows: number): Promise<TimelinePage> {
    return this.#run(partition, () => this.#pages.newestRows(partition, owner, until, maxRows));
  }

  newest(partition: number, owner: Owner): Promise<number> {
    return this.#run(partition, () => this.#pages.newest(partition, owner));
  }

  async trim(partition: number, below: number): Promise<void> {
    const offset = below - this.#base;
    if (offset > 0) {
      await this.#run(partition, () =>
        this.#database.transaction(async (transaction) => {
          const values = [offset, this.#epoch, partition, offset];
          await transaction.execute(statements.MOVE_TRIMMED, values);
        }),
      );
    }
    // A call while another one deletes moves its end and waits for it.
    const trimming = this.#trimming.get(partition) ?? this.#deleteTrimmed(partition);
    this.#trimming.set(partition, trimming);
    await trimming;
  }

  async #deleteTrimmed(partition: number): Promise<void> {
    const chunk = () => deleteTrimmedChunk(this.#database, this.#epoch, partition);
    try {
      while (!this.#closed && (await this.#run(partition, chunk)));
    } finally {
      this.#trimming.delete(partition);
    }
  }

  dump(partition: number): AsyncIterable<string> {
    return dumpLines(this.#dumpRows(partition));
  }

  /** Rows below the checkpoint at its beginning; those never change, unless they are trimmed meanwhile. */
  async *#dumpRows(partition: number): AsyncIterable<DumpedRow> {
    const [bounds] = await this.#run(partition, () =>
      this.#database.query<{ next_offset: number; trimmed_offset: number }>(statements.SELECT_BOUNDS, [
        this.#epoch,
        partition,
      ]),
    );
    if (bounds === undefined) return;
    const text = statements.selectDump(this.#database.ownerAfter);
    const from = this.#base + bounds.trimmed_offset;
    const below = this.#base + bounds.next_offset;
    let owner: Buffer = Buffer.alloc(0);
    let seq = 0;
    for (;;) {
      const values = [partition, owner, owner, seq, from, below, DUMP_ROWS, partition];
      const rows = await this.#run(partition, () =>
        this.#database.query<{ owner: Buffer; seq: number; sender: Buffer; content: Buffer }>(text, values),
      );
      for (const row of rows) {
        const own = isOwnRow(row.owner, row.sender);
        yield { owner: row.owner, seq: row.seq, own, bytes: own ? ownRow(row.content) : row.content };
      }
      if (rows.length < DUMP_ROWS) return;
      owner = rows.at(-1)!.owner;
      seq = rows.at(-1)!.seq;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.close();
    await this.#database.close();
  }

  /** Makes the schema and the checkpoints, once; tried again by the next operation where the server was away. */
  prepare(): Promise<void> {
    this.#prepared ??= this.#prepareOnce().catch((error: unknown) => {
      this.#prepared = null;
      throw error;
    });
    return this.#prepared;
  }

  async #prepareOnce(): Promise<void> {
    await this.#database.migrate();
    const columns = ['epoch', 'inbox_partition', 'next_offset', 'trimmed_offset', 'vector'];
    const text = this.#database.insertMissing(statements.CHECKPOINT_TABLE, columns);
    await this.#database.transaction(async (transaction) => {
      for (let partition = 0; partition < this.#layout.inboxPartitions; partition += 1) {
        await transaction.execute(text, [this.#epoch, partition, 0, 0, '[]']);
      }
    });
  }

  #check(partition: number): void {
    const { inboxPartitions } = this.#layout;
    if (partition < 0 || partition >= inboxPartitions) {
      throw new RangeError(`the layout has no inbox partition ${partition}`);
    }
  }

  async #run<T>(partition: number, action: () => Promise<T>): Promise<T> {
    this.#check(partition);
    if (this.#closed) throw new BubbleError('STORE_AWAY', 'the timeline is closed', { retryable: true });
    if (this.#operations >= this.#maxOperations) {
      throw new BubbleError('STORE_AWAY', 'too much waits for the timeline store', { retryable: true });
    }
    this.#operations += 1;
    try {
      await this.prepare();
      return await action();
    } finally {
      this.#operations -= 1;
    }
  }
}

/**
 * A store on this database, which it closes. A server that is away now does not matter: operations are rejected as
 * retryable until it is there.
 * @throws BubbleError what else is wrong: CONFIG for a wrong password, an unknown database, a schema from the future
 */
export async function openSqlTimeline(
  database: SqlDatabase,
  settings: SqlTimelineSettings,
): Promise<TimelineStore> {
  const timeline = new SqlTimeline(database, settings);
  try {
    await timeline.prepare();
  } catch (error) {
    if (!isBubbleError(error) || !error.retryable) {
      await timeline.close();
      throw error;
    }
    settings.logger.warn({ err: error }, 'the timeline store is away; it is tried again when it is needed');
  }
  return timeline;
}
