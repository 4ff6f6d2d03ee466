/**
 * Rows are encoded once, by fan-out, and completed by appending fields, which protobuf allows: what differs between
 * inboxes (own, prevSeq) or is known only after the append (serverMsgSeq) comes last. So delivery and pulls copy
 * bytes and never decode a row.
 */

const MSG = 0x0a; // PushMsg.msg and its like: field 1, length-delimited
const CONTENT = 0x2a; // AddMsg.content: field 5, length-delimited
const SERVER_MSG_SEQ = 0x58; // AddMsg.serverMsgSeq: field 11, varint
const OWN = [0x90, 0x01, 0x01] as const; // AddMsg.own: field 18, varint 1
const PREV_SEQ = [0x80, 0x01] as const; // AddMsg.prevSeq: field 16, varint
const ACK_SERVER_MSG_SEQ = 0x40; // CommandAck.serverMsgSeq: field 8, varint
const ACK_PREV_SEQ = 0x78; // CommandAck.prevSeq: field 15, varint

/** Bytes of a varint of a number of up to 53 bits. */
export const varintSize = (value: number): number => {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
};

export const writeVarint = (out: Uint8Array, at: number, value: number): number => {
  let rest = value;
  let position = at;
  while (rest >= 0x8000_0000) {
    out[position++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  while (rest >= 0x80) {
    out[position++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  out[position++] = rest;
  return position;
};

export const completeRowSize = (rowBytes: number, contentBytes: number, seq: number): number =>
  rowBytes + (contentBytes === 0 ? 0 : 1 + varintSize(contentBytes) + contentBytes) + 1 + varintSize(seq);

/** Writes what stands behind a row of `at` bytes, but for the content itself. @returns where that belongs */
export const writeRowTail = (out: Uint8Array, at: number, contentBytes: number, seq: number): number => {
  let position = at;
  if (contentBytes > 0) {
    out[position] = CONTENT;
    position = writeVarint(out, position + 1, contentBytes);
  }
  out[position + contentBytes] = SERVER_MSG_SEQ;
  writeVarint(out, position + contentBytes + 1, seq);
  return position;
};

/** An inbox record's row with its content and version: a whole AddMsg but for `own` and `prevSeq`. */
export const rowWithVersion = (row: Uint8Array, content: Uint8Array, seq: number): Buffer => {
  const out = Buffer.allocUnsafe(completeRowSize(row.length, content.length, seq));
  out.set(row, 0);
  out.set(content, writeRowTail(out, row.length, content.length, seq));
  return out;
};

export const ackTailSize = (seq: number, prevSeq: number): number =>
  2 + varintSize(seq) + varintSize(prevSeq);

/** Writes the version behind an ack of `at` bytes. @returns where it ends */
export const writeAckTail = (out: Uint8Array, at: number, seq: number, prevSeq: number): number => {
  out[at] = ACK_SERVER_MSG_SEQ;
  const position = writeVarint(out, at + 1, seq);
  out[position] = ACK_PREV_SEQ;
  return writeVarint(out, position + 1, prevSeq);
};

export const ackWithVersion = (ack: Uint8Array, seq: number, prevSeq: number): Buffer => {
  const out = Buffer.allocUnsafe(ack.length + ackTailSize(seq, prevSeq));
  out.set(ack, 0);
  writeAckTail(out, ack.length, seq, prevSeq);
  return out;
};

export const OWN_BYTES = OWN.length;

/** Writes `own` behind a row. */
export const writeOwn = (out: Uint8Array, at: number): void => {
  for (let index = 0; index < OWN.length; index += 1) out[at + index] = OWN[index]!;
};

/** The row as its owner's store holds it. */
export const ownRow = (row: Uint8Array): Buffer => Buffer.concat([row, Buffer.from(OWN)]);

export interface PushedRow {
  readonly row: Uint8Array;
  readonly own: boolean;
  /** -1: leave out (pulled rows). */
  readonly prevSeq: number;
}

const suffixSize = (row: PushedRow): number =>
  (row.own ? OWN.length : 0) + (row.prevSeq < 0 ? 0 : PREV_SEQ.length + varintSize(row.prevSeq));

export const listedRowSize = (row: PushedRow): number => {
  const size = row.row.length + suffixSize(row);
  return 1 + varintSize(size) + size;
};

/** Writes one element of a `repeated AddMsg msg = 1` (PushMsg) or, with another tag, of SyncMsgRep. */
export const writeListedRow = (out: Uint8Array, at: number, row: PushedRow, tag = MSG): number => {
  out[at] = tag;
  let position = writeVarint(out, at + 1, row.row.length + suffixSize(row));
  out.set(row.row, position);
  position += row.row.length;
  if (row.own) for (const byte of OWN) out[position++] = byte;
  if (row.prevSeq >= 0) {
    for (const byte of PREV_SEQ) out[position++] = byte;
    position = writeVarint(out, position, row.prevSeq);
  }
  return position;
};

/** Tag of SyncMsgRep.msg (field 3). */
export const SYNC_MSG_TAG = 0x1a;
