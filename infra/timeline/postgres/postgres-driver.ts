/** The drivers pg and pg-copy-streams, as the timeline uses them: PostgreSQL 13 and later. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { BubbleError } from '../../../schemas/errors.ts';
import type { Chunk } from '../sql/mailbox-chunks.ts';
import type { CheckpointMove, SqlValue } from '../sql/sql-database.ts';
import type { SqlAnswer, SqlConnection, SqlDriver, SqlDriverOptions } from '../sql/sql-driver.ts';
import { MAILBOX_TABLE, MIGRATION_TABLE, MOVE_CHECKPOINT, ROW_TABLE } from '../sql/statements.ts';
import { mailboxAsCopy, rowsAsCopy } from './copy-format.ts';
import { breaksConnection, postgresFailure } from './postgres-failure.ts';
import { CREATE_MIGRATION_TABLE, MIGRATIONS } from './postgres-schema.ts';

const INT8_OID = 20;
/** The key of an advisory lock: a number of our own ('bubbletl' in ASCII would not fit a safe integer). */
const MIGRATION_LOCK = 0x62_75_62_62_6c;
const COPY_ROWS = `COPY ${ROW_TABLE} (inbox_partition, seq, tenant, sender, recipients, content) FROM STDIN (FORMAT binary)`;
const COPY_MAILBOX = `COPY ${MAILBOX_TABLE} (inbox_partition, owner, seq) FROM STDIN (FORMAT binary)`;
/** Rows are inserted for the checkpoint that has moved, so none where none has. */
const WRITE_TEXT = `WITH moved AS (${MOVE_CHECKPOINT} RETURNING inbox_partition),
stored AS (INSERT INTO ${ROW_TABLE} (inbox_partition, seq, tenant, sender, recipients, content)
  SELECT moved.inbox_partition, made.* FROM moved,
    unnest(?::bigint[], ?::bytea[], ?::bytea[], ?::bytea[], ?::bytea[]) AS made),
placed AS (INSERT INTO ${MAILBOX_TABLE} (inbox_partition, owner, seq)
  SELECT moved.inbox_partition, made.* FROM moved, unnest(?::bytea[], ?::bigint[]) AS made)
SELECT 1 FROM moved`;
/** Statements as the driver wants them, by our text. Those with lists of a changing length are made anew. */
const NUMBERED_CHARACTERS = 2_000;
const numberedTexts = new Map<string, string>();

/** `?` becomes `$1`, `$2` and so on. */
const numbered = (text: string): string => {
  const known = numberedTexts.get(text);
  if (known !== undefined) return known;
  let count = 0;
  const made = text.replaceAll('?', () => {
    count += 1;
    return `$${count}`;
  });
  if (text.length <= NUMBERED_CHARACTERS) numberedTexts.set(text, made);
  return made;
};

/** 64-bit integers are numbers here: versions and offsets are safe. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format === 'binary' ? 'text' : format),
};

class PostgresConnection implements SqlConnection {
  readonly #client: pg.Client;

  constructor(client: pg.Client) {
    this.#client = client;
  }

  async query(text: string, values: readonly SqlValue[]): Promise<SqlAnswer> {
    const { rows, rowCount } = await this.#client.query<object>(numbered(text), [...values]);
    return { rows, matched: rowCount ?? 0 };
  }

  async insert(chunk: Chunk): Promise<void> {
    if (chunk.rows.length > 0) await this.#copy(COPY_ROWS, rowsAsCopy(chunk));
    if (chunk.mailboxRows > 0) await this.#copy(COPY_MAILBOX, mailboxAsCopy(chunk));
  }

  async write(move: CheckpointMove, { rows, mailboxes }: Chunk): Promise<boolean> {
    const owners = mailboxes.flatMap(({ owner, seqs }) => seqs.map(() => owner));
    const { rowCount } = await this.#client.query({
      // Planned once for each connection.
      name: 'bubble_write',
      text: numbered(WRITE_TEXT),
      values: [
        ...move,
        ...(['seq', 'tenant', 'sender', 'recipients', 'content'] as const).map((column) =>
          rows.map((row) => row[column]),
        ),
        ...[owners, mailboxes.flatMap(({ seqs }) => seqs)],
      ],
    });
    return rowCount === 1;
  }

  async #copy(text: string, bytes: Buffer): Promise<void> {
    await pipeline(Readable.from([bytes], { objectMode: true }), this.#client.query(copyFrom(text)));
  }

  destroy(): void {
    // The driver's own ending waits for the server.
    this.#client.connection.stream.destroy();
  }

  end(): Promise<void> {
    return this.#client.end();
  }
}

export class PostgresDriver implements SqlDriver {
  readonly #options: SqlDriverOptions;
  readonly server: string;
  readonly writesAtOnce = true;
  readonly ownerAfter = '(owner >= ? AND (owner, seq) > (?, ?))';
  readonly migrations = MIGRATIONS;
  readonly createMigrationTable = CREATE_MIGRATION_TABLE;
  readonly countMigrationTables = `SELECT COUNT(*) AS tables FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_name = '${MIGRATION_TABLE}'`;

  constructor(options: SqlDriverOptions) {
    this.#options = options;
    this.server = options.server;
  }

  insertMissing(table: string, columns: readonly string[]): string {
    return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`;
  }

  async open(lost: () => void): Promise<SqlConnection> {
    const { url, connectTimeoutMs, queryTimeoutMs, tls } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: connectTimeoutMs,
      // The server ends what we have given up, and a transaction whose client is silent: a paused writer's.
      statement_timeout: queryTimeoutMs,
      lock_timeout: queryTimeoutMs,
      idle_in_transaction_session_timeout: queryTimeoutMs,
      keepAlive: true,
      application_name: 'bubble',
      types,
      ...(tls === undefined ? {} : { ssl: tls.ca === undefined ? true : { ca: tls.ca } }),
    });
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    return new PostgresConnection(client);
  }

  failure(error: unknown): BubbleError {
    return postgresFailure(this.server, error);
  }

  breaks(error: unknown): boolean {
    return breaksConnection(error);
  }

  async beginMigration(connection: SqlConnection): Promise<void> {
    await connection.query('SET statement_timeout = 0', []);
    await connection.query('SET lock_timeout = 0', []);
    await connection.query('BEGIN', []);
    await connection.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`, []);
  }

  async endMigration(connection: SqlConnection): Promise<void> {
    await connection.query('COMMIT', []);
  }
}
