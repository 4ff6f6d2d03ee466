/** From a batch of the inbox to what a timeline takes of it: live and rebuild use the same. */
import type { LogRecord, RecordBatch } from '../../infra/log/log.ts';
import type { AcceptedRecord } from '../../infra/timeline/timeline-store.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import { INBOX_KIND } from '../../schemas/events/inbox.ts';
import type { SourceVector } from '../../schemas/rules/acceptance.ts';
import { acceptRecord } from '../../schemas/rules/epoch.ts';
import { readInboxRecord, unknownId } from '../runtime/inbox-reading.ts';
import type { Unreadable } from '../runtime/parking.ts';

export interface Hole {
  readonly offset: number;
  readonly source: number;
}

export interface AcceptedBatch {
  /** Those with rows. */
  readonly records: readonly AcceptedRecord[];
  readonly repeats: number;
  readonly holes: readonly Hole[];
  /** Records that are none of inbox: left out by all readers alike. */
  readonly foreign: readonly Unreadable[];
  /** Where to read on. */
  readonly next: number;
}

/** One batch on its way. Where the registry is away in the middle, it goes on there when it is called again. */
export class BatchAcceptance {
  readonly #codecs: Codecs;
  readonly #vector: SourceVector;
  readonly #batch: RecordBatch;
  readonly #records: AcceptedRecord[] = [];
  readonly #holes: Hole[] = [];
  readonly #foreign: Unreadable[] = [];
  #repeats = 0;
  #from: number;
  #at = 0;

  /** @param from records before this offset are passed over */
  constructor(codecs: Codecs, vector: SourceVector, batch: RecordBatch, from: number) {
    this.#codecs = codecs;
    this.#vector = vector;
    this.#batch = batch;
    this.#from = from;
  }

  /**
   * Moves the vector over the records of the batch. Rejects with what `Codecs.learn` rejects with, retryable while the
   * registry is away; then it is called again.
   */
  async accept(): Promise<AcceptedBatch> {
    const { records, next } = this.#batch;
    for (; this.#at < records.length; this.#at += 1) {
      const record = records[this.#at]!;
      if (record.offset < this.#from) continue;
      const schemaId = this.#take(record);
      if (schemaId === null) continue;
      if (await this.#codecs.learn(schemaId)) this.#at -= 1;
      else this.#foreign.push({ record, reason: unknownId(schemaId) });
    }
    return {
      records: this.#records,
      repeats: this.#repeats,
      holes: this.#holes,
      foreign: this.#foreign,
      next,
    };
  }

  /** @returns the schema id that stands in the way, or null */
  #take(record: LogRecord): number | null {
    const read = readInboxRecord(this.#codecs, record.value);
    if (read.kind === 'unknown') return read.schemaId;
    if (read.kind === 'foreign') {
      this.#foreign.push({ record, reason: read.reason });
      return null;
    }
    const { event } = read;
    const { offset } = record;
    const verdict = acceptRecord(this.#vector, event);
    if (verdict === 'repeat') this.#repeats += 1;
    else if (verdict === 'hole') this.#holes.push({ offset, source: event.source });
    else if (event.kind < INBOX_KIND.ANSWER) this.#records.push({ offset, event });
    return null;
  }
}
