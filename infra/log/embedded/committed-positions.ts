/**
 * What groups have committed: a compacted topic of the log's own, and all of it in memory.
 *
 * A commit is one record with offset and vector, so it is there whole or not at all. It is handed to the operating
 * system and not synced: a commit that a power cut takes back costs repeats only.
 */
import { BubbleError } from '../../../schemas/errors.ts';
import type { TopicSpec } from '../../../schemas/topics.ts';
import type { Logger } from '../../logger/logger.ts';
import type { Committed } from '../log.ts';
import { encodedLength } from './chunk.ts';
import type { Partition } from './partition.ts';
import { PartitionReader } from './partition-reader.ts';

export const POSITIONS_TOPIC: TopicSpec = {
  name: '__positions',
  partitions: 1,
  cleanup: 'compact',
  retentionMs: Number.POSITIVE_INFINITY,
  durability: 'os',
};

const READ_LIMITS = { maxRecords: 10_000, maxBytes: 4 * 1024 * 1024, maxWaitMs: 0 };

const keyOf = (group: string, topic: string, partition: number): string => `${group}\0${topic}\0${partition}`;

/** Numbers as float64: offset, then the vector. */
const encode = ({ offset, vector }: Committed): Buffer =>
  Buffer.from(Float64Array.of(offset, ...vector).buffer);

const decode = (value: Uint8Array): Committed => {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const vector: number[] = [];
  for (let at = 8; at + 8 <= value.byteLength; at += 8) vector.push(view.getFloat64(at, true));
  return { offset: view.getFloat64(0, true), vector };
};

export class CommittedPositions {
  readonly #partition: Partition;
  readonly #positions = new Map<string, Committed>();

  constructor(partition: Partition) {
    this.#partition = partition;
  }

  async load(): Promise<void> {
    const reader = new PartitionReader(this.#partition, this.#partition.begin);
    for (;;) {
      const { records } = await reader.read(READ_LIMITS);
      if (records.length === 0) return;
      for (const { key, value } of records) {
        if (key === null || value === null) continue;
        this.#positions.set(Buffer.from(key).toString(), decode(value));
      }
    }
  }

  /**
   * Forgets positions behind the end of their partition: a power cut has taken the records they were committed for
   * (durability below `always`), and what gets those offsets next has other vectors.
   */
  dropBeyond(endOf: (topic: string, partition: number) => number, logger: Logger): void {
    for (const [key, { offset }] of this.#positions) {
      const [group = '', topic = '', partition = ''] = key.split('\0');
      const end = endOf(topic, Number(partition));
      if (offset <= end) continue;
      this.#positions.delete(key);
      logger.warn(
        { group, topic, partition, offset, end },
        'a committed position lies behind the end: dropped',
      );
    }
  }

  get(group: string, topic: string, partition: number): Committed | null {
    return this.#positions.get(keyOf(group, topic, partition)) ?? null;
  }

  async set(group: string, topic: string, partition: number, position: Committed): Promise<void> {
    if (this.#partition.closed) throw new BubbleError('LOG_CLOSED', 'the log is closed');
    const key = keyOf(group, topic, partition);
    const record = { key: Buffer.from(key), value: encode(position) };
    await this.#partition.append([record], encodedLength(record), 'os');
    this.#positions.set(key, { offset: position.offset, vector: [...position.vector] });
  }
}
