/**
 * The shell of a processor whose partitions each have a position in a topic: joins the group, knows what is held, stores
 * positions, and stops.
 *
 * Invariants:
 * 1. A position is taken first, then what was made of everything before it is settled, then it is stored. So what is
 *    stored is done.
 * 2. One commit of a partition is under way at a time, and none is begun once its lease is over.
 * 3. Once stopping, what has been taken is finished and nothing more begun.
 */
import type {
  Committed,
  GroupHandlers,
  Lease,
  Log,
  Membership,
  ReadLimits,
  RecordBatch,
} from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import type { InboxPosition } from '../../schemas/positions.ts';
import type { PartitionLag } from './running.ts';
import { aborted, repeat } from './waiting.ts';

/** A partition while it is held. */
export interface HeldPartition {
  readonly lease: Lease;
  /** Everything before it is done, or will be once `settled` has resolved. */
  readonly position: InboxPosition;
  /** Where the topic's partition ended when that was last known. */
  readonly end: number;
}

export interface Taken<P extends HeldPartition> {
  /** null: the lease was lost meanwhile. */
  readonly partition: P | null;
  /** Where batches begin. */
  readonly from: number;
  /** The offset that the group has stored; -1 where it is to be stored anew. */
  readonly stored: number;
  /** Called once the lease is over; the partition moves on after it has resolved. */
  readonly released?: () => Promise<void>;
}

export interface GroupRunnerOptions<P extends HeldPartition> {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly group: string;
  readonly topic: string;
  readonly fetch: Partial<ReadLimits>;
  readonly commitMs: number;
  /** Rejects where the partition cannot be held: that ends the processor. */
  take(lease: Lease, committed: Committed | null): Promise<Taken<P>>;
  /** The next batch comes after this has resolved. */
  batch(partition: P, batch: RecordBatch): Promise<void>;
  /** Resolves when everything made so far has arrived where it goes. Default: at once. */
  settled?(): Promise<void>;
}

/** So often the ends of partitions are asked for, ms: one that is paused, or waits for a store, hears of none by batches. */
const ENDS_MS = 5_000;

interface Held<P extends HeldPartition> {
  readonly partition: P;
  readonly released: () => Promise<void>;
  stored: number;
  committing: Promise<void> | null;
  /** Where the partition ended when the log was asked last. */
  askedEnd: number;
}

const nothingToRelease = (): Promise<void> => Promise.resolve();

export class GroupRunner<P extends HeldPartition> {
  /** Set by `start`: rejects when the processor cannot go on, resolves after `stop`. */
  ended: Promise<void> = Promise.resolve();
  readonly #options: GroupRunnerOptions<P>;
  readonly #held = new Map<number, Held<P>>();
  readonly #endings: (() => void)[] = [];
  #joined: Promise<Membership> = new Promise(() => {});
  #membership: Membership | null = null;
  #fail: (error: unknown) => void = () => {};
  #isStopping = false;

  constructor(options: GroupRunnerOptions<P>) {
    this.#options = options;
  }

  get partitions(): P[] {
    return [...this.#held.values()].map(({ partition }) => partition);
  }

  lag(): PartitionLag[] {
    return [...this.#held.values()].map(({ partition, askedEnd }) => ({
      topic: partition.lease.topic,
      partition: partition.lease.partition,
      position: partition.position.offset,
      end: Math.max(partition.end, askedEnd),
    }));
  }

  /** Joins the group. Partitions may be taken before this resolves. */
  async start(): Promise<void> {
    const { log, group, topic, fetch, commitMs } = this.#options;
    const failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    this.#joined = log.join(group, [topic], this.#handlers(), fetch);
    this.#membership = await this.#joined;
    this.ended = Promise.race([this.#membership.ended, failed]);
    // Who waits for the end gets the failure; without a listener here it would end the process even so.
    this.ended.catch(() => {});
    this.every(commitMs, () => {
      for (const held of this.#held.values()) void this.#commit(held);
    });
    this.every(ENDS_MS, () => {
      for (const held of this.#held.values()) void this.#askEnd(held);
    });
  }

  #handlers(): GroupHandlers {
    return {
      assigned: async (lease, committed) => {
        const { partition, from, stored, released } = await this.#options.take(lease, committed);
        if (partition !== null) {
          const held = {
            partition,
            stored,
            released: released ?? nothingToRelease,
            committing: null,
            askedEnd: 0,
          };
          this.#held.set(lease.partition, held);
        }
        return from;
      },
      batch: async (lease, batch) => {
        const held = this.#held.get(lease.partition);
        if (held === undefined || this.#isStopping) return aborted(lease.signal);
        await this.#options.batch(held.partition, batch);
      },
      revoked: async (lease) => {
        const held = this.#held.get(lease.partition);
        this.#held.delete(lease.partition);
        await held?.released();
      },
    };
  }

  async #askEnd(held: Held<P>): Promise<void> {
    const { topic, partition } = held.partition.lease;
    try {
      const { end } = await this.#options.log.range(topic, partition);
      held.askedEnd = end;
    } catch (error) {
      // The next batch or the next question tells.
      this.#options.logger.debug({ error, partition }, 'the end of a partition is not known now');
    }
  }

  /** Calls the action every `ms` until `stop`. */
  every(ms: number, action: () => void): void {
    this.#endings.push(repeat(this.#options.clock, ms, action));
  }

  /** No more batches of this partition come until `resume`. Resolves when the group knows. */
  async pause({ lease }: P): Promise<void> {
    const membership = await this.#joined;
    if (!lease.signal.aborted) membership.pause(lease);
  }

  resume({ lease }: P): void {
    if (!lease.signal.aborted) this.#membership?.resume(lease);
  }

  /** Ends the processor: `ended` rejects with this. */
  fail(error: unknown): void {
    this.#fail(error);
  }

  /** Stores where the partition stands now, once a commit under way, which may be of less, has ended. */
  async commitNow(partition: P): Promise<void> {
    const held = this.#held.get(partition.lease.partition);
    if (held?.partition !== partition) return;
    await held.committing;
    await this.#commit(held);
  }

  #commit(held: Held<P>): Promise<void> {
    held.committing ??= this.#commitOnce(held).finally(() => {
      held.committing = null;
    });
    return held.committing;
  }

  async #commitOnce(held: Held<P>): Promise<void> {
    const { lease, position } = held.partition;
    if (position.offset === held.stored || this.#membership === null) return;
    await this.#options.settled?.();
    if (lease.signal.aborted) return;
    try {
      await this.#membership.commit(lease, position);
      held.stored = position.offset;
    } catch (error) {
      if (isBubbleError(error, 'LEASE_LOST')) return;
      const { group, logger } = this.#options;
      logger.warn({ error, partition: lease.partition }, `${group} could not commit; trying again`);
    }
  }

  /** Finishes what has been taken, stores where that ends, and leaves the group. */
  async stop(): Promise<void> {
    if (this.#isStopping) return this.ended;
    this.#isStopping = true;
    for (const end of this.#endings) end();
    // All at once: what is committed in one turn goes in one request.
    await Promise.all(this.partitions.map((partition) => this.commitNow(partition)));
    await this.#membership?.leave();
  }
}
