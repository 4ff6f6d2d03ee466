/**
 * Makes the inbox records of one decision, one for each inbox partition touched, and gathers them with its public
 * event. Used only while live.
 */
import type { LaneOutput } from '../../infra/lanes/lane.ts';
import type { RecordInput } from '../../infra/log/log.ts';
import type { Codec } from '../../schemas/events/envelope.ts';
import type { ReturnAddress } from '../../schemas/events/inbound.ts';
import { NO_RETURN } from '../../schemas/events/inbound.ts';
import type { InboxEvent } from '../../schemas/events/inbox.ts';
import { INBOX_KIND } from '../../schemas/events/inbox.ts';
import { type AudiencePart, NOBODY } from './audience.ts';
import type { Route } from './route.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What is the same in all records of one decision. */
export interface Decided {
  readonly route: Route;
  readonly kind: number;
  readonly src: number;
  readonly logTime: number;
  readonly row: Buffer;
  readonly content: Buffer;
  readonly ack: Buffer;
  readonly returnTo: ReturnAddress;
}

export class Outputs {
  /** The inbound partition. */
  readonly source: number;
  readonly #codec: Codec<InboxEvent>;
  #made: LaneOutput[] = [];
  /** Filled anew for each record: encoding reads it at once. */
  readonly #event: Mutable<InboxEvent>;

  constructor(codec: Codec<InboxEvent>, source: number) {
    this.#codec = codec;
    this.source = source;
    this.#event = {
      tenant: '',
      conversation: '',
      kind: 0,
      source,
      src: 0,
      prev: 0,
      logTime: 0,
      sender: '',
      recipients: NOBODY,
      row: NOBODY,
      content: NOBODY,
      bodyKey: null,
      ack: NOBODY,
      ...NO_RETURN,
    };
  }

  /** The outputs since the last call. */
  take(): LaneOutput[] {
    const made = this.#made;
    if (made.length > 0) this.#made = [];
    return made;
  }

  add(topic: string, part: AudiencePart, prev: number, decided: Decided): void {
    const { route, returnTo } = decided;
    const answers = part.partition === route.self[0]!.partition;
    const to = answers ? returnTo : NO_RETURN;
    const event = this.#event;
    event.tenant = route.tenant;
    event.conversation = route.conversation;
    event.kind = decided.kind;
    event.src = decided.src;
    event.prev = prev;
    event.logTime = decided.logTime;
    event.sender = route.sender;
    event.recipients = decided.kind === INBOX_KIND.ANSWER ? NOBODY : part.recipients;
    event.row = decided.row;
    event.content = decided.content;
    event.ack = answers ? decided.ack : NOBODY;
    event.slot = to.slot;
    event.slotEpoch = to.slotEpoch;
    event.connection = to.connection;
    event.request = to.request;
    const value = this.#codec.encode(event);
    this.#made.push({ topic, partition: part.partition, record: { key: part.key, value } });
  }

  /** Events lie in the partition of their commands: one conversation, one order. */
  addEvent(topic: string, record: RecordInput): void {
    this.#made.push({ topic, partition: this.source, record });
  }

  /** The last record of this source in an epoch. */
  addSeal(topic: string, partition: number, src: number, prev: number, logTime: number): void {
    const value = this.#codec.encode({
      tenant: '',
      conversation: '',
      kind: INBOX_KIND.SEAL,
      source: this.source,
      src,
      prev,
      logTime,
      sender: '',
      recipients: NOBODY,
      row: NOBODY,
      content: NOBODY,
      bodyKey: null,
      ack: NOBODY,
      ...NO_RETURN,
    });
    const key = Buffer.from(`seal/${this.source}`);
    this.#made.push({ topic, partition, record: { key, value } });
  }
}
