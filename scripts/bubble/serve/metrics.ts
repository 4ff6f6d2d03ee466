/** What the metrics of the embedded mode say of its parts. */
import { type Metrics, makeMetrics } from '../../../infra/metrics/prometheus.ts';
import type { Embedded } from './embedded.ts';

export const metricsOf = (embedded: Embedded): Metrics => {
  const metrics = makeMetrics();
  const stats = () => embedded.gate.stats();
  const single = (name: string, help: string, value: () => number): void =>
    metrics.gauge(name, help, [], (set) => set({}, value()));

  single('bubble_gate_connections', 'Open connections.', () => stats().connections);
  single('bubble_gate_sessions', 'Authenticated and confirmed sessions.', () => stats().sessions);
  single('bubble_gate_pending_sends', 'Commands without an answer.', () => stats().pendingSends);
  single('bubble_gate_queue_bytes', 'Bytes that clients have not taken yet.', () => stats().queueBytes);
  single('bubble_gate_push_frames', 'Push frames since the start.', () => stats().pushFrames);
  single('bubble_gate_pushed_rows', 'Rows pushed since the start.', () => stats().pushedRows);
  single(
    'bubble_gate_withheld_rows',
    'Rows left to pulls (notify mode) since the start.',
    () => stats().withheldRows,
  );
  metrics.gauge(
    'bubble_processor_lag_records',
    'Records between the position of a processor and the end.',
    ['processor', 'topic', 'partition'],
    (set) => {
      for (const processor of embedded.processors) {
        for (const { topic, partition, position, end } of processor.lag()) {
          set(
            { processor: processor.name, topic, partition: String(partition) },
            Math.max(0, end - position),
          );
        }
      }
    },
  );
  return metrics;
};
