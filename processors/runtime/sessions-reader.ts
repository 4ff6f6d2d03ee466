/** Reads one sessions partition: first to its end, then on and on. Without a group, from its beginning. */
import { pause } from '../../infra/clock/pause.ts';
import type { Log, LogRecord, Reader } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import { envelopeIdOf } from '../../schemas/events/envelope-id.ts';
import type { SessionEvent, SlotEvent } from '../../schemas/events/session.ts';
import { unknownIdsIn } from '../../schemas/events/unknown-ids.ts';
import type { Clock } from '../../schemas/ports/clock.ts';

export type SessionRecord =
  | { readonly kind: 'session'; readonly key: string; readonly event: SessionEvent }
  | { readonly kind: 'slot'; readonly event: SlotEvent }
  | { readonly kind: 'ended'; readonly key: string };

const LIMITS = { maxRecords: 5_000, maxBytes: 1024 * 1024 };
/** Where compaction has left nothing to wait for, the first reading goes on after this. */
const FIRST_WAIT_MS = 100;
const FOLLOW_WAIT_MS = 1_000;
const RETRY_MS = 1_000;

export interface SessionsReaderOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly topic: string;
  readonly partition: number;
  readonly signal: AbortSignal;
  readonly onRead: (records: readonly SessionRecord[], next: number) => void;
}

export class SessionsReader {
  readonly #options: SessionsReaderOptions;
  #reader: Reader | null = null;
  #next = 0;
  /** Compaction may have taken the place where it stood; what is left begins later. */
  #isBehind = false;
  #following: Promise<void> = Promise.resolve();

  constructor(options: SessionsReaderOptions) {
    this.#options = options;
  }

  /** Resolves when everything that was there at the call has been read. Rejects where it cannot be. */
  async toEnd(): Promise<void> {
    const { log, topic, partition } = this.#options;
    const { begin, end } = await log.range(topic, partition);
    this.#next = begin;
    while (this.#next < end && !this.#options.signal.aborted) await this.#readOnce(FIRST_WAIT_MS);
  }

  /** Reads on until the signal. @param failed called where time does not help: nothing is read any more */
  follow(failed: (error: unknown) => void): void {
    this.#following = this.#follow().catch(failed);
  }

  /** After the signal: resolves when nothing is read any more. */
  async ended(): Promise<void> {
    await this.#following;
    await this.#close();
  }

  async #follow(): Promise<void> {
    const { signal, clock, logger, partition } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#readOnce(FOLLOW_WAIT_MS);
      } catch (error) {
        if (signal.aborted) return;
        // New sessions are not joined meanwhile, so nothing is claimed about them.
        logger.error({ err: error, partition }, 'the sessions cannot be read now');
        await this.#close();
        if (isBubbleError(error, 'OFFSET_OUT_OF_RANGE') && !this.#isBehind) this.#isBehind = true;
        else if (!isBubbleError(error) || !error.retryable) throw error;
        await pause(clock, RETRY_MS, signal);
      }
    }
  }

  async #open(): Promise<Reader> {
    const { log, topic, partition } = this.#options;
    if (this.#isBehind) {
      const { begin } = await log.range(topic, partition);
      if (begin <= this.#next) {
        const text = `${topic}/${partition} ends before ${this.#next}: the topic was made anew, or has lost its end`;
        throw new BubbleError('OFFSET_OUT_OF_RANGE', text);
      }
      this.#next = begin;
      this.#isBehind = false;
    }
    return log.reader(topic, partition, this.#next);
  }

  async #readOnce(maxWaitMs: number): Promise<void> {
    const { signal } = this.#options;
    this.#reader ??= await this.#open();
    const batch = await this.#reader.read({ ...LIMITS, maxWaitMs }, signal);
    for (const id of unknownIdsIn(this.#options.codecs, batch.records)) await this.#learn(id);
    if (signal.aborted) return;
    const records: SessionRecord[] = [];
    for (const record of batch.records) {
      const read = this.#decode(record);
      if (read !== null) records.push(read);
    }
    this.#next = batch.next;
    if (records.length > 0 || batch.records.length > 0) this.#options.onRead(records, batch.next);
  }

  /** As a gate of a newer release writes it. While the registry is away such records are left out, and no others. */
  async #learn(schemaId: number): Promise<void> {
    const { codecs, logger, partition } = this.#options;
    try {
      await codecs.learn(schemaId);
    } catch (error) {
      if (!isBubbleError(error) || !error.retryable) throw error;
      logger.warn({ partition, schemaId, error }, 'the schema registry is away: sessions may be left out');
    }
  }

  #decode({ key, value, offset }: LogRecord): SessionRecord | null {
    const { codecs, logger, partition } = this.#options;
    const text = key === null ? '' : Buffer.from(key).toString('utf8');
    if (value === null) return { kind: 'ended', key: text };
    const id = envelopeIdOf(value);
    if (id !== null && codecs.session.reads(id)) {
      const event = codecs.session.decode(value);
      if (event !== null) return { kind: 'session', key: text, event };
    } else if (id !== null && codecs.slot.reads(id)) {
      const event = codecs.slot.decode(value);
      if (event !== null) return { kind: 'slot', event };
    }
    // Its session is never joined, hence never proven: its client pulls.
    logger.error({ partition, offset }, 'a record of the sessions cannot be read and is left out');
    return null;
  }

  async #close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = null;
    await reader?.close();
  }
}
