/** `npm run kafka-faults`: see the help text below. */
import { Command, Option } from 'commander';
import { KAFKA_DEFAULTS } from '../../../infra/log/kafka/kafka-options.ts';
import { brokersOption, count } from '../../command-options.ts';
import { exitOnSignals } from '../../servers/child-server.ts';
import { verdictLines } from '../report.ts';
import { type ClusterProofResult, proveCluster } from './cluster-proof.ts';
import { type DriverProofResult, driverViolations, proveDriver } from './driver-proof.ts';
import { countsText } from './fault-run.ts';
import { BACKGROUND } from './weather.ts';

const program = new Command('kafka-faults')
  .description(
    'Puts a proxy before each of three brokers that loses answers, delays, cuts in one direction and tears connections, and judges what comes of it: first the driver and its lanes alone, then gates and processors under load. Ends with 1 on any violation.',
  )
  .option('--seed <number>', 'of faults and load (real processes do not repeat exactly)', count, 1)
  .option('--records <number>', 'appended by the lanes', count, 200_000)
  .option('--rate <number>', 'records that the lanes append a second, at most', count, 2_500)
  .option('--seconds <number>', 'of bad weather over the cluster', count, 180)
  .option('--cut-seconds <number>', 'the longest cut', count, 15)
  .addOption(new Option('--only <part>', 'one of the two').choices(['driver', 'cluster']))
  .addOption(brokersOption('3'))
  .option('--users <number>', 'of the cluster', count, 40)
  .option('--outstanding <number>', 'sends on their way from each of their two devices', count, 2)
  .option(
    '--data <folder>',
    'keep data, logs and histories of the cluster here (default: a temporary folder)',
  )
  .addHelpText('after', '\nExample:\n  $ npm run kafka-faults -- --seed 7 --seconds 300\n');
program.parse();
const options = program.opts<{
  seed: number;
  records: number;
  rate: number;
  seconds: number;
  cutSeconds: number;
  only?: 'driver' | 'cluster';
  brokers: 1 | 3;
  users: number;
  outstanding: number;
  data?: string;
}>();

const SHORTEST_CUT_MS = 3_000;
const common = {
  brokers: options.brokers,
  seed: options.seed,
  shortestCutMs: SHORTEST_CUT_MS,
  longestCutMs: Math.max(SHORTEST_CUT_MS, options.cutSeconds * 1_000),
  progress: (line: string) => console.error(line),
} as const;

const say = (text: string): void => console.log(text);
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

const printDriver = (result: DriverProofResult, violations: readonly string[]): void => {
  const { stored, read, counts } = result;
  say(countsText(counts));
  say(`stored: ${stored.lost} lost, ${stored.inverted} inverted, ${stored.repeats} repeats`);
  say(
    `read by a group of two: ${read.lost} lost, ${read.inverted} inverted, ${read.repeats} repeats, ${result.assignments} assignments, ${result.overlaps} overlaps`,
  );
  say(
    `longest gap of a partition: ${seconds(result.longestAppendGapMs)} s to append, ${seconds(result.longestReadGapMs)} s to read`,
  );
  for (const violation of violations) say(`VIOLATION: ${violation}`);
  say(
    `kafka-faults, driver: ${violations.length === 0 ? 'clean' : 'VIOLATIONS'}; ${options.records} records, ${result.episodes} episodes, seed ${options.seed}, ${result.seconds.toFixed(0)} s`,
  );
};

const printCluster = (result: ClusterProofResult): void => {
  const { report, counts, ended, kept } = result;
  say(countsText(counts));
  for (const [name, times] of ended) say(`${name} ended by itself ${times} times and was started again`);
  say(`all parts ready ${seconds(result.recoveryMs)} s after the last fault`);
  for (const line of verdictLines(report, result.answered)) say(line);
  if (kept !== null) say(`kept: ${kept}`);
  say(
    `kafka-faults, cluster: ${report.violations === 0 ? 'clean' : 'VIOLATIONS'}; ${result.answered} sends answered, ${result.episodes} episodes, seed ${options.seed}, ${report.violations} violations`,
  );
};

const driver = async (): Promise<boolean> => {
  const { records, rate } = options;
  const result = await proveDriver({
    ...common,
    records,
    perSecond: rate,
    background: BACKGROUND,
    calmMs: 3_000,
    requestTimeoutMs: KAFKA_DEFAULTS.requestTimeoutMs,
  });
  const violations = driverViolations(result);
  printDriver(result, violations);
  return violations.length === 0;
};

const cluster = async (): Promise<boolean> => {
  const { users, outstanding, data } = options;
  const result = await proveCluster({
    ...common,
    seconds: options.seconds,
    users,
    devicesPerUser: 2,
    conversationsAtOnce: outstanding,
    workers: 2,
    sql: 'mysql',
    folder: data ?? null,
  });
  printCluster(result);
  return result.report.violations === 0 && result.report.devicesComplete === result.report.devices;
};

exitOnSignals();
try {
  let isClean = true;
  if (options.only !== 'cluster') isClean = await driver();
  if (options.only !== 'driver') isClean = (await cluster()) && isClean;
  process.exitCode = isClean ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  say(`kafka-faults: FAILED, the run did not come to its end; seed ${options.seed}`);
  process.exitCode = 1;
}
