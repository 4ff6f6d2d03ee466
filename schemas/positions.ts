/**
 * Numbers that the log gives. `serverMsgSeq` (version) and `convSeq` are `epoch * 2^45 + offset`: safe integers
 * that rise with every append and compare directly with a checkpoint.
 */

export const OFFSETS_PER_EPOCH = 2 ** 45;
export const MAX_EPOCH = 255;

/** A number given by an append: `epoch * 2^45 + offset`. */
export const numberAt = (epoch: number, offset: number): number => epoch * OFFSETS_PER_EPOCH + offset;
export const epochOf = (seq: number): number => Math.floor(seq / OFFSETS_PER_EPOCH);
export const offsetOf = (seq: number): number => seq % OFFSETS_PER_EPOCH;

/**
 * A reader's place in one inbox partition: the next offset to read, and for every source (inbound) partition the
 * `src` of its last accepted record (-1: none). One atomic value: it is stored and loaded whole, never in two steps.
 */
export interface InboxPosition {
  readonly offset: number;
  readonly vector: readonly number[];
}

export const startPosition = (): InboxPosition => ({ offset: 0, vector: [] });
