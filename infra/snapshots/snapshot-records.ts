/**
 * The records of `bubble.snapshots`. Partition 0 is the index, small and followed by every processor; the others hold
 * the chunks of tables, which are read by offset when they are wanted (with one partition everything is in it).
 *
 *   key                                              value
 *   manifest/<topic>/<partition>/<offset>/<writer>   a snapshot: what was stored beside it, and its tables by digest
 *   table/<topic>/<partition>/<digest>/<writer>      a table: begun, or whole with the offsets of its chunks
 *   chunk/<topic>/<partition>/<digest>/<writer>/<n>  a piece of a table's file, with its place in the file
 *
 * Every key names its writer, so no process overwrites what another wrote: a record of a former owner that arrives late
 * stands beside the present owner's. The writer is last but for the chunk's number; it holds no '/'.
 *
 * A value is magic (u32 BE 'BSNP'), format (u8), 3 bytes 0, CRC-32 of the body (u32 LE), body. The body is JSON, or of
 * a chunk: its place in the file (f64 LE) and the bytes. It is no Avro: chunks are pieces of files, nobody's events.
 */
import { crc32 } from 'node:zlib';
import type { SnapshotId } from './snapshot-store.ts';
import type { TableSummary } from './table-format.ts';

const MAGIC = 0x42_53_4e_50;
const FORMAT = 1;
const HEADER_BYTES = 12;
const PLACE_BYTES = 8;

export const INDEX_PARTITION = 0;

/** @param partitions of `bubble.snapshots` */
export const chunkPartitionOf = (digest: string, partitions: number): number =>
  partitions === 1 ? INDEX_PARTITION : 1 + (Number.parseInt(digest.slice(0, 8), 16) % (partitions - 1));

export interface ManifestRecord {
  readonly kind: 'manifest';
  readonly id: SnapshotId;
  readonly writer: string;
  readonly offset: number;
  readonly meta: unknown;
  /** Newest first. */
  readonly tables: readonly TableSummary[];
}

export interface TableRecord {
  readonly kind: 'table';
  readonly id: SnapshotId;
  readonly writer: string;
  readonly digest: string;
  readonly bytes: number;
  /** Where its chunks are. */
  readonly partition: number;
  readonly chunks: number;
  /** For each chunk its offset in `partition`; null: being written. */
  readonly offsets: readonly number[] | null;
}

export type IndexRecord = ManifestRecord | TableRecord;

export interface Chunk {
  /** In the table's file. */
  readonly place: number;
  readonly bytes: Buffer;
}

type TableName = Pick<TableRecord, 'id' | 'digest' | 'writer'>;

export const manifestKey = ({
  id,
  offset,
  writer,
}: Pick<ManifestRecord, 'id' | 'offset' | 'writer'>): string =>
  `manifest/${id.topic}/${id.partition}/${offset}/${writer}`;
export const tableKey = ({ id, digest, writer }: TableName): string =>
  `table/${id.topic}/${id.partition}/${digest}/${writer}`;
/** What the keys of all chunks of a table begin with; the chunk's number follows. */
export const chunkPrefix = ({ id, digest, writer }: TableName): string =>
  `chunk/${id.topic}/${id.partition}/${digest}/${writer}/`;
export const isIndexKey = (key: string): boolean => key.startsWith('manifest/') || key.startsWith('table/');

const seal = (body: Buffer): Buffer => {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt8(FORMAT, 4);
  header.writeUInt32LE(crc32(body), 8);
  return Buffer.concat([header, body]);
};

const unseal = (value: Uint8Array): Buffer | null => {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (bytes.length < HEADER_BYTES || bytes.readUInt32BE(0) !== MAGIC || bytes[4] !== FORMAT) return null;
  const body = bytes.subarray(HEADER_BYTES);
  return crc32(body) === bytes.readUInt32LE(8) ? body : null;
};

export const encodeIndexRecord = (record: IndexRecord): Buffer => seal(Buffer.from(JSON.stringify(record)));

export function encodeChunk({ place, bytes }: Chunk): Buffer {
  const placed = Buffer.alloc(PLACE_BYTES);
  placed.writeDoubleLE(place);
  return seal(Buffer.concat([placed, bytes]));
}

/** Null where the bytes are not a chunk, or not whole. */
export function decodeChunk(value: Uint8Array): Chunk | null {
  const body = unseal(value);
  if (body === null || body.length < PLACE_BYTES) return null;
  const place = body.readDoubleLE(0);
  return Number.isSafeInteger(place) && place >= 0 ? { place, bytes: body.subarray(PLACE_BYTES) } : null;
}

/** Null where the bytes are no record of ours, or another one than the key says. */
export function decodeIndexRecord(key: string, value: Uint8Array): IndexRecord | null {
  const body = unseal(value);
  if (body === null) return null;
  let record: unknown;
  try {
    record = JSON.parse(body.toString());
  } catch {
    return null;
  }
  if (isManifest(record)) return manifestKey(record) === key ? record : null;
  if (isTable(record)) return tableKey(record) === key ? record : null;
  return null;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isDigest = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
const isNamed = (value: Record<string, unknown>): boolean =>
  isObject(value['id']) &&
  typeof value['id']['topic'] === 'string' &&
  /^[\w.-]+$/.test(value['id']['topic']) &&
  isCount(value['id']['partition']) &&
  typeof value['writer'] === 'string';
const isSummary = (value: unknown): boolean =>
  isObject(value) && isDigest(value['digest']) && isCount(value['bytes']) && isCount(value['entries']);

const isManifest = (value: unknown): value is ManifestRecord =>
  isObject(value) &&
  value['kind'] === 'manifest' &&
  isNamed(value) &&
  isCount(value['offset']) &&
  Array.isArray(value['tables']) &&
  value['tables'].length > 0 &&
  value['tables'].every(isSummary);

const isTable = (value: unknown): value is TableRecord =>
  isObject(value) &&
  value['kind'] === 'table' &&
  isNamed(value) &&
  isDigest(value['digest']) &&
  isCount(value['bytes']) &&
  isCount(value['partition']) &&
  isCount(value['chunks']) &&
  (value['offsets'] === null ||
    (Array.isArray(value['offsets']) &&
      value['offsets'].length === value['chunks'] &&
      value['offsets'].every(isCount)));
