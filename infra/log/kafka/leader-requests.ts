/** The requests to one leader: at most one is unanswered. The invariants are those of `producer.ts`. */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Logger } from '../../logger/logger.ts';
import type { Appended } from '../log.ts';
import { type Append, type Batch, type Queue, recordsOf, takeBatch, topicsOf } from './append-queue.ts';
import { type ProducedPartition, produce } from './hot-exchanges.ts';
import { isStaleLeader, kafkaFailure } from './kafka-errors.ts';
import { type LeaderCluster, type LeaderConnection, whileUnanswered } from './leader-watch.ts';

export interface ProducerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly requestTimeoutMs: number;
  /** Under load a leader gets a request no sooner than this after the one before. */
  readonly lingerMs: number;
  /** One batch of a partition. */
  readonly batchBytes: number;
  /** A request that has so many takes no further batch. */
  readonly requestBytes: number;
  /** Appends not acknowledged, over all partitions; beyond: LOG_BUSY, retryable. */
  readonly pendingBytes: number;
}

/** What the requests of all leaders share. */
export interface ProducerSide {
  readonly options: ProducerOptions;
  /** Gives a queue that has something to send to its leader, or parks it until there is one. */
  offer(queue: Queue): void;
  park(queue: Queue): void;
  /** Offers everything again that waits for a leader. */
  unpark(): void;
  settle(appends: readonly Append[], outcome: BubbleError | Appended): void;
}

/** So many records in the last request count as load. */
const LOADED_RECORDS = 16;
/** The broker's own limit comes before ours, so that a missing replica is an answer and not a lost connection. */
const BROKER_MARGIN_MS = 500;

/** The requests to one broker. */
export class LeaderRequests {
  readonly #nodeId: number;
  readonly #cluster: LeaderCluster;
  readonly #producer: ProducerSide;
  #listed: Queue[] = [];
  #connection: LeaderConnection | null = null;
  #connecting = false;
  #state: 'idle' | 'scheduled' | 'sending' = 'idle';
  #sentAt = -Infinity;
  #loaded = false;

  constructor(nodeId: number, cluster: LeaderCluster, producer: ProducerSide) {
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

  async #exchange(connection: LeaderConnection, batches: readonly Batch[]): Promise<void> {
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
