/**
 * The newest rows of each user in Redis. One server or a failover pair, for its scripts touch many keys; any eviction
 * policy will do.
 *
 * Keys, behind the client's prefix:
 * - `<tenant>:rows:<epoch>:<user>`: an entry (row-entry.ts). No key: unknown.
 * - `_bubble:rows:<epoch>:<partition>`: the partition's place, `generation|offset|floor`. (No tenant begins with '_'.)
 */
import type { Random } from '../../schemas/ports/random.ts';
import { numberAt } from '../../schemas/positions.ts';
import { OWN_BYTES } from '../../schemas/wire/row.ts';
import type { CachedRows, CacheWrite, CacheWriteUser, RowCache } from '../timeline/cached/row-cache.ts';
import type { Owner } from '../timeline/timeline-store.ts';
import type { RedisClient } from './redis-client.ts';
import { redisScript } from './redis-script.ts';
import { GENERATION_CHARACTERS, readRowEntry } from './row-entry.ts';

export interface RedisRowCacheLimits {
  /** Rows of an entry; it is cut when it has twice as many, or more than its bytes. */
  readonly rowsPerUser: number;
  readonly entryBytes: number;
  /** An entry goes when it got no row for so long; a partition's place, when nothing was written to it. */
  readonly keptMs: number;
  /** Of one script: about a millisecond in which Redis does nothing else. */
  readonly usersPerScript: number;
  readonly rowsPerScript: number;
}

const DEFAULT_REDIS_ROW_CACHE_LIMITS: RedisRowCacheLimits = {
  rowsPerUser: 50,
  entryBytes: 64 * 1024,
  keptMs: 3_600_000,
  usersPerScript: 256,
  rowsPerScript: 1_000,
};

export interface RedisRowCacheOptions {
  readonly redis: RedisClient;
  readonly epoch: number;
  readonly random: Random;
  readonly limits?: Partial<RedisRowCacheLimits>;
}

/**
 * ARGV: expected offset, new offset or '', version before the expected offset, rows at most, bytes at most, kept ms,
 * bytes of the own field, number of rows n, n rows as their senders see them, n versions, and for each of the keys
 * from the second on its row indexes (u32 LE each, doubled, plus one: own).
 */
const APPEND = redisScript(`
local place = redis.call('GET', KEYS[1])
if not place then return 'gap' end
local generation, offset, floor = string.match(place, '^(%x+)|(%d+)|(%d+)$')
if offset ~= ARGV[1] then return 'gap' end
local most, mostBytes, kept, ownBytes, n =
  tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
local packed = {}
local function rowOf(code)
  local row = packed[code]
  if row then return row end
  local index = math.floor(code / 2)
  local bytes = ARGV[9 + index]
  if code % 2 == 0 then bytes = string.sub(bytes, 1, -1 - ownBytes) end
  row = struct.pack('<dI4', tonumber(ARGV[9 + n + index]), #bytes) .. bytes
  packed[code] = row
  return row
end
local function cut(key)
  local value = redis.call('GET', key)
  local from, last, count = struct.unpack('<ddI4', value, ${GENERATION_CHARACTERS + 1})
  local at = ${GENERATION_CHARACTERS + 21}
  while at <= #value and (count > most or 2 * (#value - at + 1) > mostBytes) do
    local seq, bytes = struct.unpack('<dI4', value, at)
    from, count, at = seq, count - 1, at + 12 + bytes
  end
  redis.call('SET', key, generation .. struct.pack('<ddI4', from, last, count) .. string.sub(value, at), 'PX', kept)
end
for user = 2, #KEYS do
  local key, codes = KEYS[user], ARGV[7 + 2 * n + user]
  local head = redis.call('GETRANGE', key, 0, ${GENERATION_CHARACTERS + 19})
  local isOurs = string.sub(head, 1, ${GENERATION_CHARACTERS}) == generation
  local from, last, count = tonumber(ARGV[3]), tonumber(ARGV[3]), 0
  if isOurs then from, last, count = struct.unpack('<ddI4', head, ${GENERATION_CHARACTERS + 1}) end
  local parts = {}
  for at = 1, #codes, 4 do
    local code = struct.unpack('<I4', codes, at)
    local seq = tonumber(ARGV[9 + n + math.floor(code / 2)])
    if seq > last then
      parts[#parts + 1] = rowOf(code)
      last = seq
    end
  end
  count = count + #parts
  local size
  if not isOurs then
    local value = generation .. struct.pack('<ddI4', from, last, count) .. table.concat(parts)
    redis.call('SET', key, value, 'PX', kept)
    size = #value
  elseif #parts > 0 then
    size = redis.call('APPEND', key, table.concat(parts))
    redis.call('SETRANGE', key, ${GENERATION_CHARACTERS + 8}, struct.pack('<dI4', last, count))
    redis.call('PEXPIRE', key, kept)
  end
  if size and (count > 2 * most or size > mostBytes) then cut(key) end
end
if ARGV[2] ~= '' then
  redis.call('SET', KEYS[1], generation .. '|' .. ARGV[2] .. '|' .. floor, 'PX', kept)
end
return 'done'
`);

const BEGIN = redisScript(`
local place = redis.call('GET', KEYS[1])
local floor = '0'
if place then
  local offset
  offset, floor = string.match(place, '^%x+|(%d+)|(%d+)$')
  if tonumber(offset) >= tonumber(ARGV[2]) then return 'ahead' end
end
redis.call('SET', KEYS[1], ARGV[1] .. '|' .. ARGV[2] .. '|' .. floor, 'PX', ARGV[3])
return 'done'
`);

const DROP_ABOVE = redisScript(`
local place = redis.call('GET', KEYS[1])
if place and tonumber(string.match(place, '^%x+|(%d+)|')) > tonumber(ARGV[1]) then redis.call('DEL', KEYS[1]) end
return 'done'
`);

const SET_FLOOR = redisScript(`
local place = redis.call('GET', KEYS[1])
if not place then return 'done' end
local front, floor = string.match(place, '^(%x+|%d+|)(%d+)$')
if tonumber(ARGV[1]) > tonumber(floor) then redis.call('SET', KEYS[1], front .. ARGV[1], 'KEEPTTL') end
return 'done'
`);

const parsePlace = (place: string): { generation: string; offset: number; floor: number } => {
  const [generation, offset, floor] = place.split('|');
  return { generation: generation ?? '', offset: Number(offset), floor: Number(floor) };
};

/** Users and the rows they need, in pieces that a script can take. */
const piecesOf = function* (
  users: readonly CacheWriteUser[],
  mostUsers: number,
  mostRows: number,
): Iterable<readonly CacheWriteUser[]> {
  let piece: CacheWriteUser[] = [];
  let rows = 0;
  for (const user of users) {
    if (piece.length > 0 && (piece.length >= mostUsers || rows + user.rows.length > mostRows)) {
      yield piece;
      piece = [];
      rows = 0;
    }
    piece.push(user);
    rows += user.rows.length;
  }
  yield piece;
};

class RedisRowCache implements RowCache {
  readonly #redis: RedisClient;
  readonly #epoch: number;
  readonly #random: Random;
  readonly #limits: RedisRowCacheLimits;

  constructor(options: RedisRowCacheOptions) {
    this.#redis = options.redis;
    this.#epoch = options.epoch;
    this.#random = options.random;
    this.#limits = { ...DEFAULT_REDIS_ROW_CACHE_LIMITS, ...options.limits };
  }

  async append(write: CacheWrite): Promise<'done' | 'gap'> {
    const { usersPerScript, rowsPerScript } = this.#limits;
    const pieces = [...piecesOf(write.users, usersPerScript, rowsPerScript)];
    const last = pieces.pop() ?? [];
    // The last one moves the place, after all others are known to be done.
    const answers = await Promise.all(pieces.map((piece) => this.#appendPiece(write, piece, '')));
    if (answers.some((answer) => answer !== 'done')) return 'gap';
    return this.#appendPiece(write, last, write.offset);
  }

  async begin(partition: number, offset: number): Promise<void> {
    const generation = Buffer.from(this.#random.bytes(GENERATION_CHARACTERS / 2)).toString('hex');
    await this.#redis.run(BEGIN, [this.#placeKey(partition)], [generation, offset, this.#limits.keptMs]);
  }

  async dropAbove(partition: number, offset: number): Promise<void> {
    await this.#redis.run(DROP_ABOVE, [this.#placeKey(partition)], [offset]);
  }

  async offset(partition: number): Promise<number | null> {
    const [place] = await this.#redis.getAll([this.#placeKey(partition)]);
    return place == null ? null : parsePlace(place.toString('latin1')).offset;
  }

  async setFloor(partition: number, below: number): Promise<void> {
    await this.#redis.run(SET_FLOOR, [this.#placeKey(partition)], [below]);
  }

  async find(partition: number, owner: Owner): Promise<CachedRows | null> {
    const [place, value] = await this.#redis.getAll([this.#placeKey(partition), this.#entryKey(owner)]);
    if (place == null || value == null) return null;
    const { generation, offset, floor } = parsePlace(place.toString('latin1'));
    const entry = readRowEntry(value);
    return entry.generation === generation ? { offset, floor, from: entry.from, rows: entry.rows } : null;
  }

  async #appendPiece(
    write: CacheWrite,
    users: readonly CacheWriteUser[],
    offset: number | '',
  ): Promise<'done' | 'gap'> {
    const { rowsPerUser, entryBytes, keptMs } = this.#limits;
    // Only the rows that these users get, numbered anew.
    const numbers = new Map<number, number>();
    const codes = users.map(({ rows }) => {
      const packed = Buffer.allocUnsafe(4 * rows.length);
      rows.forEach((code, at) => {
        const index = code >> 1;
        let number = numbers.get(index);
        if (number === undefined) {
          number = numbers.size;
          numbers.set(index, number);
        }
        packed.writeUInt32LE(2 * number + (code & 1), 4 * at);
      });
      return packed;
    });
    const rows = [...numbers.keys()].map((index) => write.rows[index]!);
    const answer = await this.#redis.run(
      APPEND,
      [this.#placeKey(write.partition), ...users.map((user) => this.#entryKey(user))],
      [
        ...[write.expectedOffset, offset, numberAt(this.#epoch, write.expectedOffset) - 1],
        ...[rowsPerUser, entryBytes, keptMs, OWN_BYTES, rows.length],
        ...rows.map(({ bytes }) => asBuffer(bytes)),
        ...rows.map(({ seq }) => seq),
        ...codes,
      ],
    );
    return answer === 'done' ? 'done' : 'gap';
  }

  #placeKey(partition: number): string {
    return `_bubble:rows:${this.#epoch}:${partition}`;
  }

  #entryKey({ tenant, user }: Owner): string {
    return `${tenant}:rows:${this.#epoch}:${user}`;
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const openRedisRowCache = (options: RedisRowCacheOptions): RowCache => new RedisRowCache(options);
