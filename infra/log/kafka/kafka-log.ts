/**
 * The log on a Kafka cluster. Of kafkajs only the connection and the protocol's requests are used: its producer loses
 * acknowledged records when leadership moves, and its consumer commits under generations that are over (see
 * `producer.ts` and `generation.ts` for what holds here instead).
 *
 * Offsets of a partition rise and need not be consecutive; times are Kafka's LogAppendTime and may fall when the leader
 * changes. A failed append may have happened.
 */
import assert from 'node:assert/strict';
import { BubbleError } from '../../../schemas/errors.ts';
import type { TopicSpec } from '../../../schemas/topics.ts';
import type {
  Appended,
  Committed,
  GroupHandlers,
  Log,
  Membership,
  OffsetRange,
  Reader,
  ReadLimits,
  RecordInput,
} from '../log.ts';
import { Cluster } from './cluster.ts';
import { Fetcher } from './fetcher.ts';
import { GroupMember } from './group-member.ts';
import { GroupPositions } from './group-positions.ts';
import {
  type CompleteKafkaOptions,
  KAFKA_DEFAULTS,
  type KafkaLogOptions,
  REQUEST_BYTES,
} from './kafka-options.ts';
import { PartitionOffsets } from './partition-offsets.ts';
import { PartitionReader, type ReaderContext } from './partition-reader.ts';
import { Producer } from './producer.ts';
import { batchBytesAtMost } from './record-batch.ts';
import { TopicAdmin } from './topic-admin.ts';

const GROUP_LIMITS: ReadLimits = { maxRecords: 1_000, maxBytes: 1024 * 1024, maxWaitMs: 5_000 };

/** Rejects with LOG_TIMEOUT (retryable) where no broker answers, CONFIG where they refuse us. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  assert.ok(options.brokers.length > 0, 'no brokers');
  const complete: CompleteKafkaOptions = { ...KAFKA_DEFAULTS, ...options };
  const cluster = new Cluster({ ...complete, ssl: options.ssl ?? null, sasl: options.sasl ?? null });
  try {
    await cluster.refresh();
  } catch (error) {
    cluster.close();
    throw error;
  }
  cluster.watch();
  return new KafkaLog(complete, cluster);
}

class KafkaLog implements Log {
  readonly #options: CompleteKafkaOptions;
  readonly #cluster: Cluster;
  readonly #producer: Producer;
  readonly #admin: TopicAdmin;
  readonly #readers: ReaderContext;
  readonly #members = new Set<GroupMember>();
  readonly #offsets: PartitionOffsets;
  readonly #positions: GroupPositions;
  #closed: BubbleError | null = null;

  constructor(options: CompleteKafkaOptions, cluster: Cluster) {
    const { clock, requestTimeoutMs } = options;
    this.#options = options;
    this.#cluster = cluster;
    this.#producer = new Producer(cluster, { ...options, requestBytes: REQUEST_BYTES });
    const closed = (): BubbleError | null => this.#closed;
    const patience = { clock, patienceMs: 2 * requestTimeoutMs, closed };
    this.#offsets = new PartitionOffsets(cluster, patience, requestTimeoutMs);
    this.#positions = new GroupPositions(cluster, patience, requestTimeoutMs);
    this.#admin = new TopicAdmin(cluster, clock, options, (topic, partition) =>
      this.#offsets.end(topic, partition),
    );
    this.#readers = { cluster, fetcher: new Fetcher(cluster, clock, requestTimeoutMs), clock, closed };
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#assertOpen();
    await this.#admin.ensure(specs);
  }

  async topics(): Promise<TopicSpec[]> {
    this.#assertOpen();
    return this.#admin.list();
  }

  async partitions(topic: string): Promise<number> {
    this.#assertOpen();
    return this.#cluster.partitions(topic);
  }

  /**
   * Durability is the topic's: all in-sync replicas have the batch, at least min.insync.replicas of them. Rejects with
   * LOG_TIMEOUT and LOG_BUSY (retryable), RECORD_TOO_LARGE, UNKNOWN_TOPIC, REFUSED.
   */
  append(topic: string, partition: number, records: readonly RecordInput[]): Promise<Appended> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    assert.ok(records.length > 0, 'an append without records');
    const { recordBytes, batchBytes } = this.#options;
    let bytes = 0;
    for (const { key, value } of records) {
      const size = (key?.length ?? 0) + (value?.length ?? 0);
      if (size > recordBytes)
        return Promise.reject(tooLarge(`a record of ${size} bytes for ${topic}`, recordBytes));
      bytes += size;
    }
    if (batchBytesAtMost(records.length, bytes) > batchBytes)
      return Promise.reject(tooLarge(`a batch of ${bytes} bytes for ${topic}`, batchBytes));
    if (this.#cluster.leaderOf(topic, partition) !== undefined)
      return this.#producer.append(topic, partition, records, bytes);
    return this.#assertPartition(topic, partition).then(() =>
      this.#producer.append(topic, partition, records, bytes),
    );
  }

  async range(topic: string, partition: number): Promise<OffsetRange> {
    await this.#assertPartition(topic, partition);
    const [begin, end] = await Promise.all([
      this.#offsets.begin(topic, partition),
      this.#offsets.end(topic, partition),
    ]);
    return { begin, end: Math.max(begin, end) };
  }

  async offsetAt(topic: string, partition: number, timeMs: number): Promise<number> {
    await this.#assertPartition(topic, partition);
    return this.#offsets.at(topic, partition, timeMs);
  }

  async reader(topic: string, partition: number, from: number): Promise<Reader> {
    await this.#assertPartition(topic, partition);
    return new PartitionReader(topic, partition, from, this.#readers);
  }

  async join(
    group: string,
    topics: readonly string[],
    handlers: GroupHandlers,
    limits: Partial<ReadLimits> = {},
  ): Promise<Membership> {
    this.#assertOpen();
    for (const topic of topics) await this.#cluster.partitions(topic);
    this.#assertOpen();
    const { clock, logger, sessionTimeoutMs, heartbeatMs, rebalanceMs, batchTimeoutMs } = this.#options;
    const asked = { ...GROUP_LIMITS, ...limits };
    // A partition that cannot be read is reported so often.
    const maxWaitMs = Math.min(asked.maxWaitMs, GROUP_LIMITS.maxWaitMs);
    const member = new GroupMember({
      cluster: this.#cluster,
      clock,
      logger,
      group,
      topics,
      sessionTimeoutMs,
      heartbeatMs,
      rebalanceMs,
      formerLives: this.#options.formerLives ?? null,
      holding: {
        clock,
        logger,
        reader: this.#readers,
        handlers,
        limits: { ...asked, maxWaitMs },
        batchTimeoutMs,
      },
    });
    this.#members.add(member);
    const forget = (): boolean => this.#members.delete(member);
    member.ended.then(forget, forget);
    return member;
  }

  async committed(group: string, topic: string, partition: number): Promise<Committed | null> {
    this.#assertOpen();
    return this.#positions.committed(group, topic, partition);
  }

  /**
   * Only while the group has no members: Kafka takes commits of a living group from its members alone. Otherwise rejects
   * with REFUSED: stop the group's processes first. (Fan-out's repair commits a lower position of its own group, through
   * its own membership.)
   */
  async commitFor(group: string, topic: string, partition: number, position: Committed): Promise<void> {
    this.#assertOpen();
    await this.#positions.commit(group, topic, partition, position);
  }

  async close(): Promise<void> {
    if (this.#closed !== null) return;
    this.#closed = new BubbleError('LOG_CLOSED', 'the log is closed');
    const members = [...this.#members];
    for (const member of members) member.fail(this.#closed);
    // Members leave in order, so that others take over without waiting for the session timeout.
    await Promise.allSettled(members.map((member) => member.ended));
    this.#producer.close(this.#closed);
    this.#cluster.close();
  }

  #assertOpen(): void {
    if (this.#closed !== null) throw this.#closed;
  }

  async #assertPartition(topic: string, partition: number): Promise<void> {
    this.#assertOpen();
    const partitions = await this.#cluster.partitions(topic);
    if (partition < partitions) return;
    throw new BubbleError('UNKNOWN_TOPIC', `topic ${topic} has ${partitions} partitions, no ${partition}`);
  }
}

const tooLarge = (what: string, limit: number): BubbleError =>
  new BubbleError('RECORD_TOO_LARGE', `${what}: the limit is ${limit}`);
