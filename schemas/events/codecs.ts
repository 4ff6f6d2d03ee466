/** All record types of the topics, bound to the ids of a registry. Made once at start and passed to who needs it. */
import {
  JOINED_EVENT,
  type JoinedEvent,
  PROOF_EVENT,
  type ProofEvent,
  PUSH_EVENT,
  type PushEvent,
  REPLACED_EVENT,
  type ReplacedEvent,
  SLOT_CLAIM_EVENT,
  type SlotClaimEvent,
} from './delivery.ts';
import { Codec, type EventSchema } from './envelope.ts';
import { INBOUND_EVENT, type InboundEvent } from './inbound.ts';
import { INBOX_EVENT, type InboxEvent } from './inbox.ts';
import { PARKED_EVENT, type ParkedEvent } from './parked.ts';
import { PUBLIC_EVENT, type PublicEvent } from './public-event.ts';
import { SESSION_EVENT, type SessionEvent, SLOT_EVENT, type SlotEvent } from './session.ts';

export interface CodecTable {
  readonly inbound: Codec<InboundEvent>;
  readonly inbox: Codec<InboxEvent>;
  readonly session: Codec<SessionEvent>;
  readonly slot: Codec<SlotEvent>;
  readonly slotClaim: Codec<SlotClaimEvent>;
  readonly push: Codec<PushEvent>;
  readonly joined: Codec<JoinedEvent>;
  readonly proof: Codec<ProofEvent>;
  readonly replaced: Codec<ReplacedEvent>;
  readonly publicEvent: Codec<PublicEvent>;
  readonly parked: Codec<ParkedEvent>;
}

export interface Codecs extends CodecTable {
  /**
   * For an id that no codec reads yet, as a newer or older release writes it: looks it up and teaches it to the codec
   * of its subject. To be called once for a record whose decoding met UNKNOWN_SCHEMA; then decode it again.
   * @returns whether some codec reads the id now. False: nobody knows it, or this release cannot read it.
   * Rejects with a retryable BubbleError while the registry cannot be asked.
   */
  learn(id: number): Promise<boolean>;
}

/** One of `CodecTable`'s, whatever it decodes. */
export type AnyCodec = Pick<Codec<never>, 'id' | 'subject' | 'name' | 'reads' | 'addWriter'>;

/** Looks an id up and adds it to the codec of its subject: see `Codecs.learn`. */
export type Learn = (id: number, codecs: readonly AnyCodec[]) => Promise<boolean>;

const knownOnly: Learn = (id, codecs) => Promise.resolve(codecs.some((codec) => codec.reads(id)));

export const EVENT_SCHEMAS: { readonly [K in keyof CodecTable]: EventSchema } = {
  inbound: INBOUND_EVENT,
  inbox: INBOX_EVENT,
  session: SESSION_EVENT,
  slot: SLOT_EVENT,
  slotClaim: SLOT_CLAIM_EVENT,
  push: PUSH_EVENT,
  joined: JOINED_EVENT,
  proof: PROOF_EVENT,
  replaced: REPLACED_EVENT,
  publicEvent: PUBLIC_EVENT,
  parked: PARKED_EVENT,
};

/**
 * @param idOf the registry's id of a subject's current schema
 * @param learn what becomes of other ids; default: they stay unknown
 */
export const makeCodecs = (idOf: (event: EventSchema) => number, learn: Learn = knownOnly): Codecs => {
  const table: CodecTable = {
    inbound: new Codec(INBOUND_EVENT, idOf(INBOUND_EVENT)),
    inbox: new Codec(INBOX_EVENT, idOf(INBOX_EVENT)),
    session: new Codec(SESSION_EVENT, idOf(SESSION_EVENT)),
    slot: new Codec(SLOT_EVENT, idOf(SLOT_EVENT)),
    slotClaim: new Codec(SLOT_CLAIM_EVENT, idOf(SLOT_CLAIM_EVENT)),
    push: new Codec(PUSH_EVENT, idOf(PUSH_EVENT)),
    joined: new Codec(JOINED_EVENT, idOf(JOINED_EVENT)),
    proof: new Codec(PROOF_EVENT, idOf(PROOF_EVENT)),
    replaced: new Codec(REPLACED_EVENT, idOf(REPLACED_EVENT)),
    publicEvent: new Codec(PUBLIC_EVENT, idOf(PUBLIC_EVENT)),
    parked: new Codec(PARKED_EVENT, idOf(PARKED_EVENT)),
  };
  const all: readonly AnyCodec[] = Object.values<AnyCodec>({ ...table });
  // Not enumerable, so that the values of Codecs are its codecs.
  return Object.defineProperty(table, 'learn', { value: (id: number) => learn(id, all) }) as Codecs;
};
