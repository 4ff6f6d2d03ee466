/** `npm run bench -- CASE`: runs a benchmark and prints figures, counts, the raw limit and CPU per unit of work. */
import { Command, InvalidArgumentError } from 'commander';
import { brokersOption } from '../command-options.ts';
import type { Target } from './bench-server.ts';
import { printReport, type Report } from './report.ts';

type Case = (seconds: number, target: Target) => Promise<Report>;

const ON_CLUSTER = ['chat', 'latency', 'group'];

/** Loaded when called for: a case imports what it measures. */
const CASES: Record<string, { readonly what: string; readonly load: () => Promise<Case> }> = {
  append: {
    what: 'records/s durable through the log',
    load: async () => (await import('./append.ts')).append,
  },
  chat: {
    what: '1:1 messages/s, answered and delivered',
    load: async () => (await import('./chat.ts')).chat,
  },
  latency: {
    what: 'time to answer and receiver at 500 messages/s',
    load: async () => (await import('./latency.ts')).latency,
  },
  group: {
    what: 'deliveries/s in groups of 100 to 9,000',
    load: async () => (await import('./group.ts')).group,
  },
  idle: {
    what: 'memory of a connection',
    load: async () => {
      const { idle } = await import('./idle.ts');
      return (time) => idle(time);
    },
  },
  pull: {
    what: 'rows/s read back',
    load: async () => {
      const { pull } = await import('./pull.ts');
      return () => pull();
    },
  },
  handshake: { what: 'CPU of a handshake', load: async () => (await import('./handshake.ts')).handshake },
  fold: {
    what: 'records/s of the decision state, rows/s of the timeline',
    load: async () => {
      const { fold } = await import('./fold.ts');
      return () => fold();
    },
  },
  start: {
    what: 'process start to the first answer',
    load: async () => {
      const { start } = await import('./start.ts');
      return (time) => start(time);
    },
  },
  takeover: {
    what: "a killed owner's partition of a million members, to its next output",
    load: async () => (await import('./takeover.ts')).takeover,
  },
  'takeover-kafka': {
    what: 'the same on a real broker, under load, session timeout included',
    load: async () => (await import('./takeover-kafka.ts')).takeoverKafka,
  },
};

const names = Object.keys(CASES);
const seconds = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('Not a number of seconds.');
  return value;
};

interface Options {
  readonly seconds: number;
  readonly json?: boolean;
  readonly cluster?: boolean;
  readonly brokers: 1 | 3;
}

const program = new Command('bench')
  .description('Measures bubble on this machine, the clients included.')
  .argument('<case>', `${names.join(', ')}, or all`)
  .option('--seconds <n>', 'how long each figure is measured', seconds, 10)
  .option('--cluster', `on a real cluster of one gate and one processor: ${ON_CLUSTER.join(', ')}`)
  .addOption(brokersOption('1'))
  .option('--json', 'print one object for each case')
  .addHelpText(
    'after',
    `\nCases:\n${Object.entries(CASES)
      .map(([name, { what }]) => `  ${name.padEnd(10)} ${what}\n`)
      .join('')}`,
  )
  .action(async (name: string, options: Options) => {
    const kind = options.cluster === true ? 'cluster' : 'embedded';
    const target: Target = { kind, brokers: options.brokers };
    const all = kind === 'cluster' ? ON_CLUSTER : names;
    const wanted = name === 'all' ? all : [name];
    let valid = true;
    for (const each of wanted) {
      const found =
        CASES[each] ??
        program.error(`no case ${each}: it is one of ${names.join(', ')}, all`, { exitCode: 2 });
      if (kind === 'cluster' && !ON_CLUSTER.includes(each)) {
        program.error(`--cluster is for ${ON_CLUSTER.join(', ')}`, { exitCode: 2 });
      }
      const report = await (await found.load())(options.seconds, target);
      if (options.json) console.log(JSON.stringify(report));
      else printReport(report);
      valid &&= report.valid;
    }
    process.exit(valid ? 0 : 1);
  });

await program.parseAsync();
