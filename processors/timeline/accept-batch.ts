/** From a batch of the inbox to what a timeline takes of it: live and rebuild use the same. */
import type { RecordBatch } from '../../infra/log/log.ts';
import type { AcceptedRecord } from '../../infra/timeline/timeline-store.ts';
import type { Codec } from '../../schemas/events/envelope.ts';
import { INBOX_KIND, type InboxEvent } from '../../schemas/events/inbox.ts';
import { readInbox } from '../../schemas/events/inbox-view.ts';
import type { SourceVector } from '../../schemas/rules/acceptance.ts';
import { acceptRecord } from '../../schemas/rules/epoch.ts';

export interface Hole {
  readonly offset: number;
  readonly source: number;
}

export interface AcceptedBatch {
  /** Those with rows. */
  readonly records: readonly AcceptedRecord[];
  readonly repeats: number;
  readonly holes: readonly Hole[];
  /** Where to read on; where `stopped` is set, the offset of a record that cannot be read. */
  readonly next: number;
  readonly stopped: boolean;
}

/** Moves the vector over the records at or after `from`. */
export const acceptBatch = (
  codec: Codec<InboxEvent>,
  vector: SourceVector,
  batch: RecordBatch,
  from: number,
): AcceptedBatch => {
  const records: AcceptedRecord[] = [];
  const holes: Hole[] = [];
  let repeats = 0;
  for (const { offset, value } of batch.records) {
    if (offset < from) continue;
    const event = value === null ? null : readInbox(codec, value);
    if (event === null) return { records, repeats, holes, next: offset, stopped: true };
    const verdict = acceptRecord(vector, event);
    if (verdict === 'repeat') repeats += 1;
    else if (verdict === 'hole') holes.push({ offset, source: event.source });
    else if (event.kind < INBOX_KIND.ANSWER) records.push({ offset, event });
  }
  return { records, repeats, holes, next: batch.next, stopped: false };
};
