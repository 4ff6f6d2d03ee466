/** Gates as the sessions topic sees them, and what presence must say about them. For tests. */
import type { RecordInput } from '../../../infra/log/log.ts';
import type { Route } from '../../../infra/presence/presence-store.ts';
import { testCodecs } from '../../../infra/timeline/testing/inbox-writer.ts';
import { sessionKey, slotKey, userKey } from '../../../schemas/ids.ts';
import { partitionOf } from '../../../schemas/partition.ts';

export const codecs = testCodecs();

export interface OpenSession {
  readonly key: string;
  readonly partition: number;
  readonly user: string;
  readonly route: Route;
}

export type Append = (partition: number, record: RecordInput) => void;

/** Writes sessions as gates do, and knows who is online. Its appends must not fail. */
export class Gates {
  readonly sessions = new Map<string, OpenSession>();
  readonly #append: Append;
  readonly #partitions: number;
  readonly #epochs = new Map<number, number>();
  #connections = 0;

  constructor(partitions: number, append: Append) {
    this.#partitions = partitions;
    this.#append = append;
  }

  /** A gate takes the slot: what an earlier one had there is over. */
  claim(slot: number): void {
    const slotEpoch = (this.#epochs.get(slot) ?? 0) + 1;
    this.#epochs.set(slot, slotEpoch);
    const value = codecs.slot.encode({ slot, slotEpoch, gate: `gate-${slot}.${slotEpoch}` });
    for (let partition = 0; partition < this.#partitions; partition += 1) {
      this.#append(partition, { key: Buffer.from(slotKey(slot)), value });
    }
    for (const [key, { route }] of this.sessions) if (route.slot === slot) this.sessions.delete(key);
  }

  connect(user: string, device: string, slot: number): OpenSession {
    const slotEpoch = this.#epochs.get(slot) ?? 0;
    this.#connections += 1;
    const session = `${slot}.${slotEpoch}.${this.#connections}`;
    const key = sessionKey('t', user, device, session);
    const partition = partitionOf(userKey('t', user), this.#partitions);
    const since = 1_700_000_000_000 + this.#connections;
    const route: Route = {
      session,
      slot,
      gate: `gate-${slot}.${slotEpoch}`,
      device,
      deviceType: 'ios',
      since,
    };
    const value = codecs.session.encode({
      ...{ tenant: 't', user, device, deviceType: 'ios', session, slot, slotEpoch, since },
      connection: this.#connections,
      generation: 0,
    });
    this.#append(partition, { key: Buffer.from(key), value });
    for (const [other, open] of this.sessions) {
      if (open.user === user && open.route.device === device) this.sessions.delete(other);
    }
    const open: OpenSession = { key, partition, user, route };
    this.sessions.set(key, open);
    return open;
  }

  /** Also of a session that was replaced: its gate closes it some time. */
  end({ key, partition }: OpenSession): void {
    this.#append(partition, { key: Buffer.from(key), value: null });
    this.sessions.delete(key);
  }

  routesOf(user: string): Route[] {
    return [...this.sessions.values()]
      .filter((open) => open.user === user)
      .map(({ route }) => route)
      .sort(bySession);
  }
}

export const bySession = (one: Route, other: Route): number => (one.session < other.session ? -1 : 1);
