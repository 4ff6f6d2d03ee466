/**
 * Follows the index partition of `bubble.snapshots` from its first record on, for as long as the process lives.
 *
 * Invariants:
 * 1. The index is what the records below `next` say.
 * 2. A log that is away is asked again; a topic that was made anew is read from its beginning, and what was known of
 *    the old one is forgotten.
 */
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { SNAPSHOTS } from '../../schemas/topics.ts';
import { pause } from '../clock/pause.ts';
import type { Log, LogRecord, Reader } from '../log/log.ts';
import type { Logger } from '../logger/logger.ts';
import type { SnapshotIndex } from './snapshot-index.ts';
import { decodeIndexRecord, INDEX_PARTITION, isIndexKey } from './snapshot-records.ts';
import type { SnapshotId } from './snapshot-store.ts';

const READ = { maxRecords: 1_000, maxBytes: 4 * 1024 * 1024, maxWaitMs: 1_000 };
const RETRY_MS = 500;

export interface FollowerOptions {
  readonly log: Pick<Log, 'range' | 'reader'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly index: SnapshotIndex;
  /** Partitions whose snapshots or tables have changed. */
  readonly changed: (ids: readonly SnapshotId[]) => void;
}

export class SnapshotFollower {
  readonly #options: FollowerOptions;
  readonly #stop = new AbortController();
  #next = 0;
  #waiting: { readonly until: number; readonly done: () => void }[] = [];
  #running: Promise<void> = Promise.resolve();

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Everything that was in the topic at the call is in the index; false where that took longer than this. */
  async caughtUp(withinMs: number): Promise<boolean> {
    const { log, clock } = this.#options;
    let end: number;
    try {
      end = (await log.range(SNAPSHOTS, INDEX_PARTITION)).end;
    } catch (error) {
      if (!isBubbleError(error)) throw error;
      this.#options.logger.warn({ error }, 'the end of the snapshots is not known');
      return false;
    }
    if (this.#next >= end) return true;
    return new Promise((resolve) => {
      const timer = clock.after(withinMs, () => settle(false));
      const waiter = { until: end, done: () => settle(true) };
      const settle = (reached: boolean): void => {
        timer.cancel();
        this.#waiting = this.#waiting.filter((each) => each !== waiter);
        resolve(reached);
      };
      this.#waiting.push(waiter);
    });
  }

  async close(): Promise<void> {
    this.#stop.abort(new BubbleError('LOG_CLOSED', 'the snapshots are closed'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { clock, logger } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#follow(signal);
      } catch (error) {
        if (signal.aborted || isBubbleError(error, 'LOG_CLOSED')) return;
        if (isBubbleError(error, 'OFFSET_OUT_OF_RANGE') || isBubbleError(error, 'UNKNOWN_TOPIC')) {
          logger.error({ error, next: this.#next }, 'ALARM: the topic of snapshots is not the one it was');
          this.#options.index.clear();
          this.#next = 0;
        } else logger.warn({ error, retryMs: RETRY_MS }, 'the snapshots cannot be followed, trying again');
        await pause(clock, RETRY_MS, signal);
      }
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    const { begin, end } = await log.range(SNAPSHOTS, INDEX_PARTITION);
    if (this.#next > end) {
      throw new BubbleError('OFFSET_OUT_OF_RANGE', `it ends at ${end} and was read to ${this.#next}`);
    }
    const reader: Reader = await log.reader(SNAPSHOTS, INDEX_PARTITION, Math.max(this.#next, begin));
    try {
      while (!signal.aborted) {
        const batch = await reader.read(READ, signal);
        this.#apply(batch.records);
        this.#next = batch.next;
        for (const { until, done } of [...this.#waiting]) if (batch.next >= until) done();
      }
    } finally {
      await reader.close();
    }
  }

  #apply(records: readonly LogRecord[]): void {
    const { index, logger } = this.#options;
    const changed = new Map<string, SnapshotId>();
    for (const { key, value, time, offset } of records) {
      const name = key === null ? '' : Buffer.from(key).toString();
      if (!isIndexKey(name)) {
        // With one partition the chunks are here too.
        if (!name.startsWith('chunk/')) index.foreign += 1;
        continue;
      }
      let id: SnapshotId | null = null;
      if (value === null) id = index.remove(name);
      else {
        const record = decodeIndexRecord(name, value);
        if (record !== null) id = index.put(record, time);
        else {
          index.foreign += 1;
          logger.warn({ offset, key: name }, 'a record among the snapshots cannot be read; passed over');
        }
      }
      if (id !== null) changed.set(`${id.topic}/${id.partition}`, id);
    }
    if (changed.size > 0) this.#options.changed([...changed.values()]);
  }
}
