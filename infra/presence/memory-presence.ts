/** Presence in the memory of one process: for the embedded mode, where gates and processors share it. */
import { userKey } from '../../schemas/ids.ts';
import type {
  PresencePartition,
  PresenceStore,
  PresenceWrite,
  Route,
  UserName,
  UserRoutes,
} from './presence-store.ts';

interface Held {
  readonly at: PresencePartition;
  generation: string;
  sequence: number;
  position: number | null;
  readonly users: Map<string, UserName>;
}

const keyOf = ({ epoch, partition }: PresencePartition): string => `${epoch}/${partition}`;

export class MemoryPresence implements PresenceStore {
  readonly #routes = new Map<string, readonly Route[]>();
  readonly #held = new Map<string, Held>();
  #newestEpoch = 0;

  async whereIs(tenant: string, users: readonly string[]): Promise<(readonly Route[])[]> {
    return users.map((user) => this.#routes.get(userKey(tenant, user)) ?? []);
  }

  async position(at: PresencePartition): Promise<number | null> {
    return this.#held.get(keyOf(at))?.position ?? null;
  }

  async claim(at: PresencePartition, generation: string): Promise<'done' | 'superseded'> {
    if (this.#newestEpoch > at.epoch) return 'superseded';
    this.#newestEpoch = at.epoch;
    const users = this.#held.get(keyOf(at))?.users ?? new Map<string, UserName>();
    this.#held.set(keyOf(at), { at, generation, sequence: 0, position: null, users });
    return 'done';
  }

  async replace(
    at: PresencePartition,
    generation: string,
    sequence: number,
    users: readonly UserRoutes[],
    position: number | null,
  ): Promise<PresenceWrite> {
    if (this.#newestEpoch > at.epoch) return 'superseded';
    const held = this.#held.get(keyOf(at));
    if (held?.generation !== generation || held.sequence !== sequence) return 'lost';
    for (const { tenant, user, routes } of users) {
      const key = userKey(tenant, user);
      if (routes.length === 0) {
        this.#routes.delete(key);
        held.users.delete(key);
      } else {
        this.#routes.set(key, routes);
        held.users.set(key, { tenant, user });
      }
    }
    held.sequence += 1;
    if (position !== null) held.position = position;
    return 'done';
  }

  async *written(at: PresencePartition): AsyncIterable<readonly UserName[]> {
    const users = this.#held.get(keyOf(at))?.users;
    if (users !== undefined && users.size > 0) yield [...users.values()];
  }

  async leftBehind(epoch: number): Promise<PresencePartition[]> {
    return [...this.#held.values()]
      .filter(({ at, users }) => at.epoch < epoch && users.size > 0)
      .map(({ at }) => at);
  }

  async forget(at: PresencePartition, users: readonly UserName[]): Promise<void> {
    const held = this.#held.get(keyOf(at));
    for (const { tenant, user } of users) held?.users.delete(userKey(tenant, user));
  }

  /** What a Redis without a disk does when it starts again. */
  empty(): void {
    this.#routes.clear();
    this.#held.clear();
    this.#newestEpoch = 0;
  }

  async close(): Promise<void> {}
}
