/** The records of a slot's topic, as one inbox partition adds them. Nothing is added while the slot is down. */
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { InboxEvent } from '../../schemas/events/inbox.ts';
import type { DeliveryCounters } from './counters.ts';
import { encodePush } from './push-encoder.ts';
import type { Session, SlotState } from './session.ts';

const EMPTY = Buffer.alloc(0);

export class SlotWriter {
  readonly #codecs: Codecs;
  readonly #inboxPartition: number;
  readonly #counters: DeliveryCounters;

  constructor(codecs: Codecs, inboxPartition: number, counters: DeliveryCounters) {
    this.#codecs = codecs;
    this.#inboxPartition = inboxPartition;
    this.#counters = counters;
  }

  /** The row for the targets gathered at the slot, and the answer where `answered` is the record asked for by it. */
  push(slot: SlotState, seq: number, row: Buffer, answered: InboxEvent | null, ackPrevSeq: number): void {
    const count = slot.targets.count + slot.ownTargets.count;
    // The last of several records of a large audience may have nothing left.
    if (answered === null && count === 0) return;
    this.#counters.targets += count;
    if (answered !== null) this.#counters.answers += 1;
    slot.outbox.add(
      encodePush(this.#codecs.push, {
        slotEpoch: slot.epoch,
        inboxPartition: this.#inboxPartition,
        seq,
        row,
        targets: slot.targets.count === 0 ? EMPTY : slot.targets.packed,
        ownTargets: slot.ownTargets.count === 0 ? EMPTY : slot.ownTargets.packed,
        answer: answered === null ? null : answerOf(answered, row, ackPrevSeq),
      }),
    );
    slot.targets.clear();
    slot.ownTargets.clear();
  }

  joined({ slot, connection }: Session, provenTo: number): void {
    if (!slot.outbox.up) return;
    slot.outbox.add(this.#codecs.joined.encode({ slotEpoch: slot.epoch, connection, provenTo }));
  }

  replaced(slot: SlotState, connection: number): void {
    if (!slot.outbox.up) return;
    slot.outbox.add(this.#codecs.replaced.encode({ slotEpoch: slot.epoch, connection }));
  }

  proof(slot: SlotState, to: number, sessionsBelow: number): void {
    if (!slot.outbox.up) return;
    const { epoch: slotEpoch, claimFrom: from } = slot;
    const inboxPartition = this.#inboxPartition;
    slot.outbox.add(this.#codecs.proof.encode({ slotEpoch, inboxPartition, from, to, sessionsBelow }));
  }
}

const answerOf = ({ connection, request, ack }: InboxEvent, row: Buffer, prevSeq: number) => ({
  connection,
  request,
  ack,
  prevSeq,
  // Answers without a row never move the asker's versions.
  versioned: row.length > 0,
});
