/** Prometheus metrics of the embedded mode, collected when they are asked for. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Embedded } from './embedded.ts';

const gauge = (
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  collect: (set: (labels: Record<string, string>, value: number) => void) => void,
): void => {
  new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      collect((labels, value) => this.set(labels, value));
    },
  });
};

export const metricsOf = (embedded: Embedded): Registry => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const stats = () => embedded.gate.stats();
  const single = (name: string, help: string, value: () => number): void =>
    gauge(registry, name, help, [], (set) => set({}, value()));

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
  gauge(
    registry,
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
  return registry;
};
