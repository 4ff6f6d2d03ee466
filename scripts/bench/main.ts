/** `npm run bench -- CASE`: runs a benchmark and prints figures, counts, the raw limit and CPU per unit of work. */
import { Command, InvalidArgumentError } from 'commander';
import { printReport, type Report } from './report.ts';

type Case = (seconds: number) => Promise<Report>;

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
  idle: { what: 'memory of a connection', load: async () => (await import('./idle.ts')).idle },
  pull: { what: 'rows/s read back', load: async () => (await import('./pull.ts')).pull },
  handshake: { what: 'CPU of a handshake', load: async () => (await import('./handshake.ts')).handshake },
  fold: {
    what: 'records/s of the decision state, rows/s of the timeline',
    load: async () => (await import('./fold.ts')).fold,
  },
  start: { what: 'process start to the first answer', load: async () => (await import('./start.ts')).start },
};

const names = Object.keys(CASES);
const seconds = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('Not a number of seconds.');
  return value;
};

const program = new Command('bench')
  .description('Measures bubble on this machine, the clients included.')
  .argument('<case>', `${names.join(', ')}, or all`)
  .option('--seconds <n>', 'how long each figure is measured', seconds, 10)
  .option('--json', 'print one object for each case')
  .addHelpText(
    'after',
    `\nCases:\n${Object.entries(CASES)
      .map(([name, { what }]) => `  ${name.padEnd(10)} ${what}\n`)
      .join('')}`,
  )
  .action(async (name: string, options: { seconds: number; json?: boolean }) => {
    const wanted = name === 'all' ? names : [name];
    let valid = true;
    for (const each of wanted) {
      const found =
        CASES[each] ??
        program.error(`no case ${each}: it is one of ${names.join(', ')}, all`, { exitCode: 2 });
      const report = await (await found.load())(options.seconds);
      if (options.json) console.log(JSON.stringify(report));
      else printReport(report);
      valid &&= report.valid;
    }
    process.exit(valid ? 0 : 1);
  });

await program.parseAsync();
