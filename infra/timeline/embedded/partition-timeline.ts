/**
 * One partition of the embedded timeline.
 *
 * 1. Every row below the checkpoint is read from exactly one place: a run, the kept tail (written already, and kept so
 *    that who is not far behind costs no file), the frozen tail (being written to a run), or the active tail. They
 *    are read for rising ranges of offsets, in this order.
 * 2. A read takes its upper bound, its runs and its rows of the tails in one tick, so it sees one state however long
 *    it reads from files.
 * 3. The checkpoint on disk is the position of the last tail written. After a crash the processor begins there, and
 *    the lost tails come again from the inbox.
 * 4. The active tail is bounded: a writer waits while it is full and the frozen one is not yet written. So is the
 *    number of runs: the frozen tail waits for merges.
 */
import assert from 'node:assert/strict';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { type InboxPosition, numberAt } from '../../../schemas/positions.ts';
import type { Logger } from '../../logger/logger.ts';
import type { AcceptedRecord, Owner, ReadBounds, TimelinePage, TimelineRow } from '../timeline-store.ts';
import { dumpOwners } from './dump.ts';
import { type Mark, type OffsetBounds, offsetOfMark } from './packed-versions.ts';
import type { RowReader } from './rows.ts';
import { ownerEntries, readRun, readRunBackwards, sortOwners } from './run.ts';
import type { Run, Runs } from './runs.ts';
import { ownerKey, Tail } from './tail.ts';
import { Waiters } from './waiters.ts';

export interface PartitionBounds {
  readonly tailRows: number;
  readonly tailBytes: number;
  readonly waiters: number;
}

/** A tail is written after so many records too when they had few rows, so that a restart reads no more than this. */
const TAIL_RECORDS = 2_000_000;
const RETRY_MS = 1_000;
/** With so many runs the next one waits for the merges under way, so that reads never have to look at more. */
const RUNS = 32;
/** Rows completed at a time, so that a page cut by its bytes costs no more than these. */
const SLICE_ROWS = 64;

/** What one read sees. */
interface View {
  readonly bounds: OffsetBounds;
  /** The part of it that is read from runs. */
  readonly runBounds: OffsetBounds;
  /** Oldest first, held. */
  readonly runs: readonly Run[];
}

export class PartitionTimeline {
  readonly #epoch: number;
  readonly #runs: Runs;
  readonly #rows: RowReader;
  readonly #bounds: PartitionBounds;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #waiters: Waiters;
  #position: InboxPosition;
  #active: Tail;
  #frozen: Tail | null = null;
  #kept: Tail | null = null;
  #flushing: Promise<void> = Promise.resolve();
  /** Merges and trims, one after the other. */
  #maintenance: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: {
    epoch: number;
    runs: Runs;
    rows: RowReader;
    bounds: PartitionBounds;
    clock: Clock;
    logger: Logger;
  }) {
    this.#epoch = options.epoch;
    this.#runs = options.runs;
    this.#rows = options.rows;
    this.#bounds = options.bounds;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#waiters = new Waiters(options.clock, options.bounds.waiters);
    this.#position = options.runs.position;
    this.#active = new Tail(this.#position.offset);
  }

  get position(): InboxPosition {
    return this.#position;
  }

  /** Runs on disk, for tests and metrics. */
  get runCount(): number {
    return this.#runs.all.length;
  }

  async write(
    records: readonly AcceptedRecord[],
    position: InboxPosition,
    expectedOffset: number,
  ): Promise<void> {
    while (this.#full && this.#frozen !== null && !this.#closed) await this.#flushing;
    if (this.#closed) throw new BubbleError('STORE_AWAY', 'the timeline is closed', { retryable: true });
    const before = this.#position.offset;
    if (before !== expectedOffset) {
      throw new BubbleError('STORE_CONFLICT', `the timeline stands at ${before}, not at ${expectedOffset}`);
    }
    assert.ok(position.offset >= before, 'a position never goes back');
    for (const { offset, event } of records) {
      assert.ok(offset >= before && offset < position.offset, 'a record lies beyond its position');
      this.#active.add(offset, event);
    }
    this.#position = position;
    this.#waiters.reached(this.#readable);
    if (this.#full && this.#frozen === null) this.#freeze();
  }

  waitFor(seq: number, waitMs: number): Promise<boolean> {
    return this.#waiters.wait(seq, this.#readable, waitMs);
  }

  async read(owner: Owner, bounds: ReadBounds): Promise<TimelinePage> {
    const first = this.#offsetFloor(bounds.from);
    const view = this.#view(first, bounds.until);
    const wanted = Math.max(1, bounds.maxRows) + 1;
    const recent = this.#recentMarks(owner, view.bounds, wanted);
    let marks = recent;
    if (view.runs.length > 0) {
      const found: Mark[] = [];
      await this.#reading(view, async () => {
        const key = ownerKey(owner.tenant, owner.user);
        for (const { table } of view.runs) {
          if (found.length >= wanted) break;
          await readRun(table, key, view.runBounds, found, wanted);
        }
      });
      for (let at = 0; at < recent.length && found.length < wanted; at += 1) found.push(recent[at]!);
      marks = found;
    }
    const rowsAvailable = marks.length;
    if (rowsAvailable === wanted) marks.length = wanted - 1;
    const rows = await this.#complete(marks, bounds.maxBytes);
    const more = rows.length < rowsAvailable;
    const upTo = numberAt(this.#epoch, view.bounds.until);
    return { rows, more, syncedTo: more ? rows.at(-1)!.seq : Math.max(upTo, 0) };
  }

  async newestRows(owner: Owner, until: number, maxRows: number): Promise<TimelinePage> {
    const view = this.#view(Math.max(-1, this.#runs.trimmedBelow - 1), until);
    const wanted = Math.max(1, maxRows) + 1;
    const marks = this.#newestMarks(owner, view.bounds, wanted);
    await this.#reading(view, async () => {
      const key = ownerKey(owner.tenant, owner.user);
      for (let at = view.runs.length - 1; at >= 0 && marks.length < wanted; at -= 1) {
        const found = await readRunBackwards(
          view.runs[at]!.table,
          key,
          view.runBounds,
          wanted - marks.length,
        );
        for (const mark of found) marks.push(mark);
      }
    });
    const more = marks.length === wanted;
    if (more) marks.length = wanted - 1;
    const rows = await this.#complete(marks, Number.POSITIVE_INFINITY);
    return { rows, more, syncedTo: numberAt(this.#epoch, view.bounds.until) };
  }

  async newest(owner: Owner): Promise<number> {
    const view = this.#view(Math.max(-1, this.#runs.trimmedBelow - 1), Number.POSITIVE_INFINITY);
    let newest = this.#newestMarks(owner, view.bounds, 1)[0];
    await this.#reading(view, async () => {
      const key = ownerKey(owner.tenant, owner.user);
      for (let at = view.runs.length - 1; at >= 0 && newest === undefined; at -= 1) {
        newest = (await readRunBackwards(view.runs[at]!.table, key, view.runBounds, 1))[0];
      }
    });
    return newest === undefined ? 0 : numberAt(this.#epoch, offsetOfMark(newest));
  }

  trim(below: number): Promise<void> {
    const offset = Math.min(this.#position.offset, this.#offsetFloor(below - 1) + 1);
    return this.#maintain(() => this.#runs.trim(offset));
  }

  async *dump(): AsyncIterable<string> {
    // All runs, since the kept tail, whose rows are in them too, is left out.
    const view = this.#view(Math.max(-1, this.#runs.trimmedBelow - 1), Number.POSITIVE_INFINITY, true);
    const tails = this.#frozen === null ? [this.#active] : [this.#frozen, this.#active];
    try {
      yield* dumpOwners({
        tables: view.runs.map(({ table }) => table),
        tails: tails.map((tail) => [...tail.owners()]),
        bounds: view.bounds,
        rows: (marks) => this.#rows.rows(marks),
        epoch: this.#epoch,
      });
    } finally {
      for (const run of view.runs) await run.release();
    }
  }

  /** Writes what is in memory, so that the next start has nothing to compute. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiters.close();
    await this.#flushing;
    if (this.#frozen === null && this.#position.offset > this.#runs.position.offset) this.#freeze();
    await this.#flushing;
    await this.#maintenance;
    await this.#runs.close();
  }

  /** For tests: resolves when nothing is being written or merged. */
  async idle(): Promise<void> {
    await this.#flushing;
    await this.#maintenance;
  }

  get #full(): boolean {
    const { tailRows, tailBytes } = this.#bounds;
    return (
      this.#active.rows >= tailRows ||
      this.#active.bytes >= tailBytes ||
      this.#position.offset - this.#active.from >= TAIL_RECORDS
    );
  }

  /** The version up to which rows can be read. */
  get #readable(): number {
    return numberAt(this.#epoch, this.#position.offset) - 1;
  }

  /** The offset of a version of this epoch; -1 for older ones. */
  #offsetFloor(seq: number): number {
    return Math.max(-1, seq - numberAt(this.#epoch, 0));
  }

  /** Takes and holds what a read will look at; `after` is an offset, `until` a version. */
  #view(after: number, until: number, all = false): View {
    const trimmed = this.#runs.trimmedBelow;
    if (after + 1 < trimmed) {
      throw new BubbleError('OFFSET_OUT_OF_RANGE', `rows below offset ${trimmed} are no longer kept`);
    }
    const last = Math.min(this.#position.offset - 1, until - numberAt(this.#epoch, 0));
    const memoryFrom = (this.#kept ?? this.#frozen ?? this.#active).from;
    const runBounds = { after, until: Math.min(last, memoryFrom - 1) };
    const runs = this.#runs.all.filter(
      ({ info }) => all || (info.to > after + 1 && info.from <= runBounds.until),
    );
    for (const run of runs) run.hold();
    return { bounds: { after, until: last }, runBounds, runs };
  }

  async #reading(view: View, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } finally {
      for (const run of view.runs) await run.release();
    }
  }

  /** The owner's marks in the tails, oldest first. */
  #recentMarks(owner: Owner, bounds: OffsetBounds, max: number): Mark[] {
    const found: Mark[] = [];
    for (const tail of [this.#kept, this.#frozen, this.#active]) {
      tail?.take(owner, bounds, found, max);
    }
    return found;
  }

  /** The owner's marks in the tails, newest first. */
  #newestMarks(owner: Owner, bounds: OffsetBounds, max: number): Mark[] {
    const found: Mark[] = [];
    for (const tail of [this.#active, this.#frozen, this.#kept]) {
      tail?.takeNewest(owner, bounds, found, max);
    }
    return found;
  }

  /** The rows of these marks, or the first of them where they have too many bytes; at least one. */
  async #complete(marks: readonly Mark[], maxBytes: number): Promise<TimelineRow[]> {
    const rows: TimelineRow[] = [];
    let bytes = 0;
    for (let from = 0; from < marks.length; from += SLICE_ROWS) {
      const slice = marks.length <= SLICE_ROWS ? marks : marks.slice(from, from + SLICE_ROWS);
      const found = this.#rows.rows(slice);
      for (const row of found instanceof Promise ? await found : found) {
        bytes += row.bytes.length;
        if (bytes > maxBytes && rows.length > 0) return rows;
        rows.push(row);
      }
    }
    return rows;
  }

  #freeze(): void {
    assert.ok(this.#frozen === null);
    this.#active.freeze();
    this.#frozen = this.#active;
    this.#active = new Tail(this.#position.offset);
    this.#flushing = this.#flush(this.#frozen, this.#position);
  }

  async #flush(tail: Tail, position: InboxPosition): Promise<void> {
    if (this.#runs.all.length >= RUNS) await this.#maintenance;
    const sorted = sortOwners([...tail.owners()]);
    for (;;) {
      try {
        const entries = sorted.length === 0 ? null : ownerEntries(sorted);
        await this.#runs.add(entries, tail.from, position, () => {
          this.#frozen = null;
          this.#kept = tail;
        });
        break;
      } catch (error) {
        // A full disk passes; meanwhile the rows stay in memory, and can be read.
        this.#logger.error({ err: error }, 'timeline rows could not be written');
        if (this.#closed) return;
        await new Promise<void>((resolve) => void this.#clock.after(RETRY_MS, resolve));
        if (this.#closed) return;
      }
    }
    void this.#maintain(async () => {
      while (!this.#closed && (await this.#runs.mergeOnce()));
    }).catch((error: unknown) => {
      this.#logger.error({ err: error }, 'timeline runs could not be merged');
    });
  }

  #maintain(action: () => Promise<void>): Promise<void> {
    const done = this.#maintenance.then(action);
    this.#maintenance = done.catch(() => {});
    return done;
  }
}
