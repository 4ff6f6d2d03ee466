/**
 * The schema of the timeline and its statements, the same text for MySQL and PostgreSQL; `?` stands for a value.
 *
 * bubble_timeline_checkpoint   one row for each (epoch, inbox partition): next offset, where kept rows begin, vector
 * bubble_timeline_row          each content once: (inbox partition, version)
 * bubble_timeline_mailbox      one narrow row for each (inbox partition, owner, version), clustered in this order
 *
 * All epochs share the tables: a version has its epoch in it, so their rows never meet, and an owner's rows of a new
 * epoch stand beside the old ones. A tenant stands first in every owner's key, hence in the clustered order within a
 * partition.
 */
export const CHECKPOINT_TABLE = 'bubble_timeline_checkpoint';
export const ROW_TABLE = 'bubble_timeline_row';
export const MAILBOX_TABLE = 'bubble_timeline_mailbox';
export const MIGRATION_TABLE = 'bubble_migration';

const OF_PARTITION = 'WHERE epoch = ? AND inbox_partition = ?';

/** epoch, partition */
export const SELECT_CHECKPOINT = `SELECT next_offset, vector FROM ${CHECKPOINT_TABLE} ${OF_PARTITION}`;

/** epoch */
export const SELECT_NEXT_OFFSETS = `SELECT inbox_partition, next_offset FROM ${CHECKPOINT_TABLE} WHERE epoch = ?`;

/** next offset, vector, epoch, partition, expected offset. The row stays locked until the transaction ends. */
export const MOVE_CHECKPOINT = `UPDATE ${CHECKPOINT_TABLE} SET next_offset = ?, vector = ? ${OF_PARTITION} AND next_offset = ?`;

// One statement sees one state: the first row of the answer is the checkpoint, the others are rows below it.
const CHECKPOINT_FIRST = `SELECT 0 AS is_row, next_offset AS number, trimmed_offset, NULL AS sender, NULL AS content, 0 AS size
  FROM ${CHECKPOINT_TABLE} ${OF_PARTITION} UNION ALL `;

/**
 * epoch, partition; inline bytes; partition, owner, after, until, rows; partition. Larger contents stay out of the answer
 * and are read one by one where the page has room for them: a page is cut by bytes, which plain SQL cannot do. (Window
 * functions over contents crash MariaDB 10.11 now and then, in `ha_maria::drop_table`.)
 */
export const SELECT_PAGE = `${CHECKPOINT_FIRST}
SELECT 1, found.seq, 0, stored.sender,
  CASE WHEN OCTET_LENGTH(stored.content) <= ? THEN stored.content END, OCTET_LENGTH(stored.content)
FROM (SELECT seq FROM ${MAILBOX_TABLE} WHERE inbox_partition = ? AND owner = ? AND seq > ? AND seq <= ?
  ORDER BY seq LIMIT ?) AS found
JOIN ${ROW_TABLE} AS stored ON stored.inbox_partition = ? AND stored.seq = found.seq`;

/** partition, version */
export const SELECT_CONTENT = `SELECT content FROM ${ROW_TABLE} WHERE inbox_partition = ? AND seq = ?`;

/** epoch, partition; partition, owner, from, until, rows; partition */
export const SELECT_NEWEST_PAGE = `${CHECKPOINT_FIRST}
SELECT 1, found.seq, 0, stored.sender, stored.content, OCTET_LENGTH(stored.content)
FROM (SELECT seq FROM ${MAILBOX_TABLE} WHERE inbox_partition = ? AND owner = ? AND seq >= ? AND seq <= ?
  ORDER BY seq DESC LIMIT ?) AS found
JOIN ${ROW_TABLE} AS stored ON stored.inbox_partition = ? AND stored.seq = found.seq`;

/** partition, owner, from, until; epoch, partition */
export const SELECT_NEWEST = `SELECT trimmed_offset, (SELECT seq FROM ${MAILBOX_TABLE}
  WHERE inbox_partition = ? AND owner = ? AND seq >= ? AND seq <= ? ORDER BY seq DESC LIMIT 1) AS seq
FROM ${CHECKPOINT_TABLE} ${OF_PARTITION}`;

/** offset, epoch, partition, offset */
export const MOVE_TRIMMED = `UPDATE ${CHECKPOINT_TABLE} SET trimmed_offset = LEAST(?, next_offset) ${OF_PARTITION} AND trimmed_offset < LEAST(?, next_offset)`;

/** epoch, partition */
export const SELECT_BOUNDS = `SELECT next_offset, trimmed_offset FROM ${CHECKPOINT_TABLE} ${OF_PARTITION}`;

/** partition, from, below, rows */
export const SELECT_OLDEST_ROWS = `SELECT seq, tenant, recipients FROM ${ROW_TABLE}
WHERE inbox_partition = ? AND seq >= ? AND seq < ? ORDER BY seq LIMIT ?`;

/** partition, from, below, owners */
export const deleteMailboxRows = (owners: number): string =>
  `DELETE FROM ${MAILBOX_TABLE} WHERE inbox_partition = ? AND seq >= ? AND seq < ?
  AND owner IN (${new Array(owners).fill('?').join(',')})`;

/** partition, from, below */
export const DELETE_ROWS = `DELETE FROM ${ROW_TABLE} WHERE inbox_partition = ? AND seq >= ? AND seq < ?`;

/** partition, owner, owner, seq (behind which); from, below, rows; partition */
export const selectDump = (ownerAfter: string): string =>
  `SELECT found.owner, found.seq, stored.sender, stored.content
FROM (SELECT owner, seq FROM ${MAILBOX_TABLE} WHERE inbox_partition = ? AND ${ownerAfter}
  AND seq >= ? AND seq < ? ORDER BY owner, seq LIMIT ?) AS found
JOIN ${ROW_TABLE} AS stored ON stored.inbox_partition = ? AND stored.seq = found.seq
ORDER BY found.owner, found.seq`;
