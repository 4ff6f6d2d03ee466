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
import { pause } from '../../clock/pause.ts';
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
import type { BrokerConnection } from './broker-connection.ts';
import { Cluster, NO_LEADER } from './cluster.ts';
import { encodeVector } from './commit-metadata.ts';
import { readCommitted } from './committed-offsets.ts';
import { Coordinator } from './coordinator.ts';
import { listOffsets, offsetCommit } from './exchanges.ts';
import { Fetcher } from './fetcher.ts';
import { GroupMember } from './group-member.ts';
import { isLostMembership, isStaleLeader, KAFKA, kafkaFailure } from './kafka-errors.ts';
import {
  type CompleteKafkaOptions,
  KAFKA_DEFAULTS,
  type KafkaLogOptions,
  REQUEST_BYTES,
} from './kafka-options.ts';
import { PartitionReader, type ReaderContext } from './partition-reader.ts';
import { Producer } from './producer.ts';
import { batchBytesAtMost } from './record-batch.ts';
import { TopicAdmin } from './topic-admin.ts';

const ASK_AGAIN_MS = 100;
const GROUP_LIMITS: ReadLimits = { maxRecords: 1_000, maxBytes: 1024 * 1024, maxWaitMs: 5_000 };
const BEGIN = -2;
const END = -1;

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
  return new KafkaLog(complete, cluster);
}

class KafkaLog implements Log {
  readonly #options: CompleteKafkaOptions;
  readonly #cluster: Cluster;
  readonly #producer: Producer;
  readonly #admin: TopicAdmin;
  readonly #readers: ReaderContext;
  readonly #members = new Set<GroupMember>();
  readonly #coordinators = new Map<string, Coordinator>();
  readonly #questions = new Map<number, BrokerConnection>();
  #closed: BubbleError | null = null;

  constructor(options: CompleteKafkaOptions, cluster: Cluster) {
    const { clock, requestTimeoutMs } = options;
    this.#options = options;
    this.#cluster = cluster;
    this.#producer = new Producer(cluster, { ...options, requestBytes: REQUEST_BYTES });
    this.#admin = new TopicAdmin(cluster, clock, options, (topic, partition) =>
      this.#offset(topic, partition, END),
    );
    this.#readers = {
      cluster,
      fetcher: new Fetcher(cluster, clock, requestTimeoutMs),
      clock,
      closed: () => this.#closed,
    };
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
    const [begin, end] = await Promise.all([
      this.#offset(topic, partition, BEGIN),
      this.#offset(topic, partition, END),
    ]);
    return { begin, end: Math.max(begin, end) };
  }

  async offsetAt(topic: string, partition: number, timeMs: number): Promise<number> {
    const offset = await this.#offset(topic, partition, Math.max(0, Math.floor(timeMs)));
    return offset >= 0 ? offset : this.#offset(topic, partition, END);
  }

  async reader(topic: string, partition: number, from: number): Promise<Reader> {
    this.#assertOpen();
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
    const positions = await this.#retrying(() =>
      readCommitted(this.#coordinator(group), [{ topic, partition }], this.#options.requestTimeoutMs),
    );
    return positions.get(`${partition}/${topic}`) ?? null;
  }

  /**
   * Only while the group has no members: Kafka takes commits of a living group from its members alone. Otherwise rejects
   * with REFUSED: stop the group's processes first. (Fan-out's repair commits a lower position of its own group, through
   * its own membership.)
   */
  async commitFor(group: string, topic: string, partition: number, position: Committed): Promise<void> {
    this.#assertOpen();
    const doing = `committing ${topic}/${partition} for group ${group}`;
    const place = { partition, offset: position.offset, metadata: encodeVector(position.vector) };
    const { responses } = await this.#retrying(() =>
      this.#coordinator(group).ask(
        offsetCommit({
          groupId: group,
          groupGenerationId: -1,
          memberId: '',
          topics: [{ topic, partitions: [place] }],
        }),
        (answer) => answer.responses[0]?.partitions[0]?.errorCode ?? 0,
        this.#options.requestTimeoutMs,
      ),
    );
    const code = responses[0]?.partitions[0]?.errorCode;
    if (code === KAFKA.NONE) return;
    if (code !== undefined && isLostMembership(code))
      throw new BubbleError(
        'REFUSED',
        `${doing}: the group has members, only they can commit; stop them first`,
      );
    throw kafkaFailure(code ?? -1, doing);
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
    const partitions = await this.#cluster.partitions(topic);
    if (partition < partitions) return;
    throw new BubbleError('UNKNOWN_TOPIC', `topic ${topic} has ${partitions} partitions, no ${partition}`);
  }

  #coordinator(group: string): Coordinator {
    let coordinator = this.#coordinators.get(group);
    if (coordinator === undefined) {
      coordinator = new Coordinator(group, this.#cluster);
      this.#coordinators.set(group, coordinator);
    }
    return coordinator;
  }

  async #offset(topic: string, partition: number, timestamp: number): Promise<number> {
    this.#assertOpen();
    await this.#assertPartition(topic, partition);
    return this.#retrying(async () => {
      const leader = this.#cluster.leaderOf(topic, partition);
      const doing = `asking for offsets of ${topic}/${partition}`;
      if (leader === undefined || leader === NO_LEADER) {
        await this.#cluster.refresh();
        throw new BubbleError('LOG_TIMEOUT', `${doing}: no leader at present`, { retryable: true });
      }
      const connection = await this.#connectionFor(leader);
      const { responses } = await connection.ask(
        listOffsets(topic, partition, timestamp),
        this.#options.requestTimeoutMs,
      );
      const answer = responses[0]?.partitions[0];
      const code = answer?.errorCode ?? -1;
      if (answer !== undefined && code === 0) return Number(answer.offset);
      if (isStaleLeader(code)) await this.#cluster.refresh();
      throw kafkaFailure(code, doing);
    });
  }

  /** For short questions to one broker. */
  async #connectionFor(nodeId: number): Promise<BrokerConnection> {
    const before = this.#questions.get(nodeId);
    if (before?.alive) return before;
    const connection = await this.#cluster.connect(nodeId).catch(async (error: unknown) => {
      await this.#cluster.refresh();
      throw error;
    });
    this.#questions.set(nodeId, connection);
    return connection;
  }

  /** Questions that change nothing, or the same thing again, until one is answered or the time is up. */
  async #retrying<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const { clock } = this.#options;
    const deadline = clock.monotonic() + 2 * this.#options.requestTimeoutMs;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const isFinal = !(error instanceof BubbleError) || !error.retryable;
        if (isFinal || this.#closed !== null || clock.monotonic() > deadline) throw error;
        await pause(clock, ASK_AGAIN_MS);
      }
    }
  }
}

const tooLarge = (what: string, limit: number): BubbleError =>
  new BubbleError('RECORD_TOO_LARGE', `${what}: the limit is ${limit}`);
