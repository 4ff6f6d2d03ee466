/** The cache of newest rows before an embedded store, each page compared with the store's own. For its suite. */
import assert from 'node:assert/strict';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SimDisk, type SimMount } from '../../infra/disk/sim-disk.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { systemRandom } from '../../infra/random/system-random.ts';
import type { RedisClient } from '../../infra/redis/redis-client.ts';
import { openRedisRowCache, type RedisRowCacheLimits } from '../../infra/redis/redis-row-cache.ts';
import { type CachedTimeline, cachedTimeline } from '../../infra/timeline/cached/cached-timeline.ts';
import type { TimelineRig } from '../../infra/timeline/contract.ts';
import { openEmbeddedTimeline } from '../../infra/timeline/embedded/embedded-timeline.ts';
import { InboxWriter, type MadeRecord, testCodecs } from '../../infra/timeline/testing/inbox-writer.ts';
import { MemoryLog } from '../../infra/timeline/testing/memory-log.ts';
import type {
  AcceptedRecord,
  Owner,
  ReadBounds,
  TimelinePage,
  TimelineStore,
} from '../../infra/timeline/timeline-store.ts';
import { numberAt } from '../../schemas/positions.ts';
import { inboxTopic, type Layout, topicSpecs } from '../../schemas/topics.ts';

const layout: Layout = { inboundPartitions: 1, inboxPartitions: 2, epoch: 1, retentionMs: Infinity };
const topic = inboxTopic(1);
export const ALL: ReadBounds = { from: 0, until: Infinity, maxRows: 1_000, maxBytes: 1_000_000 };
export const owner = (user: string): Owner => ({ tenant: 't', user });
export const version = (offset: number): number => numberAt(1, offset);

export const plain = ({ rows, more, syncedTo }: TimelinePage) => ({
  rows: rows.map(({ seq, bytes }) => `${seq} ${Buffer.from(bytes).toString('hex')}`),
  ...{ more, syncedTo },
});

const outcome = (result: PromiseSettledResult<TimelinePage>) =>
  result.status === 'fulfilled' ? plain(result.value) : String(result.reason);

/** Every page that the cache gives is compared with the store's own; its writes wait until the cache has them. */
class Compared {
  readonly cached: CachedTimeline;
  readonly bare: TimelineStore;

  constructor(cached: CachedTimeline, bare: TimelineStore) {
    this.cached = cached;
    this.bare = bare;
  }

  /** The store as the contract sees it. */
  get store(): TimelineStore {
    const { cached } = this;
    return {
      gatherMs: cached.gatherMs,
      write: async (...args) => {
        await cached.write(...args);
        await cached.flushed();
      },
      read: (...args) => this.read(...args),
      checkpoint: (partition) => cached.checkpoint(partition),
      waitFor: (...args) => cached.waitFor(...args),
      newestRows: (...args) => cached.newestRows(...args),
      newest: (...args) => cached.newest(...args),
      trim: (...args) => cached.trim(...args),
      dump: (partition) => cached.dump(partition),
      close: () => cached.close(),
    };
  }

  async read(partition: number, of: Owner, bounds: ReadBounds): Promise<TimelinePage> {
    const read = this.cached.read(partition, of, bounds);
    const [given, expected] = await Promise.allSettled([read, this.bare.read(partition, of, bounds)]);
    assert.deepEqual(outcome(given), outcome(expected));
    return read;
  }
}

export class Rig implements TimelineRig {
  readonly clock = new SimClock();
  readonly log = new MemoryLog(this.clock);
  readonly codecs = testCodecs();
  readonly disk = new SimDisk({ random: new SeededRandom(1) });
  readonly redis: RedisClient;
  readonly limits: Partial<RedisRowCacheLimits>;
  mount: SimMount = this.disk.mount();
  compared!: Compared;

  constructor(redis: RedisClient, limits: Partial<RedisRowCacheLimits>) {
    this.redis = redis;
    this.limits = limits;
  }

  get store(): TimelineStore {
    return this.compared.store;
  }

  async open(): Promise<this> {
    await this.log.ensureTopics(topicSpecs(layout));
    await this.openStore();
    return this;
  }

  async openStore(): Promise<void> {
    const { mount: disk, log: records, codecs, clock } = this;
    const bare = await openEmbeddedTimeline({
      ...{ disk, folder: 'data/timeline', records, codecs, layout, clock, logger: SILENT_LOGGER },
    });
    this.compared = new Compared(this.another(bare), bare);
  }

  /** What another process has: the same store and Redis, and nothing else. */
  another(store: TimelineStore): CachedTimeline {
    const { redis, limits, clock } = this;
    const cache = openRedisRowCache({ redis, epoch: 1, random: systemRandom, limits });
    return cachedTimeline({ store, cache, epoch: 1, clock, logger: SILENT_LOGGER });
  }

  append(partition: number, event: AcceptedRecord['event']): number {
    return this.log.appendNow(topic, partition, [{ key: null, value: this.codecs.inbox.encode(event) }])
      .baseOffset;
  }

  advance(ms: number): Promise<void> {
    return this.clock.runFor(ms);
  }

  async crash(): Promise<TimelineStore> {
    this.disk.powerCut();
    this.mount = this.disk.mount();
    await this.openStore();
    return this.store;
  }

  async close(): Promise<void> {
    await this.clock.until(this.compared.cached.close());
    await this.redis.close();
  }
}

/** @returns the next offset */
export const writeOn = async (
  through: Pick<TimelineStore, 'write'>,
  records: readonly AcceptedRecord[],
  from: number,
): Promise<number> => {
  const last = records.at(-1);
  if (last === undefined) return from;
  const offset = last.offset + 1;
  await through.write(0, records, { offset, vector: [last.event.src] }, from);
  return offset;
};

/** Rows of pairs and a group, written in batches of any size. */
export class Load {
  readonly users = Array.from({ length: 12 }, (_, at) => `user-${at}`);
  readonly #rig: Rig;
  readonly #random: SeededRandom;
  readonly #writer = new InboxWriter();
  next = 0;
  /** What was written last. */
  records: readonly AcceptedRecord[] = [];

  constructor(rig: Rig, seed: number) {
    this.#rig = rig;
    this.#random = new SeededRandom(seed);
  }

  user(): string {
    return this.users[this.#random.below(this.users.length)]!;
  }

  async write(count: number, through: Pick<TimelineStore, 'write'> = this.#rig.store): Promise<void> {
    const records: AcceptedRecord[] = [];
    for (let at = 0; at < count; at += 1) {
      const sender = this.user();
      const isGroup = this.#random.below(4) === 0;
      const recipients = isGroup ? this.users : [...new Set([sender, this.user()])];
      const made: MadeRecord = { sender, recipients, text: 'x'.repeat(this.#random.below(200)) };
      const event = this.#writer.make(made);
      records.push({ offset: this.#rig.append(0, event), event });
    }
    this.records = records;
    this.next = await writeOn(through, records, this.next);
  }

  /** Any range that a client may ask for, most near the end. */
  bounds(): ReadBounds {
    const back = this.#random.below(this.#random.below(3) === 0 ? this.next + 1 : 15);
    const from = version(Math.max(0, this.next - back)) - 1;
    const until = this.#random.below(2) === 0 ? Infinity : from + this.#random.below(20);
    const maxRows = 1 + this.#random.below(10);
    return { from, until, maxRows, maxBytes: this.#random.below(2) === 0 ? 1_000_000 : 500 };
  }
}
