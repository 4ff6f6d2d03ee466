/**
 * Writes the routes of sessions: a record when a session is confirmed, a tombstone at its end.
 *
 * Invariants:
 * 1. Records of a partition are appended in the order in which they were given, one append at a time; a failed one
 *    is repeated whole until it is acknowledged. A record is repeated only before its tombstone, and keys are never
 *    used twice, so repeats change nothing.
 * 2. Ten thousand ends at once are a few batches, not ten thousand appends.
 * 3. At most `limits.connections` records wait in a partition: beyond, no session is confirmed (`admits`).
 */
import type { Log, RecordInput } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import type { ProofState } from './proofs.ts';

const BATCH_RECORDS = 1_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

interface Waiting {
  readonly record: RecordInput;
  /** Gets the offset of the record; null: a tombstone. */
  readonly proof: ProofState | null;
}

interface RecordLane {
  readonly partition: number;
  waiting: Waiting[];
  inFlight: boolean;
  retryMs: number;
}

export interface SessionRecordsOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly topic: string;
  readonly partitions: number;
}

export class SessionRecords {
  readonly #options: SessionRecordsOptions;
  readonly #lanes: RecordLane[] = [];
  #scheduled = false;
  #abandoned = false;
  #flushed: (() => void)[] = [];

  constructor(options: SessionRecordsOptions) {
    this.#options = options;
    for (let partition = 0; partition < options.partitions; partition += 1) {
      this.#lanes.push({ partition, waiting: [], inFlight: false, retryMs: FIRST_RETRY_MS });
    }
  }

  admits(partition: number): boolean {
    return this.#lanes[partition]!.waiting.length < this.#options.limits.connections;
  }

  opened(partition: number, key: string, value: Uint8Array, proof: ProofState): void {
    this.#push(partition, { record: { key: Buffer.from(key), value }, proof });
  }

  ended(partition: number, key: string): void {
    this.#push(partition, { record: { key: Buffer.from(key), value: null }, proof: null });
  }

  /** Resolves when nothing waits any more, or the writer was abandoned. */
  flushed(): Promise<void> {
    if (this.#isEmpty()) return Promise.resolve();
    return new Promise((resolve) => this.#flushed.push(resolve));
  }

  /** The slot is lost, or the inbox epoch over: its sessions end, or are written elsewhere, and here nothing more is. */
  abandon(): void {
    this.#abandoned = true;
    for (const lane of this.#lanes) lane.waiting = [];
    this.#resolveFlushed();
  }

  #isEmpty(): boolean {
    return this.#abandoned || this.#lanes.every((lane) => !lane.inFlight && lane.waiting.length === 0);
  }

  #push(partition: number, waiting: Waiting): void {
    if (this.#abandoned) return;
    this.#lanes[partition]!.waiting.push(waiting);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.clock.after(0, () => {
      this.#scheduled = false;
      for (const lane of this.#lanes) this.#start(lane);
    });
  }

  #start(lane: RecordLane): void {
    if (lane.inFlight || lane.waiting.length === 0) return;
    const batch = lane.waiting.slice(0, BATCH_RECORDS);
    lane.inFlight = true;
    const records = batch.map((each) => each.record);
    this.#options.log.append(this.#options.topic, lane.partition, records).then(
      ({ baseOffset }) => this.#stored(lane, batch, baseOffset),
      (error: unknown) => this.#failed(lane, error),
    );
  }

  #stored(lane: RecordLane, batch: readonly Waiting[], baseOffset: number): void {
    // Its sessions are over, or announced elsewhere.
    if (this.#abandoned) return;
    lane.inFlight = false;
    lane.retryMs = FIRST_RETRY_MS;
    lane.waiting = lane.waiting.slice(batch.length);
    for (let index = 0; index < batch.length; index += 1) {
      const { proof } = batch[index]!;
      if (proof !== null) proof.recordOffset = baseOffset + index;
    }
    this.#start(lane);
    if (this.#isEmpty()) this.#resolveFlushed();
  }

  #failed(lane: RecordLane, error: unknown): void {
    if (this.#abandoned) return;
    const { partition, retryMs } = lane;
    this.#options.logger.warn(
      { partition, retryMs, error: String(error) },
      'session records cannot be appended; new sessions are unproven meanwhile',
    );
    lane.retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
    this.#options.clock.after(retryMs, () => {
      lane.inFlight = false;
      this.#start(lane);
    });
  }

  #resolveFlushed(): void {
    const flushed = this.#flushed;
    this.#flushed = [];
    for (const resolve of flushed) resolve();
  }
}
