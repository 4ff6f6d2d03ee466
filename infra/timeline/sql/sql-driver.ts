/** What an adapter of a driver package gives: plain connections and the meaning of its errors. Bounds are ours. */
import type { BubbleError } from '../../../schemas/errors.ts';
import type { Chunk } from './mailbox-chunks.ts';
import type { Migration } from './migrations.ts';
import type { SqlValue } from './sql-database.ts';

export interface SqlAnswer {
  readonly rows: readonly object[];
  /** Rows that an UPDATE, DELETE or INSERT matched. */
  readonly matched: number;
}

export interface SqlConnection {
  /** @param text with `?` for each value */
  query(text: string, values: readonly SqlValue[]): Promise<SqlAnswer>;
  insert(chunk: Chunk): Promise<void>;
  /** At once; what is under way rejects or never settles. */
  destroy(): void;
  end(): Promise<void>;
}

export interface SqlDriver {
  /** For messages; no password in it. */
  readonly server: string;
  readonly ownerAfter: string;
  insertMissing(table: string, columns: readonly string[]): string;
  /**
   * @param lost called once when the connection has ended for whatever reason
   * @returns a connection whose session is set up
   */
  open(lost: () => void): Promise<SqlConnection>;
  failure(error: unknown): BubbleError;
  /** Whether the connection is of no more use after this error. */
  breaks(error: unknown): boolean;

  // The schema.
  readonly migrations: readonly Migration[];
  readonly createMigrationTable: string;
  /** One row, `tables`: how many migration tables there are. */
  readonly countMigrationTables: string;
  /** Until `endMigration`, or the end of the connection, no other process is between the two. */
  beginMigration(connection: SqlConnection): Promise<void>;
  endMigration(connection: SqlConnection): Promise<void>;
}
