/**
 * Who of a group gets which partition: computed by the group's leader, told to all by the coordinator.
 *
 * Every topic is dealt out evenly among the members that want it, and a member keeps what it has as far as that is
 * even: taking over a partition means restoring its state. The encoding is that of Kafka's consumers, so that Kafka's
 * tools show the assignment.
 */
import assignerProtocol from 'kafkajs/src/consumer/assignerProtocol.js';
import type { TopicPartition } from '../log.ts';

/** Members of other programs have other names of protocols: the coordinator keeps them out of the group. */
export const PROTOCOL = 'bubble-sticky-1';

export interface GroupMemberWish {
  readonly id: string;
  readonly topics: readonly string[];
  /** What it held in the generation before. */
  readonly held: readonly TopicPartition[];
}

export function encodeWish(topics: readonly string[], held: readonly TopicPartition[]): Buffer {
  const userData = Buffer.from(JSON.stringify(byTopic(held)));
  return assignerProtocol.MemberMetadata.encode({ version: 0, topics: [...topics], userData });
}

export function decodeWish(id: string, metadata: Buffer): GroupMemberWish {
  const { topics, userData } = assignerProtocol.MemberMetadata.decode(metadata);
  return { id, topics, held: heldIn(userData) };
}

/** What a member says it held is a hint: what cannot be read is as good as nothing. */
function heldIn(userData: Buffer | null): TopicPartition[] {
  if (userData === null || userData.length === 0) return [];
  let told: unknown;
  try {
    told = JSON.parse(userData.toString());
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
  if (typeof told !== 'object' || told === null) return [];
  return Object.entries(told).flatMap(([topic, partitions]) =>
    Array.isArray(partitions)
      ? partitions.filter(Number.isSafeInteger).map((partition: number) => ({ topic, partition }))
      : [],
  );
}

export const encodeAssignment = (held: readonly TopicPartition[]): Buffer =>
  assignerProtocol.MemberAssignment.encode({ version: 0, assignment: byTopic(held) });

export function decodeAssignment(assignment: Buffer): TopicPartition[] {
  if (assignment.length === 0) return [];
  const decoded = assignerProtocol.MemberAssignment.decode(assignment);
  return Object.entries(decoded?.assignment ?? {}).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

function byTopic(held: readonly TopicPartition[]): Record<string, number[]> {
  const topics: Record<string, number[]> = {};
  for (const { topic, partition } of held) {
    topics[topic] ??= [];
    topics[topic].push(partition);
  }
  return topics;
}

/** @param partitionsOf of every topic that is wanted */
export function assign(
  members: readonly GroupMemberWish[],
  partitionsOf: ReadonlyMap<string, number>,
): Map<string, TopicPartition[]> {
  const given = new Map<string, TopicPartition[]>(members.map(({ id }) => [id, []]));
  for (const topic of [...partitionsOf.keys()].sort()) {
    const wanting = members.filter(({ topics }) => topics.includes(topic));
    if (wanting.length > 0) assignTopic(topic, partitionsOf.get(topic)!, wanting, given);
  }
  return given;
}

function assignTopic(
  topic: string,
  count: number,
  wanting: readonly GroupMemberWish[],
  given: Map<string, TopicPartition[]>,
): void {
  const even = Math.floor(count / wanting.length);
  let extra = count % wanting.length;
  const free = new Set(Array.from({ length: count }, (_, partition) => partition));
  const taken = new Map<string, number>();
  // Those with the least so far come first, so that what is left over of each topic goes around.
  const inTurn = [...wanting].sort(
    (a, b) => given.get(a.id)!.length - given.get(b.id)!.length || (a.id < b.id ? -1 : 1),
  );
  const give = (id: string, partition: number): void => {
    free.delete(partition);
    given.get(id)!.push({ topic, partition });
    taken.set(id, (taken.get(id) ?? 0) + 1);
  };
  for (const { id, held } of inTurn) {
    for (const each of held) {
      if (each.topic !== topic || !free.has(each.partition)) continue;
      const has = taken.get(id) ?? 0;
      if (has > even || (has === even && extra === 0)) break;
      if (has === even) extra -= 1;
      give(id, each.partition);
    }
  }
  for (const { id } of inTurn) {
    for (const partition of free) {
      if ((taken.get(id) ?? 0) >= even) break;
      give(id, partition);
    }
  }
  for (const { id } of inTurn) {
    const [partition] = free;
    if (partition === undefined) break;
    if ((taken.get(id) ?? 0) === even) give(id, partition);
  }
}
