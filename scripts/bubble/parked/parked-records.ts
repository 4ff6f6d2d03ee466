/** What lies in `bubble.parked`, and what an operator does about it. */
import type { Log, LogRecord } from '../../../infra/log/log.ts';
import { TIMELINE_GROUP } from '../../../processors/runtime/groups.ts';
import { readInboxRecord, unknownId } from '../../../processors/runtime/inbox-reading.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import { envelopeIdOf } from '../../../schemas/events/envelope-id.ts';
import { PARKED_ACTION, type ParkedEvent, parkedKey } from '../../../schemas/events/parked.ts';
import { epochOf } from '../../../schemas/positions.ts';
import { PARKED } from '../../../schemas/topics.ts';

/** Kept in memory at most: the newest ones. */
const LISTED_AT_MOST = 100_000;
const PAGE = { maxRecords: 1_000, maxBytes: 4 * 1024 * 1024, maxWaitMs: 1_000 };

export interface ParkedRecord extends ParkedEvent {
  /** How it is named: `<topic>/<partition>/<offset>/<group>`. */
  readonly id: string;
  /** When it was parked, ms. */
  readonly parkedAt: number;
}

/** Those that nobody has dealt with, oldest first; each once, however often a copy was made. */
export const parkedRecords = async (log: Log, codecs: Codecs): Promise<ParkedRecord[]> => {
  const open = new Map<string, ParkedRecord>();
  const { begin, end } = await log.range(PARKED, 0);
  const reader = await log.reader(PARKED, 0, begin);
  try {
    for (let next = begin; next < end; ) {
      const batch = await reader.read(PAGE);
      if (batch.next <= next) throw new BubbleError('LOG_TIMEOUT', `${PARKED} cannot be read at ${next} now`);
      for (const record of batch.records) note(open, codecs, record);
      next = batch.next;
    }
  } finally {
    await reader.close();
  }
  return [...open.values()];
};

const note = (open: Map<string, ParkedRecord>, codecs: Codecs, { value, time }: LogRecord): void => {
  // What a stranger writes here is nothing to us.
  const { parked } = codecs;
  const schemaId = value === null ? null : envelopeIdOf(value);
  const event = value !== null && schemaId !== null && parked.reads(schemaId) ? parked.decode(value) : null;
  if (event === null) return;
  const id = parkedKey(event);
  if (event.action !== PARKED_ACTION.PARKED) {
    open.delete(id);
    return;
  }
  if (open.has(id)) return;
  open.set(id, { ...event, id, parkedAt: time });
  if (open.size > LISTED_AT_MOST) open.delete(open.keys().next().value!);
};

/** @throws BubbleError REFUSED where nothing is parked under the id */
export const parkedNamed = (records: readonly ParkedRecord[], id: string): ParkedRecord => {
  const found = records.find((record) => record.id === id);
  if (found !== undefined) return found;
  throw new BubbleError('REFUSED', `nothing is parked as ${id}: see bubble parked list`);
};

const settle = async (
  log: Log,
  codecs: Codecs,
  record: ParkedRecord,
  action: number,
  operator: string,
  reason: string,
): Promise<void> => {
  const { topic, partition, offset, group, time } = record;
  const event: ParkedEvent = {
    ...{ action, topic, partition, offset, group, reason, time, operator },
    key: null,
    value: null,
    valueBytes: 0,
  };
  await log.append(PARKED, 0, [{ key: Buffer.from(record.id), value: codecs.parked.encode(event) }]);
};

/** Logs that an operator has settled it without a retry. Rejects with what the log rejects with. */
export const discardParked = (
  log: Log,
  codecs: Codecs,
  record: ParkedRecord,
  operator: string,
  reason: string,
): Promise<void> => settle(log, codecs, record, PARKED_ACTION.DISCARDED, operator, reason);

export type Retried =
  | { readonly kind: 'settled'; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** Readable now; the fan-out owner has to make it again, since readers accept by `src` and have passed it. */
  | { readonly kind: 'passed'; readonly source: number; readonly src: number };

const sourceRecord = async (
  log: Log,
  { topic, partition, offset }: ParkedRecord,
): Promise<LogRecord | null> => {
  const { begin, end } = await log.range(topic, partition);
  if (offset < begin || offset >= end) return null;
  const reader = await log.reader(topic, partition, offset);
  try {
    const { records } = await reader.read({ maxRecords: 1, maxBytes: 1, maxWaitMs: 1_000 });
    return records[0]?.offset === offset ? records[0] : null;
  } finally {
    await reader.close();
  }
};

/**
 * Reads the record again, as its group does now.
 *
 * A record of inbox that was left out is never accepted afterwards: all readers have passed it, and what it said comes
 * again from fan-out's repair under another version. So for the timeline it is settled once its `src` was accepted.
 */
export const retryParked = async (
  log: Log,
  codecs: Codecs,
  record: ParkedRecord,
  operator: string,
): Promise<Retried> => {
  const settled = async (reason: string): Promise<Retried> => {
    await settle(log, codecs, record, PARKED_ACTION.RETRIED, operator, reason);
    return { kind: 'settled', reason };
  };
  if (record.group !== TIMELINE_GROUP) {
    return { kind: 'unreadable', reason: `no processor of this release reads for the group ${record.group}` };
  }
  const found = await sourceRecord(log, record);
  if (found === null) return settled('the log keeps it no more');
  let read = readInboxRecord(codecs, found.value);
  if (read.kind === 'unknown') {
    if (!(await codecs.learn(read.schemaId))) return { kind: 'unreadable', reason: unknownId(read.schemaId) };
    read = readInboxRecord(codecs, found.value);
  }
  if (read.kind !== 'event') {
    return { kind: 'unreadable', reason: read.kind === 'foreign' ? read.reason : unknownId(read.schemaId) };
  }
  const { source, src } = read.event;
  const position = await log.committed(TIMELINE_GROUP, record.topic, record.partition);
  const last = position?.vector[source] ?? -1;
  if (last >= src && epochOf(last) === epochOf(src)) return settled('what it says has come since');
  return { kind: 'passed', source, src };
};
