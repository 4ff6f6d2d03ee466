/**
 * Reads one partition from its leader, wherever that is.
 *
 * Invariants:
 * 1. Records come in offset order, none twice, none passed over: what was fetched and not handed over is kept.
 * 2. An aborted read leaves its fetch under way, for the next read.
 */
import assert from 'node:assert/strict';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { pause } from '../../clock/pause.ts';
import type { LogRecord, Reader, ReadLimits, RecordBatch } from '../log.ts';
import { type Cluster, NO_LEADER } from './cluster.ts';
import type { Fetcher } from './fetcher.ts';
import type { FetchedPartition } from './hot-exchanges.ts';
import { isStaleLeader, kafkaFailure } from './kafka-errors.ts';
import { readBatches } from './record-batch.ts';
import { unlessAborted } from './waiting.ts';

const RETRY_MS = 50;

export interface ReaderContext {
  readonly cluster: Cluster;
  readonly fetcher: Fetcher;
  readonly clock: Clock;
  /** LOG_CLOSED, once the log is. */
  readonly closed: () => BubbleError | null;
}

export class PartitionReader implements Reader {
  readonly #topic: string;
  readonly #partition: number;
  readonly #context: ReaderContext;
  /** Fetched and not handed over. */
  #records: LogRecord[] = [];
  #head = 0;
  /** Where to hand over from, and where to fetch from. */
  #position: number;
  #fetchFrom: number;
  #end = 0;
  #fetching: Promise<FetchedPartition> | null = null;
  #state: 'open' | 'reading' | 'closed' = 'open';

  constructor(topic: string, partition: number, from: number, context: ReaderContext) {
    this.#topic = topic;
    this.#partition = partition;
    this.#position = from;
    this.#fetchFrom = from;
    this.#context = context;
  }

  /** Whether the next read need not wait. */
  get hasMore(): boolean {
    return this.#head < this.#records.length;
  }

  get #place(): string {
    return `reading ${this.#topic}/${this.#partition}`;
  }

  async read(limits: ReadLimits, signal?: AbortSignal): Promise<RecordBatch> {
    assert.equal(this.#state, 'open', 'one read at a time, of an open reader');
    signal?.throwIfAborted();
    this.#state = 'reading';
    try {
      const deadline = this.#context.clock.monotonic() + limits.maxWaitMs;
      while (this.#head === this.#records.length) {
        const left = Math.max(0, deadline - this.#context.clock.monotonic());
        const isOver = await this.#fill(limits, left, signal);
        if (isOver) break;
      }
      // What was fetched before it was noticed may be of the topic that was made anew.
      this.#assertReadable();
      return this.#take(limits);
    } finally {
      if (this.#state === 'reading') this.#state = 'open';
    }
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    this.#records = [];
    this.#head = 0;
  }

  /** Fetches once. @returns whether the time is up, and nothing came */
  async #fill(limits: ReadLimits, leftMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    this.#assertReadable();
    let fetched: FetchedPartition | null;
    try {
      fetched = await unlessAborted(this.#fetch(limits, leftMs), signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof BubbleError) || !error.retryable || leftMs === 0) throw error;
      await this.#heal(leftMs, signal);
      return false;
    }
    if (fetched.errorCode === 0) {
      this.#end = fetched.end;
      const { records, next } = readBatches(fetched.batches, this.#fetchFrom, this.#place);
      const moved = next > this.#fetchFrom;
      this.#records = records;
      this.#head = 0;
      this.#fetchFrom = next;
      if (records.length === 0) this.#position = next;
      // A fetch that came back empty may have been asked with less time than there is.
      return records.length === 0 && !moved && leftMs === 0;
    }
    const failure = kafkaFailure(fetched.errorCode, `${this.#place} from ${this.#fetchFrom}`);
    if (!isStaleLeader(fetched.errorCode) && !failure.retryable) throw failure;
    if (leftMs === 0) throw failure;
    await this.#heal(leftMs, signal);
    return false;
  }

  #assertReadable(): void {
    const { cluster, closed } = this.#context;
    const failure = closed() ?? cluster.lossOf(this.#topic);
    if (failure !== null) throw failure;
  }

  /** Asks who leads, after a moment. */
  async #heal(leftMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { cluster, clock } = this.#context;
    await pause(clock, Math.min(RETRY_MS, leftMs), signal);
    signal?.throwIfAborted();
    // No broker answering is tried again until the time is up.
    await cluster.refresh().catch(() => {});
  }

  #fetch(limits: ReadLimits, waitMs: number): Promise<FetchedPartition> {
    if (this.#fetching !== null) return this.#fetching;
    const { cluster, fetcher } = this.#context;
    const leader = cluster.leaderOf(this.#topic, this.#partition);
    if (leader === undefined || leader === NO_LEADER) {
      return Promise.reject(
        new BubbleError('LOG_TIMEOUT', `${this.#place}: no leader at present`, { retryable: true }),
      );
    }
    const fetching = fetcher.fetch(leader, {
      topic: this.#topic,
      partition: this.#partition,
      offset: this.#fetchFrom,
      maxBytes: limits.maxBytes,
      waitMs: Math.floor(waitMs),
    });
    this.#fetching = fetching;
    const done = (): void => {
      this.#fetching = null;
    };
    fetching.then(done, done);
    return fetching;
  }

  #take({ maxRecords, maxBytes }: ReadLimits): RecordBatch {
    const from = this.#head;
    let bytes = 0;
    while (this.#head < this.#records.length && this.#head - from < maxRecords && bytes < maxBytes) {
      const { key, value } = this.#records[this.#head]!;
      bytes += (key?.length ?? 0) + (value?.length ?? 0);
      this.#head += 1;
    }
    const isWhole = from === 0 && this.#head === this.#records.length;
    const records = isWhole ? this.#records : this.#records.slice(from, this.#head);
    if (this.#head === this.#records.length) {
      this.#records = [];
      this.#head = 0;
      this.#position = this.#fetchFrom;
    } else {
      this.#position = this.#records[this.#head]!.offset;
    }
    return { records, next: this.#position, end: Math.max(this.#end, this.#position) };
  }
}
