/**
 * From inbox records to what SQL stores: each content once, and one narrow mailbox row for each recipient, in chunks
 * of bounded size. A chunk's mailbox rows are grouped by owner, as the table is clustered.
 */
import { completeRow } from '../../../schemas/events/inbox-view.ts';
import { numberAt } from '../../../schemas/positions.ts';
import type { AcceptedRecord } from '../timeline-store.ts';

/**
 * Bytes of `tenant/user` at most; those of an id that can log in are below 100. A damaged record may name anything:
 * nobody can read such a mailbox, so there is no row for it.
 */
export const OWNER_BYTES = 255;
const SLASH = 0x2f;

/** The key of a mailbox: its bytes sort as the dump does, and begin with the tenant. */
export const ownerKey = (tenant: string, user: string): Buffer => Buffer.from(`${tenant}/${user}`);

export interface StoredRow {
  readonly seq: number;
  readonly tenant: Buffer;
  readonly sender: Buffer;
  /** The packed list: who has a mailbox row of it, so that they are found again when it is trimmed. */
  readonly recipients: Buffer;
  /** The row with its version, without `own`. */
  readonly content: Buffer;
}

export interface Mailbox {
  readonly owner: Buffer;
  /** Rising. */
  readonly seqs: readonly number[];
}

export interface Chunk {
  readonly partition: number;
  readonly rows: readonly StoredRow[];
  readonly mailboxes: readonly Mailbox[];
  readonly mailboxRows: number;
}

export interface ChunkBounds {
  readonly mailboxRows: number;
  readonly contentBytes: number;
}

const EMPTY = Buffer.alloc(0);
const asBuffer = (value: Uint8Array): Buffer =>
  Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);

class Builder {
  readonly #partition: number;
  #rows: StoredRow[] = [];
  /** By the bytes of the owner, as latin1: no byte sequence is lost in it, as in UTF-8. */
  #mailboxes = new Map<string, { owner: Buffer; seqs: number[] }>();
  mailboxRows = 0;
  contentBytes = 0;

  constructor(partition: number) {
    this.#partition = partition;
  }

  addRow(row: StoredRow): void {
    this.#rows.push(row);
    this.contentBytes += row.content.length + row.recipients.length;
  }

  addMailbox(key: string, seq: number): void {
    let mailbox = this.#mailboxes.get(key);
    if (mailbox === undefined) {
      mailbox = { owner: Buffer.from(key, 'latin1'), seqs: [] };
      this.#mailboxes.set(key, mailbox);
    } else if (mailbox.seqs.at(-1) === seq) {
      return;
    }
    mailbox.seqs.push(seq);
    this.mailboxRows += 1;
  }

  /** Names that have this version. */
  *keysOf(seq: number): Iterable<string> {
    for (const [key, { seqs }] of this.#mailboxes) if (seqs.at(-1) === seq) yield key;
  }

  take(): Chunk {
    const chunk = {
      partition: this.#partition,
      rows: this.#rows,
      mailboxes: [...this.#mailboxes.values()],
      mailboxRows: this.mailboxRows,
    };
    this.#rows = [];
    this.#mailboxes = new Map();
    this.mailboxRows = 0;
    this.contentBytes = 0;
    return chunk;
  }
}

/** Chunks of the records of one partition. Each row comes in the chunk of its first mailbox rows, or before. */
export function* chunksOf(
  partition: number,
  epoch: number,
  records: readonly AcceptedRecord[],
  bounds: ChunkBounds,
): Iterable<Chunk> {
  const builder = new Builder(partition);
  for (const { offset, event } of records) {
    const recipients = asBuffer(event.recipients);
    if (recipients.length === 0) continue;
    const seq = numberAt(epoch, offset);
    const tenant = Buffer.from(event.tenant);
    const sender = Buffer.from(event.sender);
    builder.addRow({
      seq,
      tenant: tenant.length < OWNER_BYTES ? tenant : EMPTY,
      // Too long to be an owner: nobody's own.
      sender: sender.length < OWNER_BYTES ? sender : EMPTY,
      recipients: tenant.length < OWNER_BYTES ? recipients : EMPTY,
      content: completeRow(event, seq, 0),
    });
    const prefix = `${tenant.toString('latin1')}/`;
    // Names of this record in chunks before: one that comes twice in a damaged list has one row all the same.
    const earlier = new Set<string>();
    for (let at = 0; at < recipients.length; at += 1 + recipients[at]!) {
      const key = prefix + recipients.toString('latin1', at + 1, at + 1 + recipients[at]!);
      if (key.length > OWNER_BYTES || earlier.has(key)) continue;
      builder.addMailbox(key, seq);
      if (builder.mailboxRows < bounds.mailboxRows) continue;
      for (const name of builder.keysOf(seq)) earlier.add(name);
      yield builder.take();
    }
    if (builder.contentBytes >= bounds.contentBytes) yield builder.take();
  }
  const rest = builder.take();
  if (rest.rows.length > 0 || rest.mailboxRows > 0) yield rest;
}

/** What a trim reads of a row. */
export type OldRow = Pick<StoredRow, 'seq' | 'tenant' | 'recipients'>;

const ownersOf = ({ tenant, recipients }: OldRow): Buffer[] => {
  const owners: Buffer[] = [];
  for (let at = 0; at < recipients.length; at += 1 + recipients[at]!) {
    const user = recipients.subarray(at + 1, at + 1 + recipients[at]!);
    const owner = Buffer.concat([tenant, Buffer.of(SLASH), user]);
    if (owner.length <= OWNER_BYTES) owners.push(owner);
  }
  return owners;
};

/**
 * The first of these rows, rising: as many as have no more mailbox rows than this together, at least one.
 * @returns the version below which rows go, and whose mailboxes they are in
 */
export const trimChunk = (
  rows: readonly OldRow[],
  maxMailboxRows: number,
): { readonly below: number; readonly owners: readonly Buffer[] } => {
  const owners = new Map<string, Buffer>();
  let mailboxRows = 0;
  let below = 0;
  for (const row of rows) {
    const all = ownersOf(row);
    mailboxRows += all.length;
    if (mailboxRows > maxMailboxRows && below > 0) break;
    for (const owner of all) owners.set(owner.toString('latin1'), owner);
    below = row.seq + 1;
  }
  return { below, owners: [...owners.values()] };
};

/** Whether the row was sent by the owner of the mailbox. */
export const isOwnRow = (owner: Buffer, sender: Buffer): boolean =>
  sender.length > 0 &&
  owner.length > sender.length &&
  owner.subarray(owner.indexOf(SLASH) + 1).equals(sender);
