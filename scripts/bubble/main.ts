/** The command line: names, flags and help of every command. What a command does is loaded when it is called. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { addConfigFlags, type Options } from './config-flags.ts';
import { EXIT, endWith, reportFailure } from './terminal.ts';

type Action = (...values: unknown[]) => Promise<number> | number;

const count = (value: string): number => {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('Not a whole number.');
  return number;
};
const atLeastOne = (value: string): number => {
  const number = count(value);
  if (number === 0) throw new InvalidArgumentError('Not a whole number above 0.');
  return number;
};
const share = (value: string): number => {
  const number = Number(value);
  if (!(number >= 0 && number <= 1)) throw new InvalidArgumentError('Not a number from 0 to 1.');
  return number;
};

/** Arguments and options as commander passes them: the arguments, then the options, then the command. */
const runs = (command: Command, action: Action): Command =>
  command.action(async (...values: unknown[]) => {
    const self = values.at(-1) as Command;
    endWith(await action(...values.slice(0, -2), self.optsWithGlobals() as Options));
  });

const examples = (command: Command, lines: readonly string[]): Command =>
  command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`);

const serverFlags = (command: Command): Command =>
  addConfigFlags(command)
    .option('--server <file>', 'client.json of the server (default: the one in the data folder)')
    .option('--token <token>', 'token of the user (default: issued with the key of the data folder)');

const addServe = (program: Command): void => {
  const command = addConfigFlags(program.command('serve').description('Run the server.'), 'all');
  runs(command, async (options) => (await import('./serve.ts')).serve(options as Options));
  examples(command, [
    'bubble serve',
    'bubble serve --data /var/lib/bubble --durability interval',
    'bubble serve --limits trial --set partitions.inbound=8 --set partitions.inbox=8',
  ]);
};

const addPeople = (program: Command): void => {
  const token = addConfigFlags(program.command('token').description('Issue a token for a user.'))
    .argument('<user>', 'user id')
    .option('--tenant <tenant>', 'tenant (default: the setting)')
    .option('--expires <duration>', 'how long it holds: 15m, 12h, 30d', '12h')
    .option('--json', 'print an object');
  runs(token, async (user, options) =>
    (await import('./token.ts')).token(user as string, options as Options),
  );
  examples(token, ['bubble token ada', 'bubble token ada --expires 15m --json']);

  const chat = serverFlags(program.command('chat').description('Talk with a friend from this terminal.'))
    .argument('<as>', 'who you are')
    .argument('[with]', 'user or group (#...) to talk with')
    .option('--device <id>', 'device id; one terminal each', 'terminal');
  runs(chat, async (as, peer, options) =>
    (await import('./chat.ts')).chat(as as string, peer as string | undefined, options as Options),
  );
  examples(chat, ['bubble chat ada bob', 'bubble chat bob ada        # in a second terminal']);

  const send = serverFlags(program.command('send').description('Send one message and wait for the answer.'))
    .argument('<as>', 'who you are')
    .argument('<to>', 'user or group (#...)')
    .argument('<text>', 'the message')
    .option('--device <id>', 'device id', 'send')
    .option('--json', 'print the answer as an object');
  runs(send, async (as, to, text, options) =>
    (await import('./send.ts')).send(as as string, to as string, text as string, options as Options),
  );
  examples(send, ['bubble send ada bob "hello"', 'bubble send ada bob "hello" --json']);
};

const addImport = (program: Command): void => {
  const command = addConfigFlags(
    program.command('import').description('Play a file of real chat as its users, and check every inbox.'),
  )
    .argument('<file>', 'corpus, JSON lines, gzipped or not')
    .option('--idle <messages>', 'a member silent for so many messages of the room leaves', atLeastOne, 200)
    .option('--server <file>', 'client.json of the server (default: the one in the data folder)')
    .option('--users-offline <share>', 'share of the users that stay off line until the reading', share, 0.2)
    .option('--connections <count>', 'connections open at most', atLeastOne, 4_000)
    .option('--only-check', 'send nothing, only read the inboxes back')
    .option('--only-model', 'print what the file must give, without a server')
    .option('--json', 'print the result as an object');
  runs(command, async (file, options) =>
    (await import('./import.ts')).importFile(file as string, options as Options),
  );
  examples(command, [
    'bubble serve --limits trial        # in another terminal',
    'bubble import ubuntu-irc.jsonl.gz --idle 200',
    'bubble import ubuntu-irc.jsonl.gz --idle 50 --only-model',
  ]);
};

const addLog = (program: Command): void => {
  const log = program.command('log').description('Look into the log.');
  const topics = addConfigFlags(log.command('topics').description('Topics, partitions and offsets.'));
  topics.option('--json', 'print an object for each topic');
  runs(topics, async (options) => (await import('./log.ts')).logTopics(options as Options));
  examples(topics, ['bubble log topics', 'bubble log topics --json']);

  const read = addConfigFlags(log.command('read').description('Print decoded records of a topic.'))
    .argument('<topic>', 'name of the topic; bubble. may be left out')
    .option('--partition <number>', 'only this partition', count)
    .option('--from <offset>', 'first offset', count)
    .option('--limit <records>', 'records of each partition at most', count, 20)
    .option('--json', 'print an object for each record');
  runs(read, async (topic, options) =>
    (await import('./log.ts')).logRead(topic as string, options as Options),
  );
  examples(read, ['bubble log read inbound', 'bubble log read inbox.1 --partition 0 --from 100 --json']);

  const tail = addConfigFlags(
    log.command('tail').description('The newest records, and new ones as they come.'),
  )
    .argument('<topic>', 'name of the topic; bubble. may be left out')
    .option('--partition <number>', 'only this partition', count)
    .option('--limit <records>', 'newest records to begin with, of each partition', count, 10)
    .option('--no-follow', 'end after the newest records')
    .option('--json', 'print an object for each record');
  runs(tail, async (topic, options) =>
    (await import('./log.ts')).logTail(topic as string, options as Options),
  );
  examples(tail, ['bubble log tail inbound', 'bubble log tail sessions.1 --no-follow --json']);
};

const addPartitions = (program: Command): void => {
  const partitions = addConfigFlags(
    program.command('partitions').description('Partitions of inbound and inbox, and the epochs of inbox.'),
  ).option('--json', 'print an object');
  runs(partitions, async (options) => (await import('./partitions.ts')).showPartitions(options as Options));
  examples(partitions, ['bubble partitions', 'bubble partitions grow --inbox 8']);

  const grow = addConfigFlags(
    partitions.command('grow').description('Give inbox more partitions: a new epoch (server running).'),
  )
    .requiredOption('--inbox <number>', 'how many there are to be', atLeastOne)
    .option('--no-wait', 'do not wait until the new epoch is in use')
    .option('--json', 'print an object');
  runs(grow, async (options) => (await import('./partitions.ts')).growPartitions(options as Options));
  examples(grow, ['bubble partitions grow --inbox 8']);
};

const addCare = (program: Command): void => {
  const rebuild = addConfigFlags(
    program.command('rebuild').description('Compute all local state from the log again (server stopped).'),
  )
    .option('--verify', 'compare with the state that is there, and change nothing')
    .option('--json', 'print the result as an object');
  runs(rebuild, async (options) => (await import('./rebuild.ts')).rebuild(options as Options));
  examples(rebuild, ['bubble rebuild --verify', 'bubble rebuild --data /var/lib/bubble']);

  const config = addConfigFlags(
    program.command('config').description('Settings, defaults, where each came from.'),
    'all',
  )
    .option('--changed', 'only what is not a default')
    .option('--markdown', 'print the reference page, docs/configuration.md')
    .option('--json', 'print an object for each setting');
  runs(config, async (options) => (await import('./config.ts')).showConfig(options as Options));
  examples(config, ['bubble config --changed', 'bubble config check --set tcp.port=70000']);
  const check = addConfigFlags(config.command('check').description('List every problem.'), 'all');
  check.option('--json', 'print the problems as an object');
  runs(check, async (options) => (await import('./config.ts')).checkConfig(options as Options));
  examples(check, ['bubble config check', 'bubble config check --config bubble.toml --json']);

  const doctor = addConfigFlags(
    program.command('doctor').description('Check that this machine is fit to run the server.'),
    'all',
  ).option('--json', 'print the findings as an object');
  runs(doctor, async (options) => (await import('./doctor.ts')).doctor(options as Options));
  examples(doctor, ['bubble doctor', 'bubble doctor --data /var/lib/bubble --json']);
};

export const makeProgram = (): Command => {
  const program = new Command('bubble')
    .description('An event-sourced instant-messaging backbone.')
    .version('0.1.0')
    .option('--verbose', 'show where an error happened')
    .showHelpAfterError('(--help shows how it is used)')
    .configureHelp({ showGlobalOptions: true });
  addServe(program);
  addPeople(program);
  addImport(program);
  addLog(program);
  addPartitions(program);
  addCare(program);
  return examples(program, ['bubble serve', 'bubble chat ada bob', 'bubble import ubuntu-irc.jsonl.gz']);
};

const applyToAll = (command: Command, action: (command: Command) => void): void => {
  action(command);
  for (const child of command.commands) applyToAll(child, action);
};

export const main = async (argv: readonly string[]): Promise<void> => {
  const program = makeProgram();
  applyToAll(program, (command) => {
    command.exitOverride();
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) endWith(error.exitCode === 0 ? EXIT.OK : EXIT.USAGE);
    else endWith(reportFailure(error, program.opts()['verbose'] === true || argv.includes('--verbose')));
  }
};
