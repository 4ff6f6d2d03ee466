/** A real Redis for one suite, in a folder of its own, and clients on it. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { openRedis, type RedisClient, type RedisOptions } from '../../infra/redis/redis-client.ts';
import { exitOnSignals } from './child-server.ts';
import { type RedisServer, startRedis } from './redis.ts';

export interface RedisFixture {
  readonly server: RedisServer;
  /** A client, once it is connected. Closed at the end. */
  connect(options?: Partial<RedisOptions>): Promise<RedisClient>;
  end(): Promise<void>;
}

/** Resolves once this holds; asks every few milliseconds. For what real servers do in their own time. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function redisFixture(): Promise<RedisFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'bubble-redis-'));
  const removeAtExit = (): void => rmSync(folder, { recursive: true, force: true });
  exitOnSignals();
  process.once('exit', removeAtExit);
  const server = await startRedis({ folder });
  const clients: RedisClient[] = [];
  return {
    server,
    connect: async (options = {}) => {
      const client = openRedis({ url: server.url, clock: systemClock, logger: SILENT_LOGGER, ...options });
      clients.push(client);
      await eventually('the client is connected', () => client.awayForMs === null);
      return client;
    },
    end: async () => {
      for (const client of clients) await client.close();
      await server.stop();
      process.off('exit', removeAtExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
