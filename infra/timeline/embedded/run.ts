/**
 * A run: rows of a range of offsets of one partition, in a sorted table. The key of an owner holds either its chunk
 * or, where it has many rows, a directory of the last offsets of its chunks, which stand right behind it.
 *
 * value of `<owner>`              0, chunk  |  1, varint last offset of each chunk
 * value of `<owner>\0<8 digits>`  chunk
 */
import assert from 'node:assert/strict';
import { writeVarint } from '../../../schemas/wire/row.ts';
import { compareKeys } from '../../snapshots/key-order.ts';
import type { Entry, SortedTable } from '../../snapshots/sorted-table.ts';
import {
  CHUNK_ROWS,
  chunkHead,
  joinChunks,
  type Mark,
  type OffsetBounds,
  packMarks,
  unpackMarks,
} from './packed-versions.ts';
import type { OwnerMarks } from './tail.ts';

export interface RunInfo {
  readonly name: string;
  /** Offsets it covers: [from, to). */
  readonly from: number;
  readonly to: number;
  /** How often its rows have been merged. */
  readonly level: number;
}

const INLINE = 0;
const DIRECTORY = 1;
// Names hold no control characters, so no owner's key begins with another one's and this.
const CHUNK_SEPARATOR = '\u0000';

const chunkKey = (owner: string, index: number): string =>
  `${owner}${CHUNK_SEPARATOR}${index.toString().padStart(8, '0')}`;

const encodeOwner = (owner: string, chunks: readonly Uint8Array[]): Entry[] => {
  if (chunks.length === 1) return [[owner, Buffer.concat([Buffer.of(INLINE), chunks[0]!])]];
  const directory = Buffer.allocUnsafe(1 + 8 * chunks.length);
  directory[0] = DIRECTORY;
  let at = 1;
  for (const chunk of chunks) at = writeVarint(directory, at, chunkHead(chunk).last);
  const entries: Entry[] = [[owner, directory.subarray(0, at)]];
  for (const [index, chunk] of chunks.entries()) entries.push([chunkKey(owner, index), chunk]);
  return entries;
};

const directoryOf = (value: Uint8Array): number[] => {
  const lasts: number[] = [];
  let at = 1;
  while (at < value.length) {
    let last = 0;
    let scale = 1;
    for (;;) {
      const byte = value[at++]!;
      last += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 0x80;
    }
    lasts.push(last);
  }
  return lasts;
};

/** Sorts as the table demands. The built-in order is ten times as fast and the same below the surrogates. */
export const sortOwners = (owners: OwnerMarks[]): OwnerMarks[] => {
  const byKey = new Map(owners.map((owner) => [owner.key, owner]));
  const keys = [...byKey.keys()];
  keys.sort();
  if (keys.some((key) => /[\ud800-\uffff]/.test(key))) keys.sort(compareKeys);
  return keys.map((key) => byKey.get(key)!);
};

/** The entries of a run of these owners. */
export function* ownerEntries(sorted: readonly OwnerMarks[]): Iterable<Entry> {
  for (const { key, marks } of sorted) {
    const chunks: Buffer[] = [];
    for (let from = 0; from < marks.length; from += CHUNK_ROWS) {
      chunks.push(packMarks(marks, from, Math.min(marks.length, from + CHUNK_ROWS)));
    }
    yield* encodeOwner(key, chunks);
  }
}

const entryOf = async (table: SortedTable, key: string): Promise<Uint8Array | null> => {
  const held = table.peek(key);
  return held === undefined ? table.get(key) : held;
};

const chunkOf = async (table: SortedTable, key: string): Promise<Uint8Array> => {
  const chunk = await entryOf(table, key);
  assert.ok(chunk !== null, `the directory of a run names a chunk that is not there: ${key}`);
  return chunk;
};

/** Appends the owner's marks within the bounds to `out`, oldest first, until it holds `max`. */
export const readRun = async (
  table: SortedTable,
  owner: string,
  bounds: OffsetBounds,
  out: Mark[],
  max: number,
): Promise<void> => {
  const value = await entryOf(table, owner);
  if (value === null) return;
  if (value[0] === INLINE) return unpackMarks(value.subarray(1), bounds, out, max);
  for (const [index, last] of directoryOf(value).entries()) {
    if (last <= bounds.after) continue;
    if (out.length >= max) return;
    unpackMarks(await chunkOf(table, chunkKey(owner, index)), bounds, out, max);
    if (last >= bounds.until) return;
  }
};

/** The owner's newest marks within the bounds, newest first, at most `max`. */
export const readRunBackwards = async (
  table: SortedTable,
  owner: string,
  bounds: OffsetBounds,
  max: number,
): Promise<Mark[]> => {
  const value = await entryOf(table, owner);
  if (value === null) return [];
  const found: Mark[] = [];
  const take = (chunk: Uint8Array): void => {
    const marks: Mark[] = [];
    unpackMarks(chunk, bounds, marks, Number.POSITIVE_INFINITY);
    for (let at = marks.length - 1; at >= 0 && found.length < max; at -= 1) found.push(marks[at]!);
  };
  if (value[0] === INLINE) {
    take(value.subarray(1));
    return found;
  }
  const lasts = directoryOf(value);
  for (let index = lasts.length - 1; index >= 0 && found.length < max; index -= 1) {
    if (lasts[index]! <= bounds.after) break;
    if (index > 0 && lasts[index - 1]! >= bounds.until) continue;
    take(await chunkOf(table, chunkKey(owner, index)));
  }
  return found;
};

/** An owner of a run with all its chunks, in order. */
export interface PackedOwner {
  readonly key: string;
  readonly chunks: readonly Uint8Array[];
}

/** All owners of a run, sorted. */
export async function* packedOwners(table: SortedTable): AsyncIterable<PackedOwner> {
  let key = '';
  let chunks: Uint8Array[] = [];
  for await (const [entryKey, value] of table.scan()) {
    if (entryKey.includes(CHUNK_SEPARATOR)) {
      chunks.push(value);
      continue;
    }
    if (chunks.length > 0) yield { key, chunks };
    key = entryKey;
    chunks = value[0] === INLINE ? [value.subarray(1)] : [];
  }
  if (chunks.length > 0) yield { key, chunks };
}

/**
 * Walks several sources of owners, each sorted, as one: each owner once, with its chunks in the order of the
 * sources (oldest rows first).
 */
export async function* mergeOwners(
  oldestFirst: readonly AsyncIterable<PackedOwner>[],
): AsyncIterable<PackedOwner> {
  const iterators = oldestFirst.map((source) => source[Symbol.asyncIterator]());
  const heads: (PackedOwner | null)[] = [];
  for (const iterator of iterators) {
    const step = await iterator.next();
    heads.push(step.done === true ? null : step.value);
  }
  for (;;) {
    let least: string | null = null;
    for (const head of heads) {
      if (head !== null && (least === null || compareKeys(head.key, least) < 0)) least = head.key;
    }
    if (least === null) return;
    const chunks: Uint8Array[] = [];
    for (const [index, head] of heads.entries()) {
      if (head === null || head.key !== least) continue;
      chunks.push(...head.chunks);
      const step = await iterators[index]!.next();
      heads[index] = step.done === true ? null : step.value;
    }
    yield { key: least, chunks };
  }
}

/** The entries of the run that several runs become. Chunks wholly below `trimmedBelow` go. */
export async function* mergedEntries(
  oldestFirst: readonly SortedTable[],
  trimmedBelow: number,
): AsyncIterable<Entry> {
  for await (const { key, chunks } of mergeOwners(oldestFirst.map((table) => packedOwners(table)))) {
    const joined: Uint8Array[] = [];
    for (const chunk of chunks) {
      const { count, last } = chunkHead(chunk);
      if (last < trimmedBelow) continue;
      const before = joined.at(-1);
      if (before !== undefined && chunkHead(before).count + count <= CHUNK_ROWS) {
        joined[joined.length - 1] = joinChunks(before, chunk);
      } else {
        joined.push(chunk);
      }
    }
    if (joined.length > 0) yield* encodeOwner(key, joined);
  }
}
