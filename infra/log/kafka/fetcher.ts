/**
 * Fetches, grouped by leader: what readers want of one broker at the same time goes into one request.
 *
 * Invariants:
 * 1. A request may wait at the broker for a record, and a connection answers in order: so each request under way has a
 *    connection of its own, at most `MAX_CONNECTIONS` to a broker; beyond, wants wait for one to come back.
 * 2. No request waits longer than `MAX_WAIT_MS`, so that wants that were spread over several requests meet again.
 */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { type ByTopic, type FetchedPartition, type FetchPartition, fetch } from './hot-exchanges.ts';
import { type LeaderCluster, type LeaderConnection, whileUnanswered } from './leader-watch.ts';

export interface Want extends FetchPartition {
  readonly topic: string;
  readonly waitMs: number;
}

interface Waiting {
  readonly want: Want;
  readonly resolve: (fetched: FetchedPartition) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_WAIT_MS = 500;
export const MAX_CONNECTIONS = 16;
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

export class Fetcher {
  readonly #cluster: LeaderCluster;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #brokers = new Map<number, BrokerFetches>();

  constructor(cluster: LeaderCluster, clock: Clock, timeoutMs: number) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** Rejects with LOG_TIMEOUT, retryable, where the broker does not answer. */
  fetch(nodeId: number, want: Want): Promise<FetchedPartition> {
    let broker = this.#brokers.get(nodeId);
    if (broker === undefined) {
      broker = new BrokerFetches(nodeId, this.#cluster, this.#clock, this.#timeoutMs);
      this.#brokers.set(nodeId, broker);
    }
    return broker.fetch(want);
  }
}

class BrokerFetches {
  readonly #nodeId: number;
  readonly #cluster: LeaderCluster;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #idle: LeaderConnection[] = [];
  #used = 0;

  constructor(nodeId: number, cluster: LeaderCluster, clock: Clock, timeoutMs: number) {
    this.#nodeId = nodeId;
    this.#cluster = cluster;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  fetch(want: Want): Promise<FetchedPartition> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ want, resolve, reject });
      this.#schedule();
    });
  }

  /** At the end of the turn, so that everything wanted in it goes together. */
  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0 || this.#used >= MAX_CONNECTIONS) return;
    this.#scheduled = true;
    this.#clock.after(0, () => {
      this.#scheduled = false;
      void this.#send();
    });
  }

  async #send(): Promise<void> {
    const asked = this.#take();
    this.#used += 1;
    this.#schedule();
    try {
      await this.#exchange(asked);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    } finally {
      this.#used -= 1;
      this.#schedule();
    }
  }

  /** One for each partition: a partition that is wanted at two places goes into two requests. */
  #take(): Waiting[] {
    const taken = new Map<string, Waiting>();
    const left: Waiting[] = [];
    for (const waiting of this.#waiting) {
      const place = `${waiting.want.partition}/${waiting.want.topic}`;
      if (taken.has(place)) left.push(waiting);
      else taken.set(place, waiting);
    }
    this.#waiting = left;
    return [...taken.values()];
  }

  async #exchange(asked: readonly Waiting[]): Promise<void> {
    const waitMs = Math.min(MAX_WAIT_MS, ...asked.map(({ want }) => want.waitMs));
    const wants = asked.map(({ want }) => want);
    let givenUp = (_reason: string): void => {};
    const untilGivenUp = new Promise<never>((_resolve, reject) => {
      givenUp = (reason) => reject(new BubbleError('LOG_TIMEOUT', reason, { retryable: true }));
    });
    const unanswered = whileUnanswered(this.#cluster, this.#clock, this.#nodeId, wants, waitMs, (reason) =>
      givenUp(reason),
    );
    let connection: LeaderConnection | null = null;
    let answers: readonly FetchedPartition[];
    try {
      connection = await this.#connected(untilGivenUp);
      const question = fetch(byTopic(wants), waitMs, MAX_REQUEST_BYTES);
      answers = await Promise.race([connection.request(question, waitMs + this.#timeoutMs), untilGivenUp]);
    } catch (error) {
      connection?.drop('a fetch was given up');
      throw error;
    } finally {
      unanswered.end();
    }
    this.#idle.push(connection);
    for (const { want, resolve, reject } of asked) {
      const answer = answers.find((each) => each.partition === want.partition && each.topic === want.topic);
      if (answer !== undefined) resolve(answer);
      else
        reject(
          new BubbleError(
            'LOG_TIMEOUT',
            `reading ${want.topic}/${want.partition}: no answer for this partition`,
            {
              retryable: true,
            },
          ),
        );
    }
  }

  async #connected(untilGivenUp: Promise<never>): Promise<LeaderConnection> {
    const idle = this.#takeIdle();
    if (idle !== null) return idle;
    const connecting = this.#cluster.connect(this.#nodeId);
    try {
      return await Promise.race([connecting, untilGivenUp]);
    } catch (error) {
      // One that comes too late for whoever asked is there for the next.
      connecting.then(
        (connection) => this.#idle.push(connection),
        () => {},
      );
      throw error;
    }
  }

  #takeIdle(): LeaderConnection | null {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.alive) return connection;
    }
    return null;
  }
}

function byTopic(wants: readonly Want[]): ByTopic<FetchPartition>[] {
  const topics = new Map<string, Want[]>();
  for (const want of wants) {
    const partitions = topics.get(want.topic) ?? [];
    topics.set(want.topic, partitions);
    partitions.push(want);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
