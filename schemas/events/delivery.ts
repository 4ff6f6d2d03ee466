/**
 * `bubble.delivery.<slot>`: what a gate is to do for its connections, several record types told apart by schema id.
 * A gate ignores records whose slotEpoch is not its own.
 */
import type { EventSchema } from './envelope.ts';

/** The slot is claimed with this epoch; the first claim of an epoch in the log wins. */
export interface SlotClaimEvent {
  readonly slotEpoch: number;
  /** Random, tells two claimants of one epoch apart. */
  readonly claimant: string;
  readonly gate: string;
}

/** One inbox record for connections of this slot. */
export interface PushEvent {
  readonly slotEpoch: number;
  readonly inboxPartition: number;
  readonly seq: number;
  /** An encoded AddMsg with serverMsgSeq, without own and prevSeq. Empty for an answer without a row. */
  readonly row: Uint8Array;
  /** Recipients' connections: packed targets (packed.ts). */
  readonly targets: Uint8Array;
  /** Connections of the sender's own other devices: packed targets. */
  readonly ownTargets: Uint8Array;
  /** The answer to the return address, or connection -1. An encoded CommandAck with serverMsgSeq and prevSeq. */
  readonly connection: number;
  readonly request: number;
  readonly ack: Uint8Array;
  /** prevSeq of the answered row. */
  readonly prevSeq: number;
}

/** Delivery has read the session: its rows after P are pushed; the client pulls to P. */
export interface JoinedEvent {
  readonly slotEpoch: number;
  readonly connection: number;
  readonly provenTo: number;
}

/** Rows from B to P of this inbox partition were pushed to all sessions whose record lies below S. */
export interface ProofEvent {
  readonly slotEpoch: number;
  readonly inboxPartition: number;
  readonly from: number;
  readonly to: number;
  readonly sessionsBelow: number;
}

/** A newer session of the device has taken over: close this connection. */
export interface ReplacedEvent {
  readonly slotEpoch: number;
  readonly connection: number;
}

const record = (name: string, fields: { name: string; type: string }[]): EventSchema => ({
  subject: `bubble.${name}`,
  schema: {
    type: 'record',
    name: `bubble.${name}`,
    fields: [{ name: 'slotEpoch', type: 'long' }, ...fields],
  },
});

export const SLOT_CLAIM_EVENT = record('SlotClaim', [
  { name: 'claimant', type: 'string' },
  { name: 'gate', type: 'string' },
]);

export const PUSH_EVENT = record('Push', [
  { name: 'inboxPartition', type: 'int' },
  { name: 'seq', type: 'long' },
  { name: 'row', type: 'bytes' },
  { name: 'targets', type: 'bytes' },
  { name: 'ownTargets', type: 'bytes' },
  { name: 'connection', type: 'long' },
  { name: 'request', type: 'long' },
  { name: 'ack', type: 'bytes' },
  { name: 'prevSeq', type: 'long' },
]);

export const JOINED_EVENT = record('Joined', [
  { name: 'connection', type: 'long' },
  { name: 'provenTo', type: 'long' },
]);

export const PROOF_EVENT = record('Proof', [
  { name: 'inboxPartition', type: 'int' },
  { name: 'from', type: 'long' },
  { name: 'to', type: 'long' },
  { name: 'sessionsBelow', type: 'long' },
]);

export const REPLACED_EVENT = record('Replaced', [{ name: 'connection', type: 'long' }]);
