/** Pages of a timeline in SQL: each is one statement, which sees the checkpoint and the rows below it in one state. */
import { BubbleError } from '../../../schemas/errors.ts';
import { numberAt, OFFSETS_PER_EPOCH } from '../../../schemas/positions.ts';
import { ownRow } from '../../../schemas/wire/row.ts';
import type { Owner, ReadBounds, TimelinePage, TimelineRow } from '../timeline-store.ts';
import { isOwnRow, ownerKey } from './mailbox-chunks.ts';
import type { SqlDatabase } from './sql-database.ts';
import * as statements from './statements.ts';

/** Contents up to this size come with the page; a page of larger ones is cut after a few of them. */
const INLINE_BYTES = 8_192;

interface PageRow {
  readonly is_row: number;
  readonly number: number;
  readonly trimmed_offset: number;
  readonly sender: Buffer | null;
  /** Null: larger than what comes with the page. */
  readonly content: Buffer | null;
  readonly size: number;
}

interface FoundRow {
  readonly seq: number;
  readonly own: boolean;
  readonly content: Buffer | null;
  readonly size: number;
}

interface Found {
  readonly next: number;
  readonly trimmed: number;
  /** Rising. */
  readonly rows: FoundRow[];
}

export class SqlPages {
  readonly #database: SqlDatabase;
  readonly #epoch: number;
  /** The version of offset 0. */
  readonly #base: number;
  /** Told the newest version that a page has shown to be readable. */
  readonly #reached: (partition: number, readable: number) => void;

  constructor(database: SqlDatabase, epoch: number, reached: (partition: number, readable: number) => void) {
    this.#database = database;
    this.#epoch = epoch;
    this.#base = numberAt(epoch, 0);
    this.#reached = reached;
  }

  async read(partition: number, owner: Owner, bounds: ReadBounds): Promise<TimelinePage> {
    const maxRows = Math.max(1, bounds.maxRows);
    // Versions of earlier epochs lie below all of this one.
    const after = Math.max(this.#base - 1, bounds.from);
    const key = ownerKey(owner.tenant, owner.user);
    const { next, trimmed, rows } = await this.#page(partition, key, statements.SELECT_PAGE, [
      ...[INLINE_BYTES, partition, key, after, Math.min(this.#last, bounds.until), maxRows + 1, partition],
    ]);
    if (after + 1 < this.#base + trimmed) {
      throw new BubbleError('OFFSET_OUT_OF_RANGE', `rows below offset ${trimmed} are no longer kept`);
    }
    const kept = cutPage(rows, maxRows, bounds.maxBytes);
    const more = kept < rows.length;
    if (more) rows.length = kept;
    const upTo = Math.min(this.#base + next - 1, bounds.until);
    const syncedTo = more ? rows.at(-1)!.seq : Math.max(upTo, 0);
    return { rows: await this.#filled(partition, rows), more, syncedTo };
  }

  async newestRows(partition: number, owner: Owner, until: number, maxRows: number): Promise<TimelinePage> {
    const wanted = Math.max(1, maxRows) + 1;
    const key = ownerKey(owner.tenant, owner.user);
    const { next, trimmed, rows } = await this.#page(partition, key, statements.SELECT_NEWEST_PAGE, [
      ...[partition, key, this.#base, Math.min(this.#last, until), wanted, partition],
    ]);
    const kept = rows.filter(({ seq }) => seq >= this.#base + trimmed).reverse();
    const more = kept.length === wanted;
    if (more) kept.length = wanted - 1;
    return { rows: kept.map(wholeRow), more, syncedTo: Math.min(this.#base + next - 1, until) };
  }

  async newest(partition: number, owner: Owner): Promise<number> {
    const key = ownerKey(owner.tenant, owner.user);
    const [row] = await this.#database.query<{ trimmed_offset: number; seq: number | null }>(
      statements.SELECT_NEWEST,
      [partition, key, this.#base, this.#last, this.#epoch, partition],
    );
    const seq = row?.seq ?? 0;
    return seq < this.#base + (row?.trimmed_offset ?? 0) ? 0 : seq;
  }

  /** Reads the large contents. Contents never change, so that they may be read later than their page. */
  async #filled(partition: number, rows: readonly FoundRow[]): Promise<TimelineRow[]> {
    const filled: TimelineRow[] = [];
    for (const row of rows) {
      filled.push(wholeRow(row.content === null ? await this.#withContent(partition, row) : row));
    }
    return filled;
  }

  async #withContent(partition: number, row: FoundRow): Promise<FoundRow> {
    const [found] = await this.#database.query<{ content: Buffer }>(statements.SELECT_CONTENT, [
      partition,
      row.seq,
    ]);
    if (found === undefined) {
      throw new BubbleError('OFFSET_OUT_OF_RANGE', `the row of version ${row.seq} was trimmed meanwhile`);
    }
    return { ...row, content: found.content };
  }

  /** The newest version that an epoch can have. */
  get #last(): number {
    return this.#base + OFFSETS_PER_EPOCH - 1;
  }

  async #page(
    partition: number,
    key: Buffer,
    text: string,
    values: readonly (number | Buffer)[],
  ): Promise<Found> {
    const answer = await this.#database.query<PageRow>(text, [this.#epoch, partition, ...values]);
    let next = 0;
    let trimmed = 0;
    const rows: FoundRow[] = [];
    for (const row of answer) {
      if (row.is_row === 0) {
        next = row.number;
        trimmed = row.trimmed_offset;
      } else {
        const { number: seq, content, size } = row;
        rows.push({ seq, own: isOwnRow(key, row.sender!), content, size });
      }
    }
    this.#reached(partition, this.#base + next - 1);
    return { next, trimmed, rows: rows.sort((one, other) => one.seq - other.seq) };
  }
}

const wholeRow = ({ seq, own, content }: FoundRow): TimelineRow => ({
  seq,
  bytes: own ? ownRow(content!) : content!,
});

/** How many of the rows are the page: at least one, where there is one. */
const cutPage = (rows: readonly FoundRow[], maxRows: number, maxBytes: number): number => {
  let bytes = 0;
  for (let at = 0; at < rows.length; at += 1) {
    bytes += rows[at]!.size;
    if (at >= maxRows || (at > 0 && bytes > maxBytes)) return at;
  }
  return rows.length;
};
