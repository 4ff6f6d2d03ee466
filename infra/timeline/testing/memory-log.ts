/** A log in memory for tests: the semantics of `Log`, with faults that a test places. */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { TopicSpec } from '../../../schemas/topics.ts';
import type {
  Appended,
  Committed,
  GroupHandlers,
  Lease,
  Log,
  LogRecord,
  Membership,
  OffsetRange,
  RandomAccess,
  Reader,
  ReadLimits,
  RecordBatch,
  RecordInput,
} from '../../log/log.ts';

interface Partition {
  readonly records: LogRecord[];
  begin: number;
  readonly waiting: Set<() => void>;
}

/** What happens to one append: 'lost' fails and writes nothing, 'unanswered' writes and fails. */
export type AppendFault = 'none' | 'lost' | 'unanswered' | Promise<void>;

const BATCH_TIMEOUT_MS = 300_000;
const DEFAULT_READ: ReadLimits = { maxRecords: 1_000, maxBytes: 4 * 1024 * 1024, maxWaitMs: 500 };

class MemoryMembership implements Membership {
  readonly leases: { lease: Lease; abort: AbortController; done: Promise<void> }[] = [];
  readonly ended: Promise<void>;
  readonly #log: MemoryLog;
  readonly #group: string;
  readonly #handlers: GroupHandlers;
  readonly #limits: ReadLimits;
  #finish: { resolve: () => void; reject: (error: unknown) => void } = {
    resolve: () => {},
    reject: () => {},
  };
  /** How to go on with what is paused. */
  readonly #paused = new Map<Lease, { readonly resumed: Promise<void>; readonly resume: () => void }>();

  constructor(log: MemoryLog, group: string, handlers: GroupHandlers, limits: ReadLimits) {
    this.#log = log;
    this.#group = group;
    this.#handlers = handlers;
    this.#limits = limits;
    this.ended = new Promise((resolve, reject) => {
      this.#finish = { resolve, reject };
    });
    this.ended.catch(() => {});
  }

  get assignment(): readonly Lease[] {
    return this.leases.map(({ lease }) => lease);
  }

  start(topic: string, partition: number): void {
    const abort = new AbortController();
    const lease: Lease = { topic, partition, signal: abort.signal };
    const done = this.#run(lease).catch((error: unknown) => {
      if (!abort.signal.aborted) this.#finish.reject(error);
    });
    this.leases.push({ lease, abort, done });
  }

  async #run(lease: Lease): Promise<void> {
    const committed = await this.#log.committed(this.#group, lease.topic, lease.partition);
    const from = await this.#handlers.assigned(lease, committed);
    const reader = await this.#log.reader(lease.topic, lease.partition, from);
    while (!lease.signal.aborted) {
      const batch = await reader.read(this.#limits, lease.signal);
      await this.#paused.get(lease)?.resumed;
      if (lease.signal.aborted) break;
      if (batch.records.length > 0) await this.#inTime(lease, this.#handlers.batch(lease, batch));
    }
  }

  /** As the real logs do. */
  async #inTime({ topic, partition }: Lease, work: Promise<void>): Promise<void> {
    const timer = this.#log.clock.after(BATCH_TIMEOUT_MS, () => {
      const text = `${topic}/${partition}: a batch took longer than ${BATCH_TIMEOUT_MS} ms`;
      this.#finish.reject(new BubbleError('TIMEOUT', text));
    });
    await work.finally(() => timer.cancel());
  }

  async commit(lease: Lease, position: Committed): Promise<void> {
    if (lease.signal.aborted) throw new BubbleError('LEASE_LOST', 'the lease is not valid any more');
    await this.#log.commitFor(this.#group, lease.topic, lease.partition, position);
  }

  pause(lease: Lease): void {
    if (this.#paused.has(lease)) return;
    let resume = (): void => {};
    const resumed = new Promise<void>((resolve) => {
      resume = resolve;
    });
    this.#paused.set(lease, { resumed, resume });
  }

  resume(lease: Lease): void {
    this.#paused.get(lease)?.resume();
    this.#paused.delete(lease);
  }

  async leave(): Promise<void> {
    for (const { lease, abort, done } of this.leases) {
      abort.abort();
      this.resume(lease);
      await done;
      await this.#handlers.revoked(lease);
    }
    this.#finish.resolve();
  }

  /** What a killed process does: nothing more. */
  vanish(): void {
    for (const { abort } of this.leases) abort.abort();
  }
}

export class MemoryLog implements Log, RandomAccess {
  readonly #topics = new Map<string, { spec: TopicSpec; partitions: Partition[] }>();
  readonly #committed = new Map<string, Committed>();
  readonly clock: Clock;
  readonly memberships: MemoryMembership[] = [];
  /** Asked at each append; a test replaces it. */
  fault: (topic: string, partition: number, records: readonly RecordInput[]) => AppendFault = () => 'none';
  appends = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    for (const spec of specs) {
      if (this.#topics.has(spec.name)) continue;
      const partitions = Array.from(
        { length: spec.partitions },
        (): Partition => ({ records: [], begin: 0, waiting: new Set() }),
      );
      this.#topics.set(spec.name, { spec, partitions });
    }
  }

  async topics(): Promise<TopicSpec[]> {
    return [...this.#topics.values()].map(({ spec }) => spec);
  }

  async partitions(topic: string): Promise<number> {
    return this.#topic(topic).length;
  }

  removeTopic(topic: string): void {
    this.#topics.delete(topic);
  }

  #topic(topic: string): Partition[] {
    const found = this.#topics.get(topic);
    if (found === undefined) throw new BubbleError('UNKNOWN_TOPIC', `no topic ${topic}`);
    return found.partitions;
  }

  #partition(topic: string, partition: number): Partition {
    const found = this.#topic(topic)[partition];
    if (found === undefined) throw new BubbleError('UNKNOWN_TOPIC', `no partition ${partition} of ${topic}`);
    return found;
  }

  /** All records of a partition that are still kept. */
  records(topic: string, partition: number): readonly LogRecord[] {
    const { records, begin } = this.#partition(topic, partition);
    return records.slice(begin);
  }

  forget(topic: string, partition: number, below: number): void {
    this.#partition(topic, partition).begin = below;
  }

  async append(
    topic: string,
    partition: number,
    records: readonly RecordInput[],
    _options?: { readonly durability?: 'log' | 'os' },
  ): Promise<Appended> {
    this.appends += 1;
    const fault = this.fault(topic, partition, records);
    if (fault instanceof Promise) await fault;
    if (fault === 'lost') throw new BubbleError('LOG_TIMEOUT', 'lost', { retryable: true });
    const appended = this.appendNow(topic, partition, records);
    if (fault === 'unanswered') throw new BubbleError('LOG_TIMEOUT', 'no answer', { retryable: true });
    return appended;
  }

  appendNow(topic: string, partition: number, records: readonly RecordInput[]): Appended {
    const target = this.#partition(topic, partition);
    const baseOffset = target.records.length;
    const time = this.clock.now();
    for (const { key, value } of records) {
      target.records.push({ offset: target.records.length, time, key, value });
    }
    for (const wake of target.waiting) wake();
    return { baseOffset, time };
  }

  async range(topic: string, partition: number): Promise<OffsetRange> {
    const { begin, records } = this.#partition(topic, partition);
    return { begin, end: records.length };
  }

  async offsetAt(topic: string, partition: number, timeMs: number): Promise<number> {
    const { records } = this.#partition(topic, partition);
    const found = records.findIndex(({ time }) => time >= timeMs);
    return found < 0 ? records.length : found;
  }

  async reader(topic: string, partition: number, from: number): Promise<Reader> {
    let next = from;
    return {
      read: async (limits, signal) => {
        const source = this.#partition(topic, partition);
        if (next === source.records.length) await this.#arrival(source, limits.maxWaitMs, signal);
        if (next < source.begin || next > source.records.length)
          throw new BubbleError('OFFSET_OUT_OF_RANGE', `${next} is not from ${source.begin} to the end`);
        const records: LogRecord[] = [];
        let bytes = 0;
        while (records.length < limits.maxRecords && next < source.records.length) {
          const record = source.records[next]!;
          bytes += record.value?.length ?? 0;
          if (records.length > 0 && bytes > limits.maxBytes) break;
          records.push(record);
          next += 1;
        }
        return { records, next, end: source.records.length } satisfies RecordBatch;
      },
      close: async () => {},
    };
  }

  #arrival(source: Partition, maxWaitMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        source.waiting.delete(wake);
        timer.cancel();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = this.clock.after(maxWaitMs, wake);
      signal?.addEventListener('abort', wake);
      source.waiting.add(wake);
    });
  }

  async join(
    group: string,
    topics: readonly string[],
    handlers: GroupHandlers,
    limits: Partial<ReadLimits> = {},
  ): Promise<Membership> {
    const membership = new MemoryMembership(this, group, handlers, { ...DEFAULT_READ, ...limits });
    this.memberships.push(membership);
    for (const topic of topics) {
      for (const partition of this.#topic(topic).keys()) membership.start(topic, partition);
    }
    return membership;
  }

  async committed(group: string, topic: string, partition: number): Promise<Committed | null> {
    return this.#committed.get(`${group}/${topic}/${partition}`) ?? null;
  }

  async commitFor(group: string, topic: string, partition: number, position: Committed): Promise<void> {
    this.#committed.set(`${group}/${topic}/${partition}`, position);
  }

  recordsAt(topic: string, partition: number, offsets: readonly number[]): (LogRecord | null)[] {
    const { records, begin } = this.#partition(topic, partition);
    return offsets.map((offset) => (offset < begin ? null : (records[offset] ?? null)));
  }

  async close(): Promise<void> {}
}
