/** The accounting of one lane: what was pushed, what is acknowledged, who waits. Appending is `partition-writers.ts`. */
import assert from 'node:assert/strict';
import { BubbleError } from '../../schemas/errors.ts';
import type { Acknowledged, Lane, LaneOutput } from './lane.ts';

export interface LaneBound {
  readonly records: number;
  readonly bytes: number;
}

interface Waiter {
  readonly until: (lane: SourceLane) => boolean;
  readonly resolve: () => void;
  readonly reject: (error: BubbleError) => void;
}

export type Enqueue = (lane: SourceLane, ticket: number, sourceOffset: number, output: LaneOutput) => void;

export const outputBytes = ({ record }: LaneOutput): number =>
  (record.key?.length ?? 0) + (record.value?.length ?? 0);

export class SourceLane implements Lane {
  readonly #enqueue: Enqueue;
  readonly #bound: LaneBound;
  readonly acknowledged: Acknowledged | undefined;
  /** For each source from ticket `#base + #head` on: its offset, and how many of its outputs are open. */
  #offsets: number[] = [];
  #open: number[] = [];
  #base = 0;
  #head = 0;
  #next: number;
  #records = 0;
  #bytes = 0;
  #failure: BubbleError | null = null;
  #waiters: Waiter[] = [];

  constructor(enqueue: Enqueue, bound: LaneBound, start: number, acknowledged?: Acknowledged) {
    this.#enqueue = enqueue;
    this.#bound = bound;
    this.#next = start;
    this.acknowledged = acknowledged;
  }

  get checkpoint(): number {
    return this.#head < this.#offsets.length ? this.#offsets[this.#head]! : this.#next;
  }
  get pending(): number {
    return this.#records;
  }
  get failure(): BubbleError | null {
    return this.#failure;
  }

  push(sourceOffset: number, outputs: readonly LaneOutput[]): boolean {
    assert.ok(sourceOffset >= this.#next, `source ${sourceOffset} was pushed after ${this.#next - 1}`);
    this.#next = sourceOffset + 1;
    if (this.#failure !== null) return false;
    if (outputs.length === 0) return this.#isWithinBound();
    const ticket = this.#base + this.#offsets.length;
    this.#offsets.push(sourceOffset);
    this.#open.push(outputs.length);
    this.#records += outputs.length;
    for (const output of outputs) {
      this.#bytes += outputBytes(output);
      this.#enqueue(this, ticket, sourceOffset, output);
    }
    return this.#isWithinBound();
  }

  #isWithinBound(): boolean {
    return this.#records < this.#bound.records && this.#bytes < this.#bound.bytes;
  }

  /** One output of this ticket has arrived. `wake` follows once for a batch. */
  settle(ticket: number, bytes: number): void {
    this.#records -= 1;
    this.#bytes -= bytes;
    const at = ticket - this.#base;
    this.#open[at]! -= 1;
    while (this.#head < this.#open.length && this.#open[this.#head] === 0) this.#head += 1;
    if (this.#head === this.#open.length || (this.#head >= 1024 && this.#head * 2 > this.#open.length)) {
      this.#base += this.#head;
      this.#offsets.splice(0, this.#head);
      this.#open.splice(0, this.#head);
      this.#head = 0;
    }
  }

  wake(): void {
    if (this.#waiters.length === 0) return;
    const still: Waiter[] = [];
    for (const waiter of this.#waiters) {
      if (waiter.until(this)) waiter.resolve();
      else still.push(waiter);
    }
    this.#waiters = still;
  }

  fail(error: BubbleError): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(error);
  }

  abandon(): void {
    this.fail(
      new BubbleError('LEASE_LOST', 'the lane was abandoned: its source partition is no longer held'),
    );
  }

  #wait(until: (lane: SourceLane) => boolean): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (until(this)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ until, resolve, reject });
    });
  }

  /** Half the bound, so that a full lane is not woken for each record. */
  writable(): Promise<void> {
    return this.#wait(
      (lane) => lane.#records <= this.#bound.records / 2 && lane.#bytes <= this.#bound.bytes / 2,
    );
  }

  drained(): Promise<void> {
    return this.reached(this.#next);
  }

  reached(sourceOffset: number): Promise<void> {
    return this.#wait((lane) => lane.checkpoint >= sourceOffset);
  }
}
