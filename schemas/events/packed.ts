/**
 * Packed lists inside Avro bytes: decoded lazily, compared and copied as bytes, which an Avro array cannot be.
 *
 * Users: for each user a varint length and UTF-8. Targets: for each connection u32 LE number and f64 LE prevSeq.
 */

const TARGET_BYTES = 12;

export const packUsers = (users: readonly string[]): Buffer => {
  let size = 0;
  for (const user of users) size += Buffer.byteLength(user) + 1;
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  for (const user of users) {
    const length = out.write(user, at + 1);
    // Names have at most 64 bytes, so the varint is one byte.
    if (length > 127) throw new RangeError(`user id of ${length} bytes`);
    out[at] = length;
    at += 1 + length;
  }
  return out;
};

export const unpackUsers = (packed: Uint8Array): string[] => {
  const buffer = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const users: string[] = [];
  let at = 0;
  while (at < buffer.length) {
    const length = buffer[at]!;
    users.push(buffer.toString('utf8', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return users;
};

/** Builds a target list; reused for each record. */
export class TargetWriter {
  #buffer = Buffer.allocUnsafeSlow(TARGET_BYTES * 256);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(connection: number, prevSeq: number): void {
    const at = this.#count * TARGET_BYTES;
    if (at + TARGET_BYTES > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(this.#buffer.length * 2);
      this.#buffer.copy(grown);
      this.#buffer = grown;
    }
    this.#buffer.writeUInt32LE(connection, at);
    this.#buffer.writeDoubleLE(prevSeq, at + 4);
    this.#count += 1;
  }

  /** The packed list so far, valid until the next `add`. */
  get packed(): Buffer {
    return this.#buffer.subarray(0, this.#count * TARGET_BYTES);
  }

  clear(): void {
    this.#count = 0;
  }

  /** The packed list so far, copied; the writer is empty afterwards. */
  take(): Buffer {
    const out = Buffer.from(this.#buffer.subarray(0, this.#count * TARGET_BYTES));
    this.#count = 0;
    return out;
  }
}

export const forEachTarget = (
  packed: Uint8Array,
  action: (connection: number, prevSeq: number) => void,
): void => {
  const buffer = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  for (let at = 0; at + TARGET_BYTES <= buffer.length; at += TARGET_BYTES) {
    action(buffer.readUInt32LE(at), buffer.readDoubleLE(at + 4));
  }
};
