/** How Kafka's messages are laid out in bytes, as far as we write and read them by hand. */
import { readInt64, writeInt64 } from './record-batch.ts';

/**
 * 'compact' is that of a message's newer versions, which Kafka calls flexible: lengths of text and arrays are varints, one
 * more than they stand for, and each structure ends with tagged fields, the header before the message too.
 */
export type WireForm = 'fixed' | 'compact';

export class Reading {
  readonly #bytes: Buffer;
  readonly #form: WireForm;
  #at = 0;

  constructor(bytes: Buffer, form: WireForm = 'fixed') {
    this.#bytes = bytes;
    this.#form = form;
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }
  int8(): number {
    this.#at += 1;
    return this.#bytes.readInt8(this.#at - 1);
  }
  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }
  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }
  int64(): number {
    this.#at += 8;
    return readInt64(this.#bytes, this.#at - 8);
  }
  text(): string | null {
    const length = this.#form === 'compact' ? this.#varint() - 1 : this.int16();
    if (length < 0) return null;
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }
  bytes(): Buffer {
    const length = Math.max(0, this.int32());
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
  /** 16 bytes, as Kafka's tools write them; null: all zero, which stands for none. */
  uuid(): string | null {
    this.#at += 16;
    const bytes = this.#bytes.subarray(this.#at - 16, this.#at);
    return bytes.every((byte) => byte === 0) ? null : bytes.toString('base64url');
  }
  array<Item>(item: () => Item): Item[] {
    const count = this.#form === 'compact' ? this.#varint() - 1 : this.int32();
    const items: Item[] = [];
    for (let index = 0; index < count; index += 1) items.push(item());
    return items;
  }
  /** Steps over the tagged fields that end each structure of a compact version: none is of interest here. */
  tags(): void {
    if (this.#form === 'fixed') return;
    for (let left = this.#varint(); left > 0; left -= 1) {
      this.#varint();
      this.skip(this.#varint());
    }
  }
  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.int8();
      value += (byte & 0x7f) * scale;
      if (byte >= 0) return value;
    }
  }
}

export class Writing {
  readonly bytes: Buffer;
  readonly #form: WireForm;
  at = 0;

  constructor(size: number, form: WireForm = 'fixed') {
    this.bytes = Buffer.allocUnsafe(size);
    this.#form = form;
  }

  int8(value: number): this {
    this.at = this.bytes.writeInt8(value, this.at);
    return this;
  }
  int16(value: number): this {
    this.at = this.bytes.writeInt16BE(value, this.at);
    return this;
  }
  int32(value: number): this {
    this.at = this.bytes.writeInt32BE(value, this.at);
    return this;
  }
  int64(value: number): this {
    writeInt64(this.bytes, this.at, value);
    this.at += 8;
    return this;
  }
  text(value: string): this {
    if (this.#form === 'compact') {
      this.#varint(Buffer.byteLength(value) + 1);
      this.at += this.bytes.write(value, this.at, 'utf8');
      return this;
    }
    const length = this.bytes.write(value, this.at + 2, 'utf8');
    this.bytes.writeInt16BE(length, this.at);
    this.at += 2 + length;
    return this;
  }
  zeros(bytes: number): this {
    this.bytes.fill(0, this.at, this.at + bytes);
    this.at += bytes;
    return this;
  }
  /** Before the items of an array. @param count null: no array, where the field may be so */
  count(count: number | null): this {
    return this.#form === 'compact' ? this.#varint((count ?? -1) + 1) : this.int32(count ?? -1);
  }
  /** The end of a structure: no tagged fields. */
  tags(): this {
    return this.#form === 'compact' ? this.int8(0) : this;
  }
  #varint(value: number): this {
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) this.int8(((rest & 0x7f) | 0x80) - 0x100);
    return this.int8(rest);
  }
}

/** What kafkajs takes for one of its encoders. */
export const encoded = (bytes: Buffer) => (): Promise<{ buf: Buffer; buffer: Buffer }> =>
  Promise.resolve({ buf: bytes, buffer: bytes });
