/**
 * The fan-out processor: joins the group on inbound, and runs an owner for each partition it is assigned.
 */
import { PartitionWriters } from '../../infra/lanes/partition-writers.ts';
import type { GroupHandlers, Lease, Log, Membership } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { SnapshotStore } from '../../infra/snapshots/snapshot-store.ts';
import type { Tracing } from '../../infra/tracing/tracing.ts';
import type { BubbleError } from '../../schemas/errors.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import { INBOUND, type Layout } from '../../schemas/topics.ts';
import { FAN_OUT_GROUP } from '../runtime/groups.ts';
import type { PartitionLag, RunningProcessor } from '../runtime/running.ts';
import type { FoldCounts } from './fold.ts';
import type { OwnerOptions } from './owner-options.ts';
import { PartitionOwner } from './partition-owner.ts';

const COMMIT_MS = 1_000;
const EXAMINE_EVERY_TICKS = 5;
/** What a power cut can take is what some seconds bring; making it again takes about as many. */
const EVENTS_HEALED_RECORDS = 1_000_000;
const FETCH = { maxRecords: 1_000, maxBytes: 4 * 1024 * 1024, maxWaitMs: 1_000 };

export interface FanOutOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly snapshots: SnapshotStore;
  readonly layout: Layout;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Shared with the other lanes of this process; made here where absent. */
  readonly writers?: PartitionWriters;
  /** What the log began with, where epochs have changed since; the layout where absent. */
  readonly genesis?: { readonly epoch: number; readonly inboxPartitions: number };
  /** Whether public events are made. Default: true. */
  readonly events?: boolean;
  /** Lost events further back than so many inbound records are not made again at a start. Default: 1,000,000. */
  readonly eventsHealedRecords?: number;
  /** Default: nothing is traced. */
  readonly tracing?: Tracing | null;
}

export interface PausedPartition {
  readonly partition: number;
  /** Of the record that it stands at. */
  readonly offset: number;
  readonly reason: BubbleError;
  /** ms, wall clock. */
  readonly since: number;
}

export interface FanOut extends RunningProcessor {
  /** Partitions that stand still until what they lack is there, or somebody acts. */
  paused(): PausedPartition[];
  /** Lets a paused partition try again at once. @returns false where it is not paused, or not held here */
  resume(partition: number): boolean;
  /** What has been decided live, over all partitions held now, since each was restored. */
  counts(): FoldCounts;
  /** How often acknowledged outputs had to be made again. */
  repairs(): number;
  /** Outputs not acknowledged yet, over all partitions held now. */
  pending(): number;
}

/** Runs until stopped. The topics must exist. */
export async function startFanOut(options: FanOutOptions): Promise<FanOut> {
  const processor = new FanOutProcessor(options);
  await processor.start();
  return processor;
}

class FanOutProcessor implements FanOut {
  readonly name = FAN_OUT_GROUP;
  readonly ended: Promise<void>;
  readonly #options: FanOutOptions;
  readonly #ownerOptions: OwnerOptions;
  readonly #owners = new Map<Lease, PartitionOwner>();
  #membership: Membership | null = null;
  #timer: Timer | null = null;
  #ticks = 0;
  #repairsBefore = 0;
  #stopping: Promise<void> | null = null;
  #settle: { resolve(): void; reject(error: unknown): void };

  constructor(options: FanOutOptions) {
    this.#options = options;
    const { log, codecs, snapshots, limits, clock, layout } = options;
    const logger = options.logger.child({ processor: this.name });
    this.#ownerOptions = {
      log,
      codecs,
      snapshots,
      limits,
      clock,
      logger,
      writers: options.writers ?? new PartitionWriters({ log, clock, logger, limits }),
      genesis: options.genesis ?? { epoch: layout.epoch, inboxPartitions: layout.inboxPartitions },
      membership: () => this.#membership,
      events: options.events ?? true,
      eventsHealedRecords: options.eventsHealedRecords ?? EVENTS_HEALED_RECORDS,
      tracing: options.tracing ?? null,
    };
    let settle = { resolve: (): void => {}, reject: (_error: unknown): void => {} };
    this.ended = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    // Who waits for the end gets the failure; without a listener here it would end the process even so.
    this.ended.catch(() => {});
    this.#settle = settle;
  }

  async start(): Promise<void> {
    const membership = await this.#options.log.join(FAN_OUT_GROUP, [INBOUND], this.#handlers(), FETCH);
    this.#membership = membership;
    membership.ended.then(
      () => this.#settle.resolve(),
      (error: unknown) => this.#fail(error),
    );
    this.#schedule();
  }

  #handlers(): GroupHandlers {
    return {
      assigned: async (lease, committed) => {
        const owner = new PartitionOwner(lease, this.#ownerOptions);
        this.#owners.set(lease, owner);
        return owner.assigned(committed);
      },
      batch: async (lease, batch) => this.#owners.get(lease)?.batch(batch),
      revoked: async (lease) => {
        const owner = this.#owners.get(lease);
        this.#owners.delete(lease);
        if (owner === undefined) return;
        this.#repairsBefore += owner.repairs;
        await owner.revoked(this.#options.limits.laneGiveUpMs);
      },
    };
  }

  #schedule(): void {
    if (this.#stopping !== null) return;
    this.#timer = this.#options.clock.after(COMMIT_MS, () => {
      this.#tick().then(
        () => this.#schedule(),
        (error: unknown) => this.#fail(error),
      );
    });
  }

  async #tick(): Promise<void> {
    this.#ticks += 1;
    for (const owner of [...this.#owners.values()]) {
      await owner.tick();
      if (this.#ticks % EXAMINE_EVERY_TICKS === 0) await this.#examine(owner);
    }
  }

  async #examine(owner: PartitionOwner): Promise<void> {
    try {
      await owner.examine();
    } catch (error) {
      if (isBubbleError(error, 'LEASE_LOST')) return;
      if (!isBubbleError(error) || !error.retryable) throw error;
      this.#ownerOptions.logger.warn({ error }, 'readers could not be examined; trying again in 5 s');
    }
  }

  #fail(error: unknown): void {
    this.#timer?.cancel();
    this.#ownerOptions.logger.error({ error }, 'fan-out cannot go on');
    this.#settle.reject(error);
  }

  lag(): PartitionLag[] {
    return [...this.#owners.values()]
      .map(({ lease, position, end }) => ({ topic: lease.topic, partition: lease.partition, position, end }))
      .sort((left, right) => left.partition - right.partition);
  }

  paused(): PausedPartition[] {
    const paused: PausedPartition[] = [];
    for (const { lease, phase } of this.#owners.values()) {
      if (phase.kind !== 'paused') continue;
      const { offset, reason, standstill } = phase;
      paused.push({ partition: lease.partition, offset, reason, since: standstill.since });
    }
    return paused;
  }

  resume(partition: number): boolean {
    for (const [lease, owner] of this.#owners) if (lease.partition === partition) return owner.resume();
    return false;
  }

  counts(): FoldCounts {
    const sum = { accepted: 0, rejected: 0, duplicate: 0, conflict: 0, stale: 0, undecodable: 0 };
    for (const { counts } of this.#owners.values()) {
      if (counts === null) continue;
      sum.accepted += counts.accepted;
      sum.rejected += counts.rejected;
      sum.duplicate += counts.duplicate;
      sum.conflict += counts.conflict;
      sum.stale += counts.stale;
      sum.undecodable += counts.undecodable;
    }
    return sum;
  }

  repairs(): number {
    let repairs = this.#repairsBefore;
    for (const owner of this.#owners.values()) repairs += owner.repairs;
    return repairs;
  }

  pending(): number {
    let pending = 0;
    for (const owner of this.#owners.values()) pending += owner.pending;
    return pending;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#timer?.cancel();
    const owners = [...this.#owners.values()];
    await Promise.all(owners.map((owner) => owner.close(this.#options.limits.drainMs)));
    await this.#membership?.leave();
  }
}
