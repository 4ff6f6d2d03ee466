/**
 * What a partition stands still before. A lease that is gone is no obstacle: work just ends, and the next owner goes on.
 */
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import { envelopeIdOf } from '../../schemas/events/envelope-id.ts';

export type Obstacle =
  /** A record that cannot be applied. */
  | { readonly kind: 'record'; readonly reason: BubbleError; readonly value: Uint8Array | null }
  /** A state that was made under rules this release does not know. */
  | { readonly kind: 'state'; readonly reason: BubbleError }
  /** The log is not the one that was known: nothing may be emitted or stored any more. */
  | { readonly kind: 'log'; readonly reason: BubbleError };

/** @param text what does not fit, in words */
export const anotherLog = (text: string): Obstacle => ({
  kind: 'log',
  reason: new BubbleError('OFFSET_OUT_OF_RANGE', text),
});

/** Whether a record that failed so stops its partition, and no other. */
export const stopsPartition = (error: unknown): error is BubbleError =>
  isBubbleError(error, 'UNKNOWN_SCHEMA') ||
  isBubbleError(error, 'UNKNOWN_RULES') ||
  // More decisions than are kept.
  isBubbleError(error, 'REFUSED');

/** The schema id that the partition stands before; null: something else is in the way. */
export const unknownIdOf = (obstacle: Obstacle): number | null => {
  if (obstacle.kind !== 'record' || obstacle.value === null) return null;
  return obstacle.reason.code === 'UNKNOWN_SCHEMA' ? envelopeIdOf(obstacle.value) : null;
};
