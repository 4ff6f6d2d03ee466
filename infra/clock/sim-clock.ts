/**
 * A clock that only moves when it is told to: the timers of a simulation or a test.
 *
 * Invariants:
 * 1. Timers run in the order of their due time; at one due time in the order of the calls. So a run depends on
 *    nothing but the calls.
 * 2. Between two timers every microtask runs. (One turn of the real event loop sees to it; nothing else of the real
 *    machine is looked at.)
 * 3. Due times are monotonic; the wall clock is monotonic time plus an offset that a test may move either way.
 */
import assert from 'node:assert/strict';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import { TimerQueue } from './timer-queue.ts';

const TIMERS_IN_A_TURN = 32;
/** 2026-01-01, so that times look like times. */
const DEFAULT_START_MS = 1_767_225_600_000;

export class SimClock implements Clock {
  #elapsedMs = 0;
  #wallOffsetMs: number;
  readonly #queue = new TimerQueue();

  constructor(startMs: number = DEFAULT_START_MS) {
    this.#wallOffsetMs = startMs;
  }

  now(): number {
    return Math.floor(this.#wallOffsetMs + this.#elapsedMs);
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, action: () => void): Timer {
    assert(delayMs >= 0, `negative delay ${delayMs}`);
    return this.#queue.add(this.#elapsedMs + delayMs, action);
  }

  /** Moves the wall clock by this much, back too; timers do not notice. */
  shiftWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Due time of the next timer on the monotonic clock, or null. */
  get nextDueMs(): number | null {
    return this.#queue.nextDueMs;
  }

  /** Runs the microtasks that wait, then the next timer and its microtasks. False where no timer waits. */
  async step(): Promise<boolean> {
    await microtasksDone();
    const ran = this.#runNext();
    if (ran) await microtasksDone();
    return ran;
  }

  /** Runs everything that is due within this time, then stands exactly that much later. */
  async runFor(durationMs: number): Promise<void> {
    const until = this.#elapsedMs + durationMs;
    await microtasksDone();
    await this.#runUntil(until);
    this.#elapsedMs = until;
  }

  /**
   * Runs timers until the promise settles. Rejects where no timer is left, so that a test that would hang says so.
   * @param maxMs gives up after this much simulated time
   */
  async until<T>(promise: Promise<T>, maxMs = 3_600_000): Promise<T> {
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    promise.then(settle, settle);
    const limit = this.#elapsedMs + maxMs;
    await microtasksDone();
    while (!settled) {
      const due = this.#queue.nextDueMs;
      if (due === null) throw new Error('the promise waits, but no timer does');
      if (due > limit) throw new Error(`the promise has not settled within ${maxMs} simulated ms`);
      this.#runNext();
      await microtasksDone();
    }
    return promise;
  }

  /**
   * Timers in the immediates of one turn: Node runs the microtasks between any two of them, and a turn for each timer
   * would cost more than most timers do.
   */
  #runUntil(until: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const runOne = (): void => {
        if (isOver) return;
        const due = this.#queue.nextDueMs;
        isOver = due === null || due > until;
        try {
          if (isOver) resolve();
          else this.#runNext();
        } catch (error) {
          isOver = true;
          reject(error);
        }
      };
      const turn = (): void => {
        if (isOver) return;
        for (let timer = 0; timer < TIMERS_IN_A_TURN; timer += 1) setImmediate(runOne);
        setImmediate(turn);
      };
      turn();
    });
  }

  #runNext(): boolean {
    const next = this.#queue.take();
    if (next === null) return false;
    this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
    next.action();
    return true;
  }
}

/** Resolves when every microtask that waits now, and those they start, have run. */
const microtasksDone = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
