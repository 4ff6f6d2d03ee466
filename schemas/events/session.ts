/**
 * `bubble.sessions.<epoch>`: one key for each authenticated connection, a tombstone at its end; partitioned by
 * tenant/user as inbox is. And one key for each slot in every partition: its current epoch, by which sessions of a
 * gate that died are known to be dead.
 */
import type { EventSchema } from './envelope.ts';

/** Key: tenant/user/device/session. */
export interface SessionEvent {
  readonly tenant: string;
  readonly user: string;
  readonly device: string;
  readonly deviceType: string;
  /** `<slot>.<slotEpoch>.<connection>`. */
  readonly session: string;
  readonly slot: number;
  readonly slotEpoch: number;
  readonly connection: number;
  readonly generation: number;
  /** ms, the gate's clock. */
  readonly since: number;
}

/** Key: slot/<slot>. Sessions of this slot with a lower epoch are ended. */
export interface SlotEvent {
  readonly slot: number;
  readonly slotEpoch: number;
  readonly gate: string;
}

export const SESSION_EVENT: EventSchema = {
  subject: 'bubble.Session',
  schema: {
    type: 'record',
    name: 'bubble.Session',
    fields: [
      { name: 'tenant', type: 'string' },
      { name: 'user', type: 'string' },
      { name: 'device', type: 'string' },
      { name: 'deviceType', type: 'string' },
      { name: 'session', type: 'string' },
      { name: 'slot', type: 'int' },
      { name: 'slotEpoch', type: 'long' },
      { name: 'connection', type: 'long' },
      { name: 'generation', type: 'int' },
      { name: 'since', type: 'long' },
    ],
  },
};

export const SLOT_EVENT: EventSchema = {
  subject: 'bubble.Slot',
  schema: {
    type: 'record',
    name: 'bubble.Slot',
    fields: [
      { name: 'slot', type: 'int' },
      { name: 'slotEpoch', type: 'long' },
      { name: 'gate', type: 'string' },
    ],
  },
};
