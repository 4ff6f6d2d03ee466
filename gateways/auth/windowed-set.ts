/**
 * A bounded set whose entries expire: the replay filter and the spent tickets.
 *
 * 1. An entry is never forgotten before its time, whatever arrives: at the limit a new one is refused ('full').
 * 2. Entries of one window (by expiry) are dropped together, so that forgetting costs nothing per entry.
 */

export type AddResult = 'added' | 'present' | 'full';

export class WindowedSet {
  readonly #windowMs: number;
  readonly #limit: number;
  /** By the number of the window in which the entries expire. */
  readonly #windows = new Map<number, Set<string>>();
  #size = 0;

  constructor(options: { readonly windowMs: number; readonly limit: number }) {
    this.#windowMs = options.windowMs;
    this.#limit = options.limit;
  }

  get size(): number {
    return this.#size;
  }

  has(key: string, nowMs: number): boolean {
    this.#forget(nowMs);
    for (const window of this.#windows.values()) if (window.has(key)) return true;
    return false;
  }

  isFull(nowMs: number): boolean {
    this.#forget(nowMs);
    return this.#size >= this.#limit;
  }

  /** @param expiresAtMs on the same clock as nowMs; from then on it may be forgotten, up to one window later */
  add(key: string, expiresAtMs: number, nowMs: number): AddResult {
    if (this.has(key, nowMs)) return 'present';
    if (this.#size >= this.#limit) return 'full';
    const number = Math.ceil(expiresAtMs / this.#windowMs);
    let window = this.#windows.get(number);
    if (window === undefined) {
      window = new Set();
      this.#windows.set(number, window);
    }
    window.add(key);
    this.#size += 1;
    return 'added';
  }

  #forget(nowMs: number): void {
    for (const [number, window] of this.#windows) {
      if (number * this.#windowMs > nowMs) continue;
      this.#windows.delete(number);
      this.#size -= window.size;
    }
  }
}
