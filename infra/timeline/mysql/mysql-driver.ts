/** The driver mysql2, as the timeline uses it: MySQL 8 and MariaDB 10.6 and later. */
import type { Socket } from 'node:net';
import mysql from 'mysql2/promise';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Chunk } from '../sql/mailbox-chunks.ts';
import type { SqlValue } from '../sql/sql-database.ts';
import type { SqlAnswer, SqlConnection, SqlDriver, SqlDriverOptions } from '../sql/sql-driver.ts';
import { MAILBOX_TABLE, MIGRATION_TABLE, ROW_TABLE } from '../sql/statements.ts';
import { breaksConnection, mysqlFailure } from './mysql-failure.ts';
import { CREATE_MIGRATION_TABLE, MIGRATIONS } from './mysql-schema.ts';

const MIGRATION_LOCK = `CONCAT('bubble.', MD5(CONCAT('timeline/', DATABASE())))`;
const MIGRATION_WAIT_SECONDS = 300;

/**
 * READ COMMITTED: no gap locks, so writers of different partitions never meet. Strict: nothing is cut to fit. The
 * server ends a transaction whose client is silent, hence a paused writer's (MariaDB; MySQL has the idle connection
 * only). What stands in the comment is for MariaDB alone.
 */
const sessionOf = (queryTimeoutMs: number): string => {
  const seconds = Math.max(1, Math.ceil(queryTimeoutMs / 1_000));
  return `SET SESSION sql_mode = 'STRICT_ALL_TABLES', innodb_lock_wait_timeout = ${seconds}, wait_timeout = 60
    /*M! , idle_transaction_timeout = ${seconds}, max_statement_time = ${seconds} */`;
};

/** The package leaves the closing of the socket to the server, and one that hangs never does: sockets would pile up. */
const socketOf = (connection: mysql.Connection): Partial<Pick<Socket, 'destroy' | 'destroySoon'>> =>
  (connection as { connection?: { stream?: Socket } }).connection?.stream ?? {};

const destroy = (connection: mysql.Connection): void => {
  connection.destroy();
  socketOf(connection).destroy?.();
};

class MysqlConnection implements SqlConnection {
  readonly #connection: mysql.Connection;

  constructor(connection: mysql.Connection) {
    this.#connection = connection;
  }

  async query(text: string, values: readonly SqlValue[]): Promise<SqlAnswer> {
    const [answer] = await this.#connection.query<mysql.RowDataPacket[] | mysql.ResultSetHeader>(text, [
      ...values,
    ]);
    return Array.isArray(answer) ? { rows: answer, matched: 0 } : { rows: [], matched: answer.affectedRows };
  }

  async insert(chunk: Chunk): Promise<void> {
    if (chunk.rows.length > 0) await this.#connection.query(insertRows(chunk));
    if (chunk.mailboxRows > 0) await this.#connection.query(insertMailbox(chunk));
  }

  destroy(): void {
    destroy(this.#connection);
  }

  /** Says goodbye. */
  async end(): Promise<void> {
    await this.#connection.end();
    socketOf(this.#connection).destroySoon?.();
  }
}

const hex = (bytes: Buffer): string => (bytes.length === 0 ? "''" : `x'${bytes.toString('hex')}'`);

const insertRows = ({ partition, rows }: Chunk): string => {
  const values = rows.map(
    ({ seq, tenant, sender, recipients, content }) =>
      `(${partition},${seq},${hex(tenant)},${hex(sender)},${hex(recipients)},${hex(content)})`,
  );
  return `INSERT INTO ${ROW_TABLE} (inbox_partition, seq, tenant, sender, recipients, content) VALUES ${values.join(',')}`;
};

const insertMailbox = ({ partition, mailboxes }: Chunk): string => {
  const values: string[] = [];
  for (const { owner, seqs } of mailboxes) {
    const prefix = `(${partition},${hex(owner)},`;
    for (const seq of seqs) values.push(`${prefix}${seq})`);
  }
  return `INSERT INTO ${MAILBOX_TABLE} (inbox_partition, owner, seq) VALUES ${values.join(',')}`;
};

export class MysqlDriver implements SqlDriver {
  readonly #options: SqlDriverOptions;
  readonly server: string;
  // It would take several statements in one text, and so let in one that is smuggled into a value.
  readonly writesAtOnce = false;
  // A comparison of tuples is not a range for the optimizer of either server.
  readonly ownerAfter = '(owner > ? OR (owner = ? AND seq > ?))';
  readonly migrations = MIGRATIONS;
  readonly createMigrationTable = CREATE_MIGRATION_TABLE;
  readonly countMigrationTables = `SELECT COUNT(*) AS tables FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_name = '${MIGRATION_TABLE}'`;

  constructor(options: SqlDriverOptions) {
    this.#options = options;
    this.server = options.server;
  }

  insertMissing(table: string, columns: readonly string[]): string {
    return `INSERT IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  }

  async open(lost: () => void): Promise<SqlConnection> {
    const { url, connectTimeoutMs, queryTimeoutMs, tls } = this.#options;
    const connection = await mysql.createConnection({
      uri: url,
      connectTimeout: connectTimeoutMs,
      // No statement of ours needs more than one, so none that is smuggled in can.
      multipleStatements: false,
      enableKeepAlive: true,
      ...(tls === undefined ? {} : { ssl: tls.ca === undefined ? {} : { ca: tls.ca } }),
    });
    connection.on('error', lost);
    connection.on('end', lost);
    try {
      await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
      await connection.query(sessionOf(queryTimeoutMs));
    } catch (error) {
      destroy(connection);
      throw error;
    }
    return new MysqlConnection(connection);
  }

  failure(error: unknown): BubbleError {
    return mysqlFailure(this.server, error);
  }

  breaks(error: unknown): boolean {
    return breaksConnection(error);
  }

  async beginMigration(connection: SqlConnection): Promise<void> {
    await connection.query('SET SESSION wait_timeout = 3600 /*M! , max_statement_time = 0 */', []);
    const { rows } = await connection.query(
      `SELECT GET_LOCK(${MIGRATION_LOCK}, ${MIGRATION_WAIT_SECONDS}) AS held`,
      [],
    );
    if ((rows[0] as { held: number | null }).held !== 1) {
      throw new BubbleError('STORE_AWAY', `${this.server}: another process changes the schema`, {
        retryable: true,
      });
    }
  }

  async endMigration(connection: SqlConnection): Promise<void> {
    await connection.query(`SELECT RELEASE_LOCK(${MIGRATION_LOCK}) AS freed`, []);
  }
}
