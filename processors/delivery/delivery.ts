/**
 * The delivery processor: brings inbox rows to the gates whose sessions want them. One owner for each inbox
 * partition, see partition-delivery.ts; the slots' outboxes are shared.
 *
 * Offset and vector are committed once a second (runtime/group-runner.ts), as they stood at a moment when everything
 * before had been added to the outboxes, once that is settled. So what a crash loses is appended again by the next owner,
 * and clients drop it.
 */
import { pause } from '../../infra/clock/pause.ts';
import type { Committed, Lease, Log, RecordBatch } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { Tracing } from '../../infra/tracing/tracing.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { type InboxPosition, startPosition } from '../../schemas/positions.ts';
import { inboxTopic, type Layout, sessionsTopic } from '../../schemas/topics.ts';
import { GroupRunner, type Taken } from '../runtime/group-runner.ts';
import { DELIVERY_GROUP, TIMELINE_GROUP } from '../runtime/groups.ts';
import type { PartitionLag, RunningProcessor } from '../runtime/running.ts';
import { SessionsReader } from '../runtime/sessions-reader.ts';
import { type DeliveryCounters, noDeliveries } from './counters.ts';
import { PartitionDelivery } from './partition-delivery.ts';
import { SlotOutboxes } from './slot-outboxes.ts';
import { Tombstones } from './tombstones.ts';

const COMMIT_MS = 1_000;
const LEARN_FIRST_MS = 1_000;
const LEARN_MAX_MS = 30_000;
const BATCH = { maxRecords: 2_000, maxBytes: 4 * 1024 * 1024 };

export interface DeliveryOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly layout: Layout;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: nothing is traced. */
  readonly tracing?: Tracing | null;
}

export interface RunningDelivery extends RunningProcessor {
  readonly counters: Readonly<DeliveryCounters>;
  /** Outputs dropped because their slot was down. */
  readonly dropped: number;
  readonly sessions: number;
  /** Bytes that wait to be appended to gate slots. */
  readonly queuedBytes: number;
  /** Gate slots that take nothing. */
  readonly slotsDown: number;
}

class Delivery implements RunningDelivery {
  readonly name = DELIVERY_GROUP;
  readonly counters = noDeliveries();
  readonly #options: DeliveryOptions;
  readonly #outboxes: SlotOutboxes;
  readonly #topic: string;
  readonly #runner: GroupRunner<PartitionDelivery>;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#topic = inboxTopic(options.layout.epoch);
    this.#outboxes = new SlotOutboxes(options);
    const { log, clock, logger } = options;
    this.#runner = new GroupRunner<PartitionDelivery>({
      ...{ log, clock, logger, group: DELIVERY_GROUP, topic: this.#topic, fetch: BATCH, commitMs: COMMIT_MS },
      take: (lease, committed) => this.#take(lease, committed),
      batch: (delivery, batch) => this.#batch(delivery, batch),
      settled: () => this.#outboxes.settled(),
    });
  }

  get ended(): Promise<void> {
    return this.#runner.ended;
  }

  get dropped(): number {
    return this.#outboxes.dropped;
  }

  get queuedBytes(): number {
    return this.#outboxes.queuedBytes;
  }

  get slotsDown(): number {
    return this.#outboxes.down;
  }

  get sessions(): number {
    let sessions = 0;
    for (const delivery of this.#runner.partitions) sessions += delivery.sessions;
    return sessions;
  }

  lag(): PartitionLag[] {
    return this.#runner.lag();
  }

  async start(): Promise<void> {
    await this.#runner.start();
    this.#runner.every(this.#options.limits.proofMs, () => {
      for (const delivery of this.#runner.partitions) delivery.prove();
      this.#outboxes.probeDown();
    });
  }

  async stop(): Promise<void> {
    await this.#runner.stop();
    this.#outboxes.close();
  }

  async #batch(delivery: PartitionDelivery, batch: RecordBatch): Promise<void> {
    const { lease } = delivery;
    for (let id = await delivery.process(batch); id !== null; ) {
      if (!(await this.#learns(lease, id))) delivery.leaveOut(id);
      id = lease.signal.aborted ? null : await delivery.process(batch);
    }
    // The next epoch waits for it.
    if (delivery.isFinished) void this.#runner.commitNow(delivery);
  }

  async #take(lease: Lease, committed: Committed | null): Promise<Taken<PartitionDelivery>> {
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
      sessions.follow((error) => this.#runner.fail(error));
    }
    const { offset } = start;
    logger.info({ partition, offset, sessions: delivery.sessions }, 'delivery owns a partition');
    const released = (): Promise<void> => {
      delivery.close();
      return sessions.ended();
    };
    return { partition: delivery, from: offset, stored: offset, released };
  }

  /**
   * A stored (offset, vector), this group's or, where there is none in the log any more, the timeline's: no reader
   * starts anywhere else.
   */
  async #startOf(partition: number, committed: Committed | null): Promise<InboxPosition> {
    const { log } = this.#options;
    const other = await log.committed(TIMELINE_GROUP, this.#topic, partition);
    const { begin, end } = await log.range(this.#topic, partition);
    const furthest = Math.max(committed?.offset ?? 0, other?.offset ?? 0);
    if (furthest > end) {
      throw new BubbleError(
        'OFFSET_OUT_OF_RANGE',
        `${this.#topic}/${partition} ends at ${end}, and has been read up to ${furthest}: the topic was made anew, or has lost its end`,
      );
    }
    if (committed !== null && committed.offset >= begin) return committed;
    if (begin === 0) return startPosition();
    if (other !== null && other.offset >= begin) return other;
    throw new BubbleError(
      'OFFSET_OUT_OF_RANGE',
      `${this.#topic}/${partition} begins at ${begin}, after the last position that delivery or the timeline stored`,
    );
  }

  /** Whether the registry knows the id; asked until it answers or the partition is lost. */
  async #learns({ partition, signal }: Lease, schemaId: number): Promise<boolean> {
    const { codecs, clock, logger } = this.#options;
    let waitMs = LEARN_FIRST_MS;
    while (!signal.aborted) {
      try {
        return await codecs.learn(schemaId);
      } catch (error) {
        if (!isBubbleError(error) || !error.retryable) throw error;
        const text = 'ALARM: the schema registry is away: delivery of this partition stands still';
        logger.error({ error, partition, schemaId }, text);
        await pause(clock, waitMs, signal);
        waitMs = Math.min(LEARN_MAX_MS, 2 * waitMs);
      }
    }
    return true;
  }
}

/**
 * Runs until stopped. The topics must exist. What ends it rejects `ended`: OFFSET_OUT_OF_RANGE where no stored position
 * lies in the log any more, and what the log fails with for good.
 */
export async function startDelivery(options: DeliveryOptions): Promise<RunningDelivery> {
  const delivery = new Delivery(options);
  await delivery.start();
  return delivery;
}
