/** The longest time without news of a partition, while news was due. */
export class Gaps {
  readonly #lastAt: number[];
  longestMs = 0;

  constructor(partitions: number, now: number) {
    this.#lastAt = new Array<number>(partitions).fill(now);
  }

  /** @returns how long it was silent */
  news(partition: number, now: number): number {
    const gap = now - this.#lastAt[partition]!;
    this.#lastAt[partition] = now;
    this.longestMs = Math.max(this.longestMs, gap);
    return gap;
  }

  /** Begins a new count. */
  reset(now: number): number {
    const longest = Math.max(this.longestMs, ...this.#lastAt.map((at) => now - at));
    this.longestMs = 0;
    return longest;
  }
}
