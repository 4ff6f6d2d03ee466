/**
 * One connection to Redis, with bounds. What is kept in Redis can always be computed again, so nothing ever waits for
 * it: a command while Redis is away is refused at once, one without an answer in time is given up with its connection,
 * and what waits for answers is bounded. Whoever calls goes on without Redis and asks again later.
 *
 * Nothing is sent twice. The outcome of a command that failed is not known: it may have been done, or may be done
 * later, out of the buffers of a connection that was given up. Scripts must be written for that (compare, then set).
 */
import { Redis } from 'ioredis';
import { BubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import type { Logger } from '../logger/logger.ts';
import type { RedisScript } from './redis-script.ts';

export interface RedisOptions {
  /** redis://[user:password@]host:port[/database], or rediss:// for TLS. */
  readonly url: string;
  /** Put before every key. Default: nothing, so that every key begins with its tenant. */
  readonly keyPrefix?: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<RedisLimits>;
}

export interface RedisLimits {
  /** Commands that wait for their answer, and the bytes of their arguments; beyond: refused, retryable. */
  readonly pendingCommands: number;
  readonly pendingBytes: number;
  /** A connection that owes an answer for so long is given up, with all that wait on it. */
  readonly answerWithinMs: number;
  readonly connectWithinMs: number;
  /** Between attempts to connect: from the first, doubled up to the longest. */
  readonly reconnectFirstMs: number;
  readonly reconnectLongestMs: number;
}

const DEFAULT_REDIS_LIMITS: RedisLimits = {
  pendingCommands: 20_000,
  pendingBytes: 32 * 1024 * 1024,
  answerWithinMs: 2_000,
  connectWithinMs: 2_000,
  reconnectFirstMs: 50,
  reconnectLongestMs: 1_000,
};

type Argument = string | number | Buffer;

const sizeOf = (args: readonly Argument[]): number => {
  let bytes = 0;
  for (const each of args) bytes += typeof each === 'number' ? 8 : each.length;
  return bytes;
};

export class RedisClient {
  readonly #redis: Redis;
  readonly #limits: RedisLimits;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #pending = 0;
  #pendingBytes = 0;
  #awaySince: number | null;
  #closed = false;

  constructor(options: RedisOptions) {
    this.#limits = { ...DEFAULT_REDIS_LIMITS, ...options.limits };
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#awaySince = options.clock.monotonic();
    const { answerWithinMs, connectWithinMs, reconnectFirstMs, reconnectLongestMs } = this.#limits;
    this.#redis = new Redis(options.url, {
      keyPrefix: options.keyPrefix ?? '',
      // The commands of one turn of the event loop leave in one write.
      enableAutoPipelining: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: connectWithinMs,
      socketTimeout: answerWithinMs,
      protocol: 2,
      retryStrategy: (attempt: number) =>
        Math.min(reconnectLongestMs, reconnectFirstMs * 2 ** Math.min(attempt - 1, 16)),
    });
    this.#redis.on('ready', () => this.#back());
    this.#redis.on('close', () => this.#away());
    // Without a listener the library prints. What failed is said when the connection closes.
    this.#redis.on('error', (error: Error) => this.#logger.debug({ error: error.message }, 'Redis'));
  }

  /** Commands that wait for their answer. */
  get pending(): number {
    return this.#pending;
  }

  /** How long Redis has been away, ms; null: it is there. */
  get awayForMs(): number | null {
    return this.#awaySince === null ? null : this.#clock.monotonic() - this.#awaySince;
  }

  /** All values at one instant. Rejects with STORE_AWAY, retryable, as all commands do. */
  getAll(keys: readonly string[]): Promise<(Buffer | null)[]> {
    return this.#run(sizeOf(keys), () => this.#redis.mgetBuffer(...keys));
  }

  /** The values of a hash's fields, in no order. */
  hashValues(key: string): Promise<string[]> {
    return this.#run(key.length, () => this.#redis.hvals(key));
  }

  /** Sets a key that is not there, until then. @returns whether it was set. @param untilMs since the epoch */
  async setOnce(key: string, value: string, untilMs: number): Promise<boolean> {
    const answer = await this.#run(key.length, () => this.#redis.set(key, value, 'PXAT', untilMs, 'NX'));
    return answer === 'OK';
  }

  /** A piece of a set: what is in it throughout the scan comes at least once. The cursor begins and ends with '0'. */
  async scanSet(key: string, cursor: string, about: number): Promise<{ next: string; members: string[] }> {
    const [next, members] = await this.#run(key.length, () => this.#redis.sscan(key, cursor, 'COUNT', about));
    return { next, members };
  }

  /** Runs a script: Redis does nothing else meanwhile, so it must be short. Text answers come as strings. */
  run(script: RedisScript, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.#run(sizeOf(args), async () => {
      try {
        return await this.#redis.evalsha(script.sha, keys.length, ...keys, ...args);
      } catch (error) {
        // A Redis that has restarted has no scripts. The first use teaches it.
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return await this.#redis.eval(script.text, keys.length, ...keys, ...args);
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#redis.disconnect();
  }

  async #run<T>(bytes: number, command: () => Promise<T>): Promise<T> {
    if (this.#awaySince !== null) throw new BubbleError('STORE_AWAY', 'Redis is away', { retryable: true });
    const { pendingCommands, pendingBytes } = this.#limits;
    if (this.#pending >= pendingCommands || this.#pendingBytes + bytes > pendingBytes) {
      throw new BubbleError('STORE_AWAY', 'too much waits for Redis already', { retryable: true });
    }
    this.#pending += 1;
    this.#pendingBytes += bytes;
    try {
      return await command();
    } catch (cause) {
      throw asFailure(cause);
    } finally {
      this.#pending -= 1;
      this.#pendingBytes -= bytes;
    }
  }

  #back(): void {
    if (this.#awaySince === null) return;
    this.#logger.info({ awayForMs: Math.round(this.awayForMs ?? 0) }, 'Redis is there');
    this.#awaySince = null;
  }

  #away(): void {
    if (this.#awaySince !== null || this.#closed) return;
    this.#awaySince = this.#clock.monotonic();
    this.#logger.warn({ pending: this.#pending }, 'Redis is away');
  }
}

/** A refusal by a Redis that answers (ReplyError) is an error of ours or of its setting, unless it says it is busy. */
const BUSY = /^(LOADING|BUSY|READONLY|MASTERDOWN|TRYAGAIN|CLUSTERDOWN|OOM|MISCONF|NOREPLICAS)\b/;

const asFailure = (cause: unknown): BubbleError => {
  if (cause instanceof BubbleError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const refused = cause instanceof Error && cause.name === 'ReplyError' && !BUSY.test(message);
  return refused
    ? new BubbleError('REFUSED', `Redis refused a command: ${message}`, { cause })
    : new BubbleError('STORE_AWAY', `Redis did not answer: ${message}`, { retryable: true, cause });
};

/** Connects in the background, for as long as it takes: a Redis that is away is no reason not to start. */
export const openRedis = (options: RedisOptions): RedisClient => new RedisClient(options);
