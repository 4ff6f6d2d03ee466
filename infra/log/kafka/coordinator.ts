/** The broker that coordinates one group: found, asked, found again when it has moved. */
import { BubbleError } from '../../../schemas/errors.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { Cluster } from './cluster.ts';
import { findCoordinator, type Versioned } from './exchanges.ts';
import { isStaleCoordinator, kafkaFailure } from './kafka-errors.ts';

const FIND_TIMEOUT_MS = 2_000;

export class Coordinator {
  readonly group: string;
  readonly #cluster: Cluster;
  #connection: BrokerConnection | null = null;
  #finding: Promise<BrokerConnection> | null = null;

  constructor(group: string, cluster: Cluster) {
    this.group = group;
    this.#cluster = cluster;
  }

  /**
   * One question, asked once. Rejects with LOG_TIMEOUT (retryable) where the coordinator is away or has moved: the
   * next question looks for it anew.
   *
   * @param codeOf the error code that the answer carries for the group as a whole
   */
  async ask<Answer>(
    versioned: Versioned<Answer>,
    codeOf: (answer: Answer) => number,
    timeoutMs: number,
  ): Promise<Answer> {
    const connection = await this.#connected();
    const answer = await connection.ask(versioned, timeoutMs);
    const code = codeOf(answer);
    if (isStaleCoordinator(code)) {
      this.drop('the coordinator has moved');
      throw kafkaFailure(code, `group ${this.group}`);
    }
    return answer;
  }

  drop(reason: string): void {
    this.#connection?.drop(reason);
    this.#connection = null;
  }

  #connected(): Promise<BrokerConnection> {
    if (this.#connection?.alive) return Promise.resolve(this.#connection);
    this.#finding ??= this.#find().finally(() => {
      this.#finding = null;
    });
    return this.#finding;
  }

  async #find(): Promise<BrokerConnection> {
    const found = await this.#cluster.askAny(findCoordinator(this.group), FIND_TIMEOUT_MS);
    if (found.errorCode !== 0) {
      throw kafkaFailure(found.errorCode, `looking for the coordinator of group ${this.group}`);
    }
    const { nodeId } = found.coordinator;
    if (this.#cluster.isDown(nodeId)) {
      // A broker that does not know yet that the other one is gone. The cluster's brokers may have changed too.
      await this.#cluster.refresh();
      throw new BubbleError('LOG_TIMEOUT', `broker ${nodeId}, which coordinates ${this.group}, is away`, {
        retryable: true,
      });
    }
    this.#connection = await this.#cluster.connect(nodeId);
    return this.#connection;
  }
}
