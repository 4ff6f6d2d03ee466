/** The schema id of a value, where it has one: what strangers write need not begin as an envelope does. */
import { ENVELOPE_BYTES, MAGIC } from './envelope.ts';

/** @returns null where the value does not begin with a zero byte and a schema id */
export const envelopeIdOf = (value: Uint8Array): number | null =>
  value.length < ENVELOPE_BYTES || value[0] !== MAGIC
    ? null
    : ((value[1]! << 24) | (value[2]! << 16) | (value[3]! << 8) | value[4]!) >>> 0;
