/**
 * The page after the one just answered, read while its client takes that one in: a client that is far behind has one
 * pull under way at a time, and would wait for each page from the beginning.
 *
 * A page is as true later as it was when read: all rows after its `from` up to its `syncedTo`. There are so many pages
 * at most; one that nobody asked for makes room after a while, or when its session is gone.
 */
import type { TimelinePage } from '../../infra/timeline/timeline-store.ts';
import type { Clock } from '../../schemas/ports/clock.ts';

/** Whose page it is. */
export interface Puller {
  readonly isLive: boolean;
}

export interface ReadAheadOptions<P extends Puller> {
  readonly clock: Clock;
  readonly pages: number;
  readonly read: (puller: P, from: number, count: number) => Promise<TimelinePage>;
}

interface Page {
  readonly from: number;
  readonly count: number;
  readonly since: number;
  /** null: it could not be read. */
  readonly page: Promise<TimelinePage | null>;
}

const KEPT_MS = 1_000;

export class ReadAhead<P extends Puller> {
  readonly #options: ReadAheadOptions<P>;
  /** Oldest first. */
  readonly #pages = new Map<P, Page>();

  constructor(options: ReadAheadOptions<P>) {
    this.#options = options;
  }

  /** Reads in a later turn, so that what has been answered goes out first. */
  begin(puller: P, from: number, count: number): void {
    const { clock, read } = this.#options;
    if (!this.#hasRoom()) return;
    const page = new Promise<TimelinePage | null>((resolve) => {
      clock.after(0, () => {
        // Whoever asks for the page reads it then, and is told what is wrong.
        read(puller, from, count).then(resolve, () => resolve(null));
      });
    });
    this.#pages.set(puller, { from, count, since: clock.monotonic(), page });
  }

  /** The page, where this one was read ahead; what was read for something else is forgotten. */
  async take(puller: P, from: number, count: number): Promise<TimelinePage | null> {
    const found = this.#pages.get(puller);
    if (found === undefined) return null;
    this.#pages.delete(puller);
    return found.from === from && found.count === count ? found.page : null;
  }

  #hasRoom(): boolean {
    const { clock, pages } = this.#options;
    const before = clock.monotonic() - KEPT_MS;
    for (const [puller, { since }] of this.#pages) {
      if (this.#pages.size < pages) break;
      if (!puller.isLive || since <= before) this.#pages.delete(puller);
    }
    return this.#pages.size < pages;
  }
}
