/**
 * Metrics in the Prometheus text format. Values are collected when they are asked for: parts keep plain numbers, and
 * no hot path knows a metric's name.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram as PromHistogram, Registry } from 'prom-client';
import type { Histogram } from './histogram.ts';

export type Labels = Readonly<Record<string, string>>;
export type SetValue = (labels: Labels, value: number) => void;
export type SetHistogram = (labels: Labels, histogram: Histogram) => void;

export interface Metrics {
  /**
   * A value that is read at every scrape. @param name ends with its unit (`_bytes`, `_seconds`, `_records`)
   * @param collect sets the value for each combination of labels there is
   */
  gauge(name: string, help: string, labels: readonly string[], collect: (set: SetValue) => void): void;
  /** A total that only rises, or begins anew. @param name ends with `_total` */
  counter(name: string, help: string, labels: readonly string[], collect: (set: SetValue) => void): void;
  histogram(
    name: string,
    help: string,
    labels: readonly string[],
    collect: (set: SetHistogram) => void,
  ): void;
  /** The text of `/metrics`. */
  text(): Promise<string>;
}

interface HistogramValue {
  readonly metricName: string;
  readonly labels: Labels;
  readonly value: number;
}

interface Shown {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  readonly values: readonly HistogramValue[];
}

/** Shows the buckets that parts have filled themselves. */
class ReadHistogram extends PromHistogram<string> {
  readonly #name: string;
  readonly #help: string;
  readonly #collect: (set: SetHistogram) => void;

  constructor(
    registry: Registry,
    name: string,
    help: string,
    labels: readonly string[],
    collect: (set: SetHistogram) => void,
  ) {
    super({ name, help, labelNames: [...labels], registers: [registry] });
    this.#name = name;
    this.#help = help;
    this.#collect = collect;
  }

  /** What prom-client asks for at a scrape, in place of its own buckets. Not in its types. */
  async getForPromString(): Promise<Shown> {
    const values: HistogramValue[] = [];
    const add = (suffix: string, labels: Labels, value: number): void => {
      values.push({ metricName: `${this.#name}_${suffix}`, labels, value });
    };
    this.#collect((labels, { bounds, counts, sum }) => {
      let below = 0;
      for (const [at, bound] of bounds.entries()) {
        below += counts[at]!;
        add('bucket', { ...labels, le: String(bound) }, below);
      }
      below += counts[bounds.length]!;
      add('bucket', { ...labels, le: '+Inf' }, below);
      add('sum', labels, sum);
      add('count', labels, below);
    });
    return { name: this.#name, help: this.#help, type: 'histogram', aggregator: 'sum', values };
  }
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
    counter: (name, help, labels, collect) => {
      new Counter({
        name,
        help,
        labelNames: [...labels],
        registers: [registry],
        collect() {
          this.reset();
          collect((values, value) => this.inc(values, value));
        },
      });
    },
    histogram: (name, help, labels, collect) => {
      new ReadHistogram(registry, name, help, labels, collect);
    },
    text: () => registry.metrics(),
  };
};
