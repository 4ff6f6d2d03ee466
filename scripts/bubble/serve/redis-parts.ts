/** What a process does with Redis: routes and presence copied there, spent tickets known to all gates. */
import type { Logger } from '../../../infra/logger/logger.ts';
import { openRedis } from '../../../infra/redis/redis-client.ts';
import { openRedisPresence } from '../../../infra/redis/redis-presence.ts';
import { openRedisRowCache } from '../../../infra/redis/redis-row-cache.ts';
import { RedisSpentTickets } from '../../../infra/redis/redis-spent-tickets.ts';
import { cachedTimeline } from '../../../infra/timeline/cached/cached-timeline.ts';
import type { TimelineStore } from '../../../infra/timeline/timeline-store.ts';
import { startPresence } from '../../../processors/presence/presence.ts';
import type { RunningProcessor } from '../../../processors/runtime/running.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Random } from '../../../schemas/ports/random.ts';
import type { Layout } from '../../../schemas/topics.ts';
import type { Stores } from './stores.ts';

export interface RedisParts {
  /** The store with the newest rows of each user in Redis before it. */
  cached(store: TimelineStore, layout: Layout): TimelineStore;
  readonly spentTickets: RedisSpentTickets;
  startPresence(stores: Stores, layout: Layout): Promise<RunningProcessor>;
  close(): Promise<void>;
}

export const openRedisParts = (url: string, clock: Clock, random: Random, logger: Logger): RedisParts => {
  const redis = openRedis({ url, clock, logger });
  const store = openRedisPresence(redis);
  return {
    cached: (store, { epoch }) =>
      cachedTimeline({ store, cache: openRedisRowCache({ redis, epoch, random }), epoch, clock, logger }),
    spentTickets: new RedisSpentTickets(redis),
    startPresence: ({ log, codecs }, layout) =>
      startPresence({ log, codecs, layout, store, clock, random, logger }),
    close: () => redis.close(),
  };
};
