/**
 * The outbox journal's bytes. A file is a magic line and records: u32 length of the payload, u32 CRC-32C of it,
 * payload; little endian. What is damaged is skipped: a lost addition is a lost command (and told), a lost removal
 * only costs a repeat that the server answers as a duplicate.
 */
import { crc32c } from '@node-rs/crc32';
import type { StoredCommand } from '../outbox-storage.ts';

export const JOURNAL_MAGIC = Buffer.from('bubble outbox 1\n');
const RECORD_HEADER_BYTES = 8;
/** No record is larger: a command's body is at most a frame's, a renewal covers one conversation. */
const PAYLOAD_BYTES_MAX = 64 * 1024 * 1024;

export type JournalRecord =
  | { readonly kind: 'add'; readonly command: StoredCommand }
  | { readonly kind: 'remove'; readonly clientMsgId: bigint }
  | {
      readonly kind: 'renew';
      readonly oldIds: readonly bigint[];
      readonly commands: readonly StoredCommand[];
    }
  /** The highest id given so far: the first record after a compaction. */
  | { readonly kind: 'last-id'; readonly lastId: bigint };

const KIND = { add: 1, remove: 2, renew: 3, 'last-id': 4 } as const;

const u16 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeUInt16LE(value);
  return bytes;
};
const u32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: bigint): Buffer => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

const commandParts = (command: StoredCommand): Uint8Array[] => {
  const queue = Buffer.from(command.queue);
  const to = Buffer.from(command.to);
  return [
    u64(command.clientMsgId),
    u64(BigInt(command.sinceSeq)),
    u32(command.operation),
    u16(queue.length),
    queue,
    u16(to.length),
    to,
    u32(command.body.length),
    command.body,
  ];
};

const payloadOf = (record: JournalRecord): Buffer => {
  const parts: Uint8Array[] = [Buffer.of(KIND[record.kind])];
  switch (record.kind) {
    case 'add':
      parts.push(...commandParts(record.command));
      break;
    case 'remove':
      parts.push(u64(record.clientMsgId));
      break;
    case 'renew':
      parts.push(u32(record.oldIds.length), ...record.oldIds.map(u64));
      parts.push(u32(record.commands.length), ...record.commands.flatMap(commandParts));
      break;
    case 'last-id':
      parts.push(u64(record.lastId));
      break;
  }
  return Buffer.concat(parts);
};

export const encodeRecord = (record: JournalRecord): Buffer => {
  const payload = payloadOf(record);
  return Buffer.concat([u32(payload.length), u32(crc32c(payload)), payload]);
};

/** Reads fields one after another. @throws RangeError beyond the end */
class PayloadReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new RangeError('record too short');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  u8 = (): number => this.take(1).readUInt8();
  u16 = (): number => this.take(2).readUInt16LE();
  u32 = (): number => this.take(4).readUInt32LE();
  u64 = (): bigint => this.take(8).readBigUInt64LE();
}

const readCommand = (reader: PayloadReader): StoredCommand => ({
  clientMsgId: reader.u64(),
  sinceSeq: Number(reader.u64()),
  operation: reader.u32(),
  queue: reader.take(reader.u16()).toString(),
  to: reader.take(reader.u16()).toString(),
  body: new Uint8Array(reader.take(reader.u32())),
});

const readMany = <T>(reader: PayloadReader, read: () => T): T[] =>
  Array.from({ length: reader.u32() }, () => read());

/** @returns null where the payload is of no kind known or too short */
const decodePayload = (payload: Buffer): JournalRecord | null => {
  const reader = new PayloadReader(payload);
  try {
    switch (reader.u8()) {
      case KIND.add:
        return { kind: 'add', command: readCommand(reader) };
      case KIND.remove:
        return { kind: 'remove', clientMsgId: reader.u64() };
      case KIND.renew: {
        const oldIds = readMany(reader, reader.u64);
        return { kind: 'renew', oldIds, commands: readMany(reader, () => readCommand(reader)) };
      }
      case KIND['last-id']:
        return { kind: 'last-id', lastId: reader.u64() };
      default:
        return null;
    }
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};

/** The record at `at` and where the next one begins, or null: there is no whole record. */
const recordAt = (bytes: Buffer, at: number): { record: JournalRecord; next: number } | null => {
  if (at + RECORD_HEADER_BYTES > bytes.length) return null;
  const length = bytes.readUInt32LE(at);
  const next = at + RECORD_HEADER_BYTES + length;
  if (length === 0 || length > PAYLOAD_BYTES_MAX || next > bytes.length) return null;
  const payload = bytes.subarray(at + RECORD_HEADER_BYTES, next);
  if (crc32c(payload) !== bytes.readUInt32LE(at + 4)) return null;
  const record = decodePayload(payload);
  return record === null ? null : { record, next };
};

export interface JournalContent {
  readonly records: readonly JournalRecord[];
  /** Bytes at the end that are no record: a write that was not finished. */
  readonly tornBytes: number;
  /** Bytes in the middle that are no record. */
  readonly damagedBytes: number;
}

/** @returns null where the bytes are no journal at all */
export const decodeJournal = (bytes: Buffer): JournalContent | null => {
  const magic = bytes.subarray(0, JOURNAL_MAGIC.length);
  if (!magic.equals(JOURNAL_MAGIC.subarray(0, magic.length))) return null;
  const records: JournalRecord[] = [];
  let damagedBytes = 0;
  let goodEnd = Math.min(bytes.length, JOURNAL_MAGIC.length);
  for (let at = goodEnd; at < bytes.length; ) {
    const found = recordAt(bytes, at);
    if (found === null) {
      at += 1;
      continue;
    }
    damagedBytes += at - goodEnd;
    records.push(found.record);
    at = found.next;
    goodEnd = at;
  }
  return { records, tornBytes: bytes.length - goodEnd, damagedBytes };
};
