/** The outboxes of all slots of a process, shared by its inbox partitions: requests are the budget, not records. */
import type { Log } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { SlotOutbox } from './slot-outbox.ts';

export class SlotOutboxes {
  readonly #bySlot = new Map<number, SlotOutbox>();
  readonly #options: { log: Log; clock: Clock; limits: Limits; logger: Logger };
  readonly #listeners = new Set<(slot: number) => void>();
  readonly #probe: Buffer;

  constructor(options: { log: Log; codecs: Codecs; clock: Clock; limits: Limits; logger: Logger }) {
    this.#options = options;
    // No gate has epoch 0, so all ignore it.
    this.#probe = options.codecs.proof.encode({
      slotEpoch: 0,
      inboxPartition: 0,
      from: 0,
      to: 0,
      sessionsBelow: 0,
    });
  }

  of(slot: number): SlotOutbox {
    let outbox = this.#bySlot.get(slot);
    if (outbox === undefined) {
      const onUp = (up: number): void => {
        for (const listener of this.#listeners) listener(up);
      };
      outbox = new SlotOutbox({ ...this.#options, slot, onUp });
      this.#bySlot.set(slot, outbox);
    }
    return outbox;
  }

  /** Called whenever a slot comes up again. @returns how to end that */
  onUp(listener: (slot: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get dropped(): number {
    let dropped = 0;
    for (const outbox of this.#bySlot.values()) dropped += outbox.dropped;
    return dropped;
  }

  get queuedBytes(): number {
    let bytes = 0;
    for (const outbox of this.#bySlot.values()) bytes += outbox.queuedBytes;
    return bytes;
  }

  /** Slots that take nothing. */
  get down(): number {
    let down = 0;
    for (const outbox of this.#bySlot.values()) if (!outbox.up) down += 1;
    return down;
  }

  flush(): void {
    for (const outbox of this.#bySlot.values()) outbox.flush();
  }

  get full(): boolean {
    for (const outbox of this.#bySlot.values()) if (outbox.full) return true;
    return false;
  }

  /** Resolves when no slot is full; a slot is full for a bounded time. */
  async writable(): Promise<void> {
    while (this.full) await Promise.all([...this.#bySlot.values()].map((outbox) => outbox.writable()));
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#bySlot.values()].map((outbox) => outbox.settled()));
  }

  probeDown(): void {
    for (const outbox of this.#bySlot.values()) outbox.probe(this.#probe);
  }

  probe(slot: number): void {
    this.of(slot).probe(this.#probe);
  }

  close(): void {
    for (const outbox of this.#bySlot.values()) outbox.close();
  }
}
