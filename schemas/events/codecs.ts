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
import { SESSION_EVENT, type SessionEvent, SLOT_EVENT, type SlotEvent } from './session.ts';

export interface Codecs {
  readonly inbound: Codec<InboundEvent>;
  readonly inbox: Codec<InboxEvent>;
  readonly session: Codec<SessionEvent>;
  readonly slot: Codec<SlotEvent>;
  readonly slotClaim: Codec<SlotClaimEvent>;
  readonly push: Codec<PushEvent>;
  readonly joined: Codec<JoinedEvent>;
  readonly proof: Codec<ProofEvent>;
  readonly replaced: Codec<ReplacedEvent>;
}

export const EVENT_SCHEMAS: { readonly [K in keyof Codecs]: EventSchema } = {
  inbound: INBOUND_EVENT,
  inbox: INBOX_EVENT,
  session: SESSION_EVENT,
  slot: SLOT_EVENT,
  slotClaim: SLOT_CLAIM_EVENT,
  push: PUSH_EVENT,
  joined: JOINED_EVENT,
  proof: PROOF_EVENT,
  replaced: REPLACED_EVENT,
};

/** @param idOf the registry's id of a subject's current schema */
export const makeCodecs = (idOf: (event: EventSchema) => number): Codecs => ({
  inbound: new Codec(INBOUND_EVENT, idOf(INBOUND_EVENT)),
  inbox: new Codec(INBOX_EVENT, idOf(INBOX_EVENT)),
  session: new Codec(SESSION_EVENT, idOf(SESSION_EVENT)),
  slot: new Codec(SLOT_EVENT, idOf(SLOT_EVENT)),
  slotClaim: new Codec(SLOT_CLAIM_EVENT, idOf(SLOT_CLAIM_EVENT)),
  push: new Codec(PUSH_EVENT, idOf(PUSH_EVENT)),
  joined: new Codec(JOINED_EVENT, idOf(JOINED_EVENT)),
  proof: new Codec(PROOF_EVENT, idOf(PROOF_EVENT)),
  replaced: new Codec(REPLACED_EVENT, idOf(REPLACED_EVENT)),
});
