/**
 * The timelines of all epochs, read as one. An epoch's store has the rows of its inbox topic, by the partitions of its
 * layout; versions rise from epoch to epoch, so the rows of an owner are those of the epochs, one after the other.
 *
 * A read goes on into the next epoch only where the owner's partition was finished *before* its rows were read: then
 * they were all there. So `syncedTo` of the last epoch read is true for those before it as well.
 */
import assert from 'node:assert/strict';
import { userKey } from '../../schemas/ids.ts';
import { partitionOf } from '../../schemas/partition.ts';
import { epochOf, numberAt } from '../../schemas/positions.ts';
import { isFinished } from '../../schemas/rules/epoch.ts';
import type { Layout } from '../../schemas/topics.ts';
import type {
  Owner,
  ReadBounds,
  TimelinePage,
  TimelineReader,
  TimelineRow,
  TimelineStore,
} from './timeline-store.ts';

export interface EpochTimeline {
  readonly layout: Layout;
  readonly store: TimelineStore;
}

export class EpochTimelines implements TimelineReader {
  readonly #epochs: EpochTimeline[] = [];

  /** @param epochs rising; at least one */
  constructor(epochs: readonly EpochTimeline[]) {
    for (const epoch of epochs) this.add(epoch);
    assert.ok(this.#epochs.length > 0, 'there is a first epoch');
  }

  get epochs(): readonly EpochTimeline[] {
    return this.#epochs;
  }

  add(epoch: EpochTimeline): void {
    assert.ok((this.#epochs.at(-1)?.layout.epoch ?? 0) < epoch.layout.epoch, 'epochs rise');
    this.#epochs.push(epoch);
  }

  storeOf(epoch: number): TimelineStore {
    const found = this.#epochs.find(({ layout }) => layout.epoch === epoch);
    assert.ok(found !== undefined, `there is no epoch ${epoch}`);
    return found.store;
  }

  async waitFor(owner: Owner, seq: number, waitMs: number): Promise<boolean> {
    const last = this.#epochs.length - 1;
    let index = last;
    while (index > 0 && this.#epochs[index]!.layout.epoch > epochOf(seq)) index -= 1;
    if (index < last && (await this.#isFinished(index, owner))) return true;
    const epoch = this.#epochs[index]!;
    return epoch.store.waitFor(partitionIn(epoch, owner), seq, waitMs);
  }

  async read(owner: Owner, bounds: ReadBounds): Promise<TimelinePage> {
    let index = 0;
    while (index + 1 < this.#epochs.length && bounds.from >= this.#before(index + 1)) index += 1;
    let rows: readonly TimelineRow[] = [];
    let bytesLeft = bounds.maxBytes;
    for (; ; index += 1) {
      const epoch = this.#epochs[index]!;
      const goesOn = index + 1 < this.#epochs.length && (await this.#isFinished(index, owner));
      const page = await epoch.store.read(partitionIn(epoch, owner), owner, {
        ...bounds,
        maxRows: bounds.maxRows - rows.length,
        maxBytes: bytesLeft,
      });
      rows = rows.length === 0 ? page.rows : [...rows, ...page.rows];
      for (const { bytes } of page.rows) bytesLeft -= bytes.length;
      if (page.more || !goesOn || bounds.until <= this.#before(index + 1)) return { ...page, rows };
      if (rows.length >= bounds.maxRows || bytesLeft <= 0)
        return { rows, syncedTo: page.syncedTo, more: true };
    }
  }

  async newestRows(owner: Owner, until: number, maxRows: number): Promise<TimelinePage> {
    let index = 0;
    while (
      index + 1 < this.#epochs.length &&
      until > this.#before(index + 1) &&
      (await this.#isFinished(index, owner))
    ) {
      index += 1;
    }
    let newest: TimelinePage | null = null;
    let rows: readonly TimelineRow[] = [];
    for (; ; index -= 1) {
      const epoch = this.#epochs[index]!;
      const left = maxRows - rows.length;
      const page = await epoch.store.newestRows(partitionIn(epoch, owner), owner, until, left);
      newest ??= page;
      rows = [...rows, ...page.rows];
      const isFull = page.more || rows.length >= maxRows;
      if (isFull || index === 0) return { rows, syncedTo: newest.syncedTo, more: page.more || index > 0 };
    }
  }

  async newest(owner: Owner): Promise<number> {
    for (const epoch of this.#epochs.toReversed()) {
      const newest = await epoch.store.newest(partitionIn(epoch, owner), owner);
      if (newest > 0) return newest;
    }
    return 0;
  }

  async close(): Promise<void> {
    for (const { store } of this.#epochs) await store.close();
  }

  /** The highest number below those of an epoch. */
  #before(index: number): number {
    return numberAt(this.#epochs[index]!.layout.epoch, 0) - 1;
  }

  async #isFinished(index: number, owner: Owner): Promise<boolean> {
    const epoch = this.#epochs[index]!;
    const { vector } = await epoch.store.checkpoint(partitionIn(epoch, owner));
    return isFinished(vector, epoch.layout.epoch, epoch.layout.inboundPartitions);
  }
}

const partitionIn = ({ layout }: EpochTimeline, { tenant, user }: Owner): number =>
  partitionOf(userKey(tenant, user), layout.inboxPartitions);
