/** `npm run rolling`: see the help text below. */
import { Command } from 'commander';
import { atLeastOne, brokersOption, repeated, sqlOption } from '../../command-options.ts';
import { verdictLines } from '../report.ts';
import { runRolling } from './rolling.ts';

const program = new Command('rolling')
  .description(
    'Starts a real cluster with people on it, restarts every gate and processor one at a time, adds one of each, and lets inbox grow. Measures what devices notice, and judges all they have seen. Ends with 1 on any violation.',
  )
  .addOption(brokersOption('1'))
  .addOption(sqlOption())
  .option('--gates <number>', 'gates at the start', atLeastOne, 2)
  .option('--processors <number>', 'processors at the start', atLeastOne, 2)
  .option('--partitions <number>', 'of inbound and of inbox at the start', atLeastOne, 4)
  .option('--users <number>', 'users', atLeastOne, 40)
  .option('--devices <number>', 'devices of each user', atLeastOne, 2)
  .option('--pause <ms>', 'of a device between an answer and its next send, on average', atLeastOne, 300)
  .option('--settle <ms>', 'between two steps', atLeastOne, 3_000)
  .option('--most-without <ms>', 'no device may be without service for longer', atLeastOne, 10_000)
  .option('--only <word>', 'only steps whose name contains it (repeatable)', repeated, [])
  .option('--seed <number>', 'of the load', atLeastOne, 1)
  .option('--data <folder>', 'keep data, logs and histories here (default: a temporary folder)')
  .addHelpText(
    'after',
    '\nExamples:\n  $ npm run rolling\n  $ npm run rolling -- --brokers 3 --sql postgres\n  $ npm run rolling -- --only grows --data /tmp/grow\n',
  );
program.parse();
const options = program.opts<{
  brokers: 1 | 3;
  sql: 'mysql' | 'postgres';
  gates: number;
  processors: number;
  partitions: number;
  users: number;
  devices: number;
  pause: number;
  settle: number;
  mostWithout: number;
  only: string[];
  seed: number;
  data?: string;
}>();

try {
  const { report, faults, steps, ms, kept } = await runRolling({
    ...options,
    devicesPerUser: options.devices,
    pauseMs: options.pause,
    settleMs: options.settle,
    mostWithoutMs: options.mostWithout,
    folder: options.data ?? null,
    progress: (line) => console.error(line),
  });
  const answered = steps.reduce((sum, { figures }) => sum + figures.answered, 0);
  const longest = Math.max(...steps.map(({ figures }) => figures.longestWithoutMs));
  for (const line of verdictLines(report, answered)) console.log(line);
  for (const fault of faults) console.log(`violation: ${fault}`);
  if (kept !== null) console.log(`kept: ${kept}`);
  const isClean = report.violations === 0 && faults.length === 0;
  console.log(
    `rolling: ${isClean ? 'clean' : 'VIOLATIONS'}; ${steps.length} steps, longest without service ${(longest / 1_000).toFixed(1)} s, ${Math.round(ms / 1_000)} s`,
  );
  process.exitCode = isClean ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  console.log('rolling: FAILED, the run did not come to its end');
  process.exitCode = 1;
}
