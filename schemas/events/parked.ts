/**
 * `bubble.parked`: records that a projection or a reactor could not digest, as they were, with the reason. One partition.
 * Key: `<topic>/<partition>/<offset>/<group>`, the same for a copy that is made again after a crash.
 */
import type { EventSchema } from './envelope.ts';

/** What has become of a parked record. */
export const PARKED_ACTION = {
  PARKED: 0,
  /** An operator has let it be read again, and it was digested or is no longer needed. */
  RETRIED: 1,
  DISCARDED: 2,
} as const;

export interface ParkedEvent {
  readonly action: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Who could not digest it. */
  readonly group: string;
  readonly reason: string;
  /** Of the parked record: log append time, ms. */
  readonly time: number;
  /** Who decided, where the action is one of an operator. */
  readonly operator: string;
  readonly key: Uint8Array | null;
  /** As it was, up to PARKED_VALUE_BYTES of it; null: a tombstone, or the action is an operator's. */
  readonly value: Uint8Array | null;
  /** How long the value was. */
  readonly valueBytes: number;
}

/** So that a copy of the largest record fits into a record. The whole of it stands where it came from. */
export const PARKED_VALUE_BYTES = 512 * 1024;

export const parkedKey = ({
  topic,
  partition,
  offset,
  group,
}: Pick<ParkedEvent, 'topic' | 'partition' | 'offset' | 'group'>): string =>
  `${topic}/${partition}/${offset}/${group}`;

export const PARKED_EVENT: EventSchema = {
  subject: 'bubble.Parked',
  schema: {
    type: 'record',
    name: 'bubble.Parked',
    fields: [
      { name: 'action', type: 'int' },
      { name: 'topic', type: 'string' },
      { name: 'partition', type: 'int' },
      { name: 'offset', type: 'long' },
      { name: 'group', type: 'string' },
      { name: 'reason', type: 'string' },
      { name: 'time', type: 'long' },
      { name: 'operator', type: 'string' },
      { name: 'key', type: ['null', 'bytes'], default: null },
      { name: 'value', type: ['null', 'bytes'], default: null },
      { name: 'valueBytes', type: 'int' },
    ],
  },
};
