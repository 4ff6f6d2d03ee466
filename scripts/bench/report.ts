/** What a benchmark says: figures with floor and goal, counts that prove the work, a raw limit beside them. */
import Table from 'cli-table3';

export interface Figure {
  readonly value: number;
  readonly unit: string;
  /** What it must not be worse than, and what it should reach; null where there is none. */
  readonly floor: number | null;
  readonly goal: number | null;
  /** Whether a lower value is the better one. */
  readonly lowerIsBetter?: boolean;
}

export interface Report {
  readonly case: string;
  /** The named profile of limits the server ran with. */
  readonly limits: string;
  readonly figures: Readonly<Record<string, Figure>>;
  /** Taken in the client's process. */
  readonly counts: Readonly<Record<string, number>>;
  /** The same bytes, batch sizes and durability without bubble. */
  readonly rawLimit: Readonly<Record<string, { readonly value: number; readonly unit: string }>>;
  /** Microseconds of CPU for one unit of work. */
  readonly cpu: Readonly<Record<string, number>>;
  /** Whether the counts add up and nothing is missing; a run that is not valid proves nothing. */
  readonly valid: boolean;
  readonly notes: readonly string[];
}

const rounded = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value >= 1 ? value.toFixed(1) : value.toFixed(3);

const verdict = (figure: Figure): string => {
  const reached = (bound: number): boolean =>
    figure.lowerIsBetter ? figure.value <= bound : figure.value >= bound;
  if (figure.goal !== null && reached(figure.goal)) return 'goal reached';
  if (figure.floor !== null) return reached(figure.floor) ? 'above the floor' : 'BELOW THE FLOOR';
  return figure.goal === null ? '' : 'goal not reached';
};

export function printReport(report: Report): void {
  const table = new Table({
    head: [report.case, 'value', 'unit', 'floor', 'goal', ''],
    style: { head: [], border: [] },
  });
  for (const [name, figure] of Object.entries(report.figures)) {
    const bound = (value: number | null): string => (value === null ? '' : rounded(value));
    table.push([
      name,
      rounded(figure.value),
      figure.unit,
      bound(figure.floor),
      bound(figure.goal),
      verdict(figure),
    ]);
  }
  for (const [name, { value, unit }] of Object.entries(report.rawLimit))
    table.push([`raw: ${name}`, rounded(value), unit, '', '', '']);
  for (const [name, value] of Object.entries(report.cpu))
    table.push([`cpu: ${name}`, rounded(value), 'us', '', '', '']);
  console.log(table.toString());
  const counts = Object.entries(report.counts).map(
    ([name, count]) => `${name} ${count.toLocaleString('en')}`,
  );
  console.log(`counts: ${counts.join(', ')}`);
  console.log(
    `limits profile: ${report.limits}; the run is ${report.valid ? 'valid' : 'NOT VALID: it proves nothing'}`,
  );
  for (const note of report.notes) console.log(note);
}

/** CPU of each process for one unit of work, from two readings in microseconds. */
export const perUnit = (
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  units: number,
): Record<string, number> =>
  Object.fromEntries(
    Object.entries(after).map(([name, microseconds]) => [
      `${name}, each`,
      (microseconds - (before[name] ?? 0)) / units,
    ]),
  );

/** The value below which this share of the samples lies. Sorts the samples. */
export const percentile = (samples: Float64Array, share: number): number => {
  if (samples.length === 0) return Number.NaN;
  samples.sort();
  return samples[Math.min(samples.length - 1, Math.floor(share * samples.length))]!;
};
