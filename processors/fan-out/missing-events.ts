/**
 * Finds public events that are missing at the end of their partition: a power cut takes what was not synced, while
 * the position stored is past it. The embedded log does not sync events of their own for that reason; on Kafka there
 * is nothing to find.
 */
import type { Log } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import { envelopeIdOf } from '../../schemas/events/envelope-id.ts';
import type { PublicEvent } from '../../schemas/events/public-event.ts';
import { offsetOf } from '../../schemas/positions.ts';
import { NO_SOURCE } from '../../schemas/rules/acceptance.ts';
import { EVENTS } from '../../schemas/topics.ts';

/**
 * So many of the newest records are looked at: a paused former owner that wakes up may have put repeats of older events
 * behind the newest one. Where that were more, events would be made again that are there, which harms nobody.
 */
const NEWEST_RECORDS = 256;
const READ = { maxRecords: NEWEST_RECORDS, maxBytes: 1024 * 1024, maxWaitMs: 1_000 };

/** null: a stranger's record, or one of another release, which tells nothing. */
const eventIn = ({ publicEvent }: Codecs, value: Uint8Array): PublicEvent | null => {
  const id = envelopeIdOf(value);
  return id !== null && publicEvent.reads(id) ? publicEvent.decode(value) : null;
};

/** The highest inbound offset that the newest events are about; -1: there is none; null: it cannot be told. */
async function highestInTopic(log: Log, codecs: Codecs, partition: number): Promise<number | null> {
  const { begin, end } = await log.range(EVENTS, partition);
  if (begin === end) return end === 0 ? -1 : null;
  let highest: number | null = null;
  let next = Math.max(begin, end - NEWEST_RECORDS);
  const reader = await log.reader(EVENTS, partition, next);
  try {
    while (next < end) {
      const batch = await reader.read(READ);
      if (batch.next <= next) break;
      next = batch.next;
      for (const { value } of batch.records) {
        const event = value === null ? null : eventIn(codecs, value);
        if (event !== null) highest = Math.max(highest ?? -1, offsetOf(event.convSeq));
      }
    }
    return highest;
  } finally {
    await reader.close();
  }
}

export interface MissingEventsOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly logger: Logger;
  readonly partition: number;
  /** `src` of the last command that an event must be there for. */
  readonly lastAccepted: number;
  /** Older ones are not made again at a start. Inbound records. */
  readonly atMost: number;
}

/** @returns the inbound offset to make events again from, or null where none is missing, or too many */
export async function missingEventsFrom(options: MissingEventsOptions): Promise<number | null> {
  const { log, codecs, logger, partition, lastAccepted, atMost } = options;
  if (lastAccepted === NO_SOURCE) return null;
  const highest = await highestInTopic(log, codecs, partition);
  const to = offsetOf(lastAccepted);
  if (highest === null || highest >= to) return null;
  const from = highest + 1;
  if (to - from < atMost) {
    logger.warn({ from, to }, 'public events are missing at the end of their topic; making them again');
    return from;
  }
  logger.warn(
    { from, to, atMost },
    'public events of these inbound offsets are missing, and too many to be made again at a start',
  );
  return null;
}
