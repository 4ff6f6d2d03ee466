/** What a group has committed: offset and vector, read in one question. */
import type { Committed, TopicPartition } from '../log.ts';
import { decodeVector } from './commit-metadata.ts';
import type { Coordinator } from './coordinator.ts';
import { offsetFetch } from './exchanges.ts';
import { kafkaFailure } from './kafka-errors.ts';

/** @returns `partition/topic` -> position, where there is one. Rejects with STORE_CONFLICT where a vector is missing. */
export async function readCommitted(
  coordinator: Coordinator,
  places: readonly TopicPartition[],
  timeoutMs: number,
): Promise<Map<string, Committed>> {
  const positions = new Map<string, Committed>();
  if (places.length === 0) return positions;
  const topics = new Map<string, { partition: number }[]>();
  for (const { topic, partition } of places) {
    topics.set(topic, [...(topics.get(topic) ?? []), { partition }]);
  }
  const { group } = coordinator;
  const answer = await coordinator.ask(
    offsetFetch({
      groupId: group,
      topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
    }),
    ({ errorCode }) => errorCode,
    timeoutMs,
  );
  if (answer.errorCode !== 0) throw kafkaFailure(answer.errorCode, `reading the positions of group ${group}`);
  for (const { topic, partitions } of answer.responses) {
    for (const { partition, offset, metadata, errorCode } of partitions) {
      const place = `group ${group}, ${topic}/${partition}`;
      if (errorCode !== 0) throw kafkaFailure(errorCode, `reading the position of ${place}`);
      if (Number(offset) < 0) continue;
      positions.set(`${partition}/${topic}`, {
        offset: Number(offset),
        vector: decodeVector(metadata, place),
      });
    }
  }
  return positions;
}
