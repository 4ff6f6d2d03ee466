/** Token buckets by key (a user, a conversation, an address). Time is the gate's own; log time has no part in it. */

export interface Bucket {
  tokens: number;
  /** When `tokens` was right, monotonic ms. */
  at: number;
}

export class TokenBuckets {
  readonly perSecond: number;
  readonly burst: number;
  readonly #most: number;
  readonly #byKey = new Map<string, Bucket>();

  /** @param most buckets that are remembered; beyond, the least recently used begins anew with a full burst */
  constructor(perSecond: number, burst: number, most: number) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.#most = most;
  }

  get size(): number {
    return this.#byKey.size;
  }

  bucket(key: string, now: number): Bucket {
    let bucket = this.#byKey.get(key);
    if (bucket === undefined) {
      bucket = { tokens: this.burst, at: now };
      if (this.#byKey.size >= this.#most) this.#forgetOldest();
    } else {
      // Put last: a Map keeps the order of insertion, so the first is the least recently used.
      this.#byKey.delete(key);
    }
    this.#byKey.set(key, bucket);
    return bucket;
  }

  #forgetOldest(): void {
    for (const key of this.#byKey.keys()) {
      this.#byKey.delete(key);
      return;
    }
  }

  /** Tokens there are now, without taking one. */
  left(bucket: Bucket, now: number): number {
    bucket.tokens = Math.min(this.burst, bucket.tokens + ((now - bucket.at) * this.perSecond) / 1000);
    bucket.at = now;
    return bucket.tokens;
  }

  /** Takes one. @returns what is left; negative: over the rate by so much */
  take(bucket: Bucket, now: number): number {
    bucket.tokens = this.left(bucket, now) - 1;
    return bucket.tokens;
  }
}
