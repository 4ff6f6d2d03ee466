/** `npm run kill-loop`: see the help text below. */
import { Command, InvalidArgumentError } from 'commander';
import { histogramLines, ruleOfThree, violationLines } from '../report.ts';
import { type KillLoopResult, runKillLoop } from './kill-loop.ts';

const count = (value: string): number => {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('Not a whole number.');
  return number;
};

const repeated = (value: string, previous: readonly string[]): string[] => [...previous, value];
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
  .addHelpText('after', '\nExamples:\n  $ npm run kill-loop -- --kills 300\n');
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
}>();

const print = (result: KillLoopResult): void => {
  const { report, unanswered, kept } = result;
  const of = (kind: Parameters<typeof report.byKind.get>[0]): number => report.byKind.get(kind) ?? 0;
  console.log(`unanswered sends at each kill:`);
  for (const line of histogramLines(unanswered, [50, 75, 100, 150, 200, 300, 500])) console.log(line);
  console.log(`restart to ready: median ${Math.round(median(result.restartMs))} ms`);
  console.log(`kills: ${result.kills} counted, ${result.startKills} more while starting`);
  console.log(`sends answered: ${result.answered}; rows in final inboxes: ${report.rows}`);
  console.log(
    `lost ${of('lost')}, doubled ${of('duplicate')}, inverted ${of('inversion')}, versions backward ${of('backward-version')}`,
  );
  console.log(`clients complete: ${report.devicesComplete} of ${report.devices}`);
  console.log(`bound: ${ruleOfThree(result.kills)}`);
  for (const line of violationLines(report)) console.log(line);
  if (result.rebuildFault !== null) console.log(`rebuild --verify failed:\n${result.rebuildFault}`);
  if (kept !== null) console.log(`kept: ${kept}`);
  const verdict = report.violations === 0 && result.rebuildFault === null ? 'clean' : 'VIOLATIONS';
  console.log(
    `kill-loop: ${verdict}; ${result.kills} kills, ${result.answered} sends answered, ${report.violations} violations, rebuild ${result.rebuildFault === null ? 'equal' : 'DIFFERS'}, ${Math.round(result.seconds)} s`,
  );
};

try {
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
  process.exitCode = result.report.violations === 0 && result.rebuildFault === null ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  console.log('kill-loop: FAILED, the run did not come to its end');
  process.exitCode = 1;
}
