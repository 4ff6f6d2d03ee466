/**
 * The mailbox: a user's rows folded into conversations. Pure; gates answer unread counts and the conversation list
 * with it, clients keep their own with it.
 *
 * Rules, for rows applied in the order of their versions:
 * 1. A message of somebody else is unread until a READ of the reader names its convSeq or a higher one, or READ-all
 *    stands behind it, or it is recalled.
 * 2. Receipts fold as a maximum, so late and repeated ones commute. A READ of the peer moves `peerReadTo` only.
 * 3. A recalled message is taken out of the last rows; its RECALL row stands there instead.
 * 4. Rejections and placeholders belong to no conversation.
 * 5. A row at or below the last applied version is a repeat and changes nothing.
 *
 * Bounds: of each conversation the newest `unread` unread rows are known one by one. Older ones are a number that a
 * receipt clears once it passes them all; a recall cannot lower it.
 */
import { bubble } from '../wire/generated/bubble.js';
import { idOf, numberOf } from '../wire/int64.ts';

const { AddMsg, RowKind } = bubble.wire;

/** What the fold needs of a row. */
export interface MailboxRow {
  readonly seq: number;
  readonly convSeq: number;
  /** RowKind of the wire. */
  readonly kind: number;
  readonly isRoom: boolean;
  readonly from: string;
  readonly to: string;
  readonly serverMsgId: bigint;
  /** Of READ: read up to here. */
  readonly readTo: number;
  /** Of RECALL: the original. */
  readonly originalId: bigint;
  readonly originalSender: string;
}

/** @throws Error where the bytes are no AddMsg */
export const mailboxRowOf = (bytes: Uint8Array): MailboxRow => {
  const row = AddMsg.decode(bytes);
  const { reference } = row;
  return {
    seq: numberOf(row.serverMsgSeq),
    convSeq: numberOf(row.convSeq),
    kind: row.kind,
    isRoom: row.isRoom,
    from: row.fromUserName,
    to: row.toUserName,
    serverMsgId: idOf(row.serverMsgId),
    readTo: numberOf(reference?.convSeq),
    originalId: idOf(reference?.serverMsgId),
    originalSender: reference?.sender ?? '',
  };
};

export interface MailboxBounds {
  readonly lastRows: number;
  readonly unread: number;
}

export interface Conversation {
  /** The peer or the group. */
  readonly name: string;
  readonly isRoom: boolean;
  readonly unread: number;
  readonly readTo: number;
  readonly peerReadTo: number;
  readonly newestConvSeq: number;
  /** Encoded rows (messages, recalls, membership), oldest first. */
  readonly lastRows: readonly Uint8Array[];
}

interface LastRow {
  readonly serverMsgId: bigint;
  readonly from: string;
  readonly isMessage: boolean;
  readonly bytes: Uint8Array;
}

interface UnreadRow {
  readonly convSeq: number;
  readonly serverMsgId: bigint;
  readonly from: string;
}

interface Folded {
  readonly name: string;
  readonly isRoom: boolean;
  readTo: number;
  peerReadTo: number;
  newestConvSeq: number;
  /** Rising convSeq. */
  unread: UnreadRow[];
  olderUnread: number;
  /** convSeq of the newest row counted in `olderUnread`. */
  olderTo: number;
  lastRows: LastRow[];
}

/**
 * READ of everything: from the reader to the reader, with its own convSeq. (A receipt in the chat with oneself names
 * an older message, and nothing is ever unread there.)
 */
const isReadAll = (row: MailboxRow, reader: string): boolean =>
  row.kind === RowKind.READ &&
  !row.isRoom &&
  row.from === reader &&
  (row.to === '' || (row.to === reader && (row.readTo === 0 || row.readTo >= row.convSeq)));

export class Mailbox {
  readonly #reader: string;
  readonly #bounds: MailboxBounds;
  readonly #byName = new Map<string, Folded>();
  #appliedTo = 0;

  constructor(reader: string, bounds: MailboxBounds) {
    this.#reader = reader;
    this.#bounds = bounds;
  }

  /** The version of the last applied row. */
  get appliedTo(): number {
    return this.#appliedTo;
  }

  get size(): number {
    return this.#byName.size;
  }

  /** @param bytes the encoded row, kept as one of the last rows; must not change afterwards */
  apply(row: MailboxRow, bytes: Uint8Array): void {
    if (row.seq <= this.#appliedTo) return;
    this.#appliedTo = row.seq;
    if (row.kind === RowKind.REJECTED || row.kind === RowKind.PLACEHOLDER) return;
    if (isReadAll(row, this.#reader)) {
      for (const folded of this.#byName.values()) this.#read(folded, folded.newestConvSeq);
      return;
    }
    const folded = this.#of(row);
    if (row.kind === RowKind.READ) this.#receipt(folded, row);
    else if (row.kind === RowKind.RECALL) this.#recall(folded, row);
    else if (row.kind === RowKind.MESSAGE && row.from !== this.#reader) this.#arrived(folded, row);
    folded.newestConvSeq = Math.max(folded.newestConvSeq, row.convSeq);
    if (row.kind !== RowKind.READ) this.#keepLast(folded, row, bytes);
  }

  /** By name, or undefined. @param lastRows at most so many of the kept ones */
  conversation(name: string, lastRows = 0): Conversation | undefined {
    const folded = this.#byName.get(name);
    return folded === undefined ? undefined : view(folded, lastRows);
  }

  /** Names, the conversation with the newest row first. */
  names(): string[] {
    return [...this.#byName.values()]
      .sort((a, b) => b.newestConvSeq - a.newestConvSeq || (a.name < b.name ? -1 : 1))
      .map((folded) => folded.name);
  }

  /** Unread rows of all conversations. */
  totalUnread(): number {
    let total = 0;
    for (const folded of this.#byName.values()) total += folded.olderUnread + folded.unread.length;
    return total;
  }

  #of(row: MailboxRow): Folded {
    const name = row.isRoom || row.from === this.#reader ? row.to : row.from;
    let folded = this.#byName.get(name);
    if (folded === undefined) {
      folded = {
        name,
        isRoom: row.isRoom,
        readTo: 0,
        peerReadTo: 0,
        newestConvSeq: 0,
        unread: [],
        olderUnread: 0,
        olderTo: 0,
        lastRows: [],
      };
      this.#byName.set(name, folded);
    }
    return folded;
  }

  #receipt(folded: Folded, row: MailboxRow): void {
    if (row.from === this.#reader) this.#read(folded, row.readTo);
    else if (!row.isRoom) folded.peerReadTo = Math.max(folded.peerReadTo, row.readTo);
  }

  #read(folded: Folded, to: number): void {
    if (to <= folded.readTo) return;
    folded.readTo = to;
    if (folded.olderUnread > 0 && to >= folded.olderTo) folded.olderUnread = 0;
    const first = folded.unread.findIndex((unread) => unread.convSeq > to);
    folded.unread = first < 0 ? [] : folded.unread.slice(first);
  }

  #arrived(folded: Folded, row: MailboxRow): void {
    if (row.convSeq <= folded.readTo) return;
    folded.unread.push({ convSeq: row.convSeq, serverMsgId: row.serverMsgId, from: row.from });
    // Forgotten by halves, so that the cost of moving the rest is spread over many rows.
    if (folded.unread.length <= this.#bounds.unread) return;
    const forgotten = folded.unread.splice(0, Math.ceil(this.#bounds.unread / 2));
    folded.olderUnread += forgotten.length;
    folded.olderTo = forgotten[forgotten.length - 1]!.convSeq;
  }

  #recall(folded: Folded, row: MailboxRow): void {
    const isOriginal = (each: { serverMsgId: bigint; from: string }): boolean =>
      each.serverMsgId === row.originalId && each.from === row.originalSender;
    const unread = folded.unread.findLastIndex(isOriginal);
    if (unread >= 0) folded.unread.splice(unread, 1);
    const last = folded.lastRows.findLastIndex((each) => each.isMessage && isOriginal(each));
    if (last >= 0) folded.lastRows.splice(last, 1);
  }

  #keepLast(folded: Folded, row: MailboxRow, bytes: Uint8Array): void {
    if (this.#bounds.lastRows === 0) return;
    const isMessage = row.kind === RowKind.MESSAGE;
    folded.lastRows.push({ serverMsgId: row.serverMsgId, from: row.from, isMessage, bytes });
    if (folded.lastRows.length > this.#bounds.lastRows) folded.lastRows.shift();
  }
}

const view = (folded: Folded, lastRows: number): Conversation => ({
  name: folded.name,
  isRoom: folded.isRoom,
  unread: folded.olderUnread + folded.unread.length,
  readTo: folded.readTo,
  peerReadTo: folded.peerReadTo,
  newestConvSeq: folded.newestConvSeq,
  lastRows: lastRows === 0 ? [] : folded.lastRows.slice(-lastRows).map((row) => row.bytes),
});
