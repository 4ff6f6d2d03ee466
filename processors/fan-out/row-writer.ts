/**
 * Writes rows (AddMsg without content, serverMsgSeq, own, prevSeq) and acknowledgements (CommandAck without
 * serverMsgSeq, prevSeq) by hand: a message costs one pass over its fields, text is copied from the inbound record
 * without a detour over strings. Fields stand in rising order, defaults are left out, as protobufjs has it; the
 * tests compare the two.
 */
import { writeVarint } from '../../schemas/wire/row.ts';

/** Where msgSource and pushContent lie in the inbound record. */
export interface Texts {
  readonly msgSourceStart: number;
  readonly msgSourceEnd: number;
  readonly pushContentStart: number;
  readonly pushContentEnd: number;
}

export interface RowFields {
  kind: number;
  from: string;
  to: string;
  device: string;
  msgType: number;
  status: number;
  createTime: number;
  clientSeq: number;
  /** The record that `texts` lie in. */
  source: Buffer;
  texts: Texts | null;
  serverIdLow: number;
  serverIdHigh: number;
  idLow: number;
  idHigh: number;
  convSeq: number;
  isRoom: boolean;
  serverTime: number;
  /** An encoded Reference, and an encoded Membership; null: none. */
  reference: Uint8Array | null;
  membership: Uint8Array | null;
}

export interface AckFields {
  ret: number;
  errMsg: string;
  idLow: number;
  idHigh: number;
  clientSeq: number;
  createTime: number;
  serverTime: number;
  serverIdLow: number;
  serverIdHigh: number;
  convSeq: number;
  to: string;
  duplicate: boolean;
}

/** Tags and numbers of one message: 20 fields of at most 12 bytes. */
const FIXED_ROOM = 512;
const MAX_CHAR_BYTES = 3;

/** Results are valid until the next call. */
export class RowWriter {
  #out: Buffer = Buffer.allocUnsafeSlow(4096);
  #at = 0;

  row(fields: RowFields): Buffer {
    const { source, texts, reference, membership } = fields;
    this.#begin(
      MAX_CHAR_BYTES * (fields.from.length + fields.to.length + fields.device.length) +
        (texts === null ? 0 : texts.msgSourceEnd - texts.msgSourceStart) +
        (texts === null ? 0 : texts.pushContentEnd - texts.pushContentStart) +
        (reference?.length ?? 0) +
        (membership?.length ?? 0),
    );
    this.#number(0x08, fields.convSeq);
    this.#text(0x12, fields.from);
    this.#text(0x1a, fields.to);
    this.#number(0x20, fields.msgType);
    this.#number(0x30, fields.status);
    this.#number(0x38, fields.createTime);
    if (texts !== null) {
      this.#copied(0x42, source, texts.msgSourceStart, texts.msgSourceEnd);
      this.#copied(0x4a, source, texts.pushContentStart, texts.pushContentEnd);
    }
    this.#id(0x51, fields.serverIdLow, fields.serverIdHigh);
    this.#id(0x61, fields.idLow, fields.idHigh);
    this.#number(0x68, fields.clientSeq);
    this.#number(0x70, fields.convSeq);
    this.#number(0x78, fields.kind);
    if (fields.isRoom) this.#number2(0x88, 1);
    if (reference !== null) this.#nested(0x9a, reference);
    this.#number2(0xa0, fields.serverTime);
    if (membership !== null) this.#nested(0xaa, membership);
    if (fields.device !== '') {
      this.#out[this.#at] = 0xb2;
      this.#at += 1;
      this.#text(0x01, fields.device);
    }
    return this.#out.subarray(0, this.#at);
  }

  ack(fields: AckFields): Buffer {
    this.#begin(MAX_CHAR_BYTES * (fields.errMsg.length + fields.to.length));
    this.#number(0x08, fields.ret);
    this.#text(0x12, fields.errMsg);
    this.#id(0x19, fields.idLow, fields.idHigh);
    this.#number(0x20, fields.clientSeq);
    this.#number(0x28, fields.createTime);
    this.#number(0x30, fields.serverTime);
    this.#id(0x39, fields.serverIdLow, fields.serverIdHigh);
    this.#number(0x50, fields.convSeq);
    this.#text(0x5a, fields.to);
    if (fields.duplicate) this.#number(0x60, 1);
    return this.#out.subarray(0, this.#at);
  }

  #begin(room: number): void {
    this.#at = 0;
    if (FIXED_ROOM + room > this.#out.length) this.#out = Buffer.allocUnsafeSlow(2 * (FIXED_ROOM + room));
  }

  #number(tag: number, value: number): void {
    if (value === 0) return;
    this.#out[this.#at] = tag;
    this.#at = writeVarint(this.#out, this.#at + 1, value);
  }

  /** A field number above 15: its tag has a second byte, 1. */
  #number2(tag: number, value: number): void {
    if (value === 0) return;
    this.#out[this.#at] = tag;
    this.#out[this.#at + 1] = 1;
    this.#at = writeVarint(this.#out, this.#at + 2, value);
  }

  #text(tag: number, value: string): void {
    if (value === '') return;
    this.#out[this.#at] = tag;
    // Most are short: the length takes one byte, and is written after the text whose bytes it counts.
    if (value.length * MAX_CHAR_BYTES < 0x80) {
      const length = this.#out.write(value, this.#at + 2);
      this.#out[this.#at + 1] = length;
      this.#at += 2 + length;
      return;
    }
    const at = writeVarint(this.#out, this.#at + 1, Buffer.byteLength(value));
    this.#at = at + this.#out.write(value, at);
  }

  #copied(tag: number, bytes: Buffer, start: number, end: number): void {
    if (end === start) return;
    this.#out[this.#at] = tag;
    const at = writeVarint(this.#out, this.#at + 1, end - start);
    this.#at = at + bytes.copy(this.#out, at, start, end);
  }

  #nested(tag: number, bytes: Uint8Array): void {
    this.#out[this.#at] = tag;
    this.#out[this.#at + 1] = 1;
    const at = writeVarint(this.#out, this.#at + 2, bytes.length);
    this.#out.set(bytes, at);
    this.#at = at + bytes.length;
  }

  #id(tag: number, low: number, high: number): void {
    if (low === 0 && high === 0) return;
    this.#out[this.#at] = tag;
    this.#out.writeUInt32LE(low, this.#at + 1);
    this.#out.writeUInt32LE(high, this.#at + 5);
    this.#at += 9;
  }
}
