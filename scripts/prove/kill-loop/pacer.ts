/** Turns at an even rate, first come, first served. Turns that nobody took are not made up for. */
export class Pacer {
  #timer: NodeJS.Timeout | null = null;
  #waiting: (() => void)[] = [];

  /** @param perSecond null: every turn comes at once */
  pace(perSecond: number | null): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (perSecond === null) {
      for (const go of this.#waiting.splice(0)) go();
      return;
    }
    let last = performance.now();
    let due = 0;
    this.#timer = setInterval(() => {
      const now = performance.now();
      due = Math.min(this.#waiting.length, due + ((now - last) * perSecond) / 1_000);
      last = now;
      const turns = Math.floor(due);
      due -= turns;
      for (const go of this.#waiting.splice(0, turns)) go();
    }, TICK_MS);
  }

  turn(): Promise<void> {
    if (this.#timer === null) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

const TICK_MS = 5;
