import type { Clock, Timer } from '../../../schemas/ports/clock.ts';
import type { Logger } from '../../logger/logger.ts';
import { compact } from './compaction.ts';
import type { Partition } from './partition.ts';
import { applyRetention } from './retention.ts';

export interface UpkeepPlan {
  partitions(): readonly Partition[];
  /** Between two rounds of retention and compaction, ms. */
  readonly maintenanceMs: number;
  /** Between two syncs, ms; null: none. */
  readonly intervalMs: number | null;
  readonly compactionKeys: number;
}

/** What the log does beside its calls: retention, compaction, and the syncs of durability `interval`. */
export class Upkeep {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #timers = new Set<Timer>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  start(plan: UpkeepPlan): void {
    this.#repeat(plan.maintenanceMs, () => this.#maintain(plan));
    if (plan.intervalMs !== null) this.#repeat(plan.intervalMs, () => syncAll(plan.partitions()));
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    await Promise.all(this.#running);
  }

  async #maintain(plan: UpkeepPlan): Promise<void> {
    for (const partition of plan.partitions()) {
      if (this.#stopped) return;
      await applyRetention(partition);
      await compact(partition, plan.compactionKeys);
    }
  }

  /** Again and again, the next time counted from the end of the last run. */
  #repeat(everyMs: number, action: () => Promise<void>): void {
    const timer = this.#clock.after(everyMs, () => {
      this.#timers.delete(timer);
      const running = action()
        .catch((error: unknown) => {
          this.#logger.error({ error }, 'the upkeep of the log failed; it is tried again');
        })
        .then(() => {
          this.#running.delete(running);
          if (!this.#stopped) this.#repeat(everyMs, action);
        });
      this.#running.add(running);
    });
    this.#timers.add(timer);
  }
}

const syncAll = async (partitions: readonly Partition[]): Promise<void> => {
  const unsynced = partitions.filter(({ unsynced, spec }) => unsynced && spec.durability === 'log');
  await Promise.all(unsynced.map((partition) => partition.syncNow()));
};
