/**
 * A consumer group inside this process: eager rebalances, as Kafka's.
 *
 * Invariants:
 * 1. Rebalances run one after another. Each first takes every partition from every member and waits for all of them;
 *    only then are partitions given out. So a partition never has two holders.
 * 2. Joins and leaves while one runs are taken together in the next.
 */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Logger } from '../../logger/logger.ts';
import type { Committed, GroupHandlers, Lease, Membership, ReadLimits } from '../log.ts';
import type { CommittedPositions } from './committed-positions.ts';
import { Holding } from './group-member.ts';
import type { Partition } from './partition.ts';

export interface GroupContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly positions: CommittedPositions;
  /** How long a rebalance waits for handlers, ms. */
  readonly rebalanceMs: number;
  partitionsOf(topic: string): readonly Partition[];
}

interface Member {
  readonly topics: readonly string[];
  readonly handlers: GroupHandlers;
  readonly limits: ReadLimits;
  holdings: Holding[];
  state: 'joined' | 'leaving' | 'left';
  failure: unknown;
  readonly left: (failure: unknown) => void;
}

export class Group {
  readonly #name: string;
  readonly #context: GroupContext;
  #members: Member[] = [];
  #rebalancing: Promise<void> | null = null;
  #again = false;

  constructor(name: string, context: GroupContext) {
    this.#name = name;
    this.#context = context;
  }

  join(topics: readonly string[], handlers: GroupHandlers, limits: ReadLimits): Membership {
    let left = (_failure: unknown): void => {};
    const ended = new Promise<void>((resolve, reject) => {
      left = (failure) => (failure === null ? resolve() : reject(failure));
    });
    // Whoever waits for `ended` gets the failure; without a listener here it would end the process even so.
    ended.catch(() => {});
    const member: Member = { topics, handlers, limits, holdings: [], state: 'joined', failure: null, left };
    this.#members.push(member);
    this.#requestRebalance();
    return this.#membership(member, ended);
  }

  /** Ends every membership: the log closes. */
  async close(): Promise<void> {
    const failure = new BubbleError('LOG_CLOSED', `the log of group ${this.#name} is closed`);
    for (const member of this.#members) this.#end(member, failure);
    while (this.#rebalancing !== null) await this.#rebalancing;
  }

  #membership(member: Member, ended: Promise<void>): Membership {
    const holdingOf = (lease: Lease): Holding | undefined =>
      member.holdings.find((holding) => holding.lease === lease);
    return {
      get assignment() {
        return member.holdings.filter((holding) => holding.valid).map((holding) => holding.lease);
      },
      commit: async (lease: Lease, position: Committed) => {
        if (lease.signal.aborted || holdingOf(lease) === undefined) {
          throw new BubbleError('LEASE_LOST', `${lease.topic}/${lease.partition} belongs to another member`);
        }
        await this.#context.positions.set(this.#name, lease.topic, lease.partition, position);
      },
      pause: (lease) => holdingOf(lease)?.pause(),
      resume: (lease) => holdingOf(lease)?.resume(),
      ended,
      leave: async () => {
        this.#end(member, null);
        // Its own failure is for those who wait for `ended`; leaving has succeeded even so.
        await ended.catch(() => {});
      },
    };
  }

  #end(member: Member, failure: unknown): void {
    if (member.state !== 'joined') return;
    member.state = 'leaving';
    member.failure = failure;
    this.#requestRebalance();
  }

  /** In a later turn: `join` has returned by then, and several joins of one turn make one rebalance. */
  #requestRebalance(): void {
    this.#again = true;
    if (this.#rebalancing !== null) return;
    this.#rebalancing = new Promise((resolve) => {
      this.#context.clock.after(0, () => {
        void this.#rebalanceUntilSettled().then(resolve);
      });
    });
  }

  async #rebalanceUntilSettled(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await Promise.all(this.#members.map((member) => this.#revokeAll(member)));
      for (const member of this.#members) {
        if (member.state !== 'leaving') continue;
        member.state = 'left';
        member.left(member.failure);
      }
      this.#members = this.#members.filter((member) => member.state === 'joined');
      if (!this.#again) this.#assign();
    }
    // In the tick of the last look at `again`: whoever asks from now on starts a new one.
    this.#rebalancing = null;
  }

  async #revokeAll(member: Member): Promise<void> {
    const { clock, logger, rebalanceMs } = this.#context;
    const holdings = member.holdings;
    await Promise.all(
      holdings.map(async (holding) => {
        try {
          const inTime = await holding.revoke(member.handlers, clock, rebalanceMs);
          if (inTime) return;
          const failure = new BubbleError(
            'TIMEOUT',
            `group ${this.#name}: a member did not let go of ${holding.partition.name} within ${rebalanceMs} ms`,
          );
          logger.error({ group: this.#name, partition: holding.partition.name }, failure.message);
          this.#end(member, failure);
        } catch (error) {
          this.#end(member, error);
        }
      }),
    );
    member.holdings = [];
  }

  /** Partitions in order, dealt out in turn to the members that want their topic. */
  #assign(): void {
    const topics = new Set(this.#members.flatMap((member) => member.topics));
    let turn = 0;
    const assigned: [Member, Holding][] = [];
    for (const topic of topics) {
      const members = this.#members.filter((member) => member.topics.includes(topic));
      for (const partition of this.#context.partitionsOf(topic)) {
        const member = members[turn % members.length]!;
        turn += 1;
        const holding = new Holding(partition);
        member.holdings.push(holding);
        assigned.push([member, holding]);
      }
    }
    for (const [member, holding] of assigned) {
      const { topic, partition } = holding.lease;
      holding.start(
        member.handlers,
        member.limits,
        () => this.#context.positions.get(this.#name, topic, partition),
        (error) => this.#end(member, error),
      );
    }
  }
}
