/** The command line: names, flags and help of every command. What a command does is loaded when it is called. */
import { Command, CommanderError } from 'commander';
import { atLeastOne, brokersOption, count, share, sqlOption } from '../command-options.ts';
import { addConfigFlags, type Options } from './config-flags.ts';
import { VERSION } from './serve/version.ts';
import { EXIT, endWith, reportFailure } from './terminal.ts';

type Action = (...values: unknown[]) => Promise<number> | number;

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

const CLUSTER = '--log kafka --config cluster.toml';

const addRoles = (program: Command): void => {
  const gate = addConfigFlags(
    program.command('gate').description('Run a gate: connections of clients (on Kafka).'),
    'all',
  );
  runs(gate, async (options) => (await import('./serve.ts')).serveGate(options as Options));
  examples(gate, [`bubble gate ${CLUSTER} --tcp-port 7000 --set gate.name=gate-1`]);

  const processor = addConfigFlags(
    program.command('processor').description('Run processors: decide, deliver, keep timelines (on Kafka).'),
    'all',
  ).option('--only <names>', 'only these: fan-out, delivery, timeline, presence (default: all)');
  runs(processor, async (options) => (await import('./serve.ts')).serveProcessors(options as Options));
  examples(processor, [`bubble processor ${CLUSTER}`, `bubble processor ${CLUSTER} --only fan-out,delivery`]);
};

const addCluster = (program: Command): void => {
  const cluster = program
    .command('cluster')
    .description('A small real deployment on this machine, for trials.');
  const inFolder = (command: Command): Command =>
    command.option('--folder <folder>', 'where it lives', 'cluster');
  const up = inFolder(
    cluster.command('up').description('Start brokers, registry, SQL, Redis, etcd, gates, processors.'),
  )
    .addOption(brokersOption('1'))
    .option('--gates <number>', 'gates', atLeastOne, 2)
    .option('--processors <number>', 'processors', atLeastOne, 2)
    .option('--partitions <number>', 'partitions of inbound and of inbox', atLeastOne, 4)
    .addOption(sqlOption())
    .option('--limits <profile>', 'limits: trial or default', 'trial')
    .option(
      '--set <name=value>',
      'any setting of gates and processors (repeatable)',
      (value: string, before: string[] = []) => [...before, value],
    );
  runs(up, async (options) => (await import('./cluster.ts')).clusterUp(options as Options));
  examples(up, ['bubble cluster up', 'bubble cluster up --brokers 3 --gates 2 --processors 2']);

  const status = inFolder(cluster.command('status').description('What runs, where, and how it is.'));
  status.option('--json', 'print an object');
  runs(status, async (options) => (await import('./cluster.ts')).clusterStatus(options as Options));
  examples(status, ['bubble cluster status', 'bubble cluster status --json']);

  const kill = inFolder(
    cluster.command('kill').description('Kill a part; gates and processors are started again.'),
  )
    .argument('<part>', 'its name in the status')
    .option('--signal <name>', 'another signal: SIGTERM, SIGSTOP, SIGCONT')
    .option('--no-wait', 'do not wait until it is ready again');
  runs(kill, async (name, options) =>
    (await import('./cluster.ts')).clusterKill(name as string, options as Options),
  );
  examples(kill, ['bubble cluster kill processor-1', 'bubble cluster kill kafka-0 --signal SIGSTOP']);

  const down = inFolder(cluster.command('down').description('End it and remove its folder.'));
  down.option('--keep', 'keep the folder, with logs and data');
  runs(down, async (options) => (await import('./cluster.ts')).clusterDown(options as Options));
  examples(down, ['bubble cluster down', 'bubble cluster down --keep']);
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

const addPartition = (program: Command): void => {
  const partition = program
    .command('partition')
    .description('Partitions of inbound that stand still at a record they cannot decide.');
  const desk = async () => (await import('./partition/desks.ts')).openDesk;
  const show = addConfigFlags(partition.command('show').description('Where each stands, and why.'))
    .option('--partition <number>', 'only this one', count)
    .option('--json', 'print an object for each');
  runs(show, async (options) =>
    (await import('./partition.ts')).showPartition(await desk(), options as Options),
  );
  examples(show, ['bubble partition show', 'bubble partition show --partition 3 --json']);

  const resume = addConfigFlags(
    partition.command('resume').description('Try the record again now, instead of waiting.'),
  )
    .requiredOption('--partition <number>', 'the partition', count)
    .option('--json', 'print an object');
  runs(resume, async (options) =>
    (await import('./partition.ts')).resumePartition(await desk(), options as Options),
  );
  examples(resume, ['bubble partition resume --partition 3']);

  const reject = addConfigFlags(
    partition.command('reject').description('Decide, for ever and in the log, that a record is rejected.'),
  )
    .requiredOption('--partition <number>', 'the partition', count)
    .requiredOption('--offset <number>', 'the record at which it stands', count)
    .requiredOption('--reason <text>', 'why; kept in the log')
    .option('--operator <name>', 'who decides (default: the user of this machine)')
    .option('--json', 'print an object');
  runs(reject, async (options) =>
    (await import('./partition.ts')).rejectRecord(await desk(), options as Options),
  );
  examples(reject, ['bubble partition reject --partition 3 --offset 8041 --reason "a stranger wrote it"']);
};

const addParked = (program: Command): void => {
  const parked = program.command('parked').description('Records that a projection could not digest.');
  const open = async () => {
    const { configFrom } = await import('./config-flags.ts');
    const { openLog } = await import('./inspect/open-log.ts');
    const { makeLogger } = await import('../../infra/logger/pino-logger.ts');
    return (options: Options) => openLog(configFrom(options), makeLogger({ level: 'warn' }));
  };
  const list = addConfigFlags(parked.command('list').description('What is parked, and why.')).option(
    '--json',
    'print an object for each',
  );
  runs(list, async (options) => (await import('./parked.ts')).listParked(await open(), options as Options));
  examples(list, ['bubble parked list --json']);

  const show = addConfigFlags(parked.command('show').description('One record, with its bytes.'))
    .argument('<record>', 'its name in the list')
    .option('--json', 'print an object');
  runs(show, async (id, options) =>
    (await import('./parked.ts')).showParked(await open(), id as string, options as Options),
  );
  examples(show, ['bubble parked show timeline/bubble.inbox.1/0/8041']);

  const retry = addConfigFlags(
    parked.command('retry').description('Settle a record that can be read by now.'),
  )
    .argument('<record>', 'its name in the list')
    .option('--operator <name>', 'who decides (default: the user of this machine)')
    .option('--json', 'print an object');
  runs(retry, async (id, options) =>
    (await import('./parked.ts')).retryRecord(await open(), id as string, options as Options),
  );
  examples(retry, ['bubble parked retry timeline/bubble.inbox.1/0/8041']);

  const discard = addConfigFlags(parked.command('discard').description('Settle a record: nobody needs it.'))
    .argument('<record>', 'its name in the list')
    .requiredOption('--reason <text>', 'why; kept in the log')
    .option('--operator <name>', 'who decides (default: the user of this machine)')
    .option('--json', 'print an object');
  runs(discard, async (id, options) =>
    (await import('./parked.ts')).discardRecord(await open(), id as string, options as Options),
  );
  examples(discard, ['bubble parked discard timeline/bubble.inbox.1/0/8041 --reason "a stranger wrote it"']);
};

const addSchemas = (program: Command): void => {
  const schemas = program.command('schemas').description('Record types: what was released, what may change.');
  const list = schemas
    .command('list')
    .description('Subjects, rules and versions.')
    .option('--json', 'print an object');
  runs(list, async (options) => (await import('./schemas.ts')).listSchemas(options as Options));
  examples(list, ['bubble schemas list']);
  const check = schemas
    .command('check')
    .description('Exit 1 where the code breaks a released schema.')
    .option('--registry <url>', 'ask this registry too')
    .option('--json', 'print an object');
  runs(check, async (options) => (await import('./schemas.ts')).checkSchemas(options as Options));
  const release = schemas
    .command('release')
    .description('Write the next version of what has changed.')
    .option('--registry <url>', 'and register the schemas there')
    .option('--json', 'print an object');
  runs(release, async (options) => (await import('./schemas.ts')).releaseSchemas(options as Options));
  examples(release, ['bubble schemas release']);
  examples(check, [
    'bubble schemas check',
    'bubble schemas check --registry http://127.0.0.1:8080/apis/ccompat/v7',
  ]);
};

const addKeys = (program: Command): void => {
  const keys = program
    .command('keys')
    .description('Keys of the secure channel and of tickets, which all gates of a deployment share.');
  const create = addConfigFlags(
    keys.command('create').description('Make them, in keys-folder; never overwrites.'),
  ).option('--json', 'print an object');
  runs(create, async (options) => (await import('./keys.ts')).createKeys(options as Options));
  examples(create, ['bubble keys create --config bubble.toml', 'bubble keys create --data /var/lib/bubble']);

  const show = addConfigFlags(
    keys.command('show').description('Ids, suites, ages, and fingerprints of the root keys; no secrets.'),
  ).option('--json', 'print an object');
  runs(show, async (options) => (await import('./keys.ts')).showKeys(options as Options));
  examples(show, ['bubble keys show', 'bubble keys show --config bubble.toml --json']);

  const rotate = addConfigFlags(
    keys.command('rotate').description('Do now what a gate that may write them would do: what is due.'),
  ).option('--json', 'print an object');
  runs(rotate, async (options) => (await import('./keys.ts')).rotateKeys(options as Options));
  examples(rotate, ['bubble keys rotate --config bubble.toml']);

  const retire = addConfigFlags(
    keys.command('retire').description('Emergency: destroy a key, void its tickets, make a new one.'),
  )
    .argument('<kid>', 'its id, as bubble keys show names it')
    .option('--json', 'print an object');
  runs(retire, async (kid, options) =>
    (await import('./keys.ts')).retireKey(kid as string, options as Options),
  );
  examples(retire, ['bubble keys retire 3 --config bubble.toml']);
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
    .version(VERSION)
    .option('--verbose', 'show where an error happened')
    .showHelpAfterError('(--help shows how it is used)')
    .configureHelp({ showGlobalOptions: true });
  addServe(program);
  addRoles(program);
  addCluster(program);
  addPeople(program);
  addImport(program);
  addLog(program);
  addPartitions(program);
  addPartition(program);
  addParked(program);
  addSchemas(program);
  addKeys(program);
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
