/** Replay equals live: the timeline computed again from the inbox, compared with the one that grew on the way. */
import { SimDisk } from '../../../infra/disk/sim-disk.ts';
import type { Log, LogRecord, RandomAccess } from '../../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { openEmbeddedTimeline } from '../../../infra/timeline/embedded/embedded-timeline.ts';
import type { AcceptedRecord, TimelineStore } from '../../../infra/timeline/timeline-store.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { SourceVector } from '../../../schemas/rules/acceptance.ts';
import { acceptRecord } from '../../../schemas/rules/epoch.ts';
import { inboxTopic, type Layout } from '../../../schemas/topics.ts';

export interface RebuildWorld {
  readonly log: Log & RandomAccess;
  readonly codecs: Codecs;
  readonly layout: Layout;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly live: TimelineStore;
}

const BATCH_RECORDS = 37;

/** What differs, in words; empty where nothing does. */
export const compareRebuilt = async (world: RebuildWorld): Promise<string[]> => {
  const { log, codecs, layout, clock, live } = world;
  const disk = new SimDisk({ random: world.random });
  const rebuilt = await openEmbeddedTimeline({
    disk: disk.mount(),
    folder: '/rebuilt',
    records: log,
    codecs,
    layout,
    clock,
    logger: SILENT_LOGGER,
  });
  const differences: string[] = [];
  for (let partition = 0; partition < layout.inboxPartitions; partition += 1) {
    const { offset } = await live.checkpoint(partition);
    await fold(world, rebuilt, partition, offset);
    const wanted = await lines(rebuilt, partition);
    const found = await lines(live, partition);
    const at = wanted.findIndex((line, index) => line !== found[index]);
    if (at >= 0 || wanted.length !== found.length) {
      differences.push(
        `inbox ${partition} up to ${offset}: rebuilt ${wanted[at] ?? 'nothing'}, live ${found[at] ?? 'nothing'}`,
      );
    }
  }
  await rebuilt.close();
  return differences;
};

const fold = async (
  { log, codecs, layout }: RebuildWorld,
  store: TimelineStore,
  partition: number,
  end: number,
): Promise<void> => {
  const reader = await log.reader(inboxTopic(layout.epoch), partition, 0);
  const vector = new SourceVector();
  for (let next = 0; next < end; ) {
    const batch = await reader.read({ maxRecords: BATCH_RECORDS, maxBytes: 1 << 20, maxWaitMs: 0 });
    const records = batch.records.filter(({ offset }) => offset < end);
    const accepted = records.flatMap((record) => acceptedOf(codecs, vector, record));
    const position = { offset: Math.min(batch.next, end), vector: vector.toArray() };
    await store.write(partition, accepted, position, next);
    next = position.offset;
  }
  await reader.close();
};

const acceptedOf = (codecs: Codecs, vector: SourceVector, record: LogRecord): AcceptedRecord[] => {
  const event = record.value === null ? null : codecs.inbox.decode(record.value);
  if (event === null) return [];
  if (acceptRecord(vector, event) !== 'accepted') return [];
  return event.row.length === 0 ? [] : [{ offset: record.offset, event }];
};

const lines = async (store: TimelineStore, partition: number): Promise<string[]> => {
  const found: string[] = [];
  for await (const line of store.dump(partition)) found.push(line);
  return found;
};
