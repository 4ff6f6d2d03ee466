/** What a checker's report looks like in a terminal. */
import type { CheckerReport } from './checker/checker.ts';

/** The upper bound at 95 % of the rate of something never seen in so many trials, as text. */
export const ruleOfThree = (trials: number): string =>
  trials === 0 ? 'no trials' : `< ${((3 / trials) * 100).toPrecision(2)} % of kills (3/${trials}, 95 %)`;

export const violationLines = (report: CheckerReport, most = 40): string[] => {
  if (report.violations === 0) return [];
  const kinds = [...report.byKind].map(([kind, count]) => `${kind} ${count}`);
  const first = report.first.slice(0, most).map(({ kind, message }) => `  ${kind}: ${message}`);
  return [`violations: ${kinds.join(', ')}`, ...first];
};

/** What was answered, what is wrong, and who is complete. */
export const verdictLines = (report: CheckerReport, answered: number): string[] => {
  const of = (kind: Parameters<typeof report.byKind.get>[0]): number => report.byKind.get(kind) ?? 0;
  return [
    `sends answered: ${answered}; rows in final inboxes: ${report.rows}`,
    `lost ${of('lost')}, doubled ${of('duplicate')}, inverted ${of('inversion')}, versions backward ${of('backward-version')}`,
    `clients complete: ${report.devicesComplete} of ${report.devices}`,
    ...violationLines(report),
  ];
};

/** Counts in ranges, as a bar each. @param bounds rising lower bounds */
export const histogramLines = (values: readonly number[], bounds: readonly number[]): string[] => {
  const counts = bounds.map(
    (from, index) =>
      values.filter((value) => value >= from && value < (bounds[index + 1] ?? Infinity)).length,
  );
  const largest = Math.max(1, ...counts);
  return bounds.map((from, index) => {
    const to = bounds[index + 1];
    const range = to === undefined ? `${from} and more` : `${from}-${to - 1}`;
    const count = counts[index]!;
    return `  ${range.padStart(14)}  ${String(count).padStart(5)}  ${'#'.repeat(Math.ceil((count / largest) * 40))}`;
  });
};
