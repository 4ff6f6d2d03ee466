/** A timeline store that writes a span for each traced record in a batch. Only where tracing is on. */
import type { Clock } from '../../schemas/ports/clock.ts';
import { offsetOf } from '../../schemas/positions.ts';
import type { TimelineStore } from '../timeline/timeline-store.ts';
import { withWrite } from '../timeline/with-write.ts';
import type { Tracing } from './tracing.ts';

export const traceTimeline = (store: TimelineStore, tracing: Tracing, clock: Clock): TimelineStore =>
  withWrite(store, async (inboxPartition, records, position, expectedOffset) => {
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
  });
