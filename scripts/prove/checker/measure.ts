/** How fast the checker is: `node --import tsx scripts/prove/checker/measure.ts [operations]`. */
import { HistoryChecker } from './checker.ts';
import type { HistoryEvent } from './history.ts';
import { synthesize } from './synthetic-history.ts';

const operations = Number(process.argv[2] ?? 1_000_000);
const checker = new HistoryChecker({ uniqueBodies: true });
const events: HistoryEvent[] = [];
let count = 0;
let spentMs = 0;
const flush = (): void => {
  const began = performance.now();
  for (const event of events) checker.add(event);
  spentMs += performance.now() - began;
  events.length = 0;
};
synthesize({ seed: 1, users: 200, groups: 0, sends: Math.floor(operations / 5) }, (event) => {
  // What counts as one operation: an invocation, an answer, a row given to a client.
  count += event.type === 'pulled' || event.type === 'final' ? event.rows.length : 1;
  events.push(event);
  if (events.length >= 10_000) flush();
});
flush();
const began = performance.now();
const report = checker.finish();
spentMs += performance.now() - began;
const perSecond = Math.round(count / (spentMs / 1000));
console.log(
  `${count} operations judged in ${(spentMs / 1000).toFixed(2)} s: ${perSecond} operations/s, ` +
    `10 M in ${(1e7 / perSecond).toFixed(1)} s, ${report.violations} violations, ` +
    `${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`,
);
