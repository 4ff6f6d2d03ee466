/**
 * The state of a partition with the snapshot under it: loads what is not in memory, and writes snapshots while the
 * fold goes on.
 *
 * Invariants:
 * 1. A snapshot at N is published only when the lane's checkpoint has reached N.
 * 2. One snapshot is under way at a time. What was opened before stays open until no load uses it.
 */
import { pause } from '../../infra/clock/pause.ts';
import type { Lane } from '../../infra/lanes/lane.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { OpenedSnapshot, SnapshotId, SnapshotStore } from '../../infra/snapshots/snapshot-store.ts';
import type { Entry } from '../../infra/snapshots/sorted-table.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { KNOWN_RULES_VERSION } from '../../schemas/rules/facts.ts';
import { type Frozen, type PartitionScalars, PartitionState, type Tracked } from './partition-state.ts';
import { sortInTurns } from './sort-in-turns.ts';

export interface StateKeeperOptions {
  readonly id: SnapshotId;
  readonly snapshots: SnapshotStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: Limits;
  /** What an empty state begins with. */
  readonly genesis: { readonly epoch: number; readonly inboxPartitions: number };
}

export class StateKeeper {
  readonly state: PartitionState;
  /** The offset of the snapshot that the state was opened from; 0 where there was none. */
  readonly openedAt: number;
  readonly #options: StateKeeperOptions;
  #base: OpenedSnapshot | null;
  #loads = 0;
  readonly #retired: OpenedSnapshot[] = [];
  #writing: Promise<boolean> | null = null;
  #closed = false;
  /** Where and when (monotonic) the last snapshot was taken. */
  #lastOffset: number;
  #lastMs: number;

  private constructor(options: StateKeeperOptions, base: OpenedSnapshot | null) {
    this.#options = options;
    this.#base = base;
    const start = base === null ? options.genesis : (base.meta as PartitionScalars);
    this.state = new PartitionState(options.limits, start, base !== null);
    this.openedAt = base?.offset ?? 0;
    this.#lastOffset = this.openedAt;
    this.#lastMs = options.clock.monotonic();
  }

  /**
   * Opens the newest state at or below an offset, or an empty one. Nothing of the table is read yet.
   * @throws BubbleError UNKNOWN_RULES where the state was made under rules this release does not know
   */
  static async open(options: StateKeeperOptions, atOrBelow: number): Promise<StateKeeper> {
    const base = await options.snapshots.open(options.id, atOrBelow);
    if (base !== null) {
      const { format, rulesVersion } = base.meta as PartitionScalars;
      if (format !== 1 || rulesVersion > KNOWN_RULES_VERSION) {
        await base.table.close();
        throw new BubbleError(
          'UNKNOWN_RULES',
          `the state at ${base.offset} has format ${format} and rules version ${rulesVersion}; ` +
            `this release knows format 1 and rules ${KNOWN_RULES_VERSION}`,
        );
      }
    }
    return new StateKeeper(options, base);
  }

  /** Brings these keys into memory. */
  async load(tableKeys: Iterable<string>): Promise<void> {
    const base = this.#base;
    const keys = [...new Set(tableKeys)].filter((key) => !this.state.holds(key)).sort();
    if (keys.length === 0) return;
    if (base === null) {
      for (const key of keys) this.state.load(key, null);
      return;
    }
    this.#loads += 1;
    try {
      const values = await base.table.getMany(keys);
      for (const [at, key] of keys.entries()) this.state.load(key, values[at] ?? null);
    } finally {
      this.#loads -= 1;
      await this.#closeRetired();
    }
  }

  /** Whether it is time for a snapshot at this position. */
  isDue(position: number): boolean {
    if (this.#writing !== null || this.#closed || position <= this.#lastOffset) return false;
    const { snapshotChanges, snapshotIntervalMs, snapshotRecords } = this.#options.limits;
    const idleMs = this.#options.clock.monotonic() - this.#lastMs;
    return (
      // Restoring folds what came since: how long that takes goes with the records, not with what they changed.
      position - this.#lastOffset >= snapshotRecords ||
      this.state.changes >= snapshotChanges ||
      idleMs >= snapshotIntervalMs
    );
  }

  /** The snapshot under way has ended, one way or the other. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /**
   * Takes the state of this moment and publishes it once the lane has reached the position.
   * @returns whether it is published; where not, the changes are still there for the next one
   */
  snapshot(position: number, lane: Lane): Promise<boolean> {
    this.#writing ??= this.#write(position, lane).finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #write(position: number, lane: Lane): Promise<boolean> {
    const { clock, id, logger, snapshots } = this.#options;
    this.#lastMs = clock.monotonic();
    const base = this.#base;
    const frozen = this.state.freeze();
    let published: OpenedSnapshot;
    try {
      await lane.reached(position);
      const sorted = await sortInTurns(frozen.entries, () => pause(clock, 0));
      published = await snapshots.publish(id, position, frozen.scalars, entriesOf(frozen, sorted), base);
    } catch (error) {
      this.state.thaw(false);
      if (!isBubbleError(error)) throw error;
      // A lost lease is the common end of a snapshot whose outputs were not acknowledged in time.
      if (error.code !== 'LEASE_LOST') logger.warn({ ...id, position, error }, 'no snapshot was written');
      return false;
    }
    this.state.thaw(true);
    this.#lastOffset = position;
    this.#base = published;
    if (base !== null) this.#retired.push(base);
    await this.#closeRetired();
    if (this.#closed) await published.table.close();
    await this.#prune();
    logger.debug({ ...id, position, changes: frozen.entries.length }, 'snapshot written');
    return true;
  }

  async #prune(): Promise<void> {
    const { id, logger, snapshots } = this.#options;
    try {
      await snapshots.prune(id);
    } catch (error) {
      if (!isBubbleError(error)) throw error;
      logger.warn({ ...id, error }, 'old snapshots could not be removed');
    }
  }

  async #closeRetired(): Promise<void> {
    if (this.#loads > 0) return;
    for (const snapshot of this.#retired.splice(0)) await snapshot.table.close();
  }

  /** After this nothing is loaded any more. A snapshot under way goes on and closes what it opens. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { id, snapshots } = this.#options;
    snapshots.release?.(id);
    const base = this.#base;
    this.#base = null;
    if (base === null) return;
    if (this.#writing === null) await base.table.close();
    else this.#retired.push(base);
  }
}

function* entriesOf(frozen: Frozen, sorted: readonly Tracked[]): Iterable<Entry> {
  for (const entry of sorted) yield [entry.key, frozen.valueOf(entry)];
}
