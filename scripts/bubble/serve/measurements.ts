/** What the parts of a process count while they work. Made once; gates and stores that follow one another go on in it. */
import { GateCounts } from '../../../gateways/gate/gate-counts.ts';
import type { KafkaCounts } from '../../../infra/log/kafka/request-counts.ts';
import { SnapshotCounts, TimelineCounts } from '../../../infra/metrics/measured-stores.ts';

export class Measurements {
  readonly gate = new GateCounts();
  readonly timeline = new TimelineCounts();
  readonly snapshots = new SnapshotCounts();
  /** Null on the embedded log. */
  kafka: KafkaCounts | null = null;
}
