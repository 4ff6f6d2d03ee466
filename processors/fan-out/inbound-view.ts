/**
 * Reads the Avro datum of an inbound record in place: where the fields lie, and numbers, but no strings, so that a
 * silent fold makes almost no garbage. (avsc decodes 2.3 M records/s into objects whose strings alone cost more than
 * the fold.) The layout is that of INBOUND_EVENT; records of other writer schemas are decoded by the codec and
 * encoded again before they come here.
 *
 * One view is used for record after record; what it gives is valid until the next `read`.
 */

import { ENVELOPE_BYTES } from '../../schemas/events/envelope.ts';
import type { ReturnAddress } from '../../schemas/events/inbound.ts';

declare global {
  // Node has these and does not declare them; `toString` with an encoding finds its way to them more slowly.
  interface Buffer {
    latin1Slice(start: number, end: number): string;
    utf8Slice(start: number, end: number): string;
    latin1Write(text: string, offset: number, length: number): number;
  }
}

const EMPTY = Buffer.alloc(0);
/**
 * All fields but the body. Names are at most 64 bytes and gates see to it, so a longer one is no gate's; what is read
 * here becomes keys of the state and parts of inbox records, which have a limit of their own.
 */
const HEAD_BYTES_AT_MOST = 16 * 1024;
/** What avsc writes at most: what is read here is written into inbox records. */
const LARGEST_LONG = Number.MAX_SAFE_INTEGER - 2;

export class InboundView implements ReturnAddress {
  #bytes: Buffer = EMPTY;
  #at = 0;
  #valid = true;

  #tenantStart = 0;
  #tenantEnd = 0;
  #conversationStart = 0;
  #conversationEnd = 0;
  #senderStart = 0;
  #senderEnd = 0;
  #deviceStart = 0;
  #deviceEnd = 0;
  bodyStart = 0;
  bodyEnd = 0;
  kind = 0;
  generation = 0;
  /** clientMsgId, 64 bits unsigned in two halves: a bigint for each record would be half the cost of the fold. */
  idLow = 0;
  idHigh = 0;
  sealedBody = false;
  gateTime = 0;
  slot = -1;
  slotEpoch = 0;
  connection = 0;
  request = 0;

  /** @returns false where the bytes are not an inbound datum */
  read(value: Buffer): boolean {
    this.#bytes = value;
    this.#at = ENVELOPE_BYTES;
    this.#valid = true;
    this.#tenantStart = this.#take();
    this.#tenantEnd = this.#at;
    this.#conversationStart = this.#take();
    this.#conversationEnd = this.#at;
    this.kind = this.#int();
    this.#senderStart = this.#take();
    this.#senderEnd = this.#at;
    this.#deviceStart = this.#take();
    this.#deviceEnd = this.#at;
    this.generation = this.#int();
    this.#id();
    this.#take(); // `to`: the conversation and the sender say it
    this.bodyStart = this.#take();
    this.bodyEnd = this.#at;
    const branch = this.#long();
    this.sealedBody = branch === 1;
    if (branch === 1) this.#take();
    else if (branch !== 0) this.#valid = false;
    this.gateTime = this.#long();
    this.slot = this.#int();
    this.slotEpoch = this.#long();
    this.connection = this.#long();
    this.request = this.#long();
    const headBytes = value.length - (this.bodyEnd - this.bodyStart);
    return this.#valid && this.#at === value.length && headBytes <= HEAD_BYTES_AT_MOST;
  }

  /**
   * The table key of the sender's entry: 's', then tenant, conversation and sender as their bytes (latin1), unambiguous
   * by the lengths inside.
   */
  senderKey(): string {
    return `s${this.#conversationKey()}${this.#bytes.latin1Slice(this.#senderStart - 1, this.#senderEnd)}`;
  }

  /** The key of another sender in this conversation. */
  keyOfSender(name: string): string {
    const bytes = Buffer.from(name);
    const length = bytes.length < 64 ? bytes.length << 1 : 1;
    return `s${this.#conversationKey()}${String.fromCharCode(length)}${bytes.latin1Slice(0, bytes.length)}`;
  }

  #conversationKey(): string {
    return this.#bytes.latin1Slice(this.#tenantStart - 1, this.#conversationEnd);
  }

  get bytes(): Buffer {
    return this.#bytes;
  }
  get tenant(): string {
    return this.#bytes.utf8Slice(this.#tenantStart, this.#tenantEnd);
  }
  get conversation(): string {
    return this.#bytes.utf8Slice(this.#conversationStart, this.#conversationEnd);
  }
  get sender(): string {
    return this.#bytes.utf8Slice(this.#senderStart, this.#senderEnd);
  }
  get device(): string {
    return this.#bytes.utf8Slice(this.#deviceStart, this.#deviceEnd);
  }
  /** The device's id, a character for each byte. */
  get deviceBytes(): string {
    return this.#bytes.latin1Slice(this.#deviceStart, this.#deviceEnd);
  }
  get body(): Buffer {
    return this.#bytes.subarray(this.bodyStart, this.bodyEnd);
  }
  get clientMsgId(): bigint {
    return (BigInt(this.idHigh) << 32n) | BigInt(this.idLow);
  }

  /** @param device as deviceBytes gives it */
  isDevice(device: string): boolean {
    const start = this.#deviceStart;
    if (device.length !== this.#deviceEnd - start) return false;
    for (let at = 0; at < device.length; at += 1) {
      if (device.charCodeAt(at) !== this.#bytes[start + at]) return false;
    }
    return true;
  }

  /** Reads a length and steps over the bytes; returns where they start. */
  #take(): number {
    const length = this.#long();
    const start = this.#at;
    if (length < 0 || start + length > this.#bytes.length) {
      this.#valid = false;
      return start;
    }
    this.#at = start + length;
    return start;
  }

  #int(): number {
    const value = this.#long();
    if (value !== (value | 0)) this.#valid = false;
    return value;
  }

  /** An Avro int or long that is a safe integer. */
  #long(): number {
    const first = this.#bytes[this.#at];
    if (first !== undefined && first < 0x80) {
      this.#at += 1;
      return (first >>> 1) ^ -(first & 1);
    }
    if (first === undefined) {
      this.#valid = false;
      return 0;
    }
    // Halved from the beginning: twice a safe integer is not one.
    let value = (first & 0x7f) >>> 1;
    let scale = 0x40;
    for (let at = this.#at + 1; ; at += 1) {
      const byte = this.#bytes[at];
      if (byte === undefined || scale > 2 ** 48) {
        this.#valid = false;
        return 0;
      }
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (byte < 0x80) {
        this.#at = at + 1;
        break;
      }
    }
    if (value > LARGEST_LONG) this.#valid = false;
    return (first & 1) === 0 ? value : -value - 1;
  }

  #id(): void {
    let part0 = 0;
    let part1 = 0;
    let part2 = 0;
    for (let index = 0; ; index += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || index === 10) {
        this.#valid = false;
        return;
      }
      this.#at += 1;
      const bits = byte & 0x7f;
      if (index < 4) part0 |= bits << (7 * index);
      else if (index < 8) part1 |= bits << (7 * (index - 4));
      else part2 |= bits << (7 * (index - 8));
      if (byte < 0x80) break;
    }
    const low = part0 | (part1 << 28);
    const high = (part1 >>> 4) | (part2 << 24);
    const sign = -(low & 1);
    this.idLow = (((low >>> 1) | (high << 31)) ^ sign) >>> 0;
    this.idHigh = ((high >>> 1) ^ sign) >>> 0;
  }
}
