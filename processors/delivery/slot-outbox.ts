/**
 * What is on its way to one gate slot.
 *
 * 1. Records are appended in the order in which they were added, one append unanswered at a time. A failed batch is
 *    appended again, whole and first: the slot may read it twice, never out of order.
 * 2. A slot is best effort: where its topic is gone, takes nothing for `deliverySlotSilentMs`, or stays full for
 *    `deliverySlotFullMs`, everything that waits is dropped, and the slot is down: nothing can be added.
 * 3. A slot that is down comes up when a probe has been acknowledged; no probe begins before the append that was
 *    under way at the drop is answered. `onUp` is called in the tick in which records can be added again, so its
 *    records come first.
 *    A slot that goes down again soon is probed less and less often, for each time it holds the inbox back.
 * 4. Added records are settled when they are acknowledged or dropped.
 */
import assert from 'node:assert/strict';
import { pause } from '../../infra/clock/pause.ts';
import type { Log, RecordInput } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import { deliveryTopic } from '../../schemas/topics.ts';

const RETRY_MS = 100;
/** Down again within this time of coming up: the next probe waits, each time twice as long. */
const SOON_MS = 30_000;
const FIRST_REST_MS = 10_000;

export interface OutboxOptions {
  readonly slot: number;
  readonly log: Log;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly logger: Logger;
  /** The slot can be added to again, and what it was told before must be told anew. */
  readonly onUp: (slot: number) => void;
}

interface Waiter {
  readonly count: number;
  readonly resolve: () => void;
}

export class SlotOutbox {
  readonly slot: number;
  /** Read on the hot path. False: add nothing. */
  up = true;
  readonly #options: OutboxOptions;
  #queue: RecordInput[] = [];
  #queuedBytes = 0;
  #added = 0;
  #settled = 0;
  #appending = false;
  #full = false;
  #dropped = 0;
  #waiters: Waiter[] = [];
  #upSince = Number.NEGATIVE_INFINITY;
  #restMs = 0;
  #restUntil = Number.NEGATIVE_INFINITY;
  #whenWritable: (() => void)[] = [];
  #silence: Timer | null = null;
  #fullness: Timer | null = null;

  constructor(options: OutboxOptions) {
    this.slot = options.slot;
    this.#options = options;
  }

  /** Records dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Over its bound: whoever adds waits for `writable`. */
  get full(): boolean {
    return this.#full;
  }

  add(value: Buffer): void {
    assert.ok(this.up, 'nothing is added to a slot that is down');
    this.#queue.push({ key: null, value });
    this.#queuedBytes += value.length;
    this.#added += 1;
    if (this.#full || this.#queuedBytes < this.#options.limits.deliverySlotQueueBytes) return;
    this.#full = true;
    this.#fullness = this.#options.clock.after(this.#options.limits.deliverySlotFullMs, () => {
      this.#drop('it stays full');
    });
  }

  /** Begins an append where something waits and none is under way. Called at the end of a piece of work. */
  flush(): void {
    if (this.#appending || this.#queue.length === 0) return;
    this.#appending = true;
    void this.#appendAll();
  }

  /** Resolves when there is room again, or everything was dropped. */
  writable(): Promise<void> {
    if (!this.#full) return Promise.resolve();
    return new Promise((resolve) => this.#whenWritable.push(resolve));
  }

  /** Resolves when everything added so far is acknowledged or dropped. */
  settled(): Promise<void> {
    if (this.#settled === this.#added) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ count: this.#added, resolve }));
  }

  /** Where the slot is down: tries to reach it with a record that says nothing. */
  probe(value: Buffer): void {
    if (this.up || this.#appending || this.#options.clock.monotonic() < this.#restUntil) return;
    this.#appending = true;
    void this.#probe(value);
  }

  /** Ends all timers; what waits is dropped. */
  close(): void {
    if (this.up) this.#drop('delivery ends', false);
  }

  async #appendAll(): Promise<void> {
    while (this.up && this.#queue.length > 0) {
      const batch = this.#nextBatch();
      this.#silence ??= this.#options.clock.after(this.#options.limits.deliverySlotSilentMs, () => {
        this.#drop('it takes nothing');
      });
      const failure = await this.#append(batch);
      if (!this.up) break;
      if (failure === null) {
        this.#acknowledged(batch);
      } else if (isBubbleError(failure) && !failure.retryable) {
        this.#options.logger.warn({ err: failure }, 'the slot cannot be appended to');
        this.#drop('its topic is gone');
      } else {
        await pause(this.#options.clock, RETRY_MS);
      }
    }
    this.#appending = false;
  }

  async #append(records: readonly RecordInput[]): Promise<unknown> {
    try {
      await this.#options.log.append(deliveryTopic(this.slot), 0, records, { durability: 'os' });
      return null;
    } catch (error) {
      return error;
    }
  }

  #nextBatch(): RecordInput[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#queue.length && bytes < this.#options.limits.deliveryBatchBytes) {
      bytes += this.#queue[count]!.value!.length;
      count += 1;
    }
    return count === this.#queue.length ? this.#queue.slice() : this.#queue.slice(0, count);
  }

  #acknowledged(batch: readonly RecordInput[]): void {
    this.#silence?.cancel();
    this.#silence = null;
    this.#queue = this.#queue.slice(batch.length);
    for (const { value } of batch) this.#queuedBytes -= value!.length;
    this.#settled += batch.length;
    this.#wakeSettled();
    if (this.#full && this.#queuedBytes <= this.#options.limits.deliverySlotQueueBytes / 2) this.#hasRoom();
  }

  #wakeSettled(): void {
    if (this.#waiters.length === 0) return;
    const done = this.#waiters.filter(({ count }) => count <= this.#settled);
    this.#waiters = this.#waiters.filter(({ count }) => count > this.#settled);
    for (const { resolve } of done) resolve();
  }

  #hasRoom(): void {
    this.#full = false;
    this.#fullness?.cancel();
    this.#fullness = null;
    const waiting = this.#whenWritable;
    this.#whenWritable = [];
    for (const resolve of waiting) resolve();
  }

  #drop(why: string, alarming = true): void {
    if (alarming) {
      const { slot } = this;
      this.#options.logger.error(
        { slot, records: this.#queue.length, bytes: this.#queuedBytes, why },
        'a gate slot is down: what waited for it is dropped, its clients pull',
      );
    }
    this.up = false;
    const now = this.#options.clock.monotonic();
    const soon = now - this.#upSince < SOON_MS;
    const longest = this.#options.limits.deliverySlotRestMs;
    this.#restMs = soon ? Math.min(longest, Math.max(FIRST_REST_MS, 2 * this.#restMs)) : 0;
    this.#restUntil = now + this.#restMs;
    this.#dropped += this.#queue.length;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#settled = this.#added;
    this.#silence?.cancel();
    this.#silence = null;
    this.#wakeSettled();
    this.#hasRoom();
  }

  async #probe(value: Buffer): Promise<void> {
    const failure = await this.#append([{ key: null, value }]);
    this.#appending = false;
    if (failure !== null || this.up) {
      this.#options.logger.debug({ err: failure, slot: this.slot }, 'the slot is still down');
      return;
    }
    this.up = true;
    this.#upSince = this.#options.clock.monotonic();
    this.#options.logger.info({ slot: this.slot }, 'the slot is up again');
    this.#options.onUp(this.slot);
    this.flush();
  }
}
