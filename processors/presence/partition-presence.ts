/**
 * Presence of one sessions partition: its table in memory, and the store brought to equal it.
 *
 * Invariants:
 * 1. The store is written only from a table that has read the partition to the end that it had at the assignment:
 *    before that, sessions that ended long ago would show.
 * 2. What is to be written is a set of users, never a queue of changes: however long the store is away, memory holds
 *    the table and as many names as the table has users, or `dirtyUsers`; beyond, all users are written again.
 * 3. A write that failed is repeated under its sequence number. Any answer but 'done' makes the next write a claim of a
 *    new generation, after which all users of the table, and all that the store lists and the table does not have, are
 *    written. So a lost answer, an emptied store, and one that another owner has written to meanwhile are one case.
 * 4. One write at a time. Nothing is written once the lease is lost; what was under way then belongs to an old
 *    generation as soon as the next owner claims.
 */
import { pause } from '../../infra/clock/pause.ts';
import type { Lease } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type {
  PresencePartition,
  PresenceStore,
  PresenceWrite,
  UserName,
  UserRoutes,
} from '../../infra/presence/presence-store.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import { userKey } from '../../schemas/ids.ts';
import { partitionOf } from '../../schemas/partition.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import type { Random } from '../../schemas/ports/random.ts';
import type { InboxPosition } from '../../schemas/positions.ts';
import type { Layout } from '../../schemas/topics.ts';
import type { SessionRecord } from '../runtime/sessions-reader.ts';
import { aborted } from '../runtime/waiting.ts';
import type { PresenceCounters, PresenceLimits } from './presence-limits.ts';
import { RouteTable } from './route-table.ts';

export interface PartitionPresenceOptions {
  readonly lease: Lease;
  readonly layout: Layout;
  readonly store: PresenceStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits: PresenceLimits;
  readonly counters: PresenceCounters;
}

/** What the next write is for. */
type Phase = 'to-claim' | 'writing' | 'superseded';

export class PartitionPresence {
  readonly lease: Lease;
  readonly #options: PartitionPresenceOptions;
  readonly #at: PresencePartition;
  readonly #table = new RouteTable((key) => this.#mark(key));
  readonly #dirty = new Set<string>();
  #phase: Phase = 'to-claim';
  #isAllDirty = false;
  #generation = '';
  #sequence = 0;
  /** The sessions offset read so far, and the one that the store reflects. */
  #next = 0;
  #position = -1;
  #wake: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: PartitionPresenceOptions) {
    this.#options = options;
    this.lease = options.lease;
    this.#at = { epoch: options.layout.epoch, partition: options.lease.partition };
  }

  /** The sessions offset up to which the store has everything. For lag tools: nothing starts from it. */
  get position(): InboxPosition {
    return { offset: Math.max(0, this.#position), vector: [] };
  }

  get end(): number {
    return this.#next;
  }

  get sessions(): number {
    return this.#table.sessions;
  }

  /** Names that wait to be written. */
  get waiting(): number {
    return this.#dirty.size;
  }

  read(records: readonly SessionRecord[], next: number): void {
    for (const record of records) {
      if (record.kind === 'session') this.#table.began(record.key, record.event);
      else if (record.kind === 'ended') this.#table.ended(record.key);
      else this.#table.slotRead(record.event);
    }
    this.#next = next;
    this.#wake?.();
  }

  /**
   * The table is complete: the store may be written. Resolves when the lease is lost or a later epoch has taken over;
   * rejects where the store refuses what it is given.
   */
  begin(): Promise<void> {
    this.#dirty.clear();
    void aborted(this.lease.signal).then(() => this.#wake?.());
    this.#running = this.#run();
    return this.#running;
  }

  /** After the lease is lost: resolves when nothing is written any more. */
  async ended(): Promise<void> {
    // Its failure was reported where `begin` was called.
    await this.#running.catch(() => {});
  }

  #mark(key: string): void {
    if (this.#isAllDirty) return;
    this.#dirty.add(key);
    if (this.#dirty.size <= Math.max(this.#options.limits.dirtyUsers, this.#table.users.size)) return;
    this.#dirty.clear();
    this.#isAllDirty = true;
    this.#phase = this.#phase === 'superseded' ? 'superseded' : 'to-claim';
  }

  #isBehind(): boolean {
    return this.#phase === 'to-claim' || this.#dirty.size > 0 || this.#position < this.#next;
  }

  async #run(): Promise<void> {
    const { clock, limits, logger } = this.#options;
    const { signal } = this.lease;
    let waitMs = limits.retryMs;
    while (!signal.aborted && this.#phase !== 'superseded') {
      try {
        if (this.#phase === 'to-claim') await this.#claim();
        else if (this.#isBehind()) await this.#write();
        else await this.#idle();
        waitMs = limits.retryMs;
      } catch (error) {
        if (signal.aborted) return;
        if (!isBubbleError(error) || !error.retryable) throw error;
        logger.debug({ err: error, partition: this.#at.partition }, 'the presence store is away');
        await pause(clock, waitMs, signal);
        waitMs = Math.min(limits.longestRetryMs, 2 * waitMs);
      }
    }
  }

  /** Takes the partition, and marks all that has to be written. */
  async #claim(): Promise<void> {
    const { store, random, counters, logger } = this.#options;
    const generation = Buffer.from(random.bytes(12)).toString('hex');
    if ((await store.claim(this.#at, generation)) === 'superseded') return this.#superseded();
    this.#generation = generation;
    this.#sequence = 0;
    this.#position = -1;
    this.#isAllDirty = false;
    // What is dirty already and offline by now may be listed by nobody but us: it stays marked.
    for (const key of this.#table.users.keys()) this.#dirty.add(key);
    this.#phase = 'writing';
    counters.claims += 1;
    logger.info({ ...this.#at, users: this.#table.users.size }, 'presence writes a partition from its table');
    try {
      await this.#markListed(this.#at);
      for (const earlier of await store.leftBehind(this.#at.epoch)) await this.#adopt(earlier);
    } catch (error) {
      // Who is listed is not known yet.
      if (this.#phase === 'writing') this.#phase = 'to-claim';
      throw error;
    }
  }

  /** Marks users of the store's list whom the table does not have. */
  async #markListed(at: PresencePartition): Promise<void> {
    for await (const users of this.#options.store.written(at)) {
      for (const name of users) this.#markListedUser(name);
      // A list may be longer than memory should hold.
      while (this.#phase === 'writing' && this.#dirty.size >= this.#options.limits.dirtyUsers / 2)
        await this.#write();
      if (this.#phase !== 'writing' || this.lease.signal.aborted) return;
    }
  }

  #markListedUser({ tenant, user }: UserName): void {
    this.#dirty.add(userKey(tenant, user));
  }

  /** Users of an earlier epoch's partition that belong to this one now: written anew, then taken off the old list. */
  async #adopt(earlier: PresencePartition): Promise<void> {
    const { store, layout } = this.#options;
    let isEmpty = true;
    for await (const users of store.written(earlier)) {
      isEmpty = false;
      const ours = users.filter(
        ({ tenant, user }) =>
          partitionOf(userKey(tenant, user), layout.inboxPartitions) === this.#at.partition,
      );
      for (const name of ours) this.#markListedUser(name);
      while (this.#phase === 'writing' && this.#dirty.size > 0) await this.#write();
      if (this.#phase !== 'writing' || this.lease.signal.aborted) return;
      if (ours.length > 0) await store.forget(earlier, ours);
    }
    if (isEmpty && this.#phase === 'writing') await store.forget(earlier, []);
  }

  async #write(): Promise<void> {
    const { store, limits, counters } = this.#options;
    const reached = this.#next;
    const keys: string[] = [];
    const users: UserRoutes[] = [];
    for (const key of this.#dirty) {
      keys.push(key);
      const { tenant, user } = this.#table.users.get(key) ?? nameOf(key);
      users.push({ tenant, user, routes: this.#table.routesOf(key) });
      if (users.length >= limits.usersPerWrite) break;
    }
    for (const key of keys) {
      this.#dirty.delete(key);
    }
    // Users that change while this is under way are marked again, and `reached` counts none of that.
    const position = this.#dirty.size === 0 ? reached : null;
    let answer: PresenceWrite;
    try {
      answer = await store.replace(this.#at, this.#generation, this.#sequence, users, position);
    } catch (error) {
      for (const key of keys) this.#mark(key);
      throw error;
    }
    if (this.lease.signal.aborted) return;
    if (answer === 'superseded') return this.#superseded();
    if (answer === 'lost') {
      for (const key of keys) this.#mark(key);
      if (this.#phase === 'writing') this.#phase = 'to-claim';
      counters.lost += 1;
      return;
    }
    this.#sequence += 1;
    counters.users += users.length;
    if (position !== null) this.#position = position;
  }

  /** Waits for something to write; after `checkMs` asks the store whether it still stands as we left it. */
  async #idle(): Promise<void> {
    const { clock, limits } = this.#options;
    let isAwake = false;
    await new Promise<void>((resolve) => {
      const timer = clock.after(limits.checkMs, resolve);
      this.#wake = () => {
        isAwake = true;
        timer.cancel();
        resolve();
      };
    });
    this.#wake = null;
    if (!isAwake && !this.lease.signal.aborted) await this.#write();
  }

  #superseded(): void {
    this.#phase = 'superseded';
    this.#dirty.clear();
    this.#options.logger.info({ ...this.#at }, 'presence of a later epoch has taken over');
  }
}

const nameOf = (key: string): UserName => {
  const slash = key.indexOf('/');
  return { tenant: key.slice(0, slash), user: key.slice(slash + 1) };
};
