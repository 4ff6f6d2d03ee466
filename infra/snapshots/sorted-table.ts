/**
 * A sorted immutable table in one file, opened in place: what is read at open is the footer, the metadata and the
 * sparse index; entries are read block by block when asked for.
 *
 * File: blocks, metadata (JSON), index, footer.
 *   block   entries, then CRC-32 of them (u32 LE); an entry is varint key length, varint value length, key, value
 *   index   for each block: varint length of its first key, the key, varint offset, varint length
 *   footer  64 bytes: see table-format.ts
 *
 * Invariants:
 * 1. Keys rise strictly, compared as UTF-8 bytes; the writer refuses anything else (a programmer's error).
 * 2. A file without a whole, matching footer is not a table: a half-written one never opens.
 * 3. No byte of a block is used before its checksum has been compared.
 * 4. Memory held by an open table is its index and at most `cacheBytes` of blocks.
 */
import type { Disk } from '../disk/disk.ts';
import { FileTable, readTail } from './file-table.ts';
import { compareKeys } from './key-order.ts';
import type { Entries, Entry, SortedTable, TableSummary } from './table-format.ts';
import { TableWriter } from './table-writer.ts';

export type { Entries, Entry, SortedTable, TableSummary } from './table-format.ts';

const DEFAULT_CACHE_BYTES = 4 * 1024 * 1024;

/**
 * Writes a table and syncs it. An existing file is overwritten; the caller renames a table into its place once it
 * is whole. The event loop gets its turn after each 256 KiB.
 */
export async function writeSortedTable(
  disk: Disk,
  path: string,
  entries: Entries,
  meta: unknown,
): Promise<TableSummary> {
  const file = await disk.open(path, { create: true });
  try {
    await file.truncate(0);
    const writer = new TableWriter(file);
    if (Symbol.asyncIterator in entries) {
      for await (const [key, value] of entries) if (writer.add(key, value)) await writer.flush();
    } else {
      for (const [key, value] of entries) if (writer.add(key, value)) await writer.flush();
    }
    return await writer.finish(meta);
  } finally {
    await file.close();
  }
}

/** Opens a table in place. Rejects with LOG_DAMAGED where the file is not a whole table. */
export async function openSortedTable(
  disk: Disk,
  path: string,
  options: { cacheBytes?: number } = {},
): Promise<SortedTable> {
  const file = await disk.open(path);
  try {
    return new FileTable(path, file, await readTail(path, file), options.cacheBytes ?? DEFAULT_CACHE_BYTES);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Merges sorted sources into one. Where several hold a key, the first source (the newest) wins. Entries for which
 * `keep` is false are left out.
 */
export async function* mergeSorted(
  newestFirst: readonly Entries[],
  keep: (key: string, value: Uint8Array) => boolean = () => true,
): AsyncIterable<Entry> {
  const iterators = newestFirst.map((source) =>
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator](),
  );
  const heads: (Entry | null)[] = [];
  for (const iterator of iterators) {
    const step = await iterator.next();
    heads.push(step.done === true ? null : step.value);
  }
  for (;;) {
    let best = -1;
    for (const [at, head] of heads.entries()) {
      if (head !== null && (best < 0 || compareKeys(head[0], heads[best]![0]) < 0)) best = at;
    }
    if (best < 0) return;
    const entry = heads[best]!;
    for (const [at, head] of heads.entries()) {
      if (head === null || head[0] !== entry[0]) continue;
      const step = await iterators[at]!.next();
      heads[at] = step.done === true ? null : step.value;
    }
    if (keep(entry[0], entry[1])) yield entry;
  }
}
