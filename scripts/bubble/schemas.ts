/** `bubble schemas`: the record types of the code, judged by what was released, and told to a registry. */
import { relative } from 'node:path';
import Table from 'cli-table3';
import { EVENT_SCHEMAS } from '../../schemas/events/codecs.ts';
import type { EventSchema } from '../../schemas/events/envelope.ts';
import type { Options } from './config-flags.ts';
import { liveProblems, registerLive } from './schemas/live-registry.ts';
import {
  type JudgedSchema,
  judge,
  problemsOf,
  RELEASED_FOLDER,
  readReleased,
  type SchemaState,
  writeReleased,
} from './schemas/released.ts';
import { EXIT, note, print, printJson } from './terminal.ts';

const events: readonly EventSchema[] = Object.values(EVENT_SCHEMAS);

const folderOf = (options: Options): string =>
  typeof options['released'] === 'string' ? options['released'] : RELEASED_FOLDER;
const registryOf = (options: Options): string | null =>
  typeof options['registry'] === 'string' ? options['registry'] : null;

const judgedIn = async (folder: string): Promise<JudgedSchema[]> => judge(events, await readReleased(folder));

const stateText = (state: SchemaState): string => {
  switch (state.kind) {
    case 'released':
      return `released as version ${state.version}`;
    case 'unreleased':
      return `would be version ${state.version}`;
    case 'incompatible':
      return 'INCOMPATIBLE';
    case 'missing':
      return 'MISSING in the code';
  }
};

const show = (judged: readonly JudgedSchema[]): void => {
  const table = new Table({
    head: ['subject', 'rule', 'versions', 'the code'],
    style: { head: [], border: [] },
  });
  for (const { subject, compatibility, versions, state } of judged) {
    table.push([subject, compatibility, versions, stateText(state)]);
  }
  print(table.toString());
};

const report = (problems: readonly string[]): void => {
  for (const problem of problems) note(`bubble: ${problem}`);
  if (problems.length === 0) return;
  note('Records that are written already must stay readable: see docs/schemas.md on how a schema changes.');
};

export const listSchemas = async (options: Options): Promise<number> => {
  const judged = await judgedIn(folderOf(options));
  if (options['json'] === true) printJson(judged);
  else show(judged);
  return EXIT.OK;
};

/** Exits 1 where the code breaks a released version, or the registry would refuse a schema. */
export const checkSchemas = async (options: Options): Promise<number> => {
  const judged = await judgedIn(folderOf(options));
  const url = registryOf(options);
  const problems = [...judged.flatMap(problemsOf), ...(url === null ? [] : await liveProblems(url, events))];
  if (options['json'] === true) printJson({ schemas: judged, problems });
  else if (problems.length === 0) {
    const unreleased = judged.filter(({ state }) => state.kind === 'unreleased').length;
    const versions = judged.reduce((sum, each) => sum + each.versions, 0);
    print(
      `${judged.length} schemas keep to ${versions} released versions; ${unreleased} to be released` +
        `${url === null ? '' : '; the registry would take them all'}`,
    );
  }
  report(problems);
  return problems.length === 0 ? EXIT.OK : EXIT.FAILURE;
};

/** Writes the next versions; with a registry, tells them to it as well. Nothing is written where a problem is found. */
export const releaseSchemas = async (options: Options): Promise<number> => {
  const folder = folderOf(options);
  const judged = await judgedIn(folder);
  const url = registryOf(options);
  const problems = judged.flatMap(problemsOf);
  if (problems.length > 0) {
    report(problems);
    return EXIT.FAILURE;
  }
  const registered = url === null ? null : await registerLive(url, events);
  if (registered !== null && registered.problems.length > 0) {
    report(registered.problems);
    return EXIT.FAILURE;
  }
  const written = await writeReleased(folder, events, judged);
  const ids = Object.fromEntries(registered?.ids ?? []);
  if (options['json'] === true) {
    printJson({ written, ids });
    return EXIT.OK;
  }
  for (const path of written) print(`written ${relative(process.cwd(), path)}: to be committed`);
  for (const [subject, id] of Object.entries(ids)) print(`registered ${subject}: id ${id}`);
  if (written.length === 0) print('nothing has changed since the last release');
  return EXIT.OK;
};
