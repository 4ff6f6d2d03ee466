/** Puts records that a projection cannot digest aside, in `bubble.parked`, before it goes on behind them. */
import { pause } from '../../infra/clock/pause.ts';
import type { Log, LogRecord, TopicPartition } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import {
  PARKED_ACTION,
  PARKED_VALUE_BYTES,
  type ParkedEvent,
  parkedKey,
} from '../../schemas/events/parked.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { PARKED } from '../../schemas/topics.ts';

const RETRY_MS = 1_000;
const RETRY_MAX_MS = 30_000;

export interface ParkingOptions {
  readonly log: Pick<Log, 'append'>;
  readonly codecs: Codecs;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Who cannot digest them. */
  readonly group: string;
}

export interface Unreadable {
  readonly record: LogRecord;
  readonly reason: string;
}

/** The copy that is parked. */
const parkedEvent = (
  { topic, partition }: TopicPartition,
  group: string,
  { record, reason }: Unreadable,
): ParkedEvent => {
  const value = record.value === null ? null : Buffer.from(record.value);
  return {
    action: PARKED_ACTION.PARKED,
    topic,
    partition,
    offset: record.offset,
    group,
    reason,
    time: record.time,
    operator: '',
    key: record.key === null ? null : Buffer.from(record.key.subarray(0, PARKED_VALUE_BYTES / 2)),
    value: value === null ? null : value.subarray(0, PARKED_VALUE_BYTES),
    valueBytes: value?.length ?? 0,
  };
};

export class Parking {
  readonly #options: ParkingOptions;

  constructor(options: ParkingOptions) {
    this.#options = options;
  }

  /**
   * Resolves when all are parked, or the signal is aborted; tries until then, while the log is away.
   * Rejects with what an append rejects with for good.
   */
  async park(place: TopicPartition, records: readonly Unreadable[], signal: AbortSignal): Promise<void> {
    const { log, codecs, clock, logger, group } = this.#options;
    for (const unreadable of records) {
      const event = parkedEvent(place, group, unreadable);
      const input = { key: Buffer.from(parkedKey(event)), value: codecs.parked.encode(event) };
      let waitMs = RETRY_MS;
      while (!signal.aborted) {
        try {
          await log.append(PARKED, 0, [input]);
          break;
        } catch (error) {
          // The topic is made by whoever starts first.
          const passes = isBubbleError(error) && (error.retryable || error.code === 'UNKNOWN_TOPIC');
          if (!passes) throw error;
          logger.warn(
            { ...place, offset: event.offset, error },
            'a record cannot be parked now; trying again',
          );
        }
        await pause(clock, waitMs, signal);
        waitMs = Math.min(RETRY_MAX_MS, 2 * waitMs);
      }
    }
  }
}
