/**
 * Encodes a PushEvent as its codec does, straight into one buffer: the targets are copied once and the ack is
 * completed in place. The codec's way costs a tenth more of all delivery for a pair, a fifth more for 9,000 targets.
 */

import type { PushEvent } from '../../schemas/events/delivery.ts';
import type { Codec } from '../../schemas/events/envelope.ts';
import { ENVELOPE_BYTES, MAGIC } from '../../schemas/events/envelope.ts';
import { ackTailSize, varintSize, writeAckTail, writeVarint } from '../../schemas/wire/row.ts';

/** What a push says; a PushEvent whose ack is not yet completed. */
export interface Push {
  readonly slotEpoch: number;
  readonly inboxPartition: number;
  readonly seq: number;
  readonly row: Uint8Array;
  readonly targets: Uint8Array;
  readonly ownTargets: Uint8Array;
  /** Who is answered, or null. `versioned`: the answer carries seq and prevSeq, which answers without a row do not. */
  readonly answer: {
    readonly connection: number;
    readonly request: number;
    readonly ack: Uint8Array;
    readonly prevSeq: number;
    readonly versioned: boolean;
  } | null;
}

/** Avro's longs: zigzag, then varint. All numbers here are -1 or more, and below 2^52. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const longSize = (value: number): number => varintSize(zigzag(value));
const bytesSize = (length: number): number => varintSize(2 * length) + length;

let out: Buffer = Buffer.alloc(0);
let at = 0;

const putLong = (value: number): void => {
  at = writeVarint(out, at, zigzag(value));
};
const putBytes = (bytes: Uint8Array): void => {
  at = writeVarint(out, at, 2 * bytes.length);
  out.set(bytes, at);
  at += bytes.length;
};

export const encodePush = (codec: Codec<PushEvent>, push: Push): Buffer => {
  const { answer, seq } = push;
  const connection = answer === null ? -1 : answer.connection;
  const request = answer === null ? 0 : answer.request;
  const prevSeq = answer === null ? 0 : answer.prevSeq;
  const tail = answer?.versioned === true ? ackTailSize(seq, prevSeq) : 0;
  const ackBytes = answer === null ? 0 : answer.ack.length + tail;
  out = Buffer.allocUnsafe(
    ENVELOPE_BYTES +
      longSize(push.slotEpoch) +
      longSize(push.inboxPartition) +
      longSize(seq) +
      bytesSize(push.row.length) +
      bytesSize(push.targets.length) +
      bytesSize(push.ownTargets.length) +
      longSize(connection) +
      longSize(request) +
      bytesSize(ackBytes) +
      longSize(prevSeq),
  );
  out[0] = MAGIC;
  at = out.writeUInt32BE(codec.id, 1);
  putLong(push.slotEpoch);
  putLong(push.inboxPartition);
  putLong(seq);
  putBytes(push.row);
  putBytes(push.targets);
  putBytes(push.ownTargets);
  putLong(connection);
  putLong(request);
  at = writeVarint(out, at, 2 * ackBytes);
  if (answer !== null) {
    out.set(answer.ack, at);
    at += answer.ack.length;
    if (tail > 0) at = writeAckTail(out, at, seq, prevSeq);
  }
  putLong(prevSeq);
  const encoded = out;
  out = EMPTY;
  return encoded;
};

const EMPTY = Buffer.alloc(0);
