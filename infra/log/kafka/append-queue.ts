/** What waits for a partition, and the batch that is taken of it. */
import type { BubbleError } from '../../../schemas/errors.ts';
import type { Appended, RecordInput } from '../log.ts';
import type { ByTopic, ProducePartition } from './hot-exchanges.ts';
import { batchBytesAtMost, writeBatch } from './record-batch.ts';

export interface Append {
  readonly records: readonly RecordInput[];
  readonly bytes: number;
  /** Monotonic ms: until when it may wait for a leader. */
  readonly deadline: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: BubbleError) => void;
}

export interface Queue {
  readonly topic: string;
  readonly partition: number;
  waiting: Append[];
  /** Where it is: nothing to do, listed with a leader, without one, or in a request. */
  state: 'idle' | 'listed' | 'parked' | 'sent';
}

export interface Batch {
  readonly queue: Queue;
  readonly appends: readonly Append[];
  readonly bytesAtMost: number;
}

export const recordsOf = (batches: readonly Batch[]): number =>
  batches.reduce(
    (sum, { appends }) => appends.reduce((count, { records }) => count + records.length, sum),
    0,
  );

/** As many appends as one batch may hold, one at least. */
export function takeBatch(queue: Queue, batchBytes: number): Batch {
  let count = 0;
  let bytesAtMost = batchBytesAtMost(0, 0);
  for (const { records, bytes } of queue.waiting) {
    const more = batchBytesAtMost(records.length, bytes) - batchBytesAtMost(0, 0);
    if (count > 0 && bytesAtMost + more > batchBytes) break;
    bytesAtMost += more;
    count += 1;
  }
  queue.state = 'sent';
  const appends = queue.waiting.splice(0, count);
  return { queue, appends, bytesAtMost };
}

export function topicsOf(batches: readonly Batch[], timeMs: number): ByTopic<ProducePartition>[] {
  const topics = new Map<string, ProducePartition[]>();
  for (const { queue, appends, bytesAtMost } of batches) {
    const partitions = topics.get(queue.topic) ?? [];
    topics.set(queue.topic, partitions);
    partitions.push({
      partition: queue.partition,
      batchBytesAtMost: bytesAtMost,
      write: (target, at) => writeBatch(target, at, recordsIn(appends), timeMs),
    });
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

function* recordsIn(appends: readonly Append[]): Generator<readonly RecordInput[]> {
  for (const { records } of appends) yield records;
}
