/** A SqlDatabase over the connections of a driver: transactions, and the schema. */
import type { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Logger } from '../../logger/logger.ts';
import { ConnectionPool, type PoolBounds, type Pooled } from './connection-pool.ts';
import type { Chunk } from './mailbox-chunks.ts';
import {
  type AppliedMigration,
  INSERT_MIGRATION,
  type Migration,
  pendingMigrations,
  SELECT_MIGRATIONS,
} from './migrations.ts';
import type {
  CheckpointMove,
  CommitOutcome,
  SqlDatabase,
  SqlTransaction,
  SqlValue,
  WriteOutcome,
} from './sql-database.ts';
import type { SqlDriver } from './sql-driver.ts';

/** Statements of a schema change, and waiting for another process that makes it. */
const MIGRATION_MS = 600_000;

class Transaction implements SqlTransaction {
  readonly #pooled: Pooled;

  constructor(pooled: Pooled) {
    this.#pooled = pooled;
  }

  async query<R extends object>(text: string, values: readonly SqlValue[] = []): Promise<R[]> {
    return (await this.#pooled.query(text, values)).rows as R[];
  }

  async execute(text: string, values: readonly SqlValue[] = []): Promise<number> {
    return (await this.#pooled.query(text, values)).matched;
  }

  insert(chunk: Chunk): Promise<void> {
    return this.#pooled.step(() => this.#pooled.connection.insert(chunk));
  }
}

export class PooledDatabase implements SqlDatabase {
  readonly #driver: SqlDriver;
  readonly #pool: ConnectionPool;
  readonly #logger: Logger;

  constructor(driver: SqlDriver, bounds: PoolBounds, clock: Clock, logger: Logger) {
    this.#driver = driver;
    this.#pool = new ConnectionPool(driver, bounds, clock);
    this.#logger = logger;
  }

  get ownerAfter(): string {
    return this.#driver.ownerAfter;
  }

  get writesAtOnce(): boolean {
    return this.#driver.writesAtOnce;
  }

  insertMissing(table: string, columns: readonly string[]): string {
    return this.#driver.insertMissing(table, columns);
  }

  query<R extends object>(text: string, values: readonly SqlValue[] = []): Promise<R[]> {
    return this.#pool.use(async (pooled) => (await pooled.query(text, values)).rows as R[]);
  }

  transaction(action: (transaction: SqlTransaction) => Promise<void>): Promise<CommitOutcome> {
    return this.#pool.use(async (pooled) => {
      await pooled.query('BEGIN', []);
      try {
        await action(new Transaction(pooled));
      } catch (error) {
        await rollBack(pooled);
        throw error;
      }
      try {
        await pooled.query('COMMIT', []);
        return { kind: 'committed' };
      } catch (error) {
        return unknownWhereLost(pooled, error);
      }
    });
  }

  write(move: CheckpointMove, chunk: Chunk): Promise<WriteOutcome> {
    return this.#pool.use(async (pooled) => {
      try {
        const hasMoved = await pooled.step(() => pooled.connection.write!(move, chunk));
        return { kind: hasMoved ? 'committed' : 'conflict' };
      } catch (error) {
        return unknownWhereLost(pooled, error);
      }
    });
  }

  migrate(): Promise<void> {
    return this.#pool.use(async (pooled) => {
      if ((await this.#pending(pooled)).length === 0) return;
      try {
        await pooled.step(() => this.#driver.beginMigration(pooled.connection), MIGRATION_MS);
        await pooled.query(this.#driver.createMigrationTable, []);
        // Another process may have made them meanwhile.
        for (const migration of await this.#pending(pooled)) await this.#apply(pooled, migration);
        await pooled.step(() => this.#driver.endMigration(pooled.connection), MIGRATION_MS);
      } finally {
        // Its end frees the lock, whatever has happened, and its session has had settings of its own.
        pooled.discard();
      }
    });
  }

  async #pending(pooled: Pooled): Promise<Migration[]> {
    const { rows } = await pooled.query(this.#driver.countMigrationTables, []);
    const { tables } = rows[0] as { tables: number };
    const applied =
      tables === 0 ? [] : ((await pooled.query(SELECT_MIGRATIONS, [])).rows as AppliedMigration[]);
    return pendingMigrations(this.#driver.migrations, applied);
  }

  async #apply(pooled: Pooled, { version, worksFrom, statements }: Migration): Promise<void> {
    for (const text of statements) {
      await pooled.step(() => pooled.connection.query(text, []), MIGRATION_MS);
    }
    await pooled.query(INSERT_MIGRATION, [version, worksFrom]);
    this.#logger.info(
      { version, server: this.#driver.server },
      'the schema of the timeline was brought up to date',
    );
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** @throws the error where the server has said no on a connection that lives: nothing was committed */
const unknownWhereLost = (pooled: Pooled, error: unknown): CommitOutcome => {
  if (!pooled.lost) throw error;
  return { kind: 'unknown', error: error as BubbleError };
};

async function rollBack(pooled: Pooled): Promise<void> {
  if (pooled.lost) return;
  try {
    await pooled.query('ROLLBACK', []);
  } catch {
    // The server rolls back what a connection leaves behind; the action's error is the one that matters.
    pooled.discard();
  }
}
