/**
 * Appends, grouped by leader.
 *
 * Invariants:
 * 1. Of one partition at most one batch is unanswered in this process, whichever broker it went to: a partition may
 *    move while its batch at the old leader is unresolved.
 * 2. To one leader at most one request is unanswered.
 * 3. Nothing is sent twice: a batch that was sent and not acknowledged, for whatever reason, is rejected, and whoever
 *    appended it decides. What was not sent yet waits for a leader, `requestTimeoutMs` at most.
 * 4. An append is acknowledged only by the answer for its own partition. (kafkajs's producer keeps answers by broker,
 *    and so acknowledged records of partitions that moved and were never sent.)
 *
 * No producer id, so no idempotence: readers drop repeats by their vector, and sequence numbers that are rolled back
 * after a failure make other records pass for repeats.
 */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Logger } from '../../logger/logger.ts';
import type { Appended, RecordInput } from '../log.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { type Cluster, NO_LEADER } from './cluster.ts';
import { type ByTopic, type ProducedPartition, type ProducePartition, produce } from './hot-exchanges.ts';
import { isStaleLeader, kafkaFailure } from './kafka-errors.ts';
import { whileUnanswered } from './leader-watch.ts';
import { batchBytesAtMost, writeBatch } from './record-batch.ts';
import { pause } from './waiting.ts';

/** What it needs of the cluster. */
export interface ProducerCluster extends Pick<Cluster, 'leaderOf' | 'isDown' | 'refresh'> {
  connect(nodeId: number): Promise<ProducerConnection>;
}
export type ProducerConnection = Pick<BrokerConnection, 'alive' | 'request' | 'drop'>;

export interface ProducerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly requestTimeoutMs: number;
  /** Under load a leader gets a request no sooner than this after the one before. */
  readonly lingerMs: number;
  /** One batch of a partition. */
  readonly batchBytes: number;
  /** One request. */
  readonly requestBytes: number;
  /** Appends not acknowledged, over all partitions; beyond: LOG_BUSY, retryable. */
  readonly pendingBytes: number;
}

interface Append {
  readonly records: readonly RecordInput[];
  readonly bytes: number;
  /** Monotonic ms: until when it may wait for a leader. */
  readonly deadline: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: BubbleError) => void;
}

interface Queue {
  readonly topic: string;
  readonly partition: number;
  waiting: Append[];
  /** Where it is: nothing to do, listed with a leader, without one, or in a request. */
  state: 'idle' | 'listed' | 'parked' | 'sent';
}

interface Batch {
  readonly queue: Queue;
  readonly appends: readonly Append[];
  readonly bytesAtMost: number;
}

/** So many records in the last request count as load. */
const LOADED_RECORDS = 16;
const LOOK_FOR_LEADER_MS = 100;
/** The broker's own limit comes before ours, so that a missing replica is an answer and not a lost connection. */
const BROKER_MARGIN_MS = 500;

export class Producer {
  readonly #cluster: ProducerCluster;
  readonly #options: ProducerOptions;
  readonly #queues = new Map<string, Queue[]>();
  readonly #leaders = new Map<number, Leader>();
  readonly #parked = new Set<Queue>();
  #looking = false;
  #pendingBytes = 0;
  #closed: BubbleError | null = null;

  constructor(cluster: ProducerCluster, options: ProducerOptions) {
    this.#cluster = cluster;
    this.#options = options;
  }

  /** @param bytes of keys and values */
  append(
    topic: string,
    partition: number,
    records: readonly RecordInput[],
    bytes: number,
  ): Promise<Appended> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    if (this.#pendingBytes + bytes > this.#options.pendingBytes && this.#pendingBytes > 0) {
      return Promise.reject(
        new BubbleError('LOG_BUSY', `${this.#pendingBytes} bytes are not acknowledged yet`, {
          retryable: true,
        }),
      );
    }
    this.#pendingBytes += bytes;
    const deadline = this.#options.clock.monotonic() + this.#options.requestTimeoutMs;
    return new Promise((resolve, reject) => {
      const queue = this.#queue(topic, partition);
      queue.waiting.push({ records, bytes, deadline, resolve, reject });
      if (queue.state === 'idle') this.offer(queue);
    });
  }

  close(failure: BubbleError): void {
    this.#closed = failure;
    for (const queues of this.#queues.values()) {
      for (const queue of queues) if (queue !== undefined) this.settle(queue.waiting.splice(0), failure);
    }
  }

  get options(): ProducerOptions {
    return this.#options;
  }

  /** Gives a queue that has something to send to its leader, or parks it until there is one. */
  offer(queue: Queue): void {
    if (queue.waiting.length === 0) {
      queue.state = 'idle';
      return;
    }
    const leader = this.#cluster.leaderOf(queue.topic, queue.partition);
    if (leader === undefined || leader === NO_LEADER || this.#cluster.isDown(leader)) this.park(queue);
    else this.#leader(leader).list(queue);
  }

  park(queue: Queue): void {
    queue.state = 'parked';
    this.#parked.add(queue);
    if (!this.#looking) void this.#look();
  }

  /** Offers everything again that waits for a leader. */
  unpark(): void {
    const parked = [...this.#parked];
    this.#parked.clear();
    for (const queue of parked) {
      this.#expire(queue);
      this.offer(queue);
    }
  }

  settle(appends: readonly Append[], outcome: BubbleError | Appended): void {
    for (const append of appends) this.#pendingBytes -= append.bytes;
    if (outcome instanceof BubbleError) {
      for (const append of appends) append.reject(outcome);
      return;
    }
    let baseOffset = outcome.baseOffset;
    for (const append of appends) {
      append.resolve({ baseOffset, time: outcome.time });
      baseOffset += append.records.length;
    }
  }

  #queue(topic: string, partition: number): Queue {
    let queues = this.#queues.get(topic);
    if (queues === undefined) {
      queues = [];
      this.#queues.set(topic, queues);
    }
    let queue = queues[partition];
    if (queue === undefined) {
      queue = { topic, partition, waiting: [], state: 'idle' };
      queues[partition] = queue;
    }
    return queue;
  }

  #leader(nodeId: number): Leader {
    let leader = this.#leaders.get(nodeId);
    if (leader === undefined) {
      leader = new Leader(nodeId, this.#cluster, this);
      this.#leaders.set(nodeId, leader);
    }
    return leader;
  }

  /** Asks for leaders until no queue lacks one. */
  async #look(): Promise<void> {
    this.#looking = true;
    const { clock, logger } = this.#options;
    try {
      while (this.#parked.size > 0 && this.#closed === null) {
        await this.#cluster.refresh().catch((error: unknown) => {
          logger.warn({ error }, 'no broker tells who leads');
        });
        this.unpark();
        // At once a leader that was just learned is not connected yet: its connection unparks what waits for it.
        await pause(clock, LOOK_FOR_LEADER_MS);
      }
    } finally {
      this.#looking = false;
    }
  }

  #expire(queue: Queue): void {
    const now = this.#options.clock.monotonic();
    const late = queue.waiting.filter((append) => append.deadline <= now);
    if (late.length === 0) return;
    queue.waiting = queue.waiting.filter((append) => append.deadline > now);
    const place = `${queue.topic}/${queue.partition}`;
    this.settle(
      late,
      new BubbleError('LOG_TIMEOUT', `${place} has no leader that answers`, { retryable: true }),
    );
  }
}

/** The requests to one broker. */
class Leader {
  readonly #nodeId: number;
  readonly #cluster: ProducerCluster;
  readonly #producer: Producer;
  #listed: Queue[] = [];
  #connection: ProducerConnection | null = null;
  #connecting = false;
  #state: 'idle' | 'scheduled' | 'sending' = 'idle';
  #sentAt = -Infinity;
  #loaded = false;

  constructor(nodeId: number, cluster: ProducerCluster, producer: Producer) {
    this.#nodeId = nodeId;
    this.#cluster = cluster;
    this.#producer = producer;
  }

  list(queue: Queue): void {
    queue.state = 'listed';
    this.#listed.push(queue);
    this.#schedule();
  }

  /** Idle: at the end of this turn. Under load: not too soon after the last request, so that more goes with it. */
  #schedule(): void {
    if (this.#state !== 'idle' || this.#listed.length === 0) return;
    this.#state = 'scheduled';
    const { clock, lingerMs } = this.#producer.options;
    const wait = this.#loaded ? this.#sentAt + lingerMs - clock.monotonic() : 0;
    clock.after(Math.max(0, wait), () => void this.#send());
  }

  async #send(): Promise<void> {
    this.#state = 'sending';
    const connection = this.#connection;
    if (connection === null || !connection.alive) {
      // Nothing waits for a connection here: a broker that hangs may lose its partitions meanwhile.
      for (const queue of this.#listed.splice(0)) this.#producer.park(queue);
      this.#state = 'idle';
      this.#connect();
      return;
    }
    const batches = this.#take();
    if (batches.length > 0) {
      const { clock } = this.#producer.options;
      this.#sentAt = clock.monotonic();
      this.#loaded = recordsOf(batches) >= LOADED_RECORDS;
      await this.#exchange(connection, batches);
    }
    this.#state = 'idle';
    for (const { queue } of batches) this.#producer.offer(queue);
    this.#schedule();
  }

  #connect(): void {
    if (this.#connecting) return;
    this.#connecting = true;
    this.#cluster.connect(this.#nodeId).then(
      (connection) => {
        this.#connecting = false;
        this.#connection = connection;
        this.#producer.unpark();
      },
      (error: unknown) => {
        this.#connecting = false;
        this.#producer.options.logger.warn({ broker: this.#nodeId, error }, 'a leader cannot be reached');
      },
    );
  }

  #take(): Batch[] {
    const { batchBytes, requestBytes } = this.#producer.options;
    const batches: Batch[] = [];
    const left: Queue[] = [];
    let total = 0;
    for (const queue of this.#listed) {
      if (this.#cluster.leaderOf(queue.topic, queue.partition) !== this.#nodeId) {
        this.#producer.offer(queue);
      } else if (total >= requestBytes) {
        left.push(queue);
      } else {
        const batch = takeBatch(queue, batchBytes);
        // Nothing is left where the log was closed meanwhile.
        if (batch.appends.length === 0) queue.state = 'idle';
        else batches.push(batch);
        total += batch.bytesAtMost;
      }
    }
    this.#listed = left;
    return batches;
  }

  async #exchange(connection: ProducerConnection, batches: readonly Batch[]): Promise<void> {
    const { clock, requestTimeoutMs, logger } = this.#producer.options;
    const request = produce(topicsOf(batches, clock.now()), Math.max(1, requestTimeoutMs - BROKER_MARGIN_MS));
    const places = batches.map(({ queue }) => queue);
    const unanswered = whileUnanswered(this.#cluster, clock, this.#nodeId, places, 0, (reason) =>
      connection.drop(reason),
    );
    let answers: readonly ProducedPartition[];
    try {
      answers = await connection.request(request, requestTimeoutMs);
    } catch (error) {
      if (!(error instanceof BubbleError)) throw error;
      for (const { appends } of batches) this.#producer.settle(appends, error);
      // Who leads now is asked before anything is sent again.
      await this.#refresh();
      return;
    } finally {
      unanswered.end();
    }
    let stale = false;
    for (const { queue, appends } of batches) {
      const place = `appending to ${queue.topic}/${queue.partition}`;
      const answer = answers.find((each) => each.partition === queue.partition && each.topic === queue.topic);
      if (answer === undefined) {
        logger.error(
          { broker: this.#nodeId, topic: queue.topic, partition: queue.partition },
          'an answer is missing',
        );
        const missing = new BubbleError('LOG_TIMEOUT', `${place}: no answer for this partition`, {
          retryable: true,
        });
        this.#producer.settle(appends, missing);
      } else if (answer.errorCode !== 0) {
        stale ||= isStaleLeader(answer.errorCode);
        this.#producer.settle(appends, kafkaFailure(answer.errorCode, place));
      } else {
        const time = answer.appendTime >= 0 ? answer.appendTime : clock.now();
        this.#producer.settle(appends, { baseOffset: answer.baseOffset, time });
      }
    }
    if (stale) await this.#refresh();
  }

  async #refresh(): Promise<void> {
    await this.#cluster.refresh().catch((error: unknown) => {
      this.#producer.options.logger.warn({ error }, 'no broker tells who leads');
    });
  }
}

const recordsOf = (batches: readonly Batch[]): number =>
  batches.reduce(
    (sum, { appends }) => appends.reduce((count, { records }) => count + records.length, sum),
    0,
  );

/** As many appends as one batch may hold, one at least. */
function takeBatch(queue: Queue, batchBytes: number): Batch {
  let count = 0;
  let bytesAtMost = batchBytesAtMost(0, 0);
  for (const { records, bytes } of queue.waiting) {
    const more = batchBytesAtMost(records.length, bytes) - batchBytesAtMost(0, 0);
    if (count > 0 && bytesAtMost + more > batchBytes) break;
    bytesAtMost += more;
    count += 1;
  }
  queue.state = 'sent';
  const appends = queue.waiting.splice(0, count);
  return { queue, appends, bytesAtMost };
}

function topicsOf(batches: readonly Batch[], timeMs: number): ByTopic<ProducePartition>[] {
  const topics = new Map<string, ProducePartition[]>();
  for (const { queue, appends, bytesAtMost } of batches) {
    const partitions = topics.get(queue.topic) ?? [];
    topics.set(queue.topic, partitions);
    partitions.push({
      partition: queue.partition,
      batchBytesAtMost: bytesAtMost,
      write: (target, at) => writeBatch(target, at, recordsIn(appends), timeMs),
    });
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

function* recordsIn(appends: readonly Append[]): Generator<readonly RecordInput[]> {
  for (const { records } of appends) yield records;
}
