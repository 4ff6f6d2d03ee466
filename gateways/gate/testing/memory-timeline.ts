/** A timeline in memory under the test's hand. */
import type {
  ReadBounds,
  TimelinePage,
  TimelineReader,
  TimelineRow,
} from '../../../infra/timeline/timeline-store.ts';
import { BubbleError } from '../../../schemas/errors.ts';

export class MemoryTimeline implements TimelineReader {
  readonly rows = new Map<string, TimelineRow[]>();
  readonly reads: ReadBounds[] = [];
  readonly waits: number[] = [];
  checkpointSeq = 0;
  begin = 0;
  fails = false;
  /** Reads from here on fail. */
  failsFrom = Number.POSITIVE_INFINITY;
  #waiting: (() => void)[] = [];

  add(user: string, seq: number, bytes: Uint8Array): void {
    const rows = this.rows.get(user) ?? [];
    rows.push({ seq, bytes });
    this.rows.set(user, rows);
    this.reach(seq);
  }

  reach(seq: number): void {
    this.checkpointSeq = Math.max(this.checkpointSeq, seq);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async waitFor(_owner: unknown, seq: number): Promise<boolean> {
    this.waits.push(seq);
    while (this.checkpointSeq < seq) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return true;
  }

  async read(owner: { user: string }, bounds: ReadBounds): Promise<TimelinePage> {
    this.reads.push(bounds);
    if (this.fails || bounds.from >= this.failsFrom)
      throw new BubbleError('STORE_AWAY', 'away', { retryable: true });
    if (bounds.from < this.begin) throw new BubbleError('OFFSET_OUT_OF_RANGE', 'trimmed');
    const all = (this.rows.get(owner.user) ?? []).filter((row) => row.seq > bounds.from);
    const rows = all.slice(0, bounds.maxRows);
    const more = rows.length < all.length;
    return { rows, more, syncedTo: more ? rows[rows.length - 1]!.seq : this.checkpointSeq };
  }

  async newestRows(owner: { user: string }, _until: number, maxRows: number) {
    const all = this.rows.get(owner.user) ?? [];
    const kept = all.filter((row) => row.seq > this.begin).slice(-maxRows);
    return { rows: kept.reverse(), more: false, syncedTo: this.checkpointSeq };
  }

  newest(): never {
    throw new Error('not part of this timeline');
  }
}
