/** A log in memory under the test's hand: appends may fail or hang, reads may fail. */
import type { SimClock } from '../../../infra/clock/sim-clock.ts';
import type {
  Appended,
  AppendOptions,
  Log,
  LogRecord,
  Reader,
  ReadLimits,
  RecordBatch,
  RecordInput,
} from '../../../infra/log/log.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { TopicSpec } from '../../../schemas/topics.ts';

interface MemoryPartition {
  records: LogRecord[];
  waiting: Set<() => void>;
}

const unsupported = (): never => {
  throw new Error('not part of this log');
};

export type AppendMode = 'ok' | 'fail' | 'hang';

export class MemoryLog implements Log {
  readonly #clock: SimClock;
  readonly #partitions = new Map<string, MemoryPartition>();
  readonly #specs: TopicSpec[] = [];
  readonly #hanging: (() => void)[] = [];
  readonly appends: { topic: string; partition: number; count: number }[] = [];
  mode: AppendMode = 'ok';
  readFails = false;

  constructor(clock: SimClock) {
    this.#clock = clock;
  }

  #of(topic: string, partition: number): MemoryPartition {
    const key = `${topic}/${partition}`;
    let found = this.#partitions.get(key);
    if (found === undefined) {
      found = { records: [], waiting: new Set() };
      this.#partitions.set(key, found);
    }
    return found;
  }

  records(topic: string, partition: number): readonly LogRecord[] {
    return this.#of(topic, partition).records;
  }

  /** Lets appends that hang go on, in order. */
  releaseHanging(): void {
    for (const release of this.takeHanging()) release();
  }

  /** The same, one by one. */
  takeHanging(): (() => void)[] {
    return this.#hanging.splice(0);
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#specs.push(...specs);
  }
  async topics(): Promise<TopicSpec[]> {
    return this.#specs;
  }
  async partitions(): Promise<number> {
    return unsupported();
  }

  async append(
    topic: string,
    partition: number,
    records: readonly RecordInput[],
    _options?: AppendOptions,
  ): Promise<Appended> {
    this.appends.push({ topic, partition, count: records.length });
    if (this.mode === 'fail') throw new BubbleError('DISK_FULL', 'full', { retryable: true });
    if (this.mode === 'hang') await new Promise<void>((resolve) => this.#hanging.push(resolve));
    const found = this.#of(topic, partition);
    const baseOffset = found.records.length;
    const time = this.#clock.now();
    records.forEach((record, index) => {
      found.records.push({ ...record, offset: baseOffset + index, time });
    });
    for (const wake of [...found.waiting]) wake();
    return { baseOffset, time };
  }

  async range(topic: string, partition: number): Promise<{ begin: number; end: number }> {
    return { begin: 0, end: this.#of(topic, partition).records.length };
  }
  async offsetAt(): Promise<number> {
    return unsupported();
  }

  async reader(topic: string, partition: number, from: number): Promise<Reader> {
    const found = this.#of(topic, partition);
    let next = from;
    return {
      read: async (limits: ReadLimits, signal?: AbortSignal): Promise<RecordBatch> => {
        if (this.readFails) throw new BubbleError('LOG_CLOSED', 'away');
        if (found.records.length <= next) await this.#wait(found, limits.maxWaitMs, signal);
        if (this.readFails) throw new BubbleError('LOG_CLOSED', 'away');
        const records = found.records.slice(next, next + limits.maxRecords);
        next += records.length;
        return { records, next, end: found.records.length };
      },
      close: async () => {},
    };
  }

  #wait(found: MemoryPartition, waitMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(waitMs, () => wake());
      const wake = (): void => {
        timer.cancel();
        found.waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      found.waiting.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }

  join(): never {
    return unsupported();
  }
  committed(): never {
    return unsupported();
  }
  commitFor(): never {
    return unsupported();
  }
  async close(): Promise<void> {}
}
