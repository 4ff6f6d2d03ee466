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
