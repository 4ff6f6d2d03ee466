/** What the tests of the embedded log share: a log on a simulated disk and clock. */
import type { TopicSpec } from '../../../schemas/topics.ts';
import { SimClock } from '../../clock/sim-clock.ts';
import { type DiskOperation, SimDisk, type SimMount } from '../../disk/sim-disk.ts';
import { SILENT_LOGGER } from '../../logger/logger.ts';
import { SeededRandom } from '../../random/seeded-random.ts';
import type { LogRecord, RecordInput } from '../log.ts';
import { type EmbeddedLog, type EmbeddedLogOptions, openEmbeddedLog } from './embedded-log.ts';

export const FOLDER = '/log';

export const topic = (overrides: Partial<TopicSpec> = {}): TopicSpec => ({
  name: 't',
  partitions: 1,
  cleanup: 'delete',
  retentionMs: Number.POSITIVE_INFINITY,
  durability: 'log',
  ...overrides,
});

export const input = (value: string | null, key: string | null = null): RecordInput => ({
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
});

export const textOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString();

export const valuesOf = (records: readonly (LogRecord | null)[]): (string | null)[] =>
  records.map((record) => (record === null ? null : textOf(record.value)));

export class TestLog {
  readonly clock = new SimClock();
  readonly disk: SimDisk;
  mount: SimMount;
  /** Fails an operation of the disk. */
  fault: (operation: DiskOperation, path: string) => Error | null = () => null;
  #log: EmbeddedLog | null = null;

  constructor(seed = 1) {
    this.disk = new SimDisk({
      random: new SeededRandom(seed),
      clock: this.clock,
      fault: (operation, path) => this.fault(operation, path),
    });
    this.mount = this.disk.mount();
  }

  get log(): EmbeddedLog {
    if (this.#log === null) throw new Error('not opened');
    return this.#log;
  }

  /** Runs simulated time until the promise settles. */
  done<T>(promise: Promise<T> | T): Promise<T> {
    return this.clock.until(Promise.resolve(promise));
  }

  async open(
    options: Partial<EmbeddedLogOptions> = {},
    specs: readonly TopicSpec[] = [topic()],
  ): Promise<void> {
    const { clock, mount: disk } = this;
    const all = { disk, folder: FOLDER, clock, logger: SILENT_LOGGER, fillBytes: 0, ...options };
    this.#log = await this.done(openEmbeddedLog(all));
    await this.done(this.#log.ensureTopics(specs));
  }

  /** The process dies without a word, or the power is cut; a new process may open. */
  crash(how: 'kill' | 'power' = 'kill'): void {
    if (how === 'kill') this.mount.kill();
    else this.disk.powerCut();
    this.mount = this.disk.mount();
  }

  append(...values: string[]): Promise<{ baseOffset: number; time: number }> {
    return this.done(
      this.log.append(
        't',
        0,
        values.map((value) => input(value)),
      ),
    );
  }

  async readAll(name = 't', partition = 0): Promise<LogRecord[]> {
    const { begin } = await this.done(this.log.range(name, partition));
    const reader = await this.done(this.log.reader(name, partition, begin));
    const records: LogRecord[] = [];
    for (;;) {
      const batch = await this.done(reader.read({ maxRecords: 100, maxBytes: 100_000, maxWaitMs: 0 }));
      records.push(...batch.records);
      if (batch.next >= batch.end) return records;
    }
  }

  segments(name = 't', partition = 0): string[] {
    return this.disk
      .paths()
      .filter((path) => path.startsWith(`${FOLDER}/${name}/${partition}/`) && path.endsWith('.log'));
  }
}
