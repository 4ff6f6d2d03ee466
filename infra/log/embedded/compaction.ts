/**
 * Compaction: of the sealed segments of a compacted topic, only the newest record of each key stays.
 *
 * Invariants:
 * 1. Offsets, times and order stay as they are; what is superseded leaves a gap. The newest segment is not touched, so
 *    `end` never changes.
 * 2. A tombstone stays until it is older than TOMBSTONE_MS, so that a reader that was behind learns of the end.
 * 3. New segments are written whole and synced beside the old ones, then a journal is written, then names change. A
 *    start finds either no journal (the old ones stand) or one (it is carried out to its end): never a mixture.
 */
import { join } from 'node:path';
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import type { Disk, DiskFile } from '../../disk/disk.ts';
import { replaceFile } from '../../disk/replace-file.ts';
import type { Partition } from './partition.ts';
import {
  bytesOf,
  END_OF_APPEND,
  FLAGS_AT,
  offsetAt,
  SEGMENT_HEADER_BYTES,
  sealRecord,
  segmentHeader,
  timeAt,
} from './record-format.ts';
import { indexPath, Segment, segmentPath } from './segment.ts';
import { readSpan } from './segment-span.ts';

const JOURNAL = 'compaction.json';
const NEW_SUFFIX = '.compacted';
export const TOMBSTONE_MS = 24 * 3_600_000;
const SPAN_BYTES = 256 * 1024;
/** A pass is worth it when at least this share of the bytes can go. */
const WORTH_SHARE = 0.3;

interface Journal {
  /** The segment that is replaced by its compacted form. */
  readonly base: number;
  /** Segments whose records are in the compacted form as well. */
  readonly merged: readonly number[];
}

/** What one pass knows: the newest offset of each key in the segments it looks at. */
interface Plan {
  readonly segments: readonly Segment[];
  readonly newest: ReadonlyMap<string, number>;
  readonly liveBytes: ReadonlyMap<Segment, number>;
  readonly dropTombstonesBefore: number;
}

/** Carries out a compaction that a crash has interrupted after its journal was written. */
export async function finishCompaction(disk: Disk, folder: string): Promise<void> {
  const names = await disk.list(folder);
  if (names.includes(JOURNAL)) await carryOut(disk, folder, await readJournal(disk, folder));
  for (const name of names) {
    if (name.endsWith(NEW_SUFFIX)) await disk.remove(join(folder, name));
  }
}

/** @returns whether anything was replaced */
export async function compact(partition: Partition, maxKeys: number): Promise<boolean> {
  if (partition.spec.cleanup !== 'compact') return false;
  const plan = await makePlan(partition, maxKeys);
  if (plan === null) return false;
  let group: Segment[] = [];
  let groupBytes = 0;
  for (const segment of plan.segments) {
    const bytes = plan.liveBytes.get(segment) ?? 0;
    if (group.length > 0 && groupBytes + bytes > partition.settings.segmentBytes) {
      await rewrite(partition, group, plan);
      group = [];
      groupBytes = 0;
    }
    group.push(segment);
    groupBytes += bytes;
  }
  if (group.length > 0) await rewrite(partition, group, plan);
  return true;
}

async function makePlan(partition: Partition, maxKeys: number): Promise<Plan | null> {
  const newest = new Map<string, number>();
  const lengths = new Map<string, number>();
  const segments: Segment[] = [];
  const segmentOfKey = new Map<string, Segment>();
  const liveBytes = new Map<Segment, number>();
  const dropTombstonesBefore = partition.context.clock.now() - TOMBSTONE_MS;
  let totalBytes = 0;
  for (const segment of partition.segments) {
    if (!segment.sealed || newest.size > maxKeys) break;
    await segment.load();
    segments.push(segment);
    liveBytes.set(segment, 0);
    totalBytes += segment.end - SEGMENT_HEADER_BYTES;
    for await (const { key, value, offset, time, length } of recordsOf(segment)) {
      const before = segmentOfKey.get(key);
      if (before !== undefined) liveBytes.set(before, liveBytes.get(before)! - lengths.get(key)!);
      const live = value !== null || time >= dropTombstonesBefore ? length : 0;
      newest.set(key, offset);
      lengths.set(key, live);
      segmentOfKey.set(key, segment);
      liveBytes.set(segment, liveBytes.get(segment)! + live);
    }
  }
  let live = 0;
  for (const bytes of liveBytes.values()) live += bytes;
  if (totalBytes === 0 || (totalBytes - live) / totalBytes < WORTH_SHARE) return null;
  return { segments, newest, liveBytes, dropTombstonesBefore };
}

async function* recordsOf(segment: Segment) {
  let from = segment.baseOffset;
  for (;;) {
    const span = await readSpan(segment, from, SPAN_BYTES);
    if (span === null) return;
    for (let record = span.next(); record !== null; record = span.next()) {
      from = record.offset + 1;
      // Every record of a compacted topic has a key: appending sees to it.
      const key = Buffer.from(record.key ?? []).toString('latin1');
      yield { key, value: record.value, offset: record.offset, time: record.time, length: span.length };
    }
  }
}

async function rewrite(partition: Partition, group: readonly Segment[], plan: Plan): Promise<void> {
  const { disk } = partition.context;
  const { folder } = partition;
  const first = group[0]!;
  const path = `${segmentPath(folder, first.baseOffset)}${NEW_SUFFIX}`;
  const file = await disk.open(path, { create: true });
  try {
    await file.truncate(0);
    await writeLive(file, group, plan);
    await file.sync();
  } finally {
    await file.close();
  }
  const journal = { base: first.baseOffset, merged: group.slice(1).map((segment) => segment.baseOffset) };
  const replacement = new Segment(partition.place, first.baseOffset);
  replacement.followedBy = group.at(-1)!.followedBy;
  await writeJournal(disk, folder, journal);
  await carryOut(disk, folder, journal);
  partition.replaceSegments(group, replacement);
  for (const segment of group) await segment.retire();
  await replacement.load();
  await replacement.writeIndex();
}

async function writeLive(file: DiskFile, group: readonly Segment[], plan: Plan): Promise<void> {
  await file.write(0, segmentHeader(group[0]!.baseOffset, 0));
  let position = SEGMENT_HEADER_BYTES;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  const flush = async (): Promise<void> => {
    if (pendingBytes > 0) await file.write(position, Buffer.concat(pending));
    position += pendingBytes;
    pending = [];
    pendingBytes = 0;
  };
  for (const segment of group) {
    let from = segment.baseOffset;
    for (let span = await readSpan(segment, from, SPAN_BYTES); span !== null; ) {
      for (let record = span.next(); record !== null; record = span.next()) {
        from = record.offset + 1;
        const key = Buffer.from(record.key ?? []).toString('latin1');
        if (plan.newest.get(key) !== record.offset) continue;
        if (record.value === null && record.time < plan.dropTombstonesBefore) continue;
        const copy = standalone(span.bytes());
        pending.push(copy);
        pendingBytes += copy.length;
      }
      await flush();
      span = await readSpan(segment, from, SPAN_BYTES);
    }
  }
}

/** A copy that stands for itself: its append call is not whole any more, and the file was never half synced. */
const standalone = (encoded: Buffer): Buffer => {
  const bytes = bytesOf(Buffer.from(encoded));
  bytes.view.setUint16(FLAGS_AT, END_OF_APPEND, true);
  sealRecord(bytes, 0, bytes.buffer.length, offsetAt(bytes.view, 0), timeAt(bytes.view, 0), 0);
  return bytes.buffer;
};

async function writeJournal(disk: Disk, folder: string, journal: Journal): Promise<void> {
  const path = join(folder, JOURNAL);
  await replaceFile(disk, path, Buffer.from(JSON.stringify(journal)), `${path}${NEW_SUFFIX}`);
}

async function readJournal(disk: Disk, folder: string): Promise<Journal> {
  const path = join(folder, JOURNAL);
  const file = await disk.open(path);
  try {
    return JSON.parse((await file.read(0, await file.size())).toString('utf8')) as Journal;
  } catch (cause) {
    if (isBubbleError(cause)) throw cause;
    throw new BubbleError('LOG_DAMAGED', `${path} is no journal of a compaction`, { cause });
  } finally {
    await file.close();
  }
}

/** Every step may be repeated. */
async function carryOut(disk: Disk, folder: string, journal: Journal): Promise<void> {
  const path = segmentPath(folder, journal.base);
  for (const base of [journal.base, ...journal.merged]) await disk.remove(indexPath(folder, base));
  await disk.syncFolder(folder);
  try {
    await disk.rename(`${path}${NEW_SUFFIX}`, path);
  } catch (error) {
    // Renamed already, before a crash.
    if (!isBubbleError(error, 'FILE_NOT_FOUND')) throw error;
  }
  for (const base of journal.merged) await disk.remove(segmentPath(folder, base));
  await disk.syncFolder(folder);
  await disk.remove(join(folder, JOURNAL));
  await disk.syncFolder(folder);
}
