/** How bubble's topics are set on Kafka: made so, checked to be so, read back. */
import { BubbleError } from '../../../schemas/errors.ts';
import type { TopicSpec } from '../../../schemas/topics.ts';

export interface ClusterSettings {
  readonly replication: number;
  /** min.insync.replicas of topics with durability 'log'. */
  readonly minInsync: number;
  readonly batchBytes: number;
}

/** The settings of a topic that we look at. */
export const SETTINGS = [
  'cleanup.policy',
  'retention.ms',
  'retention.bytes',
  'message.timestamp.type',
  'min.insync.replicas',
  'max.message.bytes',
  'compression.type',
  'segment.ms',
  'segment.bytes',
] as const;
export type Settings = ReadonlyMap<string, string>;

const FOR_EVER = -1;
/** A reader must not find batches it cannot open, also where a stranger writes compressed: the broker unpacks them. */
const COMPRESSION = 'uncompressed';

const HOUR_MS = 3_600_000;
const SMALL_SEGMENT_BYTES = 64 * 1024 * 1024;

/**
 * Only closed segments are compacted or deleted: with Kafka's own week and gigabyte a tombstone would stand for days, and
 * a topic kept for minutes would hold a gigabyte.
 */
const segmentsOf = ({ cleanup, retentionMs }: TopicSpec): [string, string][] => {
  if (cleanup === 'delete' && retentionMs > 24 * HOUR_MS) return [];
  const ms = cleanup === 'compact' ? HOUR_MS : Math.min(HOUR_MS, Math.max(60_000, retentionMs / 2));
  return [
    ['segment.ms', String(ms)],
    ['segment.bytes', String(SMALL_SEGMENT_BYTES)],
  ];
};

const minInsyncOf = (spec: TopicSpec, cluster: ClusterSettings): number =>
  spec.durability === 'os' ? 1 : cluster.minInsync;

export function settingsOf(spec: TopicSpec, cluster: ClusterSettings): Map<string, string> {
  const retentionMs = Number.isFinite(spec.retentionMs) ? spec.retentionMs : FOR_EVER;
  return new Map([
    ['cleanup.policy', spec.cleanup],
    ['retention.ms', String(retentionMs)],
    ['retention.bytes', String(FOR_EVER)],
    ['message.timestamp.type', 'LogAppendTime'],
    ['min.insync.replicas', String(minInsyncOf(spec, cluster))],
    ['max.message.bytes', String(cluster.batchBytes)],
    ['compression.type', COMPRESSION],
    ...segmentsOf(spec),
  ]);
}

export function specOf(
  name: string,
  partitions: number,
  settings: Settings,
  cluster: ClusterSettings,
): TopicSpec {
  const retentionMs = Number(settings.get('retention.ms') ?? FOR_EVER);
  const minInsync = Number(settings.get('min.insync.replicas') ?? 1);
  return {
    name,
    partitions,
    cleanup: settings.get('cleanup.policy') === 'compact' ? 'compact' : 'delete',
    retentionMs: retentionMs < 0 ? Number.POSITIVE_INFINITY : retentionMs,
    durability: minInsync < cluster.minInsync ? 'os' : 'log',
  };
}

export interface ExistingTopic {
  readonly partitions: number;
  /** Copies of the partition that has the fewest. */
  readonly replication: number;
  readonly settings: Settings;
}

/** TOPIC_MISMATCH with everything that differs and what to do, or null. */
export function mismatchOf(
  spec: TopicSpec,
  existing: ExistingTopic,
  cluster: ClusterSettings,
): BubbleError | null {
  const { name } = spec;
  const problems: string[] = [];
  if (existing.partitions !== spec.partitions) {
    problems.push(
      `it has ${existing.partitions} partitions and the configuration says ${spec.partitions}: set the configured number to ${existing.partitions}, or begin a new epoch; partitions must not be added in place, keys would move`,
    );
  }
  if (existing.replication < cluster.replication) {
    problems.push(
      `it has ${existing.replication} replicas and ${cluster.replication} are configured: reassign it with kafka-reassign-partitions, or lower the configured replication`,
    );
  }
  for (const [setting, wanted] of settingsOf(spec, cluster)) {
    const is = existing.settings.get(setting);
    if (is === undefined || isGoodEnough(setting, is, wanted)) continue;
    problems.push(
      `${setting} is ${is} and must be ${wanted}: kafka-configs --alter --topic ${name} --add-config ${setting}=${wanted}`,
    );
  }
  if (problems.length === 0) return null;
  return new BubbleError('TOPIC_MISMATCH', `topic ${name}: ${problems.join('; ')}`);
}

/** Retention may be longer, guarantees may be stronger. */
function isGoodEnough(setting: string, is: string, wanted: string): boolean {
  if (is === wanted) return true;
  switch (setting) {
    case 'retention.ms':
    case 'retention.bytes':
      return Number(is) < 0 || (Number(wanted) >= 0 && Number(is) >= Number(wanted));
    case 'segment.ms':
    case 'segment.bytes':
      return Number(is) <= Number(wanted);
    case 'min.insync.replicas':
    case 'max.message.bytes':
      return Number(is) >= Number(wanted);
    default:
      return false;
  }
}
