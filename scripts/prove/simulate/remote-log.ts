/**
 * A process's view of the log: the real embedded log behind an unreliable connection, as a broker would be.
 *
 * Invariants:
 * 1. Requests of a dead process are never answered; what it has sent may still be appended.
 * 2. An append can be lost before or after it has taken effect (both reject with LOG_TIMEOUT), or take effect only
 *    after it has been rejected: a late batch. Batches that stand together stay together.
 * 3. A paused process keeps its membership until its session expires; then the group goes on without waiting for it.
 *    It learns that when it is continued: leases are aborted, commits rejected, `revoked` called, then it joins again.
 * 4. Handlers of one partition are called one at a time, but for `revoked`, which may come while another is under way.
 */

import type {
  Appended,
  AppendOptions,
  Committed,
  GroupHandlers,
  Lease,
  Log,
  LogRecord,
  Membership,
  OffsetRange,
  RandomAccess,
  Reader,
  ReadLimits,
  RecordBatch,
  RecordInput,
} from '../../../infra/log/log.ts';
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { TopicSpec } from '../../../schemas/topics.ts';
import type { SimProcess } from './sim-process.ts';

export type AppendFault = 'none' | 'lost-request' | 'lost-answer' | 'late';

export interface RemoteLogOptions {
  readonly log: Log & RandomAccess;
  readonly clock: Clock;
  readonly process: SimProcess;
  readonly random: SeededRandom;
  /** Mean delay of a request or an answer, ms; 0: none. */
  readonly delayMs: number;
  /** Decides about each append. */
  readonly appendFault: (topic: string) => AppendFault;
  /** How long a late batch waits, ms. */
  readonly lateMs: number;
  /** A further delay of what a reader of the topic is given, ms. */
  readonly slowReadMs: (topic: string) => number;
}

const timeout = (): BubbleError =>
  new BubbleError('LOG_TIMEOUT', 'no answer from the simulated broker', { retryable: true });

export class RemoteLog implements Log, RandomAccess {
  readonly #options: RemoteLogOptions;
  readonly #memberships = new Set<RemoteMembership>();

  constructor(options: RemoteLogOptions) {
    this.#options = options;
    options.process.onDeath(() => this.expireSessions());
  }

  /** The group coordinator has not heard of this process for too long. */
  expireSessions(): void {
    for (const membership of this.#memberships) membership.expire();
  }

  /** The way there or back: waits, and only a running process goes on. */
  async #way(): Promise<void> {
    const { clock, random, delayMs, process } = this.#options;
    if (delayMs > 0) {
      await new Promise<void>((resolve) => clock.after(random.below(2 * delayMs + 1), resolve));
    }
    if (process.state !== 'running') await process.running();
  }

  async #call<T>(effect: () => Promise<T>): Promise<T> {
    const { process } = this.#options;
    await this.#way();
    try {
      return await effect();
    } finally {
      if (process.state !== 'running') await process.running();
    }
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.#call(() => this.#options.log.ensureTopics(specs));
  }

  topics(): Promise<TopicSpec[]> {
    return this.#call(() => this.#options.log.topics());
  }

  partitions(topic: string): Promise<number> {
    return this.#call(() => this.#options.log.partitions(topic));
  }

  async append(
    topic: string,
    partition: number,
    records: readonly RecordInput[],
    options?: AppendOptions,
  ): Promise<Appended> {
    const { log, clock, random, process, delayMs, lateMs } = this.#options;
    const fault = this.#options.appendFault(topic);
    const copy = records.map(({ key, value }) => ({
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
    }));
    const perform = (): Promise<Appended> => log.append(topic, partition, copy, options);
    if (fault === 'lost-request' || fault === 'late') {
      if (fault === 'late') {
        clock.after(lateMs + random.below(lateMs + 1), () => {
          // The log may be closed by then; nobody waits for this batch any more.
          perform().catch(() => {});
        });
      }
      await new Promise<void>((resolve) => clock.after(random.below(2 * delayMs + 50), resolve));
      await process.running();
      throw timeout();
    }
    await this.#way();
    const appended = await perform();
    await this.#way();
    if (fault === 'lost-answer') throw timeout();
    return appended;
  }

  range(topic: string, partition: number): Promise<OffsetRange> {
    return this.#call(() => this.#options.log.range(topic, partition));
  }

  offsetAt(topic: string, partition: number, timeMs: number): Promise<number> {
    return this.#call(() => this.#options.log.offsetAt(topic, partition, timeMs));
  }

  async reader(topic: string, partition: number, from: number): Promise<Reader> {
    const inner = await this.#call(() => this.#options.log.reader(topic, partition, from));
    const { clock, process } = this.#options;
    process.onDeath(() => void inner.close().catch(() => {}));
    return {
      read: async (limits, signal) => {
        const batch = await this.#call(() => inner.read(limits, signal));
        const slowMs = this.#options.slowReadMs(topic);
        if (slowMs > 0) await new Promise<void>((resolve) => clock.after(slowMs, resolve));
        return batch;
      },
      close: () => inner.close(),
    };
  }

  recordsAt(
    topic: string,
    partition: number,
    offsets: readonly number[],
  ): (LogRecord | null)[] | Promise<(LogRecord | null)[]> {
    return this.#options.log.recordsAt(topic, partition, offsets);
  }

  async join(
    group: string,
    topics: readonly string[],
    handlers: GroupHandlers,
    limits?: Partial<ReadLimits>,
  ): Promise<Membership> {
    const { log, process } = this.#options;
    const membership = new RemoteMembership({ log, process, group, topics, handlers, limits: limits ?? {} });
    this.#memberships.add(membership);
    await this.#call(() => membership.join());
    return membership;
  }

  committed(group: string, topic: string, partition: number): Promise<Committed | null> {
    return this.#call(() => this.#options.log.committed(group, topic, partition));
  }

  commitFor(group: string, topic: string, partition: number, position: Committed): Promise<void> {
    return this.#call(() => this.#options.log.commitFor(group, topic, partition, position));
  }

  async close(): Promise<void> {
    // The log is its owner's.
    await Promise.all([...this.#memberships].map((membership) => membership.leave()));
  }
}

interface MembershipOptions {
  readonly log: Log;
  readonly process: SimProcess;
  readonly group: string;
  readonly topics: readonly string[];
  readonly handlers: GroupHandlers;
  readonly limits: Partial<ReadLimits>;
}

interface OuterLease extends Lease {
  readonly abort: AbortController;
  readonly inner: Lease;
  /** Of the connection to the group by which it was given. */
  readonly session: Session;
  /** The handler call under way. */
  busy: Promise<unknown>;
}

/** One connection to the group. */
interface Session {
  membership: Membership | null;
  expired: boolean;
  /** Resolves when the session has expired: nobody waits for handlers then. */
  readonly gone: Promise<null>;
  readonly expire: () => void;
}

const newSession = (): Session => {
  let expire: () => void = () => {};
  const gone = new Promise<null>((resolve) => {
    expire = () => resolve(null);
  });
  return { membership: null, expired: false, gone, expire };
};

class RemoteMembership implements Membership {
  readonly #options: MembershipOptions;
  readonly #leases = new Map<Lease, OuterLease>();
  readonly #rejoining = new Set<Promise<void>>();
  #session: Session = newSession();
  #left = false;
  readonly ended: Promise<void>;
  #end: () => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    this.ended.catch(() => {});
  }

  get assignment(): readonly Lease[] {
    return [...this.#leases.values()].filter((lease) => !lease.signal.aborted);
  }

  async join(): Promise<void> {
    const { log, group, topics, limits } = this.#options;
    const session = newSession();
    this.#session = session;
    const membership = await log.join(group, topics, this.#handlers(session), limits);
    session.membership = membership;
    membership.ended.then(
      () => {
        if (!session.expired) this.#end();
      },
      (error: unknown) => {
        if (!session.expired) this.#fail(error);
      },
    );
    if (session.expired || this.#left) await membership.leave();
  }

  #handlers(session: Session): GroupHandlers {
    const { process, handlers } = this.#options;
    return {
      assigned: async (inner, committed) => {
        const abort = new AbortController();
        const { topic, partition } = inner;
        const lease: OuterLease = {
          topic,
          partition,
          signal: abort.signal,
          abort,
          inner,
          session,
          busy: Promise.resolve(),
        };
        inner.signal.addEventListener('abort', () => process.whenRunning(() => abort.abort()), {
          once: true,
        });
        this.#leases.set(inner, lease);
        const offset = await this.#handle(lease, () => handlers.assigned(lease, committed));
        return offset ?? committed?.offset ?? 0;
      },
      batch: async (inner, batch: RecordBatch) => {
        const lease = this.#leases.get(inner);
        if (lease !== undefined) await this.#handle(lease, () => handlers.batch(lease, batch));
      },
      revoked: async (inner) => {
        const lease = this.#leases.get(inner);
        if (lease === undefined) return;
        this.#leases.delete(inner);
        const told = this.#revoke(lease);
        await Promise.race([told, session.gone]);
      },
    };
  }

  /** Calls a handler when the process runs; null where the session expires first, which then does not wait for it. */
  async #handle<T>(lease: OuterLease, call: () => Promise<T>): Promise<T | null> {
    const { process } = this.#options;
    const result = lease.busy
      .then(() => process.running())
      .then(() => (lease.session.expired ? null : call()));
    lease.busy = result.catch(() => {});
    // A handler that fails after its session has expired concerns the process alone.
    result.catch((error: unknown) => {
      if (lease.session.expired && process.state !== 'dead') this.#fail(error);
    });
    return Promise.race([result, lease.session.gone]);
  }

  async #revoke(lease: OuterLease): Promise<void> {
    const { process, handlers } = this.#options;
    await process.running();
    lease.abort.abort();
    // At once: what is under way may wait for what `revoked` gives up.
    await Promise.all([handlers.revoked(lease), lease.busy]);
  }

  expire(): void {
    const session = this.#session;
    const { process } = this.#options;
    if (session.expired || this.#left) return;
    session.expired = true;
    session.expire();
    const leases = [...this.#leases.values()];
    void session.membership?.leave().catch(() => {});
    this.#leases.clear();
    if (process.state === 'dead') return;
    const rejoining = (async () => {
      await process.running();
      for (const lease of leases) lease.abort.abort();
      await Promise.all(leases.map((lease) => this.#revoke(lease)));
      if (!this.#left) await this.join();
    })();
    this.#rejoining.add(rejoining);
    rejoining.catch((error: unknown) => {
      if (process.state !== 'dead') this.#fail(error);
    });
  }

  async commit(lease: Lease, position: Committed): Promise<void> {
    const { process } = this.#options;
    const outer = lease as OuterLease;
    await process.running();
    const { membership, expired } = outer.session;
    if (outer.signal.aborted || expired || membership === null) {
      throw new BubbleError('LEASE_LOST', `${lease.topic}/${lease.partition} is not held any more`);
    }
    await membership.commit(outer.inner, position);
    await process.running();
  }

  pause(lease: Lease): void {
    const outer = lease as OuterLease;
    if (!outer.session.expired) outer.session.membership?.pause(outer.inner);
  }

  resume(lease: Lease): void {
    const outer = lease as OuterLease;
    if (!outer.session.expired) outer.session.membership?.resume(outer.inner);
  }

  async leave(): Promise<void> {
    this.#left = true;
    await this.#session.membership?.leave();
    this.#end();
  }
}
