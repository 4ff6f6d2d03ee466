/** Metrics in the Prometheus text format. Values are collected when they are asked for: no hot path counts twice. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export type Labels = Readonly<Record<string, string>>;
export type SetValue = (labels: Labels, value: number) => void;

export interface Metrics {
  /**
   * A value that is read at every scrape. @param name ends with its unit (`_bytes`, `_seconds`, `_records`)
   * @param collect sets the value for each combination of labels there is
   */
  gauge(name: string, help: string, labels: readonly string[], collect: (set: SetValue) => void): void;
  /** The text of `/metrics`. */
  text(): Promise<string>;
}

/** With the process's own metrics (CPU, memory, event loop). */
export const makeMetrics = (): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    gauge: (name, help, labels, collect) => {
      new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers: [registry],
        collect() {
          this.reset();
          collect((values, value) => this.set(values, value));
        },
      });
    },
    text: () => registry.metrics(),
  };
};
