/** A timeline store that writes a span for each traced record in a batch. Only where tracing is on. */
import type { Clock } from '../../schemas/ports/clock.ts';
import { offsetOf } from '../../schemas/positions.ts';
import type { TimelineStore } from '../timeline/timeline-store.ts';
import type { Tracing } from './tracing.ts';

export const traceTimeline = (store: TimelineStore, tracing: Tracing, clock: Clock): TimelineStore => ({
  write: async (inboxPartition, records, position, expectedOffset) => {
    const startMs = clock.now();
    await store.write(inboxPartition, records, position, expectedOffset);
    const endMs = clock.now();
    const attributes = { 'bubble.batch.records': records.length };
    for (const { event } of records) {
      const offset = offsetOf(event.src);
      if (!tracing.samples(offset)) continue;
      const place = { partition: event.source, offset };
      tracing.span({ hop: 'timeline.write', place, inboxPartition, startMs, endMs, attributes });
    }
  },
  checkpoint: (partition) => store.checkpoint(partition),
  waitFor: (partition, seq, waitMs) => store.waitFor(partition, seq, waitMs),
  read: (partition, owner, bounds) => store.read(partition, owner, bounds),
  newestRows: (partition, owner, until, maxRows) => store.newestRows(partition, owner, until, maxRows),
  newest: (partition, owner) => store.newest(partition, owner),
  trim: (partition, below) => store.trim(partition, below),
  dump: (partition) => store.dump(partition),
  close: () => store.close(),
});
