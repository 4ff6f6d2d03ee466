/** What the metrics say of a process: build, epoch, and those of its parts. */
import { type Metrics, makeMetrics } from '../../../infra/metrics/prometheus.ts';
import type { Tracing } from '../../../infra/tracing/tracing.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { addGateMetrics } from './gate-metrics.ts';
import { addKafkaMetrics } from './kafka-metrics.ts';
import type { LagClock } from './lag-clock.ts';
import type { Measurements } from './measurements.ts';
import { addProcessorMetrics } from './processor-metrics.ts';
import type { Roles } from './roles.ts';
import type { Server } from './server.ts';

export interface MetricsOptions {
  readonly roles: Roles;
  readonly measurements: Measurements;
  readonly lagClock: LagClock;
  readonly clock: Clock;
  readonly tracing: Tracing | null;
  readonly version: string;
}

const addProcess = (metrics: Metrics, server: Server, { roles, version, tracing }: MetricsOptions): void => {
  metrics.gauge('bubble_build_info', '1, with what runs here.', ['version', 'node', 'roles'], (set) =>
    set({ version, node: process.version, roles: [...roles].join(',') }, 1),
  );
  metrics.gauge('bubble_inbox_epoch', 'The inbox epoch that this process works in.', [], (set) =>
    set({}, server.layout.epoch),
  );
  if (tracing === null) return;
  metrics.counter('bubble_trace_dropped_spans_total', 'Spans that no collector has taken.', [], (set) =>
    set({}, tracing.dropped),
  );
};

const addTimeline = (metrics: Metrics, { timeline }: Measurements): void => {
  metrics.counter(
    'bubble_timeline_writes_total',
    'Batches written to the timeline store.',
    ['outcome'],
    (set) => {
      for (const [outcome, count] of timeline.writes.entries()) set({ outcome }, count);
    },
  );
  metrics.counter('bubble_timeline_written_records_total', 'Inbox records written.', [], (set) =>
    set({}, timeline.records),
  );
  metrics.histogram('bubble_timeline_write_seconds', 'Of a batch.', [], (set) =>
    set({}, timeline.writeSeconds),
  );
};

const addSnapshots = (metrics: Metrics, server: Server, { measurements, clock }: MetricsOptions): void => {
  const { snapshots } = measurements;
  metrics.counter('bubble_snapshot_writes_total', 'Snapshots of decision state.', ['outcome'], (set) => {
    for (const [outcome, count] of snapshots.writes.entries()) set({ outcome }, count);
  });
  metrics.histogram('bubble_snapshot_write_seconds', 'Of a snapshot.', [], (set) =>
    set({}, snapshots.writeSeconds),
  );
  // Snapshots of partitions that have gone to another process say nothing any more.
  const held = function* () {
    const places = new Set(
      server.processors.flatMap((each) => each.lag().map(({ topic, partition }) => `${topic}/${partition}`)),
    );
    for (const seen of snapshots.newest) {
      const { topic, partition } = seen.id;
      if (places.has(`${topic}/${partition}`))
        yield { seen, labels: { topic, partition: String(partition) } };
    }
  };
  const labels = ['topic', 'partition'];
  metrics.gauge(
    'bubble_snapshot_age_seconds',
    'Since the newest snapshot was written, or opened at a takeover.',
    labels,
    (set) => {
      for (const { seen, labels: of } of held()) set(of, Math.max(0, clock.now() - seen.since) / 1_000);
    },
  );
  metrics.gauge('bubble_snapshot_entries', 'Entries of the newest snapshot, at most.', labels, (set) => {
    for (const { seen, labels: of } of held()) set(of, seen.entries);
  });
};

export const metricsOf = (server: Server, options: MetricsOptions): Metrics => {
  const metrics = makeMetrics();
  const { roles, measurements, lagClock } = options;
  addProcess(metrics, server, options);
  if (roles.has('gate')) addGateMetrics(metrics, () => server.gate, measurements.gate);
  addProcessorMetrics(metrics, roles, () => server.processors, lagClock);
  if (roles.has('timeline')) addTimeline(metrics, measurements);
  if (roles.has('fan-out')) addSnapshots(metrics, server, options);
  if (measurements.kafka !== null) addKafkaMetrics(metrics, measurements.kafka);
  return metrics;
};
