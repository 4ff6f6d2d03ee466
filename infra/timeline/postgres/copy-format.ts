/** PostgreSQL's binary COPY format: what `COPY ... FROM STDIN (FORMAT binary)` reads. */
import type { Chunk } from '../sql/mailbox-chunks.ts';

const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER_BYTES = 2;
const COUNT_BYTES = 2;
const LENGTH_BYTES = 4;
const INT2_BYTES = LENGTH_BYTES + 2;
const INT8_BYTES = LENGTH_BYTES + 8;
const MAX_INT4 = 2 ** 32;

class CopyWriter {
  readonly #out: Buffer;
  #at: number;

  constructor(bytes: number) {
    this.#out = Buffer.allocUnsafe(HEADER.length + bytes + TRAILER_BYTES);
    this.#at = HEADER.copy(this.#out);
  }

  tuple(fields: number): void {
    this.#at = this.#out.writeInt16BE(fields, this.#at);
  }

  int2(value: number): void {
    this.#at = this.#out.writeInt32BE(2, this.#at);
    this.#at = this.#out.writeInt16BE(value, this.#at);
  }

  /** A safe integer, not negative. */
  int8(value: number): void {
    this.#at = this.#out.writeInt32BE(8, this.#at);
    this.#at = this.#out.writeUInt32BE(Math.floor(value / MAX_INT4), this.#at);
    this.#at = this.#out.writeUInt32BE(value % MAX_INT4, this.#at);
  }

  bytea(value: Buffer): void {
    this.#at = this.#out.writeInt32BE(value.length, this.#at);
    this.#at += value.copy(this.#out, this.#at);
  }

  end(): Buffer {
    this.#at = this.#out.writeInt16BE(-1, this.#at);
    return this.#out.subarray(0, this.#at);
  }
}

/** Columns: inbox_partition, seq, tenant, sender, recipients, content. */
export const rowsAsCopy = ({ partition, rows }: Chunk): Buffer => {
  let bytes = 0;
  for (const { tenant, sender, recipients, content } of rows) {
    bytes += COUNT_BYTES + INT2_BYTES + INT8_BYTES + 4 * LENGTH_BYTES;
    bytes += tenant.length + sender.length + recipients.length + content.length;
  }
  const writer = new CopyWriter(bytes);
  for (const { seq, tenant, sender, recipients, content } of rows) {
    writer.tuple(6);
    writer.int2(partition);
    writer.int8(seq);
    writer.bytea(tenant);
    writer.bytea(sender);
    writer.bytea(recipients);
    writer.bytea(content);
  }
  return writer.end();
};

/** Columns: inbox_partition, owner, seq. */
export const mailboxAsCopy = ({ partition, mailboxes }: Chunk): Buffer => {
  let bytes = 0;
  for (const { owner, seqs } of mailboxes) {
    bytes += seqs.length * (COUNT_BYTES + INT2_BYTES + LENGTH_BYTES + owner.length + INT8_BYTES);
  }
  const writer = new CopyWriter(bytes);
  for (const { owner, seqs } of mailboxes) {
    for (const seq of seqs) {
      writer.tuple(3);
      writer.int2(partition);
      writer.bytea(owner);
      writer.int8(seq);
    }
  }
  return writer.end();
};
