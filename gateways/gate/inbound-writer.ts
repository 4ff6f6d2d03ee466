/**
 * Appends commands to the inbound partitions.
 *
 * Invariants:
 * 1. Commands of a partition are appended in the order of their arrival; what waits goes in one batch, one append at
 *    a time.
 * 2. A batch that failed, or is not answered within `laneGiveUpMs`, is refused and never appended again: the client
 *    retries under the same id, and fan-out drops the copy if both arrive.
 * 3. While an append that was given up has not ended, one request at a time is let through to try.
 */

import type { Log, RecordInput } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { INBOUND } from '../../schemas/topics.ts';
import type { GateCounts } from './gate-counts.ts';
import type { GateTrace } from './gate-trace.ts';
import type { PendingRequest } from './pending-requests.ts';

interface Batch {
  readonly requests: readonly PendingRequest[];
  readonly startedAt: number;
  /** Its requests were refused although the append has not ended. */
  abandoned: boolean;
}

interface WriterLane {
  readonly partition: number;
  requests: PendingRequest[];
  records: RecordInput[];
  inFlight: Batch | null;
  /** Appends given up that have not ended. */
  abandoned: number;
}

/** More of them, and the partition waits until one ends. */
const MOST_ABANDONED = 4;
const BATCH_RECORDS = 4_096;

export interface InboundWriterOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly partitions: number;
  readonly counts: GateCounts;
  /** null: nothing is traced. */
  readonly trace: GateTrace | null;
  /** The request may be in the log or not: answer RETRY_LATER. */
  readonly refused: (request: PendingRequest) => void;
}

export class InboundWriter {
  readonly #options: InboundWriterOptions;
  readonly #lanes: WriterLane[] = [];
  #scheduled = false;
  #failing = false;

  constructor(options: InboundWriterOptions) {
    this.#options = options;
    for (let partition = 0; partition < options.partitions; partition += 1) {
      this.#lanes.push({ partition, requests: [], records: [], inFlight: null, abandoned: 0 });
    }
  }

  /** Whether the partition takes a request now. */
  admits(partition: number): boolean {
    const lane = this.#lanes[partition]!;
    if (lane.requests.length >= this.#options.limits.laneQueueRecords) return false;
    if (lane.abandoned === 0) return true;
    return lane.abandoned < MOST_ABANDONED && lane.inFlight === null && lane.requests.length === 0;
  }

  append(request: PendingRequest, record: RecordInput): void {
    const lane = this.#lanes[request.partition]!;
    lane.requests.push(request);
    lane.records.push(record);
    if (this.#scheduled || lane.inFlight !== null) return;
    this.#scheduled = true;
    this.#options.clock.after(0, () => {
      this.#scheduled = false;
      for (const each of this.#lanes) this.#start(each);
    });
  }

  #start(lane: WriterLane): void {
    if (lane.inFlight !== null || lane.requests.length === 0) return;
    const count = this.#batchLength(lane);
    const whole = count === lane.requests.length;
    const records = whole ? lane.records : lane.records.slice(0, count);
    const requests = whole ? lane.requests : lane.requests.slice(0, count);
    lane.records = whole ? [] : lane.records.slice(count);
    lane.requests = whole ? [] : lane.requests.slice(count);
    const batch: Batch = { requests, startedAt: this.#options.clock.monotonic(), abandoned: false };
    lane.inFlight = batch;
    this.#options.log.append(INBOUND, lane.partition, records).then(
      ({ baseOffset }) => {
        this.#options.trace?.appended(lane.partition, requests, batch.startedAt, baseOffset);
        this.#ended(lane, batch, null);
      },
      (error: unknown) => this.#ended(lane, batch, error ?? new Error('the append failed')),
    );
  }

  #batchLength(lane: WriterLane): number {
    const { recordBytes } = this.#options.limits;
    let bytes = 0;
    const most = Math.min(lane.records.length, BATCH_RECORDS);
    for (let count = 0; count < most; count += 1) {
      bytes += lane.records[count]!.value!.length;
      if (bytes > recordBytes && count > 0) return count;
    }
    return most;
  }

  #ended(lane: WriterLane, batch: Batch, failure: unknown): void {
    const { clock, counts } = this.#options;
    counts.appendSeconds.observe((clock.monotonic() - batch.startedAt) / 1_000);
    if (failure !== null) this.#failed(lane.partition, failure);
    else this.#failing = false;
    if (!batch.abandoned) counts.appends.add(failure === null ? 'acknowledged' : 'failed');
    if (batch.abandoned) {
      lane.abandoned -= 1;
      return;
    }
    lane.inFlight = null;
    for (const request of batch.requests) {
      if (failure !== null) this.#options.refused(request);
      else if (request.state === 'queued') request.state = 'stored';
    }
    this.#start(lane);
  }

  #failed(partition: number, failure: unknown): void {
    // One line when it begins to fail, not one for each batch of a full disk.
    if (this.#failing) return;
    this.#failing = true;
    const code = isBubbleError(failure) ? failure.code : 'unknown';
    this.#options.logger.warn(
      { partition, code, error: String(failure) },
      'commands cannot be appended; clients are told to retry',
    );
  }

  /** Gives up appends that take too long, and what has waited too long behind them. */
  tick(now: number): void {
    const { laneGiveUpMs } = this.#options.limits;
    for (const lane of this.#lanes) {
      const batch = lane.inFlight;
      if (batch === null || now - batch.startedAt < laneGiveUpMs) continue;
      batch.abandoned = true;
      this.#options.counts.appends.add('abandoned');
      lane.abandoned += 1;
      lane.inFlight = null;
      const { requests } = lane;
      lane.requests = [];
      lane.records = [];
      this.#options.logger.warn(
        { partition: lane.partition, requests: batch.requests.length + requests.length },
        'an append was given up; clients are told to retry',
      );
      for (const request of batch.requests) this.#options.refused(request);
      for (const request of requests) this.#options.refused(request);
    }
  }
}
