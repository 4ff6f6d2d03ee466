/** What an adapter of a driver package gives: plain connections and the meaning of its errors. Bounds are ours. */
import type { BubbleError } from '../../../schemas/errors.ts';
import type { Chunk } from './mailbox-chunks.ts';
import type { Migration } from './migrations.ts';
import type { CheckpointMove, SqlValue } from './sql-database.ts';
import type { SqlTimelineSettings } from './timeline-settings.ts';

export interface SqlAnswer {
  readonly rows: readonly object[];
  /** Rows that an UPDATE, DELETE or INSERT matched. */
  readonly matched: number;
}

/** What a driver is opened with; `server` is for messages. */
export interface SqlDriverOptions extends Pick<SqlTimelineSettings, 'url' | 'tls'> {
  readonly server: string;
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
}

export interface SqlConnection {
  /** @param text with `?` for each value */
  query(text: string, values: readonly SqlValue[]): Promise<SqlAnswer>;
  insert(chunk: Chunk): Promise<void>;
  /**
   * A transaction of its own in one exchange, where the driver `writesAtOnce`; what rejects has written nothing, unless
   * the connection is lost.
   * @returns false where the move matched no checkpoint: then nothing was written
   */
  write?(move: CheckpointMove, chunk: Chunk): Promise<boolean>;
  /** At once; what is under way rejects or never settles. */
  destroy(): void;
  end(): Promise<void>;
}

export interface SqlDriver {
  /** For messages; no password in it. */
  readonly server: string;
  readonly ownerAfter: string;
  /** Its connections have `write`. */
  readonly writesAtOnce: boolean;
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
