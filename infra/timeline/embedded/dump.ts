/**
 * The canonical dump of a partition: one line for each owner, sorted, `owner TAB versions TAB digest`. Versions are
 * decimal, rising, separated by spaces, with '*' behind own rows; the digest is SHA-256 over the bytes of all rows,
 * each preceded by its length. It says nothing of runs, chunks and tails.
 */
import { createHash } from 'node:crypto';
import { numberAt } from '../../../schemas/positions.ts';
import type { SortedTable } from '../../snapshots/sorted-table.ts';
import type { TimelineRow } from '../timeline-store.ts';
import {
  isOwn,
  type Mark,
  type OffsetBounds,
  offsetOfMark,
  packMarks,
  unpackMarks,
} from './packed-versions.ts';
import { mergeOwners, type PackedOwner, packedOwners, sortOwners } from './run.ts';
import type { OwnerMarks } from './tail.ts';

const SLICE_ROWS = 256;

export interface DumpSource {
  /** Oldest first. */
  readonly tables: readonly SortedTable[];
  readonly tails: readonly OwnerMarks[][];
  readonly bounds: OffsetBounds;
  readonly rows: (marks: readonly Mark[]) => TimelineRow[] | Promise<TimelineRow[]>;
  readonly epoch: number;
}

async function* packTail(owners: OwnerMarks[]): AsyncIterable<PackedOwner> {
  for (const { key, marks } of sortOwners(owners)) {
    if (marks.length > 0) yield { key, chunks: [packMarks(marks, 0, marks.length)] };
  }
}

export async function* dumpOwners(source: DumpSource): AsyncIterable<string> {
  const sources = [...source.tables.map((table) => packedOwners(table)), ...source.tails.map(packTail)];
  for await (const { key, chunks } of mergeOwners(sources)) {
    const marks: Mark[] = [];
    for (const chunk of chunks) unpackMarks(chunk, source.bounds, marks, Number.POSITIVE_INFINITY);
    if (marks.length === 0) continue;
    const versions = marks.map(
      (mark) => `${numberAt(source.epoch, offsetOfMark(mark))}${isOwn(mark) ? '*' : ''}`,
    );
    yield `${key}\t${versions.join(' ')}\t${await digestOf(source, marks)}`;
  }
}

const digestOf = async (source: DumpSource, marks: readonly Mark[]): Promise<string> => {
  const digest = createHash('sha256');
  const length = Buffer.alloc(4);
  for (let from = 0; from < marks.length; from += SLICE_ROWS) {
    for (const { bytes } of await source.rows(marks.slice(from, from + SLICE_ROWS))) {
      length.writeUInt32LE(bytes.length);
      digest.update(length).update(bytes);
    }
  }
  return digest.digest('hex');
};
