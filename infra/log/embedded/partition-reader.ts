import { BubbleError } from '../../../schemas/errors.ts';
import type { LogRecord, Reader, ReadLimits, RecordBatch } from '../log.ts';
import type { Partition } from './partition.ts';
import { readSpan, type SegmentSpan } from './segment-span.ts';

/** What one read of a segment fetches at least: behind the memory, readers go through whole segments. */
const SPAN_BYTES = 256 * 1024;

const closedError = (partition: Partition): BubbleError =>
  new BubbleError('LOG_CLOSED', `the log of ${partition.name} is closed`);

/** Reads one partition in order: from memory where it can, otherwise from segments, ahead of what is asked. */
export class PartitionReader implements Reader {
  readonly #partition: Partition;
  #next: number;
  #span: SegmentSpan | null = null;
  /** A record that was taken from the span and did not fit into the batch before. */
  #kept: LogRecord | null = null;
  #closed = false;
  #wakeWaiting: (() => void) | null = null;

  constructor(partition: Partition, from: number) {
    this.#partition = partition;
    this.#next = from;
  }

  /** The offset that the next read begins at. */
  get position(): number {
    return this.#next;
  }

  async read(limits: ReadLimits, signal?: AbortSignal): Promise<RecordBatch> {
    const deadline = this.#partition.context.clock.monotonic() + limits.maxWaitMs;
    for (;;) {
      signal?.throwIfAborted();
      const batch = this.available(limits) ?? (await this.#fromDisk(limits));
      if (batch.records.length > 0) return batch;
      // Behind a gap that compaction has left there may be more.
      if (this.#next < this.#partition.end) continue;
      const leftMs = deadline - this.#partition.context.clock.monotonic();
      if (leftMs <= 0) return batch;
      await this.wait(leftMs, signal);
    }
  }

  /**
   * What can be read without waiting: a batch, empty where nothing is there; null: it must be read from the disk.
   * Throws OFFSET_OUT_OF_RANGE and LOG_CLOSED.
   */
  available(limits: Pick<ReadLimits, 'maxRecords' | 'maxBytes'>): RecordBatch | null {
    const partition = this.#partition;
    if (this.#closed || partition.closed) throw closedError(partition);
    const { end } = partition;
    const next = this.#next;
    if (next < partition.begin || next > end) {
      throw new BubbleError(
        'OFFSET_OUT_OF_RANGE',
        `${partition.name} has offsets ${partition.begin} to ${end}, not ${next}`,
      );
    }
    const records: LogRecord[] = [];
    if (next < end) {
      if (next < partition.tail.firstOffset(end)) return null;
      this.#span = null;
      this.#kept = null;
      partition.tail.readInto(records, next, limits);
      this.#next = records.at(-1)!.offset + 1;
    }
    return { records, next: this.#next, end };
  }

  /** As `available`, from segments. A batch without records only where compaction has left none. */
  async #fromDisk(limits: Pick<ReadLimits, 'maxRecords' | 'maxBytes'>): Promise<RecordBatch> {
    const partition = this.#partition;
    const records: LogRecord[] = [];
    let bytes = 0;
    while (records.length < limits.maxRecords) {
      const record = await this.#takeRecord();
      if (record === null) break;
      bytes += this.#span?.length ?? 0;
      if (records.length > 0 && bytes > limits.maxBytes) {
        this.#kept = record;
        break;
      }
      records.push(record);
      this.#next = record.offset + 1;
    }
    return { records, next: this.#next, end: partition.end };
  }

  async #takeRecord(): Promise<LogRecord | null> {
    const kept = this.#kept;
    this.#kept = null;
    if (kept !== null) return kept;
    for (;;) {
      const record = this.#span?.next() ?? null;
      if (record !== null) return record;
      this.#span = null;
      const partition = this.#partition;
      if (this.#next >= partition.tail.firstOffset(partition.end)) return null;
      const segment = partition.segmentOf(this.#next);
      if (segment === null) return null;
      this.#span = await readSpan(segment, this.#next, SPAN_BYTES);
      if (this.#span === null) this.#next = segment.followedBy ?? partition.end;
    }
  }

  /** Resolves when there may be more, when the time is up, or when this reader closes. Rejects when aborted. */
  wait(maxWaitMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        timer?.cancel();
        takeBack();
        signal?.removeEventListener('abort', aborted);
        this.#wakeWaiting = null;
      };
      const done = (): void => {
        stop();
        resolve();
      };
      const aborted = (): void => {
        stop();
        reject(signal?.reason);
      };
      const { clock } = this.#partition.context;
      const timer = Number.isFinite(maxWaitMs) ? clock.after(maxWaitMs, done) : null;
      const takeBack = this.#partition.onMore(done);
      signal?.addEventListener('abort', aborted, { once: true });
      this.#wakeWaiting = done;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wakeWaiting?.();
  }
}
