/**
 * Flushes all connections that have something waiting, once per turn: everything that was produced for a connection
 * in between is one write. Very many connections are flushed in slices, so that the event loop goes on.
 */
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { OP } from '../../schemas/wire/operations.ts';
import type { ConnectionQueue, FlushScheduler, QueueCounts } from './connection-queue.ts';
import { PushChain } from './push-chain.ts';
import { heartbeatBody } from './replies.ts';

const CONNECTIONS_PER_SLICE = 512;

export class Outbound implements FlushScheduler {
  readonly limits: Limits;
  readonly counts: QueueCounts;
  readonly #clock: Clock;
  readonly #onSlow: (queue: ConnectionQueue) => void;
  #root = PushChain.root();
  #dirty: ConnectionQueue[] = [];
  #next = 0;
  #scheduled = false;
  #waiting: (() => void)[] = [];

  /** @param onSlow a client has more than the hard limit waiting: close it */
  constructor(limits: Limits, clock: Clock, counts: QueueCounts, onSlow: (queue: ConnectionQueue) => void) {
    this.limits = limits;
    this.counts = counts;
    this.#clock = clock;
    this.#onSlow = onSlow;
  }

  get root(): PushChain {
    return this.#root;
  }

  schedule(queue: ConnectionQueue): void {
    this.#dirty.push(queue);
    this.#flushLater();
  }

  notice(queue: ConnectionQueue, newestSeq: number): void {
    queue.frame(
      OP.HEARTBEAT + 1,
      0,
      heartbeatBody(this.#clock.now(), newestSeq, queue.proof.provenTo, false),
    );
  }

  /** Resolves when everything queued so far was written; undefined: nothing waits. */
  flushed(): Promise<void> | undefined {
    if (!this.#scheduled) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #flushLater(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.after(0, () => this.#flushSlice());
  }

  #flushSlice(): void {
    this.#scheduled = false;
    const end = Math.min(this.#dirty.length, this.#next + CONNECTIONS_PER_SLICE);
    for (; this.#next < end; this.#next += 1) {
      const queue = this.#dirty[this.#next]!;
      if (!queue.flush()) this.#onSlow(queue);
    }
    if (this.#next < this.#dirty.length) {
      this.#flushLater();
      return;
    }
    this.#dirty = [];
    this.#next = 0;
    this.#root = PushChain.root();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
