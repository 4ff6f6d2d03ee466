/**
 * Lag in seconds: how old the record at a processor's position is, by the log's time of that record and this machine's
 * clock. Looked at every 5 s, and only where a processor is behind: one record is read for each such partition. Between
 * two looks the age goes on rising by the clock; it is an upper bound where the position has moved meanwhile.
 *
 * Not from the newest record that was processed: in a partition that was quiet for an hour, that one is an hour old in
 * the moment in which the next record comes.
 */
import type { Log } from '../../../infra/log/log.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import type { PartitionLag } from '../../../processors/runtime/running.ts';
import { repeat } from '../../../processors/runtime/waiting.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';

const LOOK_MS = 5_000;
const READ_WITHIN_MS = 2_000;
/** One record comes whatever its size. */
const ONE_RECORD = { maxRecords: 1, maxBytes: 1, maxWaitMs: 0 };

export interface Lagging {
  readonly name: string;
  lag(): readonly PartitionLag[];
}

export interface LagClockOptions {
  readonly log: Pick<Log, 'reader'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly processors: () => readonly Lagging[];
}

export class LagClock {
  readonly #options: LagClockOptions;
  readonly #end: () => void;
  /** By processor, topic and partition: the log's time of the record at the position of the last look. */
  #times = new Map<string, number>();
  #looking = false;

  constructor(options: LagClockOptions) {
    this.#options = options;
    this.#end = repeat(options.clock, LOOK_MS, () => void this.look());
  }

  /** 0 where it has caught up, and where it is behind for less than a look. */
  seconds(processor: string, { topic, partition, position, end }: PartitionLag): number {
    if (position >= end) return 0;
    const time = this.#times.get(`${processor}/${topic}/${partition}`);
    return time === undefined ? 0 : Math.max(0, this.#options.clock.now() - time) / 1_000;
  }

  /** Never rejects; a log that is away leaves the ages rising. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const times = new Map<string, number>();
    for (const { name, lag } of this.#behind()) {
      const place = `${name}/${lag.topic}/${lag.partition}`;
      const time = (await this.#timeOf(lag)) ?? this.#times.get(place);
      if (time !== undefined) times.set(place, time);
    }
    this.#times = times;
    this.#looking = false;
  }

  close(): void {
    this.#end();
  }

  *#behind(): Generator<{ name: string; lag: PartitionLag }> {
    for (const processor of this.#options.processors()) {
      for (const lag of processor.lag()) if (lag.position < lag.end) yield { name: processor.name, lag };
    }
  }

  /** null where it cannot be read. */
  async #timeOf({ topic, partition, position }: PartitionLag): Promise<number | null> {
    const { clock, log, logger } = this.#options;
    const abort = new AbortController();
    const timer = clock.after(READ_WITHIN_MS, () =>
      abort.abort(new BubbleError('TIMEOUT', 'the record was not read in time')),
    );
    try {
      const reader = await log.reader(topic, partition, position);
      try {
        return (await reader.read(ONE_RECORD, abort.signal)).records[0]?.time ?? null;
      } finally {
        await reader.close();
      }
    } catch (error) {
      logger.debug({ error, topic, partition }, 'how old the lag is cannot be read');
      return null;
    } finally {
      timer.cancel();
    }
  }
}
