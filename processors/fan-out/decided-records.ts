/**
 * Which records of an inbound partition an operator's logged decision has rejected: `schemas/rules/operator-decision.ts`.
 *
 * Invariants:
 * 1. A record that some release may not read is applied only after everything that stood behind it in the log has been
 *    looked at for a decision about it. So a release that can read it comes to the outcome of one that could not.
 * 2. What is behind is looked at once. While the lease is held nobody else decides, so what is appended afterwards
 *    can say nothing new about records that were there before.
 *
 * Records of our own schema are read by every release there is, so nothing is looked for and nothing is lost. A release
 * that changes the schema of Inbound has to look for decisions about the new id too: releases before it may have
 * stood at such records.
 */
import type { Log, LogRecord, RecordBatch } from '../../infra/log/log.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { envelopeIdOf } from '../../schemas/events/envelope-id.ts';
import { type DecisionAction, decisionOfKey } from '../../schemas/rules/operator-decision.ts';

/** Decisions kept about records not applied yet; an operator makes them one by one. */
export const DECISIONS_AT_MOST = 10_000;
const PIECE = { maxRecords: 4_000, maxBytes: 4 * 1024 * 1024, maxWaitMs: 1_000 };

export interface DecidedRecordsOptions {
  readonly log: Pick<Log, 'range' | 'reader'>;
  readonly topic: string;
  readonly partition: number;
  /** Of the schema that every release reads. */
  readonly ownId: number;
}

export class DecidedRecords {
  readonly #options: DecidedRecordsOptions;
  readonly #rejected = new Set<number>();
  readonly #asked = new Map<number, Extract<DecisionAction, 'reject' | 'resume'>>();
  /** Everything from the first record looked behind up to here has been looked at. */
  #lookedTo = 0;

  constructor(options: DecidedRecordsOptions) {
    this.#options = options;
  }

  /** Whether `lookBehind` must have been called before this record is applied. */
  mustLook(offset: number, value: Uint8Array | null): boolean {
    if (offset < this.#lookedTo) return false;
    const id = value === null ? null : envelopeIdOf(value);
    return id !== null && id !== this.#options.ownId;
  }

  isRejected(offset: number): boolean {
    return this.#rejected.has(offset);
  }

  /** Asks once more, where what was asked for could not be done. */
  ask(offset: number, action: 'reject' | 'resume'): void {
    this.#asked.set(offset, action);
  }

  /** What an operator has asked for at this record, once. */
  takeRequest(offset: number): 'reject' | 'resume' | null {
    const action = this.#asked.get(offset) ?? null;
    this.#asked.delete(offset);
    return action;
  }

  /**
   * Looks at what stands behind a record, up to the end of the log or `records` more of them.
   * @param batch what has been read already of it
   * @returns whether the end was reached
   * @throws BubbleError REFUSED where there are more decisions than are kept, LOG_TIMEOUT (retryable) and what else
   *   reading the log rejects with; what was seen until then is kept
   */
  async lookBehind(
    offset: number,
    options: { batch?: RecordBatch; records?: number; signal?: AbortSignal } = {},
  ): Promise<boolean> {
    const { log, topic, partition } = this.#options;
    for (const each of this.#rejected) if (each < offset) this.#rejected.delete(each);
    for (const each of this.#asked.keys()) if (each < offset) this.#asked.delete(each);
    this.#lookedTo = Math.max(this.#lookedTo, offset + 1);
    const { batch, signal } = options;
    if (batch !== undefined && batch.next > this.#lookedTo && this.#startsBehind(batch)) {
      this.#note(batch.records, offset);
      this.#lookedTo = batch.next;
      if (batch.next >= batch.end) return true;
    }
    const { end } = await log.range(topic, partition);
    if (this.#lookedTo >= end) return true;
    const until = Math.min(end, this.#lookedTo + (options.records ?? Number.POSITIVE_INFINITY));
    const reader = await log.reader(topic, partition, this.#lookedTo);
    try {
      while (this.#lookedTo < until) {
        const piece = await reader.read(PIECE, signal);
        this.#note(piece.records, offset);
        if (piece.next <= this.#lookedTo) {
          const message = `${topic}/${partition} cannot be read from ${this.#lookedTo} to ${end} now`;
          throw new BubbleError('LOG_TIMEOUT', message, { retryable: true });
        }
        this.#lookedTo = piece.next;
      }
    } finally {
      await reader.close();
    }
    return this.#lookedTo >= end;
  }

  /** Whether the batch goes on where was looked last. */
  #startsBehind({ records }: RecordBatch): boolean {
    return records.length > 0 && records[0]!.offset <= this.#lookedTo;
  }

  #note(records: readonly LogRecord[], from: number): void {
    for (const { key, offset: at } of records) {
      const decision = decisionOfKey(key);
      // A record cannot be decided about before it is there.
      if (decision === null || decision.offset < from || decision.offset >= at) continue;
      if (decision.action === 'rejected') this.#rejected.add(decision.offset);
      else this.#asked.set(decision.offset, decision.action);
      if (this.#rejected.size + this.#asked.size > DECISIONS_AT_MOST) {
        throw new BubbleError(
          'REFUSED',
          `more than ${DECISIONS_AT_MOST} decisions about records not applied yet`,
        );
      }
    }
  }
}
