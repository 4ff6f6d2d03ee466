/** Where partitions begin and end, and what was appended when: asked of their leaders. */
import { BubbleError } from '../../../schemas/errors.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { type Cluster, NO_LEADER } from './cluster.ts';
import { listOffsets } from './exchanges.ts';
import { isStaleLeader, kafkaFailure } from './kafka-errors.ts';
import { type Patience, retrying } from './waiting.ts';

const BEGIN = -2;
const END = -1;

export class PartitionOffsets {
  readonly #cluster: Cluster;
  readonly #patience: Patience;
  readonly #timeoutMs: number;
  readonly #connections = new Map<number, BrokerConnection>();
  readonly #connecting = new Map<number, Promise<BrokerConnection>>();

  constructor(cluster: Cluster, patience: Patience, timeoutMs: number) {
    this.#cluster = cluster;
    this.#patience = patience;
    this.#timeoutMs = timeoutMs;
  }

  begin(topic: string, partition: number): Promise<number> {
    return this.#listed(topic, partition, BEGIN);
  }

  end(topic: string, partition: number): Promise<number> {
    return this.#listed(topic, partition, END);
  }

  /** The first offset whose time is >= timeMs; the end if there is none. */
  async at(topic: string, partition: number, timeMs: number): Promise<number> {
    const offset = await this.#listed(topic, partition, Math.max(0, Math.floor(timeMs)));
    return offset >= 0 ? offset : this.end(topic, partition);
  }

  #listed(topic: string, partition: number, timestamp: number): Promise<number> {
    return retrying(this.#patience, async () => {
      const leader = this.#cluster.leaderOf(topic, partition);
      const doing = `asking for offsets of ${topic}/${partition}`;
      if (leader === undefined || leader === NO_LEADER) {
        await this.#cluster.refresh();
        const away = new BubbleError('LOG_TIMEOUT', `${doing}: no leader at present`, { retryable: true });
        throw this.#cluster.lossOf(topic) ?? away;
      }
      const connection = await this.#connectionTo(leader);
      const { responses } = await connection.ask(listOffsets(topic, partition, timestamp), this.#timeoutMs);
      const answer = responses[0]?.partitions[0];
      const code = answer?.errorCode ?? -1;
      if (answer !== undefined && code === 0) return Number(answer.offset);
      if (isStaleLeader(code)) await this.#cluster.refresh();
      throw kafkaFailure(code, doing);
    });
  }

  /** One for each broker, for these short questions; concurrent ones share it. */
  #connectionTo(nodeId: number): Promise<BrokerConnection> {
    const before = this.#connections.get(nodeId);
    if (before?.alive) return Promise.resolve(before);
    let connecting = this.#connecting.get(nodeId);
    if (connecting === undefined) {
      connecting = this.#connect(nodeId).finally(() => this.#connecting.delete(nodeId));
      this.#connecting.set(nodeId, connecting);
    }
    return connecting;
  }

  async #connect(nodeId: number): Promise<BrokerConnection> {
    try {
      const connection = await this.#cluster.connect(nodeId);
      this.#connections.set(nodeId, connection);
      return connection;
    } catch (error) {
      await this.#cluster.refresh();
      throw error;
    }
  }
}
