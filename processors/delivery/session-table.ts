/**
 * The live sessions of one inbox partition, as its sessions partition tells them. Pure but for the effects it reports.
 *
 * 1. A session lives from its record until its tombstone, a higher epoch of its slot, or a later session of the same
 *    device of the same user (the later place in the log wins).
 * 2. A replaced session is remembered until its tombstone or its slot's next epoch: until its gate has closed it,
 *    nothing may be claimed about it that delivery does not do, so it must be told, again where that was dropped.
 * 3. A user's first session makes the user's `lastSeq` the version of everything processed so far; later ones leave
 *    the exact value.
 */
import { TargetWriter } from '../../schemas/events/packed.ts';
import type { SessionEvent } from '../../schemas/events/session.ts';
import type { Session, SlotState } from './session.ts';
import type { SlotOutbox } from './slot-outbox.ts';
import type { UserTable } from './user-table.ts';

export interface SessionEffects {
  /** A session was read (also one that is known already). */
  joined(session: Session): void;
  replaced(slot: SlotState, connection: number): void;
  /** The session is over and its gate can no longer say so. */
  bury(key: string): void;
}

/** Ended sessions that are remembered in a partition; those of a gate whose repeats are on their way are far fewer. */
const ENDED_KEYS = 10_000;

export class SessionTable {
  readonly #users: UserTable;
  readonly #effects: SessionEffects;
  readonly #outboxOf: (slot: number) => SlotOutbox;
  readonly #sessions = new Map<string, Session>();
  readonly #slots = new Map<number, SlotState>();
  /** Keys are never used twice: what is here comes late. */
  readonly #endedLately = new Set<string>();
  readonly #replacedOn = new Map<string, SlotState>();

  constructor(users: UserTable, outboxOf: (slot: number) => SlotOutbox, effects: SessionEffects) {
    this.#users = users;
    this.#outboxOf = outboxOf;
    this.#effects = effects;
  }

  get slots(): Iterable<SlotState> {
    return this.#slots.values();
  }

  get size(): number {
    return this.#sessions.size;
  }

  find(slot: number): SlotState | undefined {
    return this.#slots.get(slot);
  }

  slot(slot: number, claimFrom: number): SlotState {
    let state = this.#slots.get(slot);
    if (state === undefined) {
      state = {
        slot,
        outbox: this.#outboxOf(slot),
        epoch: 0,
        claimFrom,
        sessions: new Set(),
        replaced: new Map(),
        targets: new TargetWriter(),
        ownTargets: new TargetWriter(),
        touched: false,
      };
      this.#slots.set(slot, state);
    }
    return state;
  }

  /** @param processedTo the version of everything processed so far */
  began(key: string, event: SessionEvent, processedTo: number): void {
    const slot = this.slot(event.slot, processedTo);
    if (event.slotEpoch < slot.epoch) {
      this.#effects.bury(key);
      return;
    }
    this.epochRead(slot, event.slotEpoch);
    // A gate repeats a record whose answer it has not got: it may arrive after the end of its session.
    if (this.#endedLately.has(key)) {
      this.#effects.bury(key);
      return;
    }
    const known = this.#sessions.get(key);
    if (known !== undefined) {
      this.#effects.joined(known);
      return;
    }
    if (slot.replaced.has(key)) {
      this.#effects.replaced(slot, event.connection);
      return;
    }
    const user = this.#users.intern(event.tenant, event.user);
    const older = user.sessions.find(({ device }) => device === event.device);
    if (older !== undefined && older.slot === slot && older.connection > event.connection) {
      // A gate appends its records in the order of its connection numbers: this one was repeated late, after its end.
      this.#effects.bury(key);
      return;
    }
    if (user.sessions.length === 0) {
      user.lastSeq = processedTo;
      this.#users.presence += 1;
    }
    const session: Session = { key, user, device: event.device, slot, connection: event.connection };
    // The new one first, so that the user is never without a session and keeps the exact version.
    user.sessions.push(session);
    slot.sessions.add(session);
    this.#sessions.set(key, session);
    if (older !== undefined) {
      this.#remove(older);
      older.slot.replaced.set(older.key, older.connection);
      this.#replacedOn.set(older.key, older.slot);
      this.#effects.replaced(older.slot, older.connection);
    }
    this.#effects.joined(session);
  }

  /** Its tombstone was read. */
  ended(key: string): void {
    this.#remember(key);
    const session = this.#sessions.get(key);
    if (session !== undefined) this.#remove(session);
    this.#replacedOn.get(key)?.replaced.delete(key);
    this.#replacedOn.delete(key);
  }

  #remember(key: string): void {
    const keys = this.#endedLately;
    keys.add(key);
    // Sets keep the order of insertion: the first one is the oldest.
    if (keys.size > ENDED_KEYS) for (const oldest of keys) return void keys.delete(oldest);
  }

  /** The slot has this epoch now: what an earlier holder had is over. */
  epochRead(slot: SlotState, epoch: number): void {
    if (epoch <= slot.epoch) return;
    slot.epoch = epoch;
    for (const session of [...slot.sessions]) {
      this.#remove(session);
      this.#effects.bury(session.key);
    }
    for (const key of slot.replaced.keys()) {
      this.#replacedOn.delete(key);
      this.#effects.bury(key);
    }
    slot.replaced.clear();
  }

  #remove(session: Session): void {
    const { user } = session;
    this.#sessions.delete(session.key);
    session.slot.sessions.delete(session);
    user.sessions.splice(user.sessions.indexOf(session), 1);
    if (user.sessions.length > 0) return;
    this.#users.presence += 1;
    this.#users.release(user);
  }
}
