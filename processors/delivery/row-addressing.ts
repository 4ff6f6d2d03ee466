/**
 * Joins one row with the sessions of its recipients: who gets it, on which connections of which slots, with which
 * prevSeq.
 *
 * 1. `lastSeq` of every recipient with sessions moves on, whether its slot is up or not: a slot that comes up begins anew.
 * 2. A slot gets the row once, with all its targets; large audiences take several records of `TARGETS_PER_PUSH`.
 * 3. The sender's asking connection is no target: it gets the answer, which has the row in it.
 */
import type { InboxEvent } from '../../schemas/events/inbox.ts';
import { INBOX_KIND } from '../../schemas/events/inbox.ts';
import { completeRow } from '../../schemas/events/inbox-view.ts';
import type { Audiences } from './audiences.ts';
import type { SlotState, UserEntry } from './session.ts';
import type { SessionTable } from './session-table.ts';
import type { SlotWriter } from './slot-writer.ts';
import type { UserTable } from './user-table.ts';

const EMPTY = Buffer.alloc(0);
/** Targets in one record of a slot at most: 192 KiB. Larger audiences take several records. */
const TARGETS_PER_PUSH = 16_384;

export interface AddressingParts {
  readonly users: UserTable;
  readonly audiences: Audiences;
  readonly table: SessionTable;
  readonly writer: SlotWriter;
}

export class RowAddressing {
  readonly #parts: AddressingParts;
  /** Slots that the record under way has targets on. */
  readonly #touched: SlotState[] = [];
  /** Targets so far; the caller takes it back to 0. */
  targets = 0;

  constructor(parts: AddressingParts) {
    this.#parts = parts;
  }

  /**
   * Adds the row of an accepted record, and its answer, to the outboxes of the slots that are up.
   * @param seq its version
   * @param processedTo the version of everything processed before it
   */
  deliver(seq: number, event: InboxEvent, processedTo: number): void {
    const recipients = event.kind >= INBOX_KIND.ANSWER ? EMPTY : event.recipients;
    const answering = this.#answeringSlot(event, processedTo);
    let sender: UserEntry | undefined;
    let ackPrevSeq = 0;
    if (recipients.length > 0) {
      const tenant = event.tenant;
      sender = this.#parts.users.find(tenant, event.sender);
      ackPrevSeq = sender !== undefined && sender.sessions.length > 0 ? sender.lastSeq : seq - 1;
      const present = this.#parts.audiences.present(tenant, () => event.conversation, recipients);
      this.#address(present, sender, seq, event, answering);
    }
    if (answering !== null) this.#touch(answering);
    if (this.#touched.length === 0) return;
    const row = recipients.length > 0 ? completeRow(event, seq, 0) : EMPTY;
    for (const slot of this.#touched) {
      slot.touched = false;
      this.#parts.writer.push(slot, seq, row, slot === answering ? event : null, ackPrevSeq);
    }
    this.#touched.length = 0;
  }

  /** The slot whose gate waits for the answer, where there is one and it can be reached. */
  #answeringSlot(event: InboxEvent, processedTo: number): SlotState | null {
    if (event.slot < 0) return null;
    const slot = this.#parts.table.slot(event.slot, processedTo);
    if (event.slotEpoch > slot.epoch) this.#parts.table.epochRead(slot, event.slotEpoch);
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
        this.targets += 1;
        if (!slot.touched) this.#touch(slot);
        if (slot.targets.count === TARGETS_PER_PUSH) {
          this.#parts.writer.push(slot, seq, completeRow(event, seq, 0), null, 0);
        }
      }
    }
  }

  #touch(slot: SlotState): void {
    if (slot.touched) return;
    slot.touched = true;
    this.#touched.push(slot);
  }
}
