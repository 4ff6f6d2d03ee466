/**
 * The live sessions of one sessions partition, as routes of users. The rules are delivery's (delivery/session-table.ts),
 * so that both know the same sessions at the same place in the log:
 *
 * 1. A session lives from its record until its tombstone, a higher epoch of its slot, or a later session of the same
 *    device of the same user (the later place in the log wins).
 * 2. A replaced session is remembered until its tombstone or its slot's next epoch, so that a repeat of its record
 *    does not bring it back.
 *
 * Pure but for `changed`, which is called with every user whose routes are other ones now.
 */
import type { Route, UserName } from '../../infra/presence/presence-store.ts';
import type { SessionEvent, SlotEvent } from '../../schemas/events/session.ts';
import { userKey } from '../../schemas/ids.ts';

interface Slot {
  readonly slot: number;
  /** Sessions of lower epochs are over. */
  epoch: number;
  gate: string;
  readonly sessions: Set<Session>;
  readonly replaced: Set<string>;
}

interface Session {
  readonly key: string;
  readonly user: UserSessions;
  readonly slot: Slot;
  readonly event: SessionEvent;
}

interface UserSessions extends UserName {
  readonly key: string;
  readonly sessions: Session[];
}

export class RouteTable {
  readonly #changed: (userKey: string) => void;
  readonly #users = new Map<string, UserSessions>();
  readonly #sessions = new Map<string, Session>();
  readonly #slots = new Map<number, Slot>();
  readonly #replacedOn = new Map<string, Slot>();

  constructor(changed: (userKey: string) => void) {
    this.#changed = changed;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** Users with routes: by tenant and user as `userKey` gives it. */
  get users(): ReadonlyMap<string, UserName> {
    return this.#users;
  }

  routesOf(key: string): Route[] {
    const user = this.#users.get(key);
    if (user === undefined) return [];
    return user.sessions.map(({ slot, event }) => ({
      session: event.session,
      slot: slot.slot,
      gate: slot.gate,
      device: event.device,
      deviceType: event.deviceType,
      since: event.since,
    }));
  }

  began(key: string, event: SessionEvent): void {
    const slot = this.#slot(event.slot);
    if (event.slotEpoch < slot.epoch) return;
    this.#epochRead(slot, event.slotEpoch);
    if (this.#sessions.has(key) || slot.replaced.has(key)) return;
    const user = this.#intern(event.tenant, event.user);
    const older = user.sessions.find((session) => session.event.device === event.device);
    // A gate appends its records in the order of its connections: this one is a repeat that came after its end.
    if (older?.slot === slot && older.event.connection > event.connection) return;
    const session: Session = { key, user, slot, event };
    user.sessions.push(session);
    slot.sessions.add(session);
    this.#sessions.set(key, session);
    if (older !== undefined) {
      this.#remove(older);
      older.slot.replaced.add(older.key);
      this.#replacedOn.set(older.key, older.slot);
    }
    this.#changed(user.key);
  }

  /** Its tombstone was read. */
  ended(key: string): void {
    const session = this.#sessions.get(key);
    if (session !== undefined) this.#remove(session);
    this.#replacedOn.get(key)?.replaced.delete(key);
    this.#replacedOn.delete(key);
  }

  slotRead({ slot, slotEpoch, gate }: SlotEvent): void {
    const state = this.#slot(slot);
    if (slotEpoch < state.epoch) return;
    this.#epochRead(state, slotEpoch);
    if (state.gate === gate) return;
    state.gate = gate;
    for (const { user } of state.sessions) this.#changed(user.key);
  }

  #epochRead(slot: Slot, epoch: number): void {
    if (epoch <= slot.epoch) return;
    slot.epoch = epoch;
    slot.gate = '';
    for (const session of [...slot.sessions]) this.#remove(session);
    for (const key of slot.replaced) this.#replacedOn.delete(key);
    slot.replaced.clear();
  }

  #remove(session: Session): void {
    const { user } = session;
    this.#sessions.delete(session.key);
    session.slot.sessions.delete(session);
    user.sessions.splice(user.sessions.indexOf(session), 1);
    if (user.sessions.length === 0) this.#users.delete(user.key);
    this.#changed(user.key);
  }

  #slot(slot: number): Slot {
    let state = this.#slots.get(slot);
    if (state === undefined) {
      state = { slot, epoch: 0, gate: '', sessions: new Set(), replaced: new Set() };
      this.#slots.set(slot, state);
    }
    return state;
  }

  #intern(tenant: string, name: string): UserSessions {
    const key = userKey(tenant, name);
    let user = this.#users.get(key);
    if (user === undefined) {
      user = { key, tenant, user: name, sessions: [] };
      this.#users.set(key, user);
    }
    return user;
  }
}
