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
import { pause } from '../../clock/pause.ts';
import type { Appended, RecordInput } from '../log.ts';
import type { Append, Queue } from './append-queue.ts';
import { NO_LEADER } from './cluster.ts';
import { LeaderRequests, type ProducerOptions, type ProducerSide } from './leader-requests.ts';
import type { LeaderCluster } from './leader-watch.ts';

const LOOK_FOR_LEADER_MS = 100;

export class Producer implements ProducerSide {
  readonly #cluster: LeaderCluster;
  readonly #options: ProducerOptions;
  readonly #queues = new Map<string, Queue[]>();
  readonly #leaders = new Map<number, LeaderRequests>();
  readonly #parked = new Set<Queue>();
  #looking = false;
  #pendingBytes = 0;
  #closed: BubbleError | null = null;

  constructor(cluster: LeaderCluster, options: ProducerOptions) {
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

  #leader(nodeId: number): LeaderRequests {
    let leader = this.#leaders.get(nodeId);
    if (leader === undefined) {
      leader = new LeaderRequests(nodeId, this.#cluster, this);
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
