/** What copying snapshots to and from the log may cost. */
import type { Clock } from '../../schemas/ports/clock.ts';
import { pause } from '../clock/pause.ts';

export interface TransferLimits {
  /** A piece of a table in one record. */
  readonly chunkBytes: number;
  /** Chunks appended and not acknowledged, of the whole process. */
  readonly uploadsInFlight: number;
  /** Of the whole process; beyond, uploads wait. */
  readonly uploadBytesPerSecond: number;
  /** An upload of a partition that was lost, or of a store that closes, may go on for so long. */
  readonly uploadGraceMs: number;
  /** Tables fetched ahead; what a takeover waits for is fetched without this bound. */
  readonly prefetchBytesPerSecond: number;
  /** One table is read in so many ranges at a time. */
  readonly downloadReaders: number;
  /** Tables in the local folder; beyond, those of partitions of other owners are not fetched ahead. */
  readonly localBytes: number;
  /** A takeover looks for snapshots in the topic at most so long, then goes by what is known. */
  readonly lookMs: number;
  /** How old the oldest kept snapshot is, at least; it may be twice as old. */
  readonly hourMs: number;
  /** Tables of another process that no snapshot names are removed when they are older. */
  readonly strangerMs: number;
}

export const DEFAULT_TRANSFER_LIMITS: TransferLimits = {
  // Below half of a record's limit (1 MiB): a large record holds up the live ones behind it.
  chunkBytes: 256 * 1024,
  uploadsInFlight: 2,
  uploadBytesPerSecond: 32 * 1024 * 1024,
  uploadGraceMs: 5_000,
  prefetchBytesPerSecond: 64 * 1024 * 1024,
  downloadReaders: 4,
  localBytes: 16 * 1024 ** 3,
  lookMs: 5_000,
  hourMs: 3_600_000,
  strangerMs: 15 * 60_000,
};

/** Spreads bytes over time: a budget that fills up to half a second's worth. */
export class Pace {
  readonly #clock: Clock;
  readonly #bytesPerSecond: number;
  #freeAt = 0;

  constructor(clock: Clock, bytesPerSecond: number) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Resolves when these bytes may go. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    const now = this.#clock.monotonic();
    const from = Math.max(this.#freeAt, now - 500);
    this.#freeAt = from + (bytes * 1_000) / this.#bytesPerSecond;
    if (from > now) await pause(this.#clock, from - now, signal);
  }
}
