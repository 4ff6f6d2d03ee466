/** Looking into a log: topics and decoded records. Either of a log opened here, or of a running server's. */
import type { Log } from '../../../infra/log/log.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import { type DescribedRecord, describeRecord } from './describe-record.ts';

export interface DescribedTopic {
  readonly topic: string;
  readonly cleanup: string;
  /** ms, or null: for ever. */
  readonly retentionMs: number | null;
  readonly durability: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly begin: number;
    readonly end: number;
  }[];
}

export interface ReadRequest {
  readonly topic: string;
  readonly partition: number;
  /** Below the first offset kept: from there. Negative: so many before the end. */
  readonly from: number;
  readonly limit: number;
  /** How long to wait for a first record, ms. */
  readonly waitMs: number;
}

export interface ReadPage {
  readonly records: readonly DescribedRecord[];
  /** Where to read on. */
  readonly next: number;
  readonly end: number;
}

export interface LogView {
  topics(): Promise<DescribedTopic[]>;
  /** @param signal given up: an empty page */
  read(request: ReadRequest, signal?: AbortSignal): Promise<ReadPage>;
  close(): Promise<void>;
}

export const READ_LIMITS = { records: 10_000, bytes: 8 * 1024 * 1024, waitMs: 10_000 } as const;

/** `inbound` means `bubble.inbound`. @throws BubbleError UNKNOWN_TOPIC with the names there are */
export const topicNamed = (topics: readonly DescribedTopic[], name: string): DescribedTopic => {
  const found = topics.find(({ topic }) => topic === name || topic === `bubble.${name}`);
  if (found !== undefined) return found;
  const names = topics.map(({ topic }) => topic).join(', ');
  throw new BubbleError('UNKNOWN_TOPIC', `no topic is named ${name}; there are: ${names}`);
};

export const logViewOf = (log: Log, codecs: Codecs, close: () => Promise<void>): LogView => ({
  topics: async () => {
    const described: DescribedTopic[] = [];
    for (const { name, partitions, cleanup, retentionMs, durability } of await log.topics()) {
      const ranges: DescribedTopic['partitions'][number][] = [];
      for (let partition = 0; partition < partitions; partition += 1) {
        ranges.push({ partition, ...(await log.range(name, partition)) });
      }
      described.push({
        topic: name,
        cleanup,
        retentionMs: Number.isFinite(retentionMs) ? retentionMs : null,
        durability,
        partitions: ranges,
      });
    }
    return described;
  },
  read: async ({ topic, partition, from, limit, waitMs }, signal) => {
    const { begin, end } = await log.range(topic, partition);
    const start = Math.max(begin, from < 0 ? end + from : from);
    const reader = await log.reader(topic, partition, start);
    try {
      const batch = await reader.read(
        {
          maxRecords: Math.min(limit, READ_LIMITS.records),
          maxBytes: READ_LIMITS.bytes,
          maxWaitMs: Math.min(waitMs, READ_LIMITS.waitMs),
        },
        signal,
      );
      const records = batch.records.map((record) => describeRecord(codecs, topic, partition, record));
      return { records, next: batch.next, end: batch.end };
    } finally {
      await reader.close();
    }
  },
  close,
});
