/**
 * Reads NewChatMsg and NewAppMsg in place: the fold has to know whether a body is one (that is part of the outcome),
 * and the row is made by copying fields. Strict where protobufjs is lax: a known field with another wire type, a
 * group, or bytes past the end make the body undecodable.
 */
import { COMMAND } from '../../schemas/events/inbound.ts';

/** AddMsg.msgType of a row made from a NewAppMsg; its content is the whole NewAppMsg. */
export const APP_MESSAGE_TYPE = 49;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

export class MessageBody {
  msgType = 0;
  clientSeq = 0;
  createTime = 0;
  contentStart = 0;
  contentEnd = 0;
  msgSourceStart = 0;
  msgSourceEnd = 0;
  pushContentStart = 0;
  pushContentEnd = 0;
  #at = 0;
  #end = 0;
  #valid = true;

  clear(): void {
    this.msgType = 0;
    this.clientSeq = 0;
    this.createTime = 0;
    this.contentStart = this.contentEnd = 0;
    this.msgSourceStart = this.msgSourceEnd = 0;
    this.pushContentStart = this.pushContentEnd = 0;
  }

  /** @returns false where bytes[start, end) are not a message body of this kind */
  read(bytes: Buffer, start: number, end: number, kind: number): boolean {
    this.clear();
    this.#at = start;
    this.#end = end;
    this.#valid = true;
    const app = kind === COMMAND.APP_MESSAGE;
    while (this.#valid && this.#at < end) {
      const tag = this.#varint(bytes);
      if (app) this.#appField(bytes, tag);
      else this.#chatField(bytes, tag);
    }
    if (app) {
      this.msgType = APP_MESSAGE_TYPE;
      this.contentStart = start;
      this.contentEnd = end;
    }
    return this.#valid && this.#at === end;
  }

  #chatField(bytes: Buffer, tag: number): void {
    switch (tag >>> 3) {
      case 1:
        this.msgType = this.#number(bytes, tag) % 2 ** 32;
        return;
      case 2:
        this.#bytes(bytes, tag);
        return;
      case 4:
        this.clientSeq = this.#number(bytes, tag) % 2 ** 32;
        return;
      case 5:
        this.createTime = this.#number(bytes, tag);
        return;
      case 6:
        this.contentStart = this.#bytes(bytes, tag);
        this.contentEnd = this.#at;
        return;
      case 7:
        this.msgSourceStart = this.#bytes(bytes, tag);
        this.msgSourceEnd = this.#at;
        return;
      case 11:
        this.pushContentStart = this.#bytes(bytes, tag);
        this.pushContentEnd = this.#at;
        return;
      default:
        this.#skip(bytes, tag);
    }
  }

  #appField(bytes: Buffer, tag: number): void {
    switch (tag >>> 3) {
      case 3:
        this.clientSeq = this.#number(bytes, tag) % 2 ** 32;
        return;
      case 4:
        this.createTime = this.#number(bytes, tag);
        return;
      case 15:
        this.msgSourceStart = this.#bytes(bytes, tag);
        this.msgSourceEnd = this.#at;
        return;
      default:
        this.#skip(bytes, tag);
    }
  }

  #number(bytes: Buffer, tag: number): number {
    if ((tag & 7) !== VARINT) this.#valid = false;
    return Math.min(this.#varint(bytes), Number.MAX_SAFE_INTEGER);
  }

  #bytes(bytes: Buffer, tag: number): number {
    if ((tag & 7) !== BYTES) this.#valid = false;
    const length = this.#varint(bytes);
    const start = this.#at;
    if (length > this.#end - start) this.#valid = false;
    else this.#at = start + length;
    return start;
  }

  #skip(bytes: Buffer, tag: number): void {
    if (tag >>> 3 === 0) this.#valid = false;
    switch (tag & 7) {
      case VARINT:
        this.#varint(bytes);
        break;
      case FIXED64:
        this.#at += 8;
        break;
      case BYTES:
        this.#bytes(bytes, tag);
        break;
      case FIXED32:
        this.#at += 4;
        break;
      default:
        this.#valid = false;
    }
    if (this.#at > this.#end) this.#valid = false;
  }

  #varint(bytes: Buffer): number {
    let value = 0;
    let scale = 1;
    for (let index = 0; index < 10; index += 1) {
      if (this.#at >= this.#end) break;
      const byte = bytes[this.#at]!;
      this.#at += 1;
      if (byte < 0x80) return value + byte * scale;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    }
    this.#valid = false;
    return 0;
  }
}
