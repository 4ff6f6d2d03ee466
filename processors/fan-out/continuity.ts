/**
 * Whether the log is still the one that stored positions were made from. A topic that was deleted and made anew, or a
 * partition that has lost its end, begins to give offsets, hence versions, that were given before: readers would take
 * new rows for repeats and drop them. So whatever is stored beyond an end stops the partition, and so does a record
 * that was appended after a state which it should be part of.
 */
import type { Committed, Lease, Log } from '../../infra/log/log.ts';
import { OFFSETS_PER_EPOCH, offsetOf } from '../../schemas/positions.ts';
import { NO_SOURCE } from '../../schemas/rules/acceptance.ts';
import { INBOUND, inboxTopic } from '../../schemas/topics.ts';
import { INBOX_GROUPS } from '../runtime/groups.ts';

export interface Past {
  /** The inbound partition. */
  readonly source: number;
  readonly epoch: number;
  /** For each inbox partition, the `src` of the last output of this source. */
  readonly prev: readonly number[];
}

export interface PastInbox {
  /** The end of each inbox partition. */
  readonly ends: readonly number[];
  /** What does not fit, in words; null: everything does. */
  readonly broken: string | null;
}

type Asked = Pick<Log, 'committed' | 'range'>;

/** Compares what readers of inbox have stored with where the logs end now. Rejects with what the log rejects with. */
export async function examinePast(log: Asked, past: Past): Promise<PastInbox> {
  const topic = inboxTopic(past.epoch);
  const positions = await Promise.all(past.prev.map((_, partition) => positionsIn(log, topic, partition)));
  // Ends are asked for after positions, which only rise.
  const ranges = await Promise.all(past.prev.map((_, partition) => log.range(topic, partition)));
  const inbound = await log.range(INBOUND, past.source);
  const ends = ranges.map(({ end }) => end);
  let broken: string | null = null;
  for (const [partition, end] of ends.entries()) {
    const place = `${topic}/${partition}`;
    if (end === 0 && past.prev[partition] !== NO_SOURCE) {
      broken ??= `${place} is empty, and records of ${INBOUND}/${past.source} were acknowledged there`;
    }
    for (const { group, position } of positions[partition]!) {
      broken ??= contradiction(group, position, place, end, past.source, inbound.end);
    }
  }
  return { ends, broken };
}

const LAST_FOLDED = { maxRecords: 1, maxBytes: 1, maxWaitMs: 1_000 };

export interface Made {
  /** The state is that of all records below. */
  readonly offset: number;
  /** The latest append time of these records. */
  readonly logTime: number;
}

/**
 * Compares the last record that a state was made from with the record that stands there now. A log that was made anew,
 * or has lost its end, and has outgrown the state since, has a later one there: append times tell it from the old one,
 * and every state has them, also those of older releases.
 * @param begin the first offset still kept
 * @returns what does not fit, in words; null where everything does, or the record is not kept any more
 */
export async function examineOrigin(
  log: Pick<Log, 'reader'>,
  { topic, partition, signal }: Lease,
  { offset, logTime }: Made,
  begin: number,
): Promise<string | null> {
  const last = offset - 1;
  if (last < begin) return null;
  const reader = await log.reader(topic, partition, last);
  try {
    const { records } = await reader.read(LAST_FOLDED, signal);
    const [record] = records;
    // Nothing, or a later one: there was a gap.
    if (record === undefined || record.offset > last || record.time <= logTime) return null;
    const appended = new Date(record.time).toISOString();
    const until = new Date(logTime).toISOString();
    return `${topic}/${partition}/${last} was appended at ${appended}, and the state at ${offset} has seen no record after ${until}`;
  } finally {
    await reader.close();
  }
}

interface GroupPosition {
  readonly group: string;
  readonly position: Committed;
}

const positionsIn = async (log: Asked, topic: string, partition: number): Promise<GroupPosition[]> => {
  const positions: GroupPosition[] = [];
  for (const group of INBOX_GROUPS) {
    const position = await log.committed(group, topic, partition);
    if (position !== null) positions.push({ group, position });
  }
  return positions;
};

const contradiction = (
  group: string,
  position: Committed,
  place: string,
  end: number,
  source: number,
  inboundEnd: number,
): string | null => {
  if (position.offset > end) {
    return `${group} has read ${place} up to ${position.offset}, and it ends at ${end}`;
  }
  const src = position.vector[source] ?? NO_SOURCE;
  // A closed source has the highest src that there is.
  if (src === NO_SOURCE || offsetOf(src) === OFFSETS_PER_EPOCH - 1 || offsetOf(src) < inboundEnd) return null;
  return `${group} has rows of ${INBOUND}/${source}/${offsetOf(src)}, and that partition ends at ${inboundEnd}`;
};
