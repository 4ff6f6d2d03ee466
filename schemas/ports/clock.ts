/** Time as a port, so that a simulation can own it. All waiting in gates, processors and the SDK goes through it. */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall clock, ms since 1970. May jump. */
  now(): number;
  /** Monotonic, ms, from an arbitrary zero. */
  monotonic(): number;
  after(delayMs: number, action: () => void): Timer;
}
