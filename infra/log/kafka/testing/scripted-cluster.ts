/** Test support: brokers that take requests and answer when the test says so. */
import { BubbleError } from '../../../../schemas/errors.ts';
import type { SimClock } from '../../../clock/sim-clock.ts';
import type { Exchange } from '../exchanges.ts';
import type { LeaderConnection } from '../leader-watch.ts';

export interface ScriptedRequest<Asked, Part> {
  readonly nodeId: number;
  /** Monotonic ms. */
  readonly at: number;
  /** Counted from 0: which connection it came by. */
  readonly connection: number;
  readonly asked: Asked;
  /** What a part leaves out is as in `blank`. */
  answer(parts: readonly Partial<Part>[]): void;
  /** The connection is lost. */
  fail(): void;
}

export interface Script<Asked, Part> {
  read(request: Buffer): Asked;
  readonly blank: Part;
}

const lost = (reason: string): BubbleError => new BubbleError('LOG_TIMEOUT', reason, { retryable: true });

export class ScriptedCluster<Asked, Part> {
  readonly clock: SimClock;
  readonly #script: Script<Asked, Part>;
  /** Node ids by `topic/partition`. */
  readonly leaders = new Map<string, number>();
  readonly down = new Set<number>();
  readonly requests: ScriptedRequest<Asked, Part>[] = [];
  connections = 0;
  refreshed = 0;
  onRefresh: () => void = () => {};

  constructor(clock: SimClock, script: Script<Asked, Part>) {
    this.clock = clock;
    this.#script = script;
  }

  leaderOf(topic: string, partition: number): number | undefined {
    return this.leaders.get(`${topic}/${partition}`);
  }

  isDown(nodeId: number): boolean {
    return this.down.has(nodeId);
  }

  async refresh(): Promise<void> {
    this.refreshed += 1;
    this.onRefresh();
  }

  async connect(nodeId: number): Promise<LeaderConnection> {
    const { clock, requests } = this;
    const { read, blank } = this.#script;
    const number = this.connections;
    this.connections += 1;
    const connection = {
      alive: true,
      dropped: (_error: BubbleError): void => {},
      request<Answer>(exchange: Exchange<Answer>): Promise<Answer> {
        return new Promise((resolve, reject) => {
          const fail = (error: BubbleError): void => {
            connection.alive = false;
            reject(error);
          };
          connection.dropped = fail;
          void exchange.request.encode().then(({ buffer }) => {
            requests.push({
              nodeId,
              at: clock.monotonic(),
              connection: number,
              asked: read(buffer),
              answer: (parts) => resolve(parts.map((part) => ({ ...blank, ...part })) as Answer),
              fail: () => fail(lost('lost')),
            });
          });
        });
      },
      drop: (reason: string): void => connection.dropped(lost(reason)),
    };
    return connection;
  }
}
