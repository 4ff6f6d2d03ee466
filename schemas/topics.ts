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

export const DELIVERY_RETENTION_MS = 2 * 60_000;
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

/** The topics that must exist before any role starts. Sessions are partitioned as inbox is. */
export const topicSpecs = (layout: Layout): TopicSpec[] => [
  spec(INBOUND, layout.inboundPartitions, 'delete', layout.retentionMs),
  spec(inboxTopic(layout.epoch), layout.inboxPartitions, 'delete', layout.retentionMs),
  spec(sessionsTopic(layout.epoch), layout.inboxPartitions, 'compact', Number.POSITIVE_INFINITY),
];
