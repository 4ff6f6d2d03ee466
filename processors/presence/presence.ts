/**
 * The presence processor: copies the sessions of its partitions into a presence store, as routes of users.
 *
 * The state is a table in memory, read from the beginning of the compacted topic whenever a partition is taken over,
 * and the store is brought to equal it. What the store holds is never read back as truth: see partition-presence.ts.
 */
import type { Lease, Log } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { PresenceStore } from '../../infra/presence/presence-store.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import type { Random } from '../../schemas/ports/random.ts';
import { type Layout, sessionsTopic } from '../../schemas/topics.ts';
import { GroupRunner, type Taken } from '../runtime/group-runner.ts';
import { PRESENCE_GROUP } from '../runtime/groups.ts';
import type { PartitionLag, RunningProcessor } from '../runtime/running.ts';
import { SessionsReader } from '../runtime/sessions-reader.ts';
import { PartitionPresence } from './partition-presence.ts';
import { DEFAULT_PRESENCE_LIMITS, type PresenceCounters, type PresenceLimits } from './presence-limits.ts';

const COMMIT_MS = 5_000;

export interface PresenceOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly layout: Layout;
  readonly store: PresenceStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits?: Partial<PresenceLimits>;
}

export interface RunningPresence extends RunningProcessor {
  readonly counters: Readonly<PresenceCounters>;
  /** Sessions known. */
  readonly sessions: number;
  /** Names that wait to be written. */
  readonly waiting: number;
}

class Presence implements RunningPresence {
  readonly name = PRESENCE_GROUP;
  readonly counters: PresenceCounters = { claims: 0, lost: 0, users: 0 };
  readonly #options: PresenceOptions;
  readonly #limits: PresenceLimits;
  readonly #topic: string;
  readonly #runner: GroupRunner<PartitionPresence>;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_PRESENCE_LIMITS, ...options.limits };
    this.#topic = sessionsTopic(options.layout.epoch);
    const { log, clock, logger } = options;
    this.#runner = new GroupRunner<PartitionPresence>({
      ...{ log, clock, logger, group: PRESENCE_GROUP, topic: this.#topic },
      ...{ fetch: { maxRecords: 1 }, commitMs: COMMIT_MS },
      take: (lease) => this.#take(lease),
      // The group only says who owns what: the sessions are followed by a reader that began at their beginning. (Paused,
      // and not held up: a handler that waits for the end of the lease passes for one that hangs.)
      batch: (presence) => this.#runner.pause(presence),
    });
  }

  get ended(): Promise<void> {
    return this.#runner.ended;
  }

  get sessions(): number {
    let sessions = 0;
    for (const presence of this.#runner.partitions) sessions += presence.sessions;
    return sessions;
  }

  get waiting(): number {
    let waiting = 0;
    for (const presence of this.#runner.partitions) waiting += presence.waiting;
    return waiting;
  }

  /** The position is what the store reflects. */
  lag(): PartitionLag[] {
    return this.#runner.lag();
  }

  start(): Promise<void> {
    return this.#runner.start();
  }

  stop(): Promise<void> {
    return this.#runner.stop();
  }

  async #take(lease: Lease): Promise<Taken<PartitionPresence>> {
    const { log, codecs, layout, store, clock, random, logger } = this.#options;
    const presence = new PartitionPresence({
      lease,
      layout,
      store,
      clock,
      random,
      logger,
      limits: this.#limits,
      counters: this.counters,
    });
    const reader = new SessionsReader({
      log,
      codecs,
      clock,
      logger,
      topic: this.#topic,
      partition: lease.partition,
      signal: lease.signal,
      onRead: (records, next) => presence.read(records, next),
    });
    await reader.toEnd();
    const { end } = await log.range(this.#topic, lease.partition);
    if (!lease.signal.aborted) {
      reader.follow((error) => this.#runner.fail(error));
      presence.begin().catch((error: unknown) => this.#runner.fail(error));
    }
    const released = async (): Promise<void> => {
      await reader.ended();
      await presence.ended();
    };
    return { partition: presence, from: end, stored: -1, released };
  }
}

/** Runs until stopped. The topics must exist. A store that is away ends nothing; one that refuses rejects `ended`. */
export async function startPresence(options: PresenceOptions): Promise<RunningPresence> {
  const presence = new Presence(options);
  await presence.start();
  return presence;
}
