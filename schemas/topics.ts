/** The topics of bubble, their keys and how long they are kept. */

export type Cleanup = 'delete' | 'compact';

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: Cleanup;
  /** Records older than this may go; Infinity keeps them. Milliseconds. */
  readonly retentionMs: number;
  /**
   * What an answered append has survived. 'log': the durability the log is set to. 'os': handed to the operating
   * system; for what dies with its reader anyway (delivery).
   */
  readonly durability: 'log' | 'os';
}

export const INBOUND = 'bubble.inbound';
export const SNAPSHOTS = 'bubble.snapshots';
export const EVENTS = 'bubble.events';
export const PARKED = 'bubble.parked';
export const inboxTopic = (epoch: number): string => `bubble.inbox.${epoch}`;
/** @param topic as inboxTopic gives it */
export const inboxEpochOf = (topic: string): number => Number(topic.slice(topic.lastIndexOf('.') + 1));
export const sessionsTopic = (epoch: number): string => `bubble.sessions.${epoch}`;
export const deliveryTopic = (slot: number): string => `bubble.delivery.${slot}`;

const DELIVERY_RETENTION_MS = 2 * 60_000;
export const MAX_PARTITIONS = 256;

export interface Layout {
  readonly inboundPartitions: number;
  readonly inboxPartitions: number;
  readonly epoch: number;
  /** How long inbound and inbox are kept; Infinity: for ever. */
  readonly retentionMs: number;
}

const spec = (
  name: string,
  partitions: number,
  cleanup: Cleanup,
  retentionMs: number,
  durability: TopicSpec['durability'] = 'log',
): TopicSpec => ({ name, partitions, cleanup, retentionMs, durability });

export const deliverySpec = (slot: number): TopicSpec =>
  spec(deliveryTopic(slot), 1, 'delete', DELIVERY_RETENTION_MS, 'os');

/**
 * The public topic. As many partitions as inbound: an event lies in the partition of its command.
 * @param durability 'os' where one machine keeps the log: events cost no sync of their own, because what a power cut
 *   takes from their end is made again from inbound. 'log' on Kafka: replicated as inbound is.
 */
export const eventsSpec = (layout: Layout, durability: TopicSpec['durability'] = 'os'): TopicSpec =>
  spec(EVENTS, layout.inboundPartitions, 'delete', layout.retentionMs, durability);

/** The index is partition 0, chunks are spread over the others; the number may differ from every other topic's. */
export const SNAPSHOT_PARTITIONS = 5;

/** Where processors' state lies beside the log (a deployment whose processes share no folder). */
export const snapshotsSpec = (partitions = SNAPSHOT_PARTITIONS): TopicSpec =>
  spec(SNAPSHOTS, partitions, 'compact', Number.POSITIVE_INFINITY);

/** What projections could not digest. One partition: it is read by people and their tools. */
const parkedSpec = (): TopicSpec => spec(PARKED, 1, 'delete', Number.POSITIVE_INFINITY);

/** The topics that must exist before any role starts. Sessions are partitioned as inbox is. */
export const topicSpecs = (layout: Layout, eventsDurability: TopicSpec['durability'] = 'os'): TopicSpec[] => [
  spec(INBOUND, layout.inboundPartitions, 'delete', layout.retentionMs),
  spec(inboxTopic(layout.epoch), layout.inboxPartitions, 'delete', layout.retentionMs),
  spec(sessionsTopic(layout.epoch), layout.inboxPartitions, 'compact', Number.POSITIVE_INFINITY),
  eventsSpec(layout, eventsDurability),
  parkedSpec(),
];
