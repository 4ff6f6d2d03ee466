import type { LogRecord } from '../log.ts';
import type { Partition } from './partition.ts';
import type { Segment } from './segment.ts';
import { readSpan } from './segment-span.ts';
import { INDEX_INTERVAL_BYTES } from './sparse-index.ts';

type Found = (LogRecord | null)[];

/** See `RandomAccess`: at once where everything is in memory or in cached blocks. */
export const recordsAt = (partition: Partition, offsets: readonly number[]): Found | Promise<Found> => {
  const { begin, end, tail } = partition;
  const memoryFrom = tail.firstOffset(end);
  const records: Found = [];
  const missing: number[] = [];
  for (let at = 0; at < offsets.length; at += 1) {
    const offset = offsets[at]!;
    let record: LogRecord | null | undefined = null;
    if (offset >= begin && offset < end) {
      if (offset >= memoryFrom) record = tail.recordAt(offset);
      else record = partition.context.blocks.find(partition.segmentOf(offset)!, offset);
    }
    if (record === undefined) missing.push(at);
    records.push(record ?? null);
  }
  return missing.length === 0 ? records : loadInto(partition, records, offsets, missing);
};

const loadInto = async (
  partition: Partition,
  records: Found,
  offsets: readonly number[],
  missing: readonly number[],
): Promise<Found> => {
  for (let from = 0; from < missing.length; ) {
    const segment = partition.segmentOf(offsets[missing[from]!]!);
    let to = from + 1;
    while (to < missing.length && partition.segmentOf(offsets[missing[to]!]!) === segment) to += 1;
    if (segment !== null) {
      const part = missing.slice(from, to);
      const found = await partition.context.blocks.load(
        segment,
        part.map((at) => offsets[at]!),
      );
      for (let at = 0; at < part.length; at += 1) records[part[at]!] = found[at]!;
    }
    from = to;
  }
  return records;
};

/** The first kept offset whose time is at least this; the end where there is none. */
export const offsetAtTime = async (partition: Partition, timeMs: number): Promise<number> => {
  const { end } = partition;
  if (end === partition.begin || timeMs > partition.lastTime) return end;
  for (const segment of [...partition.segments]) {
    await segment.load();
    if (segment.empty || segment.lastTime < timeMs) continue;
    const found = await offsetIn(segment, timeMs);
    if (found !== null) return found;
  }
  return end;
};

const offsetIn = async (segment: Segment, timeMs: number): Promise<number | null> => {
  let from = segment.index.offset(segment.index.entryBefore(timeMs));
  for (;;) {
    const span = await readSpan(segment, from, INDEX_INTERVAL_BYTES);
    if (span === null) return null;
    for (let record = span.next(); record !== null; record = span.next()) {
      if (record.time >= timeMs) return record.offset;
      from = record.offset + 1;
    }
  }
};
