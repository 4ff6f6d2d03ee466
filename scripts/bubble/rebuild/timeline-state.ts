/**
 * The timeline of an inbox partition, computed twice: a copy of what is stored, brought to the end of the log, and a
 * new one made from the first record.
 */
import type { Log } from '../../../infra/log/log.ts';
import type { TimelineStore } from '../../../infra/timeline/timeline-store.ts';
import { BatchAcceptance } from '../../../processors/timeline/accept-batch.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import { type InboxPosition, startPosition } from '../../../schemas/positions.ts';
import { SourceVector } from '../../../schemas/rules/acceptance.ts';
import { inboxTopic, type Layout } from '../../../schemas/topics.ts';
import { type Comparison, compareDumps } from './compare-dumps.ts';

export interface TimelineOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly layout: Layout;
  /** Records read. */
  readonly progress: (records: number) => void;
}

const BATCH = { maxRecords: 4_000, maxBytes: 4 * 1024 * 1024, maxWaitMs: 0 };

/** Brings a partition of a store from a position of its own to the end of the log. */
export const fillTimeline = async (
  options: TimelineOptions,
  store: TimelineStore,
  partition: number,
  from: InboxPosition,
  end: number,
): Promise<void> => {
  const { log, codecs, layout, progress } = options;
  const topic = inboxTopic(layout.epoch);
  if (from.offset >= end) return;
  const vector = new SourceVector(from.vector);
  const reader = await log.reader(topic, partition, from.offset);
  try {
    let at = from.offset;
    while (at < end) {
      const batch = await reader.read(BATCH);
      if (batch.next <= at)
        throw new BubbleError('LOG_DAMAGED', `${topic}/${partition} ends at ${at}, not ${end}`);
      const { records } = await new BatchAcceptance(codecs, vector, batch, at).accept();
      await store.write(partition, records, { offset: batch.next, vector: vector.toArray() }, at);
      progress(batch.next - at);
      at = batch.next;
    }
  } finally {
    await reader.close();
  }
};

export const timelineEnd = async (log: Log, layout: Layout, partition: number): Promise<number> => {
  const topic = inboxTopic(layout.epoch);
  const { begin, end } = await log.range(topic, partition);
  if (begin === 0) return end;
  throw new BubbleError(
    'OFFSET_OUT_OF_RANGE',
    `${topic}/${partition} begins at ${begin}: its older records are no longer kept, so it cannot be computed from the log alone`,
  );
};

export const verifyTimeline = async (
  options: TimelineOptions,
  copy: TimelineStore,
  fresh: TimelineStore,
  partition: number,
): Promise<Comparison> => {
  const end = await timelineEnd(options.log, options.layout, partition);
  await fillTimeline(options, fresh, partition, startPosition(), end);
  const silent = { ...options, progress: () => {} };
  await fillTimeline(silent, copy, partition, await copy.checkpoint(partition), end);
  const of = { part: 'timeline', epoch: options.layout.epoch, partition, position: end } as const;
  const same =
    JSON.stringify(await copy.checkpoint(partition)) === JSON.stringify(await fresh.checkpoint(partition));
  if (!same)
    throw new BubbleError(
      'LOG_DAMAGED',
      `the two timelines of partition ${partition} stand at different places`,
    );
  return compareDumps(of, copy.dump(partition), fresh.dump(partition));
};
