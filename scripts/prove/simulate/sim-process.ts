/**
 * A simulated process: a clock that stops with it. Killed, nothing of it runs any more; paused (SIGSTOP), its timers
 * and whatever waits at `running` go on when it is continued, all at once and late.
 */
import type { Clock, Timer } from '../../../schemas/ports/clock.ts';

const NO_TIMER: Timer = { cancel: () => {} };

export class SimProcess implements Clock {
  readonly name: string;
  readonly #clock: Clock;
  /** Killed with it: processes are not started again, a new one is made. */
  #state: 'running' | 'paused' | 'dead' = 'running';
  #held: (() => void)[] = [];
  readonly #atDeath: (() => void)[] = [];

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.#clock = clock;
  }

  get state(): 'running' | 'paused' | 'dead' {
    return this.#state;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(delayMs: number, action: () => void): Timer {
    if (this.#state === 'dead') return NO_TIMER;
    let cancelled = false;
    const run = (): void => {
      if (!cancelled) action();
    };
    const timer = this.#clock.after(delayMs, () => this.whenRunning(run));
    return {
      cancel: () => {
        cancelled = true;
        timer.cancel();
      },
    };
  }

  /** Runs the action now, when the process is continued, or never. */
  whenRunning(action: () => void): void {
    if (this.#state === 'running') action();
    else if (this.#state === 'paused') this.#held.push(action);
  }

  /** Resolves at once, when the process is continued, or never. */
  running(): Promise<void> {
    return new Promise((resolve) => this.whenRunning(resolve));
  }

  onDeath(action: () => void): void {
    this.#atDeath.push(action);
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    const held = this.#held;
    this.#held = [];
    for (const action of held) this.whenRunning(action);
  }

  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#held = [];
    for (const action of this.#atDeath.splice(0)) action();
  }
}
