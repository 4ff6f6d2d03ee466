/** `bubble.inbound`: what was asked, in the order of its conversation. Key: tenant/conversation. */
import { type EventSchema, ID64_SCHEMA } from './envelope.ts';

/** What a command asks. Stored numbers: final. */
export const COMMAND = {
  MESSAGE: 0,
  APP_MESSAGE: 1,
  READ: 2,
  RECALL: 3,
  GROUP_CREATE: 10,
  GROUP_JOIN: 11,
  GROUP_LEAVE: 12,
  GROUP_INVITE: 13,
  GROUP_KICK: 14,
  GROUP_DISMISS: 15,
  /** Facts from elsewhere, with deterministic ids: sender is '' and the body says which fact. */
  RULES_VERSION: 50,
  EPOCH_CHANGE: 60,
  /** What an operator decides about a record that stops this partition: rules/operator-decision.ts. Sender is ''. */
  OPERATOR_DECISION: 70,
} as const;
export type CommandKind = (typeof COMMAND)[keyof typeof COMMAND];

/** Where the answer goes: the gate's slot (with its epoch), the connection, the request's sequence id. */
export interface ReturnAddress {
  /** -1: nobody waits. */
  readonly slot: number;
  readonly slotEpoch: number;
  readonly connection: number;
  readonly request: number;
}

export const NO_RETURN: ReturnAddress = { slot: -1, slotEpoch: 0, connection: 0, request: 0 };

export interface InboundEvent extends ReturnAddress {
  readonly tenant: string;
  readonly conversation: string;
  readonly kind: number;
  readonly sender: string;
  readonly device: string;
  readonly generation: number;
  readonly clientMsgId: bigint;
  /** The receiver or group as the client named it. */
  readonly to: string;
  /** The client's protobuf body, verbatim. */
  readonly body: Uint8Array;
  /** Key id the body is sealed under; null: plain. */
  readonly bodyKey: string | null;
  /** The gate's clock, ms. Information only: outcomes depend on log time. */
  readonly gateTime: number;
}

export const RETURN_FIELDS = [
  { name: 'slot', type: 'int' },
  { name: 'slotEpoch', type: 'long' },
  { name: 'connection', type: 'long' },
  { name: 'request', type: 'long' },
] as const;

export const INBOUND_EVENT: EventSchema = {
  subject: 'bubble.Inbound',
  schema: {
    type: 'record',
    name: 'bubble.Inbound',
    fields: [
      { name: 'tenant', type: 'string' },
      { name: 'conversation', type: 'string' },
      { name: 'kind', type: 'int' },
      { name: 'sender', type: 'string' },
      { name: 'device', type: 'string' },
      { name: 'generation', type: 'int' },
      { name: 'clientMsgId', type: ID64_SCHEMA },
      { name: 'to', type: 'string' },
      { name: 'body', type: 'bytes' },
      { name: 'bodyKey', type: ['null', 'string'], default: null },
      { name: 'gateTime', type: 'long' },
      ...RETURN_FIELDS,
    ],
  },
};
