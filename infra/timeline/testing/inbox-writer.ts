/** Writes inbox records as fan-out does, for tests: each with its src and prev, a whole row, and its recipients. */
import Long from 'long';
import { type Codecs, makeCodecs } from '../../../schemas/events/codecs.ts';
import { INBOX_KIND, type InboxEvent } from '../../../schemas/events/inbox.ts';
import { packUsers } from '../../../schemas/events/packed.ts';
import { numberAt } from '../../../schemas/positions.ts';
import { bubble } from '../../../schemas/wire/generated/bubble.js';

export const testCodecs = (): Codecs => {
  let id = 0;
  return makeCodecs(() => ++id);
};

export interface MadeRecord {
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly tenant?: string;
  readonly conversation?: string;
  readonly text?: string;
  readonly kind?: number;
  readonly source?: number;
  /** slot, slotEpoch, connection, request */
  readonly returnTo?: readonly [number, number, number, number];
}

/** Makes the records of one inbox partition. */
export class InboxWriter {
  readonly #last = new Map<number, number>();
  #nextInbound = 0;

  make(made: MadeRecord): InboxEvent {
    const source = made.source ?? 0;
    const src = numberAt(1, this.#nextInbound);
    this.#nextInbound += 1;
    const prev = this.#last.get(source) ?? -1;
    this.#last.set(source, src);
    const kind = made.kind ?? bubble.wire.RowKind.MESSAGE;
    const hasRow = kind !== INBOX_KIND.ANSWER && kind !== INBOX_KIND.SEAL;
    const [slot, slotEpoch, connection, request] = made.returnTo ?? [-1, 0, 0, 0];
    const convSeq = Long.fromNumber(src, true);
    return {
      tenant: made.tenant ?? 't',
      conversation: made.conversation ?? `c/${made.recipients.join('/')}`,
      kind,
      source,
      src,
      prev,
      logTime: 1_700_000_000_000 + this.#nextInbound,
      sender: made.sender,
      recipients: packUsers(made.recipients),
      row: hasRow
        ? Buffer.from(
            bubble.wire.AddMsg.encode({ fromUserName: made.sender, convSeq, msgId: convSeq, kind }).finish(),
          )
        : Buffer.alloc(0),
      content: hasRow ? Buffer.from(made.text ?? `text ${this.#nextInbound}`) : Buffer.alloc(0),
      bodyKey: null,
      ack:
        slot < 0
          ? Buffer.alloc(0)
          : Buffer.from(bubble.wire.CommandAck.encode({ clientSeq: 7, convSeq }).finish()),
      slot,
      slotEpoch,
      connection,
      request,
    };
  }
}
