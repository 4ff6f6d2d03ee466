/** `bubble import`: real chat played through real sockets as its users, then every inbox compared with the model. */
import { gateUrls } from '../../clients/sdk/node/trust.ts';
import { murmur2 } from '../../schemas/partition.ts';
import { readCorpus } from '../corpus/corpus-line.ts';
import { buildImportModel, type ImportModel } from '../corpus/import-model.ts';
import { type ClientContext, clientContext } from './client-context.ts';
import type { Options } from './config-flags.ts';
import { CommandRunner } from './import/command-runner.ts';
import { gatesAt, type ImportGates } from './import/gates.ts';
import { type ImportGroups, prepareGroups } from './import/groups.ts';
import { DEVICE, type ImportKey, READER_DEVICE, SERVICE_USER } from './import/import-ids.ts';
import { type CheckCounts, CheckIndex, PROBLEMS } from './import/inbox-checker.ts';
import { play } from './import/player.ts';
import { readBack } from './import/read-back.ts';
import { UserSessions } from './import/user-sessions.ts';
import { startProgress } from './progress.ts';
import { EXIT, note, print, printJson } from './terminal.ts';

const CONVERSATIONS_AT_ONCE = 256;
const SHARE_STEPS = 10_000;
const utf8 = new TextEncoder();

/** The same users every time. */
const offlineRule = (share: number): ((user: string) => boolean) => {
  const below = Math.round(share * SHARE_STEPS);
  return (user) =>
    user !== SERVICE_USER && (murmur2(utf8.encode(`offline/${user}`)) >>> 0) % SHARE_STEPS < below;
};

const number = (value: number): string => value.toLocaleString('en');
const seconds = (sinceMs: number): number => Math.round((performance.now() - sinceMs) / 100) / 10;

const showModel = (model: ImportModel, options: Options): void => {
  const { messages, rows, largestGroup, joins, leaves } = model;
  if (options['json'] === true) {
    printJson({ messages, rows, largestGroup, joins, leaves, users: model.users.size });
    return;
  }
  print(`messages ${number(messages)}, inbox rows ${number(rows)}, users ${number(model.users.size)}`);
  print(`largest group ${number(largestGroup)}, joins ${number(joins)}, leaves ${number(leaves)}`);
};

interface Job {
  readonly context: ClientContext;
  readonly gates: ImportGates;
  readonly model: ImportModel;
  readonly key: ImportKey;
  readonly lines: number;
  readonly connections: number;
  readonly signal: AbortSignal;
}

interface Played {
  readonly groups: ImportGroups;
  readonly answered: number;
  readonly repeated: number;
  readonly retried: number;
  readonly handshakes: number;
  readonly seconds: number;
}

const playAll = async (job: Job, onlyFind: boolean): Promise<Played> => {
  const started = performance.now();
  const isOffline = offlineRule(job.key.usersOffline);
  const sessions = new UserSessions({
    trust: job.context.server.trust,
    gates: job.gates,
    device: DEVICE,
    tokenOf: job.context.tokenOf,
    connections: job.connections,
    keepsOpen: (user) => !isOffline(user),
    hint: note,
  });
  const runner = new CommandRunner(sessions);
  try {
    const groups = await prepareGroups(job.model, job.key, sessions, runner, onlyFind);
    if (!onlyFind) {
      if (groups.isResumed) note('This import was begun before: what is done already is not done again.');
      const progress = startProgress('messages', job.model.messages);
      await play({
        model: job.model,
        groups,
        runner,
        isOffline,
        conversationsAtOnce: CONVERSATIONS_AT_ONCE,
        progress: (done) => progress.update(done),
        signal: job.signal,
      });
      progress.finish();
    }
    return { groups, ...runner.counts, handshakes: sessions.opened, seconds: seconds(started) };
  } finally {
    sessions.close();
  }
};

const readAll = async (job: Job, groups: ImportGroups): Promise<CheckCounts> => {
  const sessions = new UserSessions({
    trust: job.context.server.trust,
    gates: job.gates,
    device: READER_DEVICE,
    tokenOf: job.context.tokenOf,
    connections: job.connections,
    keepsOpen: () => false,
    hint: note,
  });
  const progress = startProgress('inbox rows', job.model.rows);
  try {
    const index = new CheckIndex(job.model, groups, job.lines);
    return await readBack(sessions, index, (rows) => progress.update(rows), job.signal);
  } finally {
    progress.finish();
    sessions.close();
  }
};

const report = (
  job: Job,
  played: Played,
  counts: CheckCounts,
  readSeconds: number,
  options: Options,
): number => {
  const wrong = PROBLEMS.reduce((sum, kind) => sum + counts.problems[kind], 0);
  const { answered, repeated, retried, handshakes, seconds: playSeconds } = played;
  const result = {
    expected: job.model.rows,
    found: counts.found,
    wrong,
    problems: counts.problems,
    messages: job.model.messages,
    commands: { answered, repeated, retried, handshakes },
    seconds: { playing: playSeconds, reading: readSeconds },
    gates: job.gates.figures(),
  };
  if (options['json'] === true) printJson({ ...result, examples: counts.examples });
  else {
    print(
      `played  ${number(job.model.messages)} messages in ${playSeconds} s (${number(answered)} commands, ` +
        `${number(repeated)} done before, ${number(retried)} retries, ${number(handshakes)} handshakes)`,
    );
    for (const { gate, sessions, mostOpen, lost } of result.gates) {
      print(
        `gate    ${gate}: ${number(sessions)} sessions, ${number(mostOpen)} at a time, ${number(lost)} lost`,
      );
    }
    print(`read    ${number(job.model.users.size)} inboxes in ${readSeconds} s`);
    print(
      `rows    expected ${number(result.expected)}, found ${number(result.found)}, wrong ${number(wrong)}`,
    );
    if (wrong > 0) print(PROBLEMS.map((kind) => `${kind} ${number(counts.problems[kind])}`).join(', '));
    for (const example of counts.examples) print(`  ${example}`);
  }
  return wrong === 0 && counts.found === job.model.rows ? EXIT.OK : EXIT.FAILURE;
};

export const importFile = async (file: string, options: Options): Promise<number> => {
  const corpus = readCorpus(file);
  const idle = Number(options['idle']);
  const model = buildImportModel(corpus.lines, idle);
  if (options['onlyModel'] === true) {
    showModel(model, options);
    return EXIT.OK;
  }
  const stop = new AbortController();
  const onSignal = (): void => {
    note('bubble: stopping; started again with the same options it goes on and doubles nothing');
    stop.abort();
  };
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const context = clientContext(options);
  const job: Job = {
    context,
    gates: gatesAt(gateUrls(context.server, 'tcp')),
    model,
    key: { digest: corpus.digest, idle, usersOffline: Number(options['usersOffline']) },
    lines: corpus.lines.length,
    connections: Number(options['connections']),
    signal: stop.signal,
  };
  const played = await playAll(job, options['onlyCheck'] === true);
  if (stop.signal.aborted) return EXIT.FAILURE;
  const started = performance.now();
  const counts = await readAll(job, played.groups);
  if (stop.signal.aborted) return EXIT.FAILURE;
  return report(job, played, counts, seconds(started), options);
};
