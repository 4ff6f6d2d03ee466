/**
 * Ends of sessions whose gate can no longer write them. Not needed for correctness: an owner that reads the session
 * again finds it dead again. So they are few at a time, repeated a little later when an append fails, and beyond a
 * bound left to the next owner.
 */
import { pause } from '../../infra/clock/pause.ts';
import type { Log } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { Clock } from '../../schemas/ports/clock.ts';

const BATCH = 1_000;
const WAITING = 100_000;
const RETRY_MS = 1_000;

export class Tombstones {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #topic: string;
  readonly #partition: number;
  readonly #waiting = new Set<string>();
  #writing = false;
  #closed = false;

  constructor(options: { log: Log; clock: Clock; logger: Logger; topic: string; partition: number }) {
    this.#log = options.log;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#topic = options.topic;
    this.#partition = options.partition;
  }

  add(key: string): void {
    if (this.#waiting.size < WAITING) this.#waiting.add(key);
  }

  /** Its end was read. */
  ended(key: string): void {
    this.#waiting.delete(key);
  }

  flush(): void {
    if (this.#writing || this.#closed || this.#waiting.size === 0) return;
    this.#writing = true;
    void this.#write();
  }

  close(): void {
    this.#closed = true;
  }

  async #write(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#closed) {
      const keys: string[] = [];
      for (const key of this.#waiting) {
        keys.push(key);
        if (keys.length === BATCH) break;
      }
      try {
        const records = keys.map((key) => ({ key: Buffer.from(key), value: null }));
        await this.#log.append(this.#topic, this.#partition, records);
        for (const key of keys) this.#waiting.delete(key);
      } catch (error) {
        this.#logger.warn({ err: error, sessions: keys.length }, 'dead sessions could not be ended yet');
        await pause(this.#clock, RETRY_MS);
      }
    }
    this.#writing = false;
  }
}
