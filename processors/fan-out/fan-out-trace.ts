/** Spans of the commands that one inbound partition decides. See infra/tracing/tracing.ts. */
import type { LaneOutput } from '../../infra/lanes/lane.ts';
import type { Tracing } from '../../infra/tracing/tracing.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { EVENTS } from '../../schemas/topics.ts';

interface Appending {
  readonly offset: number;
  readonly topic: string;
  readonly inboxPartition: number;
  readonly startMs: number;
}

/** Outputs of traced commands that are not acknowledged; beyond, their appends are not traced. */
const MOST_APPENDING = 1_024;

export class FanOutTrace {
  readonly #tracing: Tracing;
  readonly #clock: Clock;
  readonly #partition: number;
  #appending: Appending[] = [];

  constructor(tracing: Tracing, clock: Clock, partition: number) {
    this.#tracing = tracing;
    this.#clock = clock;
    this.#partition = partition;
  }

  /** A command was decided while live; its outputs go into the lane next. @param time of its record, ms */
  decided(offset: number, time: number, outputs: readonly LaneOutput[]): void {
    if (!this.#tracing.samples(offset)) return;
    const startMs = this.#clock.now();
    this.#tracing.span({
      hop: 'fan-out.decide',
      place: { partition: this.#partition, offset },
      startMs,
      endMs: startMs,
      attributes: { 'bubble.outputs': outputs.length, 'bubble.waited_ms': startMs - time },
    });
    for (const { topic, partition } of outputs) {
      if (topic === EVENTS || this.#appending.length >= MOST_APPENDING) continue;
      this.#appending.push({ offset, topic, inboxPartition: partition, startMs });
    }
  }

  /** Everything for this target from sources up to `source` is acknowledged. */
  acknowledged(topic: string, inboxPartition: number, source: number): void {
    if (this.#appending.length === 0) return;
    const endMs = this.#clock.now();
    const left: Appending[] = [];
    for (const each of this.#appending) {
      if (each.topic !== topic || each.inboxPartition !== inboxPartition || each.offset > source) {
        left.push(each);
        continue;
      }
      const { offset, startMs } = each;
      const place = { partition: this.#partition, offset };
      this.#tracing.span({ hop: 'inbox.append', place, inboxPartition, startMs, endMs });
    }
    this.#appending = left;
  }
}
