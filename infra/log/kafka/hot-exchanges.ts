/** Produce, Fetch and Metadata, written and read by hand: the first two are the hot path, and kafkajs lacks leader epochs. */

import type { Exchange } from './exchanges.ts';
import { readInt64, writeInt64 } from './record-batch.ts';

const PRODUCE = { apiKey: 0, apiVersion: 7, apiName: 'Produce' };
const FETCH = { apiKey: 1, apiVersion: 11, apiName: 'Fetch' };
const METADATA = { apiKey: 3, apiVersion: 7, apiName: 'Metadata' };

const READ_UNCOMMITTED = 0;
const NO_EPOCH = -1;

class Reading {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }
  int8(): number {
    this.#at += 1;
    return this.#bytes.readInt8(this.#at - 1);
  }
  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }
  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }
  int64(): number {
    this.#at += 8;
    return readInt64(this.#bytes, this.#at - 8);
  }
  text(): string | null {
    const length = this.int16();
    if (length < 0) return null;
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }
  bytes(): Buffer {
    const length = Math.max(0, this.int32());
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
  array<Item>(item: () => Item): Item[] {
    const count = this.int32();
    const items: Item[] = [];
    for (let index = 0; index < count; index += 1) items.push(item());
    return items;
  }
}

class Writing {
  readonly bytes: Buffer;
  at = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  int8(value: number): this {
    this.at = this.bytes.writeInt8(value, this.at);
    return this;
  }
  int16(value: number): this {
    this.at = this.bytes.writeInt16BE(value, this.at);
    return this;
  }
  int32(value: number): this {
    this.at = this.bytes.writeInt32BE(value, this.at);
    return this;
  }
  int64(value: number): this {
    writeInt64(this.bytes, this.at, value);
    this.at += 8;
    return this;
  }
  text(value: string): this {
    const length = this.bytes.write(value, this.at + 2, 'utf8');
    this.bytes.writeInt16BE(length, this.at);
    this.at += 2 + length;
    return this;
  }
}

/** What kafkajs takes for one of its encoders. */
const encoded = (bytes: Buffer) => (): Promise<{ buf: Buffer; buffer: Buffer }> =>
  Promise.resolve({ buf: bytes, buffer: bytes });

export interface ByTopic<Item> {
  readonly topic: string;
  readonly partitions: readonly Item[];
}

const textBytes = (topics: readonly ByTopic<unknown>[]): number => {
  let bytes = 0;
  for (const { topic } of topics) bytes += 2 + Buffer.byteLength(topic) + 4;
  return bytes;
};

export interface ProducePartition {
  readonly partition: number;
  readonly batchBytesAtMost: number;
  /** Writes the batch at `at`; returns where it ends. */
  write(target: Buffer, at: number): number;
}

export interface ProducedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: number;
  /** ms; -1 where the topic keeps the time it was given. */
  readonly appendTime: number;
}

const ALL_REPLICAS = -1;

/** @param timeoutMs how long the broker waits for the replicas */
export function produce(
  topics: readonly ByTopic<ProducePartition>[],
  timeoutMs: number,
): Exchange<ProducedPartition[]> {
  let size = 2 + 2 + 4 + 4 + textBytes(topics);
  for (const { partitions } of topics) for (const each of partitions) size += 8 + each.batchBytesAtMost;
  const writing = new Writing(size).int16(-1).int16(ALL_REPLICAS).int32(timeoutMs).int32(topics.length);
  for (const { topic, partitions } of topics) {
    writing.text(topic).int32(partitions.length);
    for (const each of partitions) {
      writing.int32(each.partition);
      const start = writing.at + 4;
      const end = each.write(writing.bytes, start);
      writing.int32(end - start);
      writing.at = end;
    }
  }
  return {
    request: { ...PRODUCE, encode: encoded(writing.bytes.subarray(0, writing.at)) },
    decode: readProduced,
  };
}

function readProduced(payload: Buffer): ProducedPartition[] {
  const reading = new Reading(payload);
  const produced: ProducedPartition[] = [];
  reading.array(() => {
    const topic = reading.text()!;
    reading.array(() => {
      produced.push({
        topic,
        partition: reading.int32(),
        errorCode: reading.int16(),
        baseOffset: reading.int64(),
        appendTime: reading.int64(),
      });
      reading.skip(8); // log start offset
    });
  });
  return produced;
}

export interface FetchPartition {
  readonly partition: number;
  readonly offset: number;
  readonly maxBytes: number;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** The visible end. */
  readonly end: number;
  /** Batches; the last one may be cut off. */
  readonly batches: Buffer;
}

export function fetch(
  topics: readonly ByTopic<FetchPartition>[],
  waitMs: number,
  maxBytes: number,
): Exchange<FetchedPartition[]> {
  let size = 4 * 4 + 1 + 8 + 4 + textBytes(topics) + 4 + 2;
  for (const { partitions } of topics) size += partitions.length * 28;
  const writing = new Writing(size).int32(-1).int32(waitMs).int32(1).int32(maxBytes).int8(READ_UNCOMMITTED);
  writing.int32(0).int32(-1).int32(topics.length); // no fetch session
  for (const { topic, partitions } of topics) {
    writing.text(topic).int32(partitions.length);
    for (const each of partitions) {
      writing.int32(each.partition).int32(NO_EPOCH).int64(each.offset);
      writing.int32(-1).int32(-1).int32(each.maxBytes); // log start offset: for followers
    }
  }
  writing.int32(0).text('');
  return {
    request: { ...FETCH, encode: encoded(writing.bytes.subarray(0, writing.at)) },
    decode: readFetched,
  };
}

function readFetched(payload: Buffer): FetchedPartition[] {
  const reading = new Reading(payload);
  reading.skip(4 + 2 + 4); // throttle time, error and id of the fetch session
  const fetched: FetchedPartition[] = [];
  reading.array(() => {
    const topic = reading.text()!;
    reading.array(() => {
      const partition = reading.int32();
      const errorCode = reading.int16();
      const end = reading.int64();
      reading.skip(16); // last stable offset, log start offset
      reading.array(() => reading.skip(16)); // aborted transactions
      reading.skip(4); // preferred read replica
      fetched.push({ topic, partition, errorCode, end, batches: reading.bytes() });
    });
  });
  return fetched;
}

export interface BrokerAddress {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

export interface PartitionMetadata {
  readonly partition: number;
  readonly errorCode: number;
  /** -1: none at present. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

export interface TopicMetadata {
  readonly errorCode: number;
  readonly topic: string;
  readonly isInternal: boolean;
  readonly partitions: readonly PartitionMetadata[];
}

export interface ClusterMetadata {
  readonly brokers: readonly BrokerAddress[];
  readonly topics: readonly TopicMetadata[];
}

/** @param topics null: all */
export function metadata(topics: readonly string[] | null): Exchange<ClusterMetadata> {
  const asked = (topics ?? []).map((topic) => ({ topic, partitions: [] }));
  const writing = new Writing(4 + textBytes(asked) + 1).int32(topics === null ? -1 : asked.length);
  for (const { topic } of asked) writing.text(topic);
  writing.int8(0); // no automatic creation
  return {
    request: { ...METADATA, encode: encoded(writing.bytes.subarray(0, writing.at)) },
    decode: readMetadata,
  };
}

function readMetadata(payload: Buffer): ClusterMetadata {
  const reading = new Reading(payload);
  reading.skip(4); // throttle time
  const brokers = reading.array(() => {
    const broker = { nodeId: reading.int32(), host: reading.text()!, port: reading.int32() };
    reading.text(); // rack
    return broker;
  });
  reading.text(); // cluster id
  reading.skip(4); // controller
  const topics = reading.array(() => {
    const errorCode = reading.int16();
    const topic = reading.text()!;
    const isInternal = reading.int8() !== 0;
    const partitions = reading.array(() => {
      const partition = {
        errorCode: reading.int16(),
        partition: reading.int32(),
        leader: reading.int32(),
        leaderEpoch: reading.int32(),
        replicas: reading.array(() => reading.int32()),
        inSync: reading.array(() => reading.int32()),
      };
      reading.array(() => reading.int32()); // off line
      return partition;
    });
    return { errorCode, topic, isInternal, partitions };
  });
  return { brokers, topics };
}
