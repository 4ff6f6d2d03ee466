/**
 * Rows as pulls want them, completed from the inbox log: read, given their version, and kept for whoever pulls the
 * same row next (9,000 members of a group complete it once).
 */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Codec } from '../../../schemas/events/envelope.ts';
import type { InboxEvent } from '../../../schemas/events/inbox.ts';
import { completeRow, readInbox } from '../../../schemas/events/inbox-view.ts';
import { numberAt } from '../../../schemas/positions.ts';
import { OWN_BYTES, writeOwn } from '../../../schemas/wire/row.ts';
import type { LogRecord, RandomAccess } from '../../log/log.ts';
import type { TimelineRow } from '../timeline-store.ts';
import { isOwn, type Mark, offsetOfMark } from './packed-versions.ts';

/** What a kept row costs beside its bytes. */
const KEPT_ROW_BYTES = 200;

/** Both forms share one piece of memory: the row of others is the own row without its last field. */
class CompleteRow {
  readonly #seq: number;
  readonly #bytes: Buffer;
  #own: TimelineRow | undefined;
  #others: TimelineRow | undefined;

  constructor(seq: number, bytes: Buffer) {
    this.#seq = seq;
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  row(own: boolean): TimelineRow {
    if (own) {
      this.#own ??= { seq: this.#seq, bytes: this.#bytes };
      return this.#own;
    }
    this.#others ??= { seq: this.#seq, bytes: this.#bytes.subarray(0, this.#bytes.length - OWN_BYTES) };
    return this.#others;
  }
}

export interface RowSource {
  readonly records: RandomAccess;
  readonly codec: Codec<InboxEvent>;
  readonly topic: string;
  readonly epoch: number;
}

export class RowReader {
  readonly #source: RowSource;
  readonly #partition: number;
  readonly #maxBytes: number;
  // Two generations: what is asked for moves to the young one; when that has half of the bytes, the old one goes.
  #young = new Map<number, CompleteRow>();
  #old = new Map<number, CompleteRow>();
  #youngBytes = 0;

  constructor(source: RowSource, partition: number, maxBytes: number) {
    this.#source = source;
    this.#partition = partition;
    this.#maxBytes = maxBytes;
  }

  /** Rows kept ready. */
  get kept(): number {
    return this.#young.size + this.#old.size;
  }

  /**
   * The rows of these marks, oldest or newest first as they come. Synchronous where all are kept or in the memory
   * of the log.
   * @throws (or rejects with) BubbleError OFFSET_OUT_OF_RANGE where the log keeps one no more
   */
  rows(marks: readonly Mark[]): TimelineRow[] | Promise<TimelineRow[]> {
    const rows: TimelineRow[] = new Array(marks.length);
    let missing: number[] | null = null;
    for (let index = 0; index < marks.length; index += 1) {
      const mark = marks[index]!;
      const row = this.#find(offsetOfMark(mark));
      if (row === undefined) {
        missing ??= [];
        missing.push(index);
      } else {
        rows[index] = row.row(isOwn(mark));
      }
    }
    return missing === null ? rows : this.#readMissing(marks, rows, missing);
  }

  #readMissing(
    marks: readonly Mark[],
    rows: TimelineRow[],
    missing: readonly number[],
  ): TimelineRow[] | Promise<TimelineRow[]> {
    const offsets = missing.map((index) => offsetOfMark(marks[index]!));
    // The log wants rising offsets, and newest-first reads bring them falling.
    const falling = offsets.length > 1 && offsets[0]! > offsets[1]!;
    if (falling) offsets.reverse();
    const fill = (records: readonly (LogRecord | null)[]): TimelineRow[] => {
      for (let at = 0; at < missing.length; at += 1) {
        const index = missing[at]!;
        const mark = marks[index]!;
        const row = this.#complete(
          offsetOfMark(mark),
          records[falling ? missing.length - 1 - at : at] ?? null,
        );
        rows[index] = row.row(isOwn(mark));
      }
      return rows;
    };
    const records = this.#source.records.recordsAt(this.#source.topic, this.#partition, offsets);
    return records instanceof Promise ? records.then(fill) : fill(records);
  }

  #find(offset: number): CompleteRow | undefined {
    const young = this.#young.get(offset);
    if (young !== undefined) return young;
    const old = this.#old.get(offset);
    if (old !== undefined) this.#keep(offset, old);
    return old;
  }

  #keep(offset: number, row: CompleteRow): void {
    this.#young.set(offset, row);
    this.#youngBytes += row.size + KEPT_ROW_BYTES;
    if (this.#youngBytes < this.#maxBytes / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }

  #complete(offset: number, record: LogRecord | null): CompleteRow {
    const { topic, codec, epoch } = this.#source;
    const place = `${topic}/${this.#partition}/${offset}`;
    if (record?.value == null) throw new BubbleError('OFFSET_OUT_OF_RANGE', `${place} is no longer kept`);
    const event = readInbox(codec, record.value);
    if (event === null) throw new BubbleError('LOG_DAMAGED', `${place} cannot be read any more`);
    const seq = numberAt(epoch, offset);
    const bytes = completeRow(event, seq, OWN_BYTES);
    writeOwn(bytes, bytes.length - OWN_BYTES);
    const row = new CompleteRow(seq, bytes);
    if (isForMany(event.recipients)) this.#keep(offset, row);
    return row;
  }
}

/** A row of two people is pulled about once by each: keeping it would only make room scarce for those of groups. */
const FEW = 2;
const isForMany = (recipients: Uint8Array): boolean => {
  let count = 0;
  for (let at = 0; at < recipients.length && count <= FEW; at += 1 + recipients[at]!) count += 1;
  return count > FEW;
};
