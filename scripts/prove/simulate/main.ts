/** `npm run simulate`: see the help text below. */
import { Command } from 'commander';
import { makeLogger } from '../../../infra/logger/pino-logger.ts';
import { count } from '../../command-options.ts';
import { runCanaries } from './canaries.ts';
import { runSeed } from './run-seed.ts';
import { runSeeds } from './seed-pool.ts';
import { replyOf, type SeedReply } from './seed-process.ts';

const program = new Command('simulate')
  .description(
    'Runs the real gate, processors, log, timeline and SDK on a simulated clock, network and disk, with faults, and judges what the clients have seen. Ends with 1 on any violation.',
  )
  .option('--seeds <number>', 'how many seeds', count, 100)
  .option('--seed <number>', 'the first one', count, 1)
  .option('--workers <number>', 'processes', count, 2)
  .option('--keep-going', 'go on after the first failing seeds')
  .option('--verbose', 'one seed: print every fault and every event; with --logs the logs of the servers too')
  .option('--logs', 'with --verbose: logs of the servers')
  .option('--canaries', 'plant known bugs and show that they are found')
  .option('--only <name>', 'with --canaries: only those whose name contains this')
  .addHelpText(
    'after',
    '\nExamples:\n  $ npm run simulate -- --seeds 2000\n  $ npm run simulate -- --seed 42 --seeds 1 --verbose\n  $ npm run simulate -- --canaries\n',
  );
program.parse();
const options = program.opts<{
  seeds: number;
  seed: number;
  workers: number;
  keepGoing?: boolean;
  verbose?: boolean;
  logs?: boolean;
  canaries?: boolean;
  only?: string;
}>();

const FAILURES_BEFORE_STOP = 5;
const REPLAY = 'npm run simulate -- --seeds 1 --verbose --seed';

const printFailure = (reply: SeedReply): void => {
  console.log(`seed ${reply.seed} fails (${reply.violations} findings); again: ${REPLAY} ${reply.seed}`);
  for (const finding of reply.findings) console.log(`  ${finding}`);
};

const runVerbose = async (): Promise<number> => {
  const began = performance.now();
  const result = await runSeed({
    seed: options.seed,
    trace: (line) => console.log(line),
    ...(options.logs === true ? { logger: makeLogger({ level: 'debug' }) } : {}),
  });
  const reply = replyOf(result, performance.now() - began);
  if (reply.violations > 0) printFailure(reply);
  console.log(
    `simulate: seed ${reply.seed} ${reply.violations === 0 ? 'clean' : 'FAILS'}; ${reply.commands} commands, ${reply.operations} operations, ${reply.faults} faults, ${Math.round(reply.simulatedMs)} simulated ms in ${Math.round(reply.wallMs)} ms, digest ${reply.digest}`,
  );
  return reply.violations === 0 ? 0 : 1;
};

const runMany = async (): Promise<number> => {
  const began = performance.now();
  const replies: SeedReply[] = [];
  let failing = 0;
  let saidAt = began;
  await runSeeds({
    firstSeed: options.seed,
    seeds: options.seeds,
    workers: options.workers,
    portBug: null,
    root: null,
    each: (reply) => {
      replies.push(reply);
      if (reply.violations > 0) {
        failing += 1;
        printFailure(reply);
      }
      if (performance.now() - saidAt > 10_000) {
        saidAt = performance.now();
        console.error(`${replies.length} of ${options.seeds} seeds, ${failing} failing`);
      }
      return options.keepGoing === true || failing < FAILURES_BEFORE_STOP;
    },
  });
  const sum = (of: (reply: SeedReply) => number): number =>
    replies.reduce((total, reply) => total + of(reply), 0);
  const least = (of: (reply: SeedReply) => number): number => Math.min(...replies.map(of));
  console.log(
    `operations: ${sum((reply) => reply.operations)} (at least ${least((reply) => reply.operations)} a seed); faults: ${sum((reply) => reply.faults)} (at least ${least((reply) => reply.faults)} a seed); ${Math.round(sum((reply) => reply.wallMs) / replies.length)} ms a seed and process`,
  );
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(
    `simulate: ${failing === 0 ? 'clean' : 'VIOLATIONS'}; ${replies.length} seeds from ${options.seed}, ${failing} failing, ${seconds} s`,
  );
  return failing === 0 ? 0 : 1;
};

if (options.canaries === true) {
  process.exitCode = await runCanaries({
    seeds: options.seeds,
    firstSeed: options.seed,
    workers: options.workers,
    only: options.only ?? '',
    print: (line) => console.log(line),
  });
} else if (options.verbose === true && options.seeds === 1) {
  process.exitCode = await runVerbose();
} else {
  process.exitCode = await runMany();
}
