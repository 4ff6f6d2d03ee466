/** What roles stand on, whichever log it is: `embedded-stores.ts` and `kafka-stores.ts` open it. */
import type { Log } from '../../../infra/log/log.ts';
import type { SchemaRegistry } from '../../../infra/schema-registry/schema-registry.ts';
import type { SnapshotStore } from '../../../infra/snapshots/snapshot-store.ts';
import { EpochTimelines } from '../../../infra/timeline/epochs.ts';
import type { TimelineStore } from '../../../infra/timeline/timeline-store.ts';
import { layoutsOf } from '../../../processors/runtime/epochs.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import type { Layout, TopicSpec } from '../../../schemas/topics.ts';

export interface Stores {
  readonly log: Log;
  readonly registry: SchemaRegistry;
  readonly codecs: Codecs;
  readonly snapshots: SnapshotStore;
  /** Of all epochs that the log has. */
  readonly timelines: EpochTimelines;
  /** The topics of an epoch, as this log keeps them. */
  topicSpecs(layout: Layout): TopicSpec[];
  openTimeline(layout: Layout): Promise<TimelineStore>;
  /** Brings the timeline of an epoch that is over to its end, where one process can. @returns whether it is finished */
  finishTimeline(layout: Layout): Promise<boolean>;
  close(): Promise<void>;
  /** Names of what `close` waits for now. */
  closesAt?(): readonly string[];
}

/**
 * The timelines of all epochs of the log; topics are made or checked on the way.
 * @param first what the log begins with
 * @param specs the topics of an epoch
 */
export const openTimelines = async (
  log: Log,
  first: Layout,
  specs: (layout: Layout) => TopicSpec[],
  open: (layout: Layout) => Promise<TimelineStore>,
): Promise<EpochTimelines> => {
  const stores: { layout: Layout; store: TimelineStore }[] = [];
  try {
    await log.ensureTopics(specs(first));
    for (const layout of await layoutsOf(log, first)) {
      await log.ensureTopics(specs(layout));
      stores.push({ layout, store: await open(layout) });
    }
    return new EpochTimelines(stores);
  } catch (error) {
    for (const { store } of stores) await store.close();
    throw error;
  }
};
