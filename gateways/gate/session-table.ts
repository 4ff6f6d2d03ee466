/** All connections of a gate: by number, by user, and how many there are of each address. */
import { userKey } from '../../schemas/ids.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { GateSession } from './gate-session.ts';

interface AddressCount {
  connections: number;
  /** Not confirmed yet. */
  pending: number;
}

export class SessionTable {
  readonly #limits: Limits;
  readonly #byNumber = new Map<number, GateSession>();
  readonly #byUser = new Map<string, GateSession[]>();
  readonly #byAddress = new Map<string, AddressCount>();
  #confirmed = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get connections(): number {
    return this.#byNumber.size;
  }

  get confirmed(): number {
    return this.#confirmed;
  }

  get(connection: number): GateSession | undefined {
    return this.#byNumber.get(connection);
  }

  all(): IterableIterator<GateSession> {
    return this.#byNumber.values();
  }

  /** Whether one more connection of this address may come in. */
  admits(address: string): boolean {
    if (this.#byNumber.size >= this.#limits.connections) return false;
    const count = this.#byAddress.get(address);
    return (
      count === undefined ||
      (count.connections < this.#limits.connectionsPerAddress &&
        count.pending < this.#limits.pendingSessionsPerAddress)
    );
  }

  add(session: GateSession): void {
    this.#byNumber.set(session.number, session);
    const count = this.#byAddress.get(session.addressKey);
    if (count === undefined) this.#byAddress.set(session.addressKey, { connections: 1, pending: 1 });
    else {
      count.connections += 1;
      count.pending += 1;
    }
  }

  /** Confirmed sessions of the user of this one. */
  ofUser(session: GateSession): readonly GateSession[] {
    const { tenant, user } = session.principal!;
    return this.#byUser.get(userKey(tenant, user)) ?? [];
  }

  confirm(session: GateSession): void {
    this.#confirmed += 1;
    this.#byAddress.get(session.addressKey)!.pending -= 1;
    const { tenant, user } = session.principal!;
    const key = userKey(tenant, user);
    const others = this.#byUser.get(key);
    if (others === undefined) this.#byUser.set(key, [session]);
    else others.push(session);
  }

  /** @param wasConfirmed whether `confirm` was called for it */
  remove(session: GateSession, wasConfirmed: boolean): void {
    if (!this.#byNumber.delete(session.number)) return;
    const count = this.#byAddress.get(session.addressKey)!;
    count.connections -= 1;
    if (!wasConfirmed) count.pending -= 1;
    if (count.connections === 0) this.#byAddress.delete(session.addressKey);
    if (!wasConfirmed) return;
    this.#confirmed -= 1;
    const { tenant, user } = session.principal!;
    const key = userKey(tenant, user);
    const left = (this.#byUser.get(key) ?? []).filter((each) => each !== session);
    if (left.length === 0) this.#byUser.delete(key);
    else this.#byUser.set(key, left);
  }
}
