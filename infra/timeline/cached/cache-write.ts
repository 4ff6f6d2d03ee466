/** From what a store has taken to what its cache takes: each row once, completed, and who gets it. */
import { completeRow } from '../../../schemas/events/inbox-view.ts';
import { unpackUsers } from '../../../schemas/events/packed.ts';
import { userKey } from '../../../schemas/ids.ts';
import { numberAt } from '../../../schemas/positions.ts';
import { OWN_BYTES, writeOwn } from '../../../schemas/wire/row.ts';
import type { AcceptedRecord, Owner, TimelineRow } from '../timeline-store.ts';
import type { CacheWrite } from './row-cache.ts';

export interface Batch {
  readonly records: readonly AcceptedRecord[];
  readonly expectedOffset: number;
  readonly offset: number;
  readonly bytes: number;
}

/** About what the rows of a batch take, once for each recipient as an index. */
export const sizeOf = (records: readonly AcceptedRecord[]): number => {
  let bytes = 0;
  for (const { event } of records) bytes += event.row.length + event.content.length + event.recipients.length;
  return bytes;
};

/** What the cache is told of a batch that the store has: its rows once, and for each user which are his. */
export const cacheWriteOf = (epoch: number, partition: number, batch: Batch): CacheWrite => {
  const rows: TimelineRow[] = [];
  const users = new Map<string, Owner & { rows: number[] }>();
  for (const { offset, event } of batch.records) {
    const seq = numberAt(epoch, offset);
    const bytes = completeRow(event, seq, OWN_BYTES);
    writeOwn(bytes, bytes.length - OWN_BYTES);
    const { tenant, sender } = event;
    for (const user of unpackUsers(event.recipients)) {
      const key = userKey(tenant, user);
      let entry = users.get(key);
      if (entry === undefined) {
        entry = { tenant, user, rows: [] };
        users.set(key, entry);
      }
      entry.rows.push(2 * rows.length + (user === sender ? 1 : 0));
    }
    rows.push({ seq, bytes });
  }
  const { expectedOffset, offset } = batch;
  return { partition, expectedOffset, offset, rows, users: [...users.values()] };
};
