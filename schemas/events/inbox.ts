/**
 * `bubble.inbox.<epoch>`: fan-out on write. Exactly one record for each (inbound record, inbox partition touched).
 * Its offset is the version of its row for every recipient in it. Key: tenant/first recipient.
 */
import type { EventSchema } from './envelope.ts';
import { RETURN_FIELDS, type ReturnAddress } from './inbound.ts';

/** Below 100: a RowKind of the wire. */
export const INBOX_KIND = {
  /** No row: duplicate, conflict, stale id. Goes to the return address only. */
  ANSWER: 100,
  /** The last record of a source in this epoch. */
  SEAL: 101,
} as const;

export interface InboxEvent extends ReturnAddress {
  readonly tenant: string;
  readonly conversation: string;
  readonly kind: number;
  /** The inbound partition. */
  readonly source: number;
  /** convSeq of the command, epoch included. */
  readonly src: number;
  /** `src` of the record before it for the same (source, inbox partition); -1: none. */
  readonly prev: number;
  /** ms. */
  readonly logTime: number;
  readonly sender: string;
  /** Users of this partition who get the row: a packed list (packed.ts). Empty where there is no row. */
  readonly recipients: Uint8Array;
  /** An encoded AddMsg without content, serverMsgSeq, own and prevSeq: the same for everybody. */
  readonly row: Uint8Array;
  /** AddMsg.content: appended to the row as its field 5 where not empty. */
  readonly content: Uint8Array;
  readonly bodyKey: string | null;
  /** An encoded CommandAck without serverMsgSeq and prevSeq, in the record of the sender's partition; else empty. */
  readonly ack: Uint8Array;
}

export const INBOX_EVENT: EventSchema = {
  subject: 'bubble.Inbox',
  schema: {
    type: 'record',
    name: 'bubble.Inbox',
    fields: [
      { name: 'tenant', type: 'string' },
      { name: 'conversation', type: 'string' },
      { name: 'kind', type: 'int' },
      { name: 'source', type: 'int' },
      { name: 'src', type: 'long' },
      { name: 'prev', type: 'long' },
      { name: 'logTime', type: 'long' },
      { name: 'sender', type: 'string' },
      { name: 'recipients', type: 'bytes' },
      { name: 'row', type: 'bytes' },
      { name: 'content', type: 'bytes' },
      { name: 'bodyKey', type: ['null', 'string'], default: null },
      { name: 'ack', type: 'bytes' },
      ...RETURN_FIELDS,
    ],
  },
};
