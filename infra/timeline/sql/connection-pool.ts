/**
 * Connections to one SQL server: a bounded number, opened when they are needed, each step bounded in time.
 *
 * The pools of the driver packages are not used: they bound either the number of those who wait or their time, not
 * both, and a connection that does not answer stays in them until its own timers see it.
 */
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { SqlAnswer, SqlConnection, SqlDriver } from './sql-driver.ts';

export interface PoolBounds {
  readonly connections: number;
  /** To get a connection: waiting for a free one, or opening it. Each. */
  readonly connectTimeoutMs: number;
  /** For the answer to one statement. */
  readonly queryTimeoutMs: number;
}

/** The server ends silent connections after 60 s; ours are not used again after so long. */
const IDLE_MS = 30_000;

/** A connection in use or idle. */
export class Pooled {
  readonly connection: SqlConnection;
  readonly #driver: SqlDriver;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  lost = false;
  idleSince = 0;

  constructor(connection: SqlConnection, driver: SqlDriver, clock: Clock, timeoutMs: number) {
    this.connection = connection;
    this.#driver = driver;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  query(...[text, values]: Parameters<SqlConnection['query']>): Promise<SqlAnswer> {
    return this.step(() => this.connection.query(text, values));
  }

  /** One exchange with the server, bounded; its error is ours. */
  async step<T>(action: () => Promise<T>, timeoutMs = this.#timeoutMs): Promise<T> {
    try {
      return await within(this.#clock, timeoutMs, action(), () =>
        away(this.#driver, `no answer in ${timeoutMs} ms`),
      );
    } catch (error) {
      const ours = isBubbleError(error);
      // Without an answer in time nobody knows what the connection is doing.
      if (ours || this.#driver.breaks(error)) this.discard();
      throw ours ? error : this.#driver.failure(error);
    }
  }

  discard(): void {
    if (this.lost) return;
    this.lost = true;
    this.connection.destroy();
  }
}

export class ConnectionPool {
  readonly #driver: SqlDriver;
  readonly #bounds: PoolBounds;
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #idle: Pooled[] = [];
  #used = 0;
  #closed = false;

  constructor(driver: SqlDriver, bounds: PoolBounds, clock: Clock) {
    this.#driver = driver;
    this.#bounds = bounds;
    this.#clock = clock;
  }

  /** Lends a connection to the action. One that is lost, or whose action says so by `discard`, is not used again. */
  async use<T>(action: (pooled: Pooled) => Promise<T>): Promise<T> {
    await this.#permit();
    try {
      const pooled = this.#takeIdle() ?? (await this.#open());
      try {
        return await action(pooled);
      } finally {
        this.#putBack(pooled);
      }
    } finally {
      this.#used -= 1;
      this.#waiting.shift()?.();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const idle = this.#idle;
    this.#idle = [];
    await Promise.all(idle.map((pooled) => this.#end(pooled)));
  }

  async #permit(): Promise<void> {
    if (this.#closed) throw away(this.#driver, 'closed');
    if (this.#used < this.#bounds.connections) {
      this.#used += 1;
      return;
    }
    let grant = (): void => {};
    const granted = new Promise<void>((resolve) => {
      grant = () => {
        this.#used += 1;
        resolve();
      };
    });
    this.#waiting.push(grant);
    await within(this.#clock, this.#bounds.connectTimeoutMs, granted, () => {
      this.#waiting.splice(this.#waiting.indexOf(grant), 1);
      return away(this.#driver, 'all connections are busy');
    });
  }

  #takeIdle(): Pooled | null {
    for (;;) {
      const pooled = this.#idle.pop();
      if (pooled === undefined) return null;
      if (pooled.lost) continue;
      if (this.#clock.monotonic() - pooled.idleSince < IDLE_MS) return pooled;
      pooled.discard();
    }
  }

  async #open(): Promise<Pooled> {
    const { connectTimeoutMs, queryTimeoutMs } = this.#bounds;
    let pooled: Pooled | null = null;
    let isLate = false;
    const opening = this.#driver.open(() => {
      if (pooled === null) return;
      pooled.lost = true;
      this.#idle = this.#idle.filter((each) => each !== pooled);
    });
    opening.then(
      (connection) => {
        if (isLate) connection.destroy();
      },
      () => {},
    );
    try {
      const connection = await within(this.#clock, connectTimeoutMs, opening, () => {
        isLate = true;
        return away(this.#driver, `no connection in ${connectTimeoutMs} ms`);
      });
      pooled = new Pooled(connection, this.#driver, this.#clock, queryTimeoutMs);
      return pooled;
    } catch (error) {
      throw isBubbleError(error) ? error : this.#driver.failure(error);
    }
  }

  #putBack(pooled: Pooled): void {
    if (pooled.lost) return;
    if (this.#closed) {
      void this.#end(pooled);
      return;
    }
    pooled.idleSince = this.#clock.monotonic();
    this.#idle.push(pooled);
  }

  async #end(pooled: Pooled): Promise<void> {
    try {
      await pooled.step(() => pooled.connection.end(), this.#bounds.connectTimeoutMs);
    } catch {
      // A server that does not say goodbye: the connection is destroyed, and nothing is under way on it.
      pooled.discard();
    }
  }
}

const away = (driver: SqlDriver, what: string): BubbleError =>
  new BubbleError('STORE_AWAY', `${driver.server}: ${what}`, { retryable: true });

/** The promise, or the error after `ms`. A promise that is late is nobody's any more: its rejection says nothing. */
const within = <T>(clock: Clock, ms: number, promise: Promise<T>, late: () => BubbleError): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(late()));
    promise.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error);
      },
    );
  });
