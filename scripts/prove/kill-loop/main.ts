/** `npm run kill-loop`: see the help text below. */
import { Command } from 'commander';
import { brokersOption, count, repeated, sqlOption } from '../../command-options.ts';
import { histogramLines, ruleOfThree, verdictLines } from '../report.ts';
import { type Dependency, LIVE_PER_SECOND } from './cluster-absence.ts';
import { type ClusterLoopResult, runClusterLoop } from './cluster-loop.ts';
import { type KillLoopResult, runKillLoop } from './kill-loop.ts';

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const program = new Command('kill-loop')
  .description(
    'Kills the server (SIGKILL) at random moments under load, starts it again, and judges everything that the clients have seen with a model of its own. Ends with 1 on any violation.',
  )
  .option('--kills <number>', 'kills that count', count, 20)
  .option('--answers <number>', 'sends answered over the run, at least (default: 1000 for each kill)', count)
  .option('--unanswered <number>', 'sends on their way at each kill, at least', count, 50)
  .option('--seed <number>', 'of the load and the moments (real processes do not repeat exactly)', count, 1)
  .option('--data <folder>', 'keep data, server log and histories here (default: a temporary folder)')
  .option('--users <number>', 'users', count, 40)
  .option('--devices <number>', 'devices of each user', count, 2)
  .option('--outstanding <number>', 'sends on their way from each device', count, 4)
  .option('--workers <number>', 'load processes', count, 2)
  .option('--serve <flag>', 'a further flag of `bubble serve` (repeatable)', repeated, [])
  .option('--cluster', 'a real cluster: kills and stops of gates, processors and one broker of three')
  .addOption(brokersOption('3'))
  .addOption(sqlOption())
  .option('--away <names>', 'with --cluster: dependencies taken away meanwhile', 'redis,etcd,registry,sql')
  .option('--away-seconds <number>', 'with --cluster: for how long each', count, 60)
  .addHelpText(
    'after',
    '\nExamples:\n  $ npm run kill-loop -- --kills 300\n  $ npm run kill-loop -- --cluster --kills 100 --answers 200000\n',
  );
program.parse();
const options = program.opts<{
  kills: number;
  answers?: number;
  unanswered: number;
  seed: number;
  data?: string;
  users: number;
  devices: number;
  outstanding: number;
  workers: number;
  serve: string[];
  cluster?: boolean;
  brokers: 1 | 3;
  sql: 'mysql' | 'postgres';
  away: string;
  awaySeconds: number;
}>();

const print = (result: KillLoopResult): void => {
  const { report, unanswered, kept } = result;
  console.log(`unanswered sends at each kill:`);
  for (const line of histogramLines(unanswered, [50, 75, 100, 150, 200, 300, 500])) console.log(line);
  console.log(`restart to ready: median ${Math.round(median(result.restartMs))} ms`);
  console.log(`kills: ${result.kills} counted, ${result.startKills} more while starting`);
  for (const line of verdictLines(report, result.answered)) console.log(line);
  console.log(`bound: ${ruleOfThree(result.kills)}`);
  if (result.rebuildFault !== null) console.log(`rebuild --verify failed:\n${result.rebuildFault}`);
  if (kept !== null) console.log(`kept: ${kept}`);
  const verdict = report.violations === 0 && result.rebuildFault === null ? 'clean' : 'VIOLATIONS';
  console.log(
    `kill-loop: ${verdict}; ${result.kills} kills, ${result.answered} sends answered, ${report.violations} violations, rebuild ${result.rebuildFault === null ? 'equal' : 'DIFFERS'}, ${Math.round(result.seconds)} s`,
  );
};

const printCluster = (result: ClusterLoopResult): void => {
  const { report, faults, away, kept } = result;
  for (const kind of ['kill', 'stop'] as const) {
    const of = faults.filter((fault) => fault.kind === kind);
    const victims = [...new Set(of.map(({ victim }) => victim))].sort();
    const counts = victims.map((name) => `${name} ${of.filter(({ victim }) => victim === name).length}`);
    const recovery = median(of.map(({ recoveryMs }) => recoveryMs));
    console.log(
      `${kind}: ${of.length} (${counts.join(', ')}); whole again after ${(recovery / 1_000).toFixed(1)} s, median`,
    );
  }
  for (const gone of away) {
    const memory = `largest process ${megabytes(gone.bytesBefore)} MB before, ${gone.bytesMeanwhile.map(megabytes).join(' and ')} MB in the halves meanwhile`;
    console.log(
      `${gone.dependency} away ${gone.awayMs / 1_000} s at ${LIVE_PER_SECOND} sends/s: ${gone.answered} answered; ${memory}; ${gone.backlog} records behind, caught up in ${(gone.catchUpMs / 1_000).toFixed(1)} s at ${Math.round(gone.catchUpPerSecond)} records/s (live ${Math.round(gone.livePerSecond)})`,
    );
  }
  for (const line of verdictLines(report, result.answered)) console.log(line);
  console.log(`bound: ${ruleOfThree(faults.length)}`);
  if (kept !== null) console.log(`kept: ${kept}`);
  console.log(
    `kill-loop --cluster: ${report.violations === 0 ? 'clean' : 'VIOLATIONS'}; ${faults.length} kills and stops, ${result.answered} sends answered, ${report.violations} violations, ${Math.round(result.seconds)} s`,
  );
};

const runOnCluster = async (): Promise<boolean> => {
  const result = await runClusterLoop({
    faults: options.kills,
    answers: options.answers ?? options.kills * 1_000,
    seed: options.seed,
    workers: options.workers,
    users: options.users,
    devicesPerUser: options.devices,
    conversationsAtOnce: options.outstanding,
    brokers: options.brokers,
    sql: options.sql,
    away: options.away.split(',').filter((name) => name !== '') as Dependency[],
    awayMs: options.awaySeconds * 1_000,
    folder: options.data ?? null,
    progress: (line) => console.error(line),
  });
  printCluster(result);
  return result.report.violations === 0;
};

const runEmbedded = async (): Promise<boolean> => {
  const result = await runKillLoop({
    kills: options.kills,
    seed: options.seed,
    answers: options.answers ?? options.kills * 1_000,
    minUnanswered: options.unanswered,
    workers: options.workers,
    users: options.users,
    devicesPerUser: options.devices,
    conversationsAtOnce: options.outstanding,
    dataFolder: options.data ?? null,
    serverFlags: options.serve,
    progress: (line) => console.error(line),
  });
  print(result);
  return result.report.violations === 0 && result.rebuildFault === null;
};

try {
  const isClean = await (options.cluster === true ? runOnCluster() : runEmbedded());
  process.exitCode = isClean ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  console.log('kill-loop: FAILED, the run did not come to its end');
  process.exitCode = 1;
}
