/**
 * The delivery processor: brings inbox rows to the gates whose sessions want them. One owner for each inbox
 * partition, see partition-delivery.ts; the slots' outboxes are shared.
 *
 * Offset and vector are committed once a second, as they stood at a moment when everything before had been added to
 * the outboxes, once that is settled. So what a crash loses is appended again by the next owner, and clients drop it.
 */
import type { Committed, GroupHandlers, Lease, Log, Membership } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { type InboxPosition, startPosition } from '../../schemas/positions.ts';
import { inboxTopic, type Layout, sessionsTopic } from '../../schemas/topics.ts';
import type { PartitionLag, RunningProcessor } from '../runtime/running.ts';
import { aborted, repeat } from '../runtime/waiting.ts';
import { type DeliveryCounters, noDeliveries } from './counters.ts';
import { PartitionDelivery } from './partition-delivery.ts';
import { SessionsReader } from './sessions-reader.ts';
import { SlotOutboxes } from './slot-outboxes.ts';
import { Tombstones } from './tombstones.ts';

export const DELIVERY_GROUP = 'delivery';
const COMMIT_MS = 1_000;
const BATCH = { maxRecords: 2_000, maxBytes: 4 * 1024 * 1024 };

export interface DeliveryOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly layout: Layout;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface RunningDelivery extends RunningProcessor {
  readonly counters: Readonly<DeliveryCounters>;
  /** Outputs dropped because their slot was down. */
  readonly dropped: number;
  readonly sessions: number;
}

interface Owned {
  readonly delivery: PartitionDelivery;
  readonly sessions: SessionsReader;
  committed: number;
  committing: Promise<void> | null;
}

class Delivery implements RunningDelivery {
  readonly name = DELIVERY_GROUP;
  readonly counters = noDeliveries();
  readonly #options: DeliveryOptions;
  readonly #outboxes: SlotOutboxes;
  readonly #topic: string;
  readonly #owned = new Map<number, Owned>();
  readonly #endings: (() => void)[] = [];
  #membership: Membership | null = null;
  #stopping = false;
  ended: Promise<void> = Promise.resolve();

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#topic = inboxTopic(options.layout.epoch);
    this.#outboxes = new SlotOutboxes(options);
  }

  get dropped(): number {
    return this.#outboxes.dropped;
  }

  get sessions(): number {
    let sessions = 0;
    for (const { delivery } of this.#owned.values()) sessions += delivery.sessions;
    return sessions;
  }

  lag(): PartitionLag[] {
    return [...this.#owned.entries()].map(([partition, { delivery }]) => ({
      topic: this.#topic,
      partition,
      position: delivery.next,
      end: delivery.end,
    }));
  }

  async start(): Promise<void> {
    const handlers: GroupHandlers = {
      assigned: (lease, committed) => this.#assigned(lease, committed),
      batch: async (lease, batch) => {
        const owned = this.#owned.get(lease.partition);
        // Once stopping, what has been taken is finished and nothing more begun.
        if (owned === undefined || this.#stopping) return aborted(lease.signal);
        const unreadable = await owned.delivery.process(batch);
        if (unreadable !== null) await this.#halted(lease, unreadable);
      },
      revoked: (lease) => this.#revoked(lease),
    };
    this.#membership = await this.#options.log.join(DELIVERY_GROUP, [this.#topic], handlers, BATCH);
    this.ended = this.#membership.ended;
    this.#repeat(COMMIT_MS, () => {
      for (const owned of this.#owned.values()) this.#commit(owned);
    });
    this.#repeat(this.#options.limits.proofMs, () => {
      for (const { delivery } of this.#owned.values()) delivery.prove();
      this.#outboxes.probeDown();
    });
  }

  #repeat(ms: number, action: () => void): void {
    this.#endings.push(repeat(this.#options.clock, ms, action));
  }

  async stop(): Promise<void> {
    if (this.#stopping) return this.ended;
    this.#stopping = true;
    for (const end of this.#endings) end();
    for (const owned of this.#owned.values()) {
      await owned.committing;
      await this.#commit(owned);
    }
    await this.#membership?.leave();
    this.#outboxes.close();
  }

  async #assigned(lease: Lease, committed: Committed | null): Promise<number> {
    const { log, codecs, layout, clock, logger } = this.#options;
    const { partition } = lease;
    const topic = sessionsTopic(layout.epoch);
    const start = await this.#startOf(partition, committed);
    const tombstones = new Tombstones({ log, clock, logger, topic, partition });
    const delivery = new PartitionDelivery({
      ...this.#options,
      lease,
      start,
      outboxes: this.#outboxes,
      tombstones,
      counters: this.counters,
    });
    const sessions = new SessionsReader({
      log,
      codecs,
      clock,
      logger,
      topic,
      partition,
      signal: lease.signal,
      onRead: (records, next) => delivery.sessionsRead(records, next),
    });
    await sessions.toEnd();
    if (!lease.signal.aborted) {
      delivery.begin();
      sessions.follow();
    }
    this.#owned.set(partition, { delivery, sessions, committed: start.offset, committing: null });
    logger.info(
      { partition, offset: start.offset, sessions: delivery.sessions },
      'delivery owns a partition',
    );
    return start.offset;
  }

  /**
   * A stored (offset, vector), this group's or, where there is none in the log any more, the timeline's: no reader
   * starts anywhere else.
   */
  async #startOf(partition: number, committed: Committed | null): Promise<InboxPosition> {
    const { begin } = await this.#options.log.range(this.#topic, partition);
    if (committed !== null && committed.offset >= begin) return committed;
    if (begin === 0) return startPosition();
    const other = await this.#options.log.committed('timeline', this.#topic, partition);
    if (other !== null && other.offset >= begin) return other;
    throw new BubbleError(
      'OFFSET_OUT_OF_RANGE',
      `${this.#topic}/${partition} begins at ${begin}, after the last position that delivery or the timeline stored`,
    );
  }

  async #halted(lease: Lease, offset: number): Promise<void> {
    const { partition } = lease;
    this.counters.unreadable += 1;
    this.#options.logger.error(
      { partition, offset },
      'an inbox record cannot be read: delivery of this partition has stopped before it',
    );
    await aborted(lease.signal);
  }

  async #revoked(lease: Lease): Promise<void> {
    const owned = this.#owned.get(lease.partition);
    if (owned === undefined) return;
    this.#owned.delete(lease.partition);
    owned.delivery.close();
    await owned.sessions.ended();
  }

  #commit(owned: Owned): Promise<void> {
    owned.committing ??= this.#commitOnce(owned).finally(() => {
      owned.committing = null;
    });
    return owned.committing;
  }

  async #commitOnce(owned: Owned): Promise<void> {
    const { delivery } = owned;
    const { position, lease } = delivery;
    if (position.offset === owned.committed || this.#membership === null) return;
    await this.#outboxes.settled();
    if (lease.signal.aborted) return;
    try {
      await this.#membership.commit(lease, position);
      owned.committed = position.offset;
    } catch (error) {
      if (isBubbleError(error, 'LEASE_LOST')) return;
      this.#options.logger.warn({ err: error, partition: lease.partition }, 'delivery could not commit');
    }
  }
}

export async function startDelivery(options: DeliveryOptions): Promise<RunningDelivery> {
  const delivery = new Delivery(options);
  await delivery.start();
  return delivery;
}
