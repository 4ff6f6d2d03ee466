/**
 * What a record of an inbox topic is to its readers. The same for every reader and every release, since all must accept
 * the same records: what can never be an inbox record is left out by all alike, as if it were not there. It has no
 * `src`, so it moves no vector. What may be one for somebody who knows more stops its reader, which asks the registry:
 * whoever writes inbox has registered its schema before, so a registry that answers "nobody" settles it.
 */
import type { Codecs } from '../../schemas/events/codecs.ts';
import { envelopeIdOf } from '../../schemas/events/envelope-id.ts';
import type { InboxEvent } from '../../schemas/events/inbox.ts';
import { readInbox } from '../../schemas/events/inbox-view.ts';
import { MAX_PARTITIONS } from '../../schemas/topics.ts';

export type InboxRead =
  | { readonly kind: 'event'; readonly event: InboxEvent }
  | { readonly kind: 'foreign'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly schemaId: number };

const foreign = (reason: string): InboxRead => ({ kind: 'foreign', reason });

/** Pure. 'unknown' is settled by `Codecs.learn`: true, read it again; false, it is foreign. */
export const readInboxRecord = (codecs: Codecs, value: Uint8Array | null): InboxRead => {
  if (value === null) return foreign('it has no value');
  const { inbox } = codecs;
  const id = envelopeIdOf(value);
  if (id === null) return foreign('it has no schema id');
  if (!inbox.reads(id)) {
    const other = Object.values(codecs).find((codec) => codec.reads(id));
    return other === undefined ? { kind: 'unknown', schemaId: id } : foreign(`it is a ${other.subject}`);
  }
  const event = readInbox(inbox, value);
  if (event === null) return foreign('it does not match its schema');
  // A source that cannot be would grow every vector up to it.
  if (event.source < 0 || event.source >= MAX_PARTITIONS) return foreign(`it has source ${event.source}`);
  return { kind: 'event', event };
};

/** Of a record whose schema id the registry does not have either. */
export const unknownId = (schemaId: number): string => `nobody knows its schema id ${schemaId}`;
