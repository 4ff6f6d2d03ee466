/** The tables in PostgreSQL. Names are bytes: their order and equality know no collation. */
import type { Migration } from '../sql/migrations.ts';
import { CHECKPOINT_TABLE, MAILBOX_TABLE, MIGRATION_TABLE, ROW_TABLE } from '../sql/statements.ts';

export const CREATE_MIGRATION_TABLE = `CREATE TABLE IF NOT EXISTS ${MIGRATION_TABLE} (
  component text NOT NULL,
  version integer NOT NULL,
  works_from integer NOT NULL,
  PRIMARY KEY (component, version)
)`;

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    worksFrom: 1,
    statements: [
      // Updated at each write: room for new versions of its few rows keeps them on their page.
      `CREATE TABLE IF NOT EXISTS ${CHECKPOINT_TABLE} (
        epoch smallint NOT NULL,
        inbox_partition smallint NOT NULL,
        next_offset bigint NOT NULL,
        trimmed_offset bigint NOT NULL,
        vector text NOT NULL,
        PRIMARY KEY (epoch, inbox_partition)
      ) WITH (fillfactor = 20)`,
      `CREATE TABLE IF NOT EXISTS ${ROW_TABLE} (
        seq bigint NOT NULL,
        inbox_partition smallint NOT NULL,
        tenant bytea NOT NULL,
        sender bytea NOT NULL,
        recipients bytea NOT NULL,
        content bytea NOT NULL,
        PRIMARY KEY (inbox_partition, seq)
      )`,
      // Its key holds all of it, so that a page is read from the index alone once its pages are known to be visible
      // to all. That is found out by vacuum, which a table of insertions calls for by their number.
      `CREATE TABLE IF NOT EXISTS ${MAILBOX_TABLE} (
        seq bigint NOT NULL,
        inbox_partition smallint NOT NULL,
        owner bytea NOT NULL,
        PRIMARY KEY (inbox_partition, owner, seq)
      ) WITH (autovacuum_vacuum_insert_scale_factor = 0.05)`,
    ],
  },
];
