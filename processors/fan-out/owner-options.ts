/** What the owners of all partitions of one fan-out processor share. */
import type { PartitionWriters } from '../../infra/lanes/partition-writers.ts';
import type { Log, Membership } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { SnapshotStore } from '../../infra/snapshots/snapshot-store.ts';
import type { Tracing } from '../../infra/tracing/tracing.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';

export interface OwnerOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly snapshots: SnapshotStore;
  readonly writers: PartitionWriters;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What an empty state begins with. */
  readonly genesis: { readonly epoch: number; readonly inboxPartitions: number };
  /** Set once joining has resolved, which may be after the first assignment. */
  readonly membership: () => Membership | null;
  /** Whether public events are made. */
  readonly events: boolean;
  /** Lost events further back than so many inbound records are not made again at a start. */
  readonly eventsHealedRecords: number;
  /** null: nothing is traced. */
  readonly tracing: Tracing | null;
}
