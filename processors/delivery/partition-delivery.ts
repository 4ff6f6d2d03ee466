/**
 * Delivery for one inbox partition: its rows joined with its sessions.
 *
 * V(n) is the version of "everything before inbox offset n is processed", n the next record to process.
 *
 * No silent gap. A gate believes a proof (from B, to P, sessions below S) for a session whose record lies below S and
 * that is proven to B at least. So each proof must be true for ever, whatever is lost, repeated or late:
 * 1. Sessions first: the partition's sessions are read to their end before the first row, and followed from then on.
 * 2. One order: a row's pushes, a Joined, a Replaced and a proof enter the slot's outbox in the tick in which they
 *    become true, and outboxes keep the order. So whoever reads a proof has read every push that it counts on.
 * 3. Joined(connection, P): rows after P are pushed to it; P = V(n) when its session is read. A new owner says so for
 *    every session it finds, since the owner before it may not have.
 * 4. Proof: rows in (B, P] were pushed to the sessions of the slot below S that are still alive; P = V(n), S the next
 *    sessions offset to read. B = V(n) when this owner, or its slot, began.
 * 5. Drop: once a slot has dropped anything it takes nothing until it is up again. Then it begins anew, before any
 *    other record: B = V(n), Replaced for each replaced session that has not ended, Joined(connection, B) for each
 *    live one. A session that was proven below B stays unproven until it has read its Joined and been told to pull.
 * 6. A session is forgotten only when its gate has ended it, has lost the slot, or is being told that it is replaced
 *    (see session-table.ts), so no proof counts for a live connection that is not pushed to.
 *
 * prevSeq is never too low: for a user with sessions it is the exact version of the row before; for a user whose
 * first session is read, for everybody at a takeover, and for a sender without one it is V(n).
 */
import type { Lease, LogRecord, RecordBatch } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import { INBOX_KIND, type InboxEvent } from '../../schemas/events/inbox.ts';
import { completeRow, readInbox } from '../../schemas/events/inbox-view.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { type InboxPosition, numberAt } from '../../schemas/positions.ts';
import { SourceVector } from '../../schemas/rules/acceptance.ts';
import { acceptRecord } from '../../schemas/rules/epoch.ts';
import type { Layout } from '../../schemas/topics.ts';
import { Audiences } from './audiences.ts';
import type { DeliveryCounters } from './counters.ts';
import { type Session, SessionTable, type SlotState } from './session-table.ts';
import type { SessionRecord } from './sessions-reader.ts';
import type { SlotOutboxes } from './slot-outboxes.ts';
import { SlotWriter } from './slot-writer.ts';
import type { Tombstones } from './tombstones.ts';
import { type UserEntry, UserTable } from './user-table.ts';

const EMPTY = Buffer.alloc(0);
/** Targets in one record of a slot at most: 192 KiB. Larger audiences take several records. */
const TARGETS_PER_PUSH = 16_384;
/** So much is done in one turn of the event loop: records, and targets. */
const PIECE_RECORDS = 256;
const PIECE_TARGETS = 32_768;

export interface PartitionOptions {
  readonly lease: Lease;
  readonly start: InboxPosition;
  readonly layout: Layout;
  readonly limits: Limits;
  readonly codecs: Codecs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly outboxes: SlotOutboxes;
  readonly tombstones: Tombstones;
  readonly counters: DeliveryCounters;
}

export class PartitionDelivery {
  readonly lease: Lease;
  readonly #options: PartitionOptions;
  readonly #epoch: number;
  readonly #users = new UserTable();
  readonly #audiences: Audiences;
  readonly #writer: SlotWriter;
  readonly #table: SessionTable;
  readonly #vector: SourceVector;
  readonly #stopListening: () => void;
  /** Sources whose holes have been alarmed since the last proof. */
  readonly #holes = new Set<number>();
  /** Slots that the record under way has targets on. */
  readonly #touched: SlotState[] = [];
  /** False: sessions are being read for the first time, and nothing is said about them yet. */
  #begun = false;
  #next: number;
  #end: number;
  #sessionsNext = 0;
  #targets = 0;

  constructor(options: PartitionOptions) {
    this.#options = options;
    this.lease = options.lease;
    this.#epoch = options.layout.epoch;
    const members = options.limits.deliveryKnownRecipients / options.layout.inboxPartitions;
    this.#audiences = new Audiences(this.#users, members);
    this.#writer = new SlotWriter(options.codecs, options.lease.partition, options.counters);
    this.#vector = new SourceVector(options.start.vector);
    this.#next = options.start.offset;
    this.#end = options.start.offset;
    this.#table = new SessionTable(this.#users, (slot) => options.outboxes.of(slot), {
      joined: (session) => this.#joined(session),
      replaced: (slot, connection) => this.#replaced(slot, connection),
      bury: (key) => options.tombstones.add(key),
    });
    this.#stopListening = options.outboxes.onUp((slot) => this.#slotIsUp(slot));
  }

  /** Where to read on, with the vector of everything before. */
  get position(): InboxPosition {
    return { offset: this.#next, vector: this.#vector.toArray() };
  }

  get next(): number {
    return this.#next;
  }

  get end(): number {
    return this.#end;
  }

  get sessions(): number {
    return this.#table.size;
  }

  close(): void {
    this.#stopListening();
    this.#options.tombstones.close();
  }

  /** Records of the sessions partition, in order; `next` is where it is read on. */
  sessionsRead(records: readonly SessionRecord[], next: number): void {
    for (const record of records) {
      if (record.kind === 'ended') {
        this.#options.tombstones.ended(record.key);
        this.#table.ended(record.key);
      } else if (record.kind === 'session') {
        this.#table.began(record.key, record.event, this.#processedTo);
        if (this.#begun) this.#options.outboxes.probe(record.event.slot);
      } else {
        const { slot, slotEpoch } = record.event;
        this.#table.epochRead(this.#table.slot(slot, this.#processedTo), slotEpoch);
        if (this.#begun) this.#options.outboxes.probe(slot);
      }
    }
    this.#sessionsNext = next;
    if (this.#begun) this.#flush();
  }

  /** All sessions have been read to their end: rows may follow. */
  begin(): void {
    this.#begun = true;
    for (const slot of this.#table.slots) this.#beginSlot(slot);
    this.#flush();
  }

  /**
   * Processes records in order.
   * @returns the offset of a record that cannot be read, where the partition has to stop, or null
   */
  async process(batch: RecordBatch): Promise<number | null> {
    this.#end = batch.end;
    let inPiece = 0;
    for (const record of batch.records) {
      if (record.offset < this.#next) continue;
      if (this.lease.signal.aborted) return null;
      const event = this.#read(record);
      if (event === null) {
        this.#flush();
        return record.offset;
      }
      this.#take(record.offset, event);
      inPiece += 1;
      if (inPiece < PIECE_RECORDS && this.#targets < PIECE_TARGETS) continue;
      const crowded = this.#targets >= PIECE_TARGETS;
      inPiece = 0;
      this.#targets = 0;
      this.#flush();
      if (this.#options.outboxes.full) await this.#options.outboxes.writable();
      if (crowded) await new Promise<void>((resolve) => void this.#options.clock.after(0, resolve));
    }
    if (this.lease.signal.aborted) return null;
    this.#next = Math.max(this.#next, batch.next);
    this.#flush();
    if (this.#options.outboxes.full) await this.#options.outboxes.writable();
    return null;
  }

  /** Appends to each slot what can be claimed now. */
  prove(): void {
    if (!this.#begun || this.lease.signal.aborted) return;
    this.#holes.clear();
    for (const slot of this.#table.slots) {
      if (slot.sessions.size > 0) this.#writer.proof(slot, this.#processedTo, this.#sessionsNext);
    }
    this.#flush();
  }

  /** V(n). */
  get #processedTo(): number {
    return numberAt(this.#epoch, this.#next) - 1;
  }

  #flush(): void {
    this.#options.outboxes.flush();
    this.#options.tombstones.flush();
  }

  #read(record: LogRecord): InboxEvent | null {
    return record.value === null ? null : readInbox(this.#options.codecs.inbox, record.value);
  }

  #take(offset: number, event: InboxEvent): void {
    const { counters } = this.#options;
    const verdict = acceptRecord(this.#vector, event);
    if (verdict === 'accepted') {
      counters.accepted += 1;
      this.#deliver(numberAt(this.#epoch, offset), event);
    } else if (verdict === 'repeat') {
      counters.repeats += 1;
    } else {
      counters.holes += 1;
      this.#alarmHole(offset, event);
    }
    this.#next = offset + 1;
  }

  #alarmHole(offset: number, event: InboxEvent): void {
    if (this.#holes.has(event.source)) return;
    this.#holes.add(event.source);
    const { partition } = this.lease;
    const { source, src, prev } = event;
    this.#options.logger.error(
      { partition, offset, source, src, prev, last: this.#vector.last(source) },
      'a hole in the inbox: records of this source are dropped until it is repaired',
    );
  }

  #deliver(seq: number, event: InboxEvent): void {
    const recipients = event.kind >= INBOX_KIND.ANSWER ? EMPTY : event.recipients;
    const answering = this.#answeringSlot(event);
    let sender: UserEntry | undefined;
    let ackPrevSeq = 0;
    if (recipients.length > 0) {
      const tenant = event.tenant;
      sender = this.#users.find(tenant, event.sender);
      ackPrevSeq = sender !== undefined && sender.sessions.length > 0 ? sender.lastSeq : seq - 1;
      const present = this.#audiences.present(tenant, () => event.conversation, recipients);
      this.#address(present, sender, seq, event, answering);
    }
    if (answering !== null) this.#touch(answering);
    if (this.#touched.length === 0) return;
    const row = recipients.length > 0 ? completeRow(event, seq, 0) : EMPTY;
    for (const slot of this.#touched) {
      slot.touched = false;
      this.#writer.push(slot, seq, row, slot === answering ? event : null, ackPrevSeq);
    }
    this.#touched.length = 0;
  }

  /** The slot whose gate waits for the answer, where there is one and it can be reached. */
  #answeringSlot(event: InboxEvent): SlotState | null {
    if (event.slot < 0) return null;
    const slot = this.#table.slot(event.slot, this.#processedTo);
    if (event.slotEpoch > slot.epoch) this.#table.epochRead(slot, event.slotEpoch);
    return event.slotEpoch === slot.epoch && slot.outbox.up ? slot : null;
  }

  /** Moves the recipients on to this version, and adds their connections to their slots' targets. */
  #address(
    present: readonly UserEntry[],
    sender: UserEntry | undefined,
    seq: number,
    event: InboxEvent,
    answering: SlotState | null,
  ): void {
    for (let at = 0; at < present.length; at += 1) {
      const entry = present[at]!;
      const prevSeq = entry.lastSeq;
      entry.lastSeq = seq;
      const { sessions } = entry;
      for (let index = 0; index < sessions.length; index += 1) {
        const session = sessions[index]!;
        const { slot } = session;
        if (!slot.outbox.up) continue;
        if (entry === sender) {
          if (slot === answering && session.connection === event.connection) continue;
          slot.ownTargets.add(session.connection, prevSeq);
        } else {
          slot.targets.add(session.connection, prevSeq);
        }
        this.#targets += 1;
        if (!slot.touched) this.#touch(slot);
        if (slot.targets.count === TARGETS_PER_PUSH) {
          this.#writer.push(slot, seq, completeRow(event, seq, 0), null, 0);
        }
      }
    }
  }

  #touch(slot: SlotState): void {
    if (slot.touched) return;
    slot.touched = true;
    this.#touched.push(slot);
  }

  #joined(session: Session): void {
    if (this.#begun) this.#writer.joined(session, this.#processedTo);
  }

  #replaced(slot: SlotState, connection: number): void {
    if (this.#begun) this.#writer.replaced(slot, connection);
  }

  #slotIsUp(slot: number): void {
    const state = this.#table.find(slot);
    if (state !== undefined && this.#begun && !this.lease.signal.aborted) this.#beginSlot(state);
  }

  #beginSlot(slot: SlotState): void {
    slot.claimFrom = this.#processedTo;
    if (!slot.outbox.up) return;
    for (const connection of slot.replaced.values()) this.#replaced(slot, connection);
    for (const session of slot.sessions) this.#joined(session);
  }
}
