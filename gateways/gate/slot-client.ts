/**
 * A gate's slot: its address in the log.
 *
 * Invariants:
 * 1. An epoch belongs to the first claim of it in the slot's topic. A claimant takes the topic's end + 1: above
 *    every earlier epoch, because each claim took a place below the end, also where old claims are no longer kept.
 * 2. Only records of the own epoch are acted upon. What a newer release wrote is read once the registry has told how:
 *    a push left out would be a row that proofs count, so nothing is read meanwhile. What nobody can read is left out
 *    and said to be (`unreadable`), before anything behind it is dispatched: no proof of these sessions counts any more
 *    (proofs.ts), so the gap is not silent.
 * 3. The slot is lost when a higher epoch is read (`superseded`), or the topic cannot be read (`unreadable`);
 *    `lost` is called once, and nothing is dispatched afterwards.
 */
import { pause } from '../../infra/clock/pause.ts';
import type { Log, LogRecord, Reader, RecordBatch } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { JoinedEvent, ProofEvent, PushEvent, ReplacedEvent } from '../../schemas/events/delivery.ts';
import { envelopeIdOf } from '../../schemas/events/envelope-id.ts';
import { unknownIdsIn } from '../../schemas/events/unknown-ids.ts';
import { slotKey } from '../../schemas/ids.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import type { Random } from '../../schemas/ports/random.ts';
import { deliverySpec, deliveryTopic, type Layout, sessionsTopic } from '../../schemas/topics.ts';
import { RepeatedWarning } from './repeated-warning.ts';

export type SlotLoss = 'superseded' | 'unreadable';

export interface SlotHandlers {
  push(event: PushEvent): void;
  joined(event: JoinedEvent): void;
  proof(event: ProofEvent): void;
  replaced(event: ReplacedEvent): void;
  /** A record that may have been any of these, of any epoch. */
  unreadable(): void;
  /** What was dispatched is to be written before more is read; undefined: nothing waits. */
  batchEnded(): Promise<void> | undefined;
  lost(loss: SlotLoss): void;
}

export interface SlotOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly layout: Layout;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly slot: number;
  readonly gateName: string;
  readonly silenceMs: number;
}

const LEARN_AGAIN_MS = 1_000;
const READ_AGAIN_MS = 200;
const READ_LIMITS = { maxRecords: 2_048, maxBytes: 4 * 1024 * 1024, maxWaitMs: 1_000 };

/** What does not begin as an envelope has an id that no registry gives. */
const idOf = (value: Uint8Array): number => envelopeIdOf(value) ?? -1;

const superseded = (slot: number): BubbleError =>
  new BubbleError('SLOT_LOST', `slot ${slot} was claimed by another gate`);

/** Reads [from, to] and refuses where another claim has won. */
const checkClaim = async (
  options: SlotOptions,
  from: number,
  to: number,
  epoch: number,
  claimant: string,
): Promise<void> => {
  const { codecs, log, slot } = options;
  const reader = await log.reader(deliveryTopic(slot), 0, from);
  try {
    for (let next = from; next <= to; ) {
      const batch = await reader.read(READ_LIMITS);
      for (const id of unknownIdsIn(codecs, batch.records)) await codecs.learn(id);
      for (const { offset, value } of batch.records) {
        if (value === null || offset > to || !codecs.slotClaim.reads(idOf(value))) continue;
        const claim = codecs.slotClaim.decode(value);
        if (claim === null || claim.slotEpoch < epoch || claim.claimant === claimant) continue;
        throw superseded(slot);
      }
      next = batch.next;
    }
  } finally {
    await reader.close();
  }
};

/** Says in every sessions partition of the layout's epoch who has the slot. Repeats change nothing. */
export const announceSlot = async (
  { codecs, gateName, layout, log, slot }: Omit<SlotOptions, 'silenceMs'>,
  slotEpoch: number,
): Promise<void> => {
  const value = codecs.slot.encode({ slot, slotEpoch, gate: gateName });
  const announcement = { key: Buffer.from(slotKey(slot)), value };
  await Promise.all(
    Array.from({ length: layout.inboxPartitions }, (_, partition) =>
      log.append(sessionsTopic(layout.epoch), partition, [announcement]),
    ),
  );
};

/**
 * Claims the slot and announces it to the sessions.
 * Rejects with SLOT_LOST where another gate has won the epoch; other failures come from the log and the registry.
 */
export const claimSlot = async (options: SlotOptions): Promise<DeliverySlot> => {
  const { codecs, gateName, log, random, slot } = options;
  const topic = deliveryTopic(slot);
  await log.ensureTopics([deliverySpec(slot)]);
  const { end } = await log.range(topic, 0);
  const epoch = end + 1;
  const claimant = Buffer.from(random.bytes(8)).toString('hex');
  const value = codecs.slotClaim.encode({ slotEpoch: epoch, claimant, gate: gateName });
  const key = Buffer.from(slotKey(slot));
  const { baseOffset } = await log.append(topic, 0, [{ key, value }], { durability: 'log' });
  await checkClaim(options, end, baseOffset, epoch, claimant);
  await announceSlot(options, epoch);
  const reader = await log.reader(topic, 0, baseOffset + 1);
  return new DeliverySlot(options, epoch, reader);
};

export class DeliverySlot {
  readonly slot: number;
  readonly epoch: number;
  readonly #options: SlotOptions;
  readonly #reader: Reader;
  readonly #abort = new AbortController();
  readonly #unreadable: RepeatedWarning;
  #handlers: SlotHandlers | null = null;
  #ended = false;
  #readAt: number;

  constructor(options: SlotOptions, epoch: number, reader: Reader) {
    this.slot = options.slot;
    this.epoch = epoch;
    this.#options = options;
    this.#reader = reader;
    this.#unreadable = new RepeatedWarning(options, 'a record of the slot cannot be read: its clients pull');
    this.#readAt = options.clock.monotonic();
  }

  start(handlers: SlotHandlers): void {
    this.#handlers = handlers;
    void this.#run(handlers);
  }

  /** Ends reading; `lost` is not called. */
  async stop(): Promise<void> {
    this.#ended = true;
    this.#abort.abort();
    await this.#reader.close();
  }

  /** A read that never comes back is a topic that cannot be read. */
  tick(now: number): void {
    if (now - this.#readAt > this.#options.silenceMs) this.#lose('unreadable');
  }

  async #run(handlers: SlotHandlers): Promise<void> {
    try {
      while (!this.#ended) {
        const batch = await this.#read();
        if (batch === null) return;
        this.#readAt = this.#options.clock.monotonic();
        for (const id of unknownIdsIn(this.#options.codecs, batch.records)) await this.#learn(id);
        for (const record of batch.records) {
          if (this.#ended) return;
          if (this.#dispatch(record, handlers)) continue;
          this.#unreadable.warn(`slot ${this.slot}, offset ${record.offset}`);
          handlers.unreadable();
        }
        const written = handlers.batchEnded();
        if (written !== undefined) {
          await written;
          this.#readAt = this.#options.clock.monotonic();
        }
      }
    } catch (error) {
      if (this.#ended) return;
      this.#options.logger.error({ slot: this.slot, error: String(error) }, 'the slot cannot be read');
      this.#lose('unreadable');
    }
  }

  /** Tries again what passes with time, until the silence has cost the slot. @returns null once it has ended */
  async #read(): Promise<RecordBatch | null> {
    const { clock, logger } = this.#options;
    while (!this.#ended) {
      try {
        return await this.#reader.read(READ_LIMITS, this.#abort.signal);
      } catch (error) {
        if (this.#ended) return null;
        if (!isBubbleError(error) || !error.retryable) throw error;
        logger.warn({ slot: this.slot, error: String(error) }, 'the slot cannot be read now; trying again');
        await new Promise<void>((resolve) => void clock.after(READ_AGAIN_MS, resolve));
      }
    }
    return null;
  }

  /** Asks until there is an answer, or the silence has cost the slot. */
  async #learn(id: number): Promise<void> {
    const { codecs, clock, logger } = this.#options;
    while (!this.#ended) {
      try {
        await codecs.learn(id);
        this.#readAt = clock.monotonic();
        return;
      } catch (error) {
        if (!isBubbleError(error) || !error.retryable) throw error;
        logger.warn({ slot: this.slot, id, error }, 'the schema registry is away: the slot is not read on');
      }
      await pause(clock, LEARN_AGAIN_MS);
    }
  }

  /** @returns false where nobody can say what the record is */
  #dispatch({ value }: LogRecord, handlers: SlotHandlers): boolean {
    if (value === null) return true;
    const { codecs } = this.#options;
    const id = idOf(value);
    if (codecs.push.reads(id)) {
      const event = codecs.push.decode(value);
      if (event?.slotEpoch === this.epoch) handlers.push(event);
      return event !== null;
    }
    if (codecs.joined.reads(id)) {
      const event = codecs.joined.decode(value);
      if (event?.slotEpoch === this.epoch) handlers.joined(event);
      return event !== null;
    }
    if (codecs.proof.reads(id)) {
      const event = codecs.proof.decode(value);
      if (event?.slotEpoch === this.epoch) handlers.proof(event);
      return event !== null;
    }
    if (codecs.replaced.reads(id)) {
      const event = codecs.replaced.decode(value);
      if (event?.slotEpoch === this.epoch) handlers.replaced(event);
      return event !== null;
    }
    if (codecs.slotClaim.reads(id)) {
      const event = codecs.slotClaim.decode(value);
      if (event !== null && event.slotEpoch > this.epoch) this.#lose('superseded');
      return event !== null;
    }
    return false;
  }

  #lose(loss: SlotLoss): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#abort.abort();
    // Its failure says nothing new: the slot is lost already.
    this.#reader.close().catch(() => {});
    this.#handlers?.lost(loss);
  }
}
