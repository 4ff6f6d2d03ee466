/**
 * The tables in MySQL and MariaDB. Names are bytes: their order and equality know no collation. Versions are signed:
 * in a UNION with a literal, unsigned ones become decimals.
 */
import type { Migration } from '../sql/migrations.ts';
import { CHECKPOINT_TABLE, MAILBOX_TABLE, MIGRATION_TABLE, ROW_TABLE } from '../sql/statements.ts';

export const CREATE_MIGRATION_TABLE = `CREATE TABLE IF NOT EXISTS ${MIGRATION_TABLE} (
  component VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version INT UNSIGNED NOT NULL,
  works_from INT UNSIGNED NOT NULL,
  PRIMARY KEY (component, version)
) ENGINE=InnoDB`;

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    worksFrom: 1,
    statements: [
      `CREATE TABLE IF NOT EXISTS ${CHECKPOINT_TABLE} (
        epoch SMALLINT UNSIGNED NOT NULL,
        inbox_partition SMALLINT UNSIGNED NOT NULL,
        next_offset BIGINT NOT NULL,
        trimmed_offset BIGINT NOT NULL,
        vector TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        PRIMARY KEY (epoch, inbox_partition)
      ) ENGINE=InnoDB ROW_FORMAT=DYNAMIC`,
      `CREATE TABLE IF NOT EXISTS ${ROW_TABLE} (
        inbox_partition SMALLINT UNSIGNED NOT NULL,
        seq BIGINT NOT NULL,
        tenant VARBINARY(255) NOT NULL,
        sender VARBINARY(255) NOT NULL,
        recipients MEDIUMBLOB NOT NULL,
        content MEDIUMBLOB NOT NULL,
        PRIMARY KEY (inbox_partition, seq)
      ) ENGINE=InnoDB ROW_FORMAT=DYNAMIC`,
      // Nothing but its clustered key: InnoDB keeps the table in this order, and a page is one range of it.
      `CREATE TABLE IF NOT EXISTS ${MAILBOX_TABLE} (
        inbox_partition SMALLINT UNSIGNED NOT NULL,
        owner VARBINARY(255) NOT NULL,
        seq BIGINT NOT NULL,
        PRIMARY KEY (inbox_partition, owner, seq)
      ) ENGINE=InnoDB ROW_FORMAT=DYNAMIC`,
    ],
  },
];
