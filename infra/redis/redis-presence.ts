/**
 * Presence in Redis: one server or a failover pair (a script touches keys of many users, which Redis Cluster refuses),
 * without eviction (`maxmemory-policy noeviction`): a user's routes that were evicted would read as offline.
 *
 * Keys, behind the client's prefix:
 * - `<tenant>:presence:<user>`: a hash, session -> route as JSON. No key: offline.
 * - `_bubble:presence:epoch`: the newest epoch. (No tenant begins with '_'.)
 * - `_bubble:presence:<epoch>:<partition>`: a hash of generation, sequence and offset.
 * - `_bubble:presence:<epoch>:<partition>:users`: a set of `tenant/user`, those with routes.
 * - `_bubble:presence:partitions`: a set of `epoch/partition`, those that were ever claimed.
 */
import { userKey } from '../../schemas/ids.ts';
import type {
  PresencePartition,
  PresenceStore,
  PresenceWrite,
  Route,
  UserName,
  UserRoutes,
} from '../presence/presence-store.ts';
import type { RedisClient } from './redis-client.ts';
import { redisScript } from './redis-script.ts';

const EPOCH_KEY = '_bubble:presence:epoch';
const PARTITIONS_KEY = '_bubble:presence:partitions';
/** Questions under way for one `whereIs`. */
const ASKED_AT_A_TIME = 2_048;
const SCANNED_AT_A_TIME = 1_000;

const CLAIM = redisScript(`
local newest = redis.call('GET', KEYS[1])
if newest and tonumber(newest) > tonumber(ARGV[1]) then return 'superseded' end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('SADD', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[3])
redis.call('HSET', KEYS[3], 'generation', ARGV[3], 'sequence', 0)
return 'done'
`);

/** ARGV from 6 on: for each user the list's member, a count, and that many pairs of session and route. */
const REPLACE = redisScript(`
local newest = redis.call('GET', KEYS[1])
if newest ~= ARGV[1] then
  if newest and tonumber(newest) > tonumber(ARGV[1]) then return 'superseded' end
  return 'lost'
end
local held = redis.call('HMGET', KEYS[2], 'generation', 'sequence')
if held[1] ~= ARGV[2] or held[2] ~= ARGV[3] then return 'lost' end
local at = 6
for user = 4, #KEYS do
  local member, count = ARGV[at], tonumber(ARGV[at + 1])
  at = at + 2
  redis.call('DEL', KEYS[user])
  if count == 0 then
    redis.call('SREM', KEYS[3], member)
  else
    redis.call('HSET', KEYS[user], unpack(ARGV, at, at + 2 * count - 1))
    redis.call('SADD', KEYS[3], member)
  end
  at = at + 2 * count
end
redis.call('HSET', KEYS[2], 'sequence', ARGV[4])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[2], 'offset', ARGV[5]) end
return 'done'
`);

const POSITION = redisScript(`return redis.call('HGET', KEYS[1], 'offset')`);

const LEFT_BEHIND = redisScript(`return redis.call('SMEMBERS', KEYS[1])`);

const FORGET = redisScript(`
if #ARGV > 1 then redis.call('SREM', KEYS[1], unpack(ARGV, 2)) end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('SREM', KEYS[2], ARGV[1])
  redis.call('DEL', KEYS[3])
end
return 'done'
`);

const placeKey = ({ epoch, partition }: PresencePartition): string =>
  `_bubble:presence:${epoch}:${partition}`;
const listKey = (at: PresencePartition): string => `${placeKey(at)}:users`;
const memberOf = ({ epoch, partition }: PresencePartition): string => `${epoch}/${partition}`;
const routesKey = (tenant: string, user: string): string => `${tenant}:presence:${user}`;

const pieces = function* <T>(all: readonly T[], most: number): Iterable<readonly T[]> {
  for (let from = 0; from < all.length; from += most) yield all.slice(from, from + most);
};

class RedisPresence implements PresenceStore {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  async whereIs(tenant: string, users: readonly string[]): Promise<(readonly Route[])[]> {
    const found: Route[][] = [];
    for (const piece of pieces(users, ASKED_AT_A_TIME)) {
      // All in one turn: the client sends them in one write.
      const answers = await Promise.all(piece.map((user) => this.#redis.hashValues(routesKey(tenant, user))));
      for (const values of answers) found.push(values.map((value) => JSON.parse(value) as Route));
    }
    return found;
  }

  async position(at: PresencePartition): Promise<number | null> {
    const offset = await this.#redis.run(POSITION, [placeKey(at)], []);
    return typeof offset === 'string' ? Number(offset) : null;
  }

  async claim(at: PresencePartition, generation: string): Promise<'done' | 'superseded'> {
    const keys = [EPOCH_KEY, PARTITIONS_KEY, placeKey(at)];
    const answer = await this.#redis.run(CLAIM, keys, [at.epoch, memberOf(at), generation]);
    return answer === 'superseded' ? 'superseded' : 'done';
  }

  async replace(
    at: PresencePartition,
    generation: string,
    sequence: number,
    users: readonly UserRoutes[],
    position: number | null,
  ): Promise<PresenceWrite> {
    // One script, whatever it takes: of two with one sequence number only one may be done, and that wholly.
    const answer = await this.#redis.run(
      REPLACE,
      [EPOCH_KEY, placeKey(at), listKey(at), ...users.map(({ tenant, user }) => routesKey(tenant, user))],
      [
        ...[at.epoch, generation, sequence, sequence + 1, position ?? ''],
        ...users.flatMap(({ tenant, user, routes }) => [
          userKey(tenant, user),
          routes.length,
          ...routes.flatMap((route) => [route.session, JSON.stringify(route)]),
        ]),
      ],
    );
    return answer === 'done' || answer === 'superseded' ? answer : 'lost';
  }

  async *written(at: PresencePartition): AsyncIterable<readonly UserName[]> {
    let cursor = '0';
    do {
      const { next, members } = await this.#redis.scanSet(listKey(at), cursor, SCANNED_AT_A_TIME);
      cursor = next;
      if (members.length > 0) yield members.map(userOf);
    } while (cursor !== '0');
  }

  async leftBehind(epoch: number): Promise<PresencePartition[]> {
    const members = (await this.#redis.run(LEFT_BEHIND, [PARTITIONS_KEY], [])) as string[];
    const partitions: PresencePartition[] = [];
    for (const member of members) {
      const [first, second] = member.split('/');
      const at = { epoch: Number(first), partition: Number(second) };
      if (at.epoch < epoch) partitions.push(at);
    }
    return partitions.sort((one, other) => one.epoch - other.epoch || one.partition - other.partition);
  }

  async forget(at: PresencePartition, users: readonly UserName[]): Promise<void> {
    const keys = [listKey(at), PARTITIONS_KEY, placeKey(at)];
    for (const piece of users.length === 0 ? [users] : pieces(users, SCANNED_AT_A_TIME)) {
      const members = piece.map(({ tenant, user }) => userKey(tenant, user));
      await this.#redis.run(FORGET, keys, [memberOf(at), ...members]);
    }
  }

  /** The client belongs to who has opened it. */
  async close(): Promise<void> {}
}

const userOf = (member: string): UserName => {
  const slash = member.indexOf('/');
  return { tenant: member.slice(0, slash), user: member.slice(slash + 1) };
};

export const openRedisPresence = (redis: RedisClient): PresenceStore => new RedisPresence(redis);
