/** The question about brokers, topics, and who leads which partition: by hand, because kafkajs's has no leader epochs. */
import type { Versioned } from './exchanges.ts';
import { encoded, Reading, Writing } from './wire-format.ts';

const METADATA = { apiKey: 3, apiName: 'Metadata' };
/** From this version on topics have ids: Kafka 2.8. The one we ask older brokers in has none. */
const WITH_IDS = 11;
const WITHOUT_IDS = 7;
const ID_BYTES = 16;

export interface BrokerAddress {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

export interface PartitionMetadata {
  readonly partition: number;
  /** -1: none at present. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

export interface TopicMetadata {
  readonly errorCode: number;
  readonly topic: string;
  /** A topic that is made anew under the same name has another one. null: the broker is too old to tell. */
  readonly id: string | null;
  readonly isInternal: boolean;
  readonly partitions: readonly PartitionMetadata[];
}

export interface ClusterMetadata {
  readonly brokers: readonly BrokerAddress[];
  readonly topics: readonly TopicMetadata[];
}

/** @param topics null: all */
export const metadata =
  (topics: readonly string[] | null): Versioned<ClusterMetadata> =>
  (versions) => {
    const newest = versions[String(METADATA.apiKey)]?.maxVersion ?? 0;
    const apiVersion = newest >= WITH_IDS ? WITH_IDS : WITHOUT_IDS;
    return {
      request: { ...METADATA, apiVersion, encode: encoded(asking(topics, apiVersion === WITH_IDS)) },
      decode: (payload) => readMetadata(payload, apiVersion === WITH_IDS),
    };
  };

function asking(topics: readonly string[] | null, withIds: boolean): Buffer {
  const names = topics ?? [];
  let size = 16;
  for (const name of names) size += ID_BYTES + 4 + Buffer.byteLength(name);
  const writing = new Writing(size, withIds ? 'compact' : 'fixed').tags().count(topics?.length ?? null);
  for (const name of names) {
    if (withIds) writing.zeros(ID_BYTES); // asked by name
    writing.text(name).tags();
  }
  writing.int8(0); // no automatic creation
  if (withIds) writing.int8(0); // nothing about what we may do
  writing.tags();
  return writing.bytes.subarray(0, writing.at);
}

function readMetadata(payload: Buffer, withIds: boolean): ClusterMetadata {
  const reading = new Reading(payload, withIds ? 'compact' : 'fixed');
  reading.tags();
  reading.skip(4); // throttle time
  const brokers = reading.array(() => {
    const broker = { nodeId: reading.int32(), host: reading.text()!, port: reading.int32() };
    reading.text(); // rack
    reading.tags();
    return broker;
  });
  reading.text(); // cluster id
  reading.skip(4); // controller
  const topics = reading.array(() => {
    const errorCode = reading.int16();
    const topic = reading.text()!;
    const id = withIds ? reading.uuid() : null;
    const isInternal = reading.int8() !== 0;
    const partitions = reading.array(() => readPartition(reading));
    if (withIds) reading.skip(4); // what we may do
    reading.tags();
    return { errorCode, topic, id, isInternal, partitions };
  });
  return { brokers, topics };
}

function readPartition(reading: Reading): PartitionMetadata {
  reading.skip(2); // an error code: what it says of the leader, the leader says too
  const partition = {
    partition: reading.int32(),
    leader: reading.int32(),
    leaderEpoch: reading.int32(),
    replicas: reading.array(() => reading.int32()),
    inSync: reading.array(() => reading.int32()),
  };
  reading.array(() => reading.int32()); // off line
  reading.tags();
  return partition;
}
