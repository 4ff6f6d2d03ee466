/**
 * Deletes rows below `trimmed_offset`, in bounded transactions. The mailbox table has no index by version (it would
 * double what a mailbox row costs to write), so its rows are found by the recipients that each row keeps.
 */
import { numberAt } from '../../../schemas/positions.ts';
import { type OldRow, trimChunk } from './mailbox-chunks.ts';
import type { SqlDatabase } from './sql-database.ts';
import * as statements from './statements.ts';

/** One transaction: so many rows, or the first of them where they have more mailbox rows than this. */
const TRIM_ROWS = 256;
const TRIM_MAILBOX_ROWS = 16_384;
/** Owners in one statement. */
const TRIM_OWNERS = 4_096;

/** One transaction of it. @returns whether there may be more */
export async function deleteTrimmedChunk(
  database: SqlDatabase,
  epoch: number,
  partition: number,
): Promise<boolean> {
  const base = numberAt(epoch, 0);
  const [bounds] = await database.query<{ trimmed_offset: number }>(statements.SELECT_BOUNDS, [
    epoch,
    partition,
  ]);
  const end = base + (bounds?.trimmed_offset ?? 0);
  const rows = await database.query<OldRow>(statements.SELECT_OLDEST_ROWS, [partition, base, end, TRIM_ROWS]);
  if (rows.length === 0) return false;
  const { below, owners } = trimChunk(rows, TRIM_MAILBOX_ROWS);
  await database.transaction(async (transaction) => {
    for (let at = 0; at < owners.length; at += TRIM_OWNERS) {
      const some = owners.slice(at, at + TRIM_OWNERS);
      const text = statements.deleteMailboxRows(some.length);
      await transaction.execute(text, [partition, base, below, ...some]);
    }
    await transaction.execute(statements.DELETE_ROWS, [partition, base, below]);
  });
  return true;
}
