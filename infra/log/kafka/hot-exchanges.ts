/** Produce and Fetch, written and read by hand: they are the hot path. */
import type { Exchange } from './exchanges.ts';
import { encoded, Reading, Writing } from './wire-format.ts';

const PRODUCE = { apiKey: 0, apiVersion: 7, apiName: 'Produce' };
const FETCH = { apiKey: 1, apiVersion: 11, apiName: 'Fetch' };

const READ_UNCOMMITTED = 0;
const NO_EPOCH = -1;

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
