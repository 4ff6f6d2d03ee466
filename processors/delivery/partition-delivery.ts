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
import { pause } from '../../infra/clock/pause.ts';
import type { Lease, LogRecord, RecordBatch } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { Tracing } from '../../infra/tracing/tracing.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import { INBOX_KIND, type InboxEvent } from '../../schemas/events/inbox.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { type InboxPosition, numberAt, offsetOf } from '../../schemas/positions.ts';
import { SourceVector } from '../../schemas/rules/acceptance.ts';
import { acceptRecord, isFinished } from '../../schemas/rules/epoch.ts';
import type { Layout } from '../../schemas/topics.ts';
import { readInboxRecord, unknownId } from '../runtime/inbox-reading.ts';
import type { SessionRecord } from '../runtime/sessions-reader.ts';
import { Audiences } from './audiences.ts';
import type { DeliveryCounters } from './counters.ts';
import { RowAddressing } from './row-addressing.ts';
import type { Session, SlotState } from './session.ts';
import { SessionTable } from './session-table.ts';
import type { SlotOutboxes } from './slot-outboxes.ts';
import { SlotWriter } from './slot-writer.ts';
import type { Tombstones } from './tombstones.ts';
import { UserTable } from './user-table.ts';

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
  /** Default: nothing is traced. */
  readonly tracing?: Tracing | null;
}

export class PartitionDelivery {
  readonly lease: Lease;
  readonly #options: PartitionOptions;
  readonly #epoch: number;
  readonly #tracing: Tracing | null;
  readonly #addressing: RowAddressing;
  readonly #writer: SlotWriter;
  readonly #table: SessionTable;
  readonly #vector: SourceVector;
  readonly #stopListening: () => void;
  /** Sources whose holes have been alarmed since the last proof. */
  readonly #holes = new Set<number>();
  /** False: sessions are being read for the first time, and nothing is said about them yet. */
  #begun = false;
  #next: number;
  #end: number;
  #sessionsNext = 0;
  #hasSeals = false;

  constructor(options: PartitionOptions) {
    this.#options = options;
    this.lease = options.lease;
    this.#epoch = options.layout.epoch;
    this.#tracing = options.tracing ?? null;
    const members = options.limits.deliveryKnownRecipients / options.layout.inboxPartitions;
    const users = new UserTable();
    const audiences = new Audiences(users, members);
    this.#writer = new SlotWriter(options.codecs, options.lease.partition, options.counters);
    this.#vector = new SourceVector(options.start.vector);
    this.#next = options.start.offset;
    this.#end = options.start.offset;
    this.#table = new SessionTable(users, (slot) => options.outboxes.of(slot), {
      joined: (session) => this.#joined(session),
      replaced: (slot, connection) => this.#replaced(slot, connection),
      bury: (key) => options.tombstones.add(key),
    });
    this.#addressing = new RowAddressing({ users, audiences, table: this.#table, writer: this.#writer });
    this.#stopListening = options.outboxes.onUp((slot) => this.#slotIsUp(slot));
  }

  /** Where to read on, with the vector of everything before. */
  get position(): InboxPosition {
    return { offset: this.#next, vector: this.#vector.toArray() };
  }

  /** The last of the epoch's seals has been read here: nothing follows that counts. */
  get isFinished(): boolean {
    const { epoch, inboundPartitions } = this.#options.layout;
    return this.#hasSeals && isFinished(this.#vector.toArray(), epoch, inboundPartitions);
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
   * @returns the schema id that nobody here knows, at `next`, where the partition has to stop until `process` is called
   *   again with the same batch; or null
   */
  async process(batch: RecordBatch): Promise<number | null> {
    this.#end = batch.end;
    let inPiece = 0;
    for (const record of batch.records) {
      if (record.offset < this.#next) continue;
      if (this.lease.signal.aborted) return null;
      const unknown = this.#takeRecord(record);
      if (unknown !== null) {
        this.#flush();
        return unknown;
      }
      inPiece += 1;
      if (inPiece < PIECE_RECORDS && this.#addressing.targets < PIECE_TARGETS) continue;
      const crowded = this.#addressing.targets >= PIECE_TARGETS;
      inPiece = 0;
      this.#addressing.targets = 0;
      this.#flush();
      if (this.#options.outboxes.full) await this.#options.outboxes.writable();
      if (crowded) await pause(this.#options.clock, 0);
    }
    if (this.lease.signal.aborted) return null;
    this.#next = Math.max(this.#next, batch.next);
    this.#flush();
    if (this.#options.outboxes.full) await this.#options.outboxes.writable();
    return null;
  }

  /** The registry does not know this id either: the record at `next` is none of inbox. */
  leaveOut(schemaId: number): void {
    this.#leaveOut(this.#next, unknownId(schemaId));
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

  /** @returns the schema id that stands in the way, or null */
  #takeRecord({ offset, value }: LogRecord): number | null {
    const read = readInboxRecord(this.#options.codecs, value);
    if (read.kind === 'unknown') {
      this.#next = offset;
      return read.schemaId;
    }
    if (read.kind === 'foreign') this.#leaveOut(offset, read.reason);
    else this.#take(offset, read.event);
    return null;
  }

  #leaveOut(offset: number, reason: string): void {
    const { counters, logger } = this.#options;
    counters.unreadable += 1;
    const { partition } = this.lease;
    logger.error({ partition, offset, reason }, 'ALARM: a record in inbox is none of inbox: it is left out');
    this.#next = offset + 1;
  }

  #take(offset: number, event: InboxEvent): void {
    const { counters } = this.#options;
    const verdict = acceptRecord(this.#vector, event);
    if (verdict === 'accepted') {
      counters.accepted += 1;
      if (event.kind === INBOX_KIND.SEAL) this.#hasSeals = true;
      this.#addressing.deliver(numberAt(this.#epoch, offset), event, this.#processedTo);
      if (this.#tracing !== null) this.#trace(this.#tracing, event);
    } else if (verdict === 'repeat') {
      counters.repeats += 1;
    } else {
      counters.holes += 1;
      this.#alarmHole(offset, event);
    }
    this.#next = offset + 1;
  }

  #trace(tracing: Tracing, event: InboxEvent): void {
    const offset = offsetOf(event.src);
    if (!tracing.samples(offset)) return;
    const at = this.#options.clock.now();
    const place = { partition: event.source, offset };
    const inboxPartition = this.lease.partition;
    tracing.span({ hop: 'delivery', place, inboxPartition, startMs: at, endMs: at });
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
