/** Computes a timeline from the inbox without a group: into a second place, for comparison or instead of the first. */
import type { Log } from '../../infra/log/log.ts';
import type { TimelineStore } from '../../infra/timeline/timeline-store.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { InboxPosition } from '../../schemas/positions.ts';
import { SourceVector } from '../../schemas/rules/acceptance.ts';
import { inboxTopic, type Layout } from '../../schemas/topics.ts';
import { BatchAcceptance } from './accept-batch.ts';

const BATCH = { maxRecords: 8_000, maxBytes: 8 * 1024 * 1024, maxWaitMs: 100 };

export interface RebuildOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly store: TimelineStore;
  readonly layout: Layout;
  readonly signal?: AbortSignal;
  /** Called after each batch: the next offset, and rows' records written so far. */
  readonly progress?: (partition: number, next: number, records: number) => void;
}

/**
 * Goes on from the store's checkpoint until the next offset is `until`.
 * @returns the position reached: at `until`, or before it where the signal was aborted
 * @throws BubbleError OFFSET_OUT_OF_RANGE, what the store rejects with, and what the registry rejects with while away
 */
export async function rebuildTimeline(
  options: RebuildOptions,
  partition: number,
  until: number,
): Promise<InboxPosition> {
  const { log, codecs, store, layout, signal, progress } = options;
  const topic = inboxTopic(layout.epoch);
  let position = await store.checkpoint(partition);
  const vector = new SourceVector(position.vector);
  const reader = await log.reader(topic, partition, position.offset);
  let written = 0;
  try {
    while (position.offset < until && signal?.aborted !== true) {
      const maxRecords = Math.min(BATCH.maxRecords, until - position.offset);
      const batch = await reader.read({ ...BATCH, maxRecords }, signal);
      // What is none of inbox was parked, with an alarm, when it came.
      const accepted = await new BatchAcceptance(codecs, vector, batch, position.offset).accept();
      const next: InboxPosition = { offset: Math.min(until, accepted.next), vector: vector.toArray() };
      await store.write(partition, accepted.records, next, position.offset);
      position = next;
      written += accepted.records.length;
      progress?.(partition, position.offset, written);
    }
  } finally {
    await reader.close();
  }
  return position;
}
