/** Spent session tickets in Redis, so that a ticket is spent for all gates of a deployment. Keys: `_bubble:spent:<id>`, of no tenant. */
import type { RedisClient } from './redis-client.ts';

/** Fits the port of gateways/auth. Rejects with STORE_AWAY, retryable, while Redis is away. */
export class RedisSpentTickets {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  async isSpent(id: string): Promise<boolean> {
    const [found] = await this.#redis.getAll([keyOf(id)]);
    return found !== null && found !== undefined;
  }

  /** @returns false where it was spent before */
  spend(id: string, expiresAtMs: number): Promise<boolean> {
    return this.#redis.setOnce(keyOf(id), '1', expiresAtMs);
  }
}

const keyOf = (id: string): string => `_bubble:spent:${id}`;
