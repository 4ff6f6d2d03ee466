/**
 * The fan-out processor: joins the group on inbound, and runs an owner for each partition it is assigned.
 */
import { PartitionWriters } from '../../infra/lanes/partition-writers.ts';
import type { GroupHandlers, Lease, Log, Membership } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { SnapshotStore } from '../../infra/snapshots/snapshot-store.ts';
import type { BubbleError } from '../../schemas/errors.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import { INBOUND, type Layout } from '../../schemas/topics.ts';
import type { PartitionLag, RunningProcessor } from '../runtime/running.ts';
import type { FoldCounts } from './fold.ts';
import { FAN_OUT_GROUP, type OwnerOptions, PartitionOwner } from './partition-owner.ts';

const COMMIT_MS = 1_000;
const EXAMINE_EVERY_TICKS = 5;
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
}

export interface FanOut extends RunningProcessor {
  /** Partitions that stand still until somebody acts. */
  paused(): { readonly partition: number; readonly offset: number; readonly reason: BubbleError }[];
  /** What has been decided since the start, over all partitions held now. */
  counts(): FoldCounts;
  /** How often acknowledged outputs had to be made again. */
  repairs(): number;
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

  paused() {
    const paused: { partition: number; offset: number; reason: BubbleError }[] = [];
    for (const { lease, phase } of this.#owners.values()) {
      if (phase.kind !== 'paused') continue;
      paused.push({ partition: lease.partition, offset: phase.offset, reason: phase.reason });
    }
    return paused;
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
