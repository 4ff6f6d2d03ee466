/** The flags that set configuration, the same for every command that needs it. */
import { type Command, Option } from 'commander';
import { problemText } from '../../infra/config/describe-config.ts';
import { type Config, type ConfigSources, readConfig } from '../../infra/config/read-config.ts';
import type { Setting } from '../../infra/config/setting-forms.ts';
import { SETTINGS } from '../../infra/config/settings.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { note } from './terminal.ts';

/** Options as commander hands them over. */
export type Options = Readonly<Record<string, unknown>>;

const repeated = (value: string, previous: readonly string[] | undefined): string[] => [
  ...(previous ?? []),
  value,
];

const flagged: [string, Setting & { flag: string }][] = Object.entries<Setting>(SETTINGS).flatMap(
  ([name, setting]) => (setting.flag === undefined ? [] : [[name, { ...setting, flag: setting.flag }]]),
);

const attributeOf = (flag: string): string => new Option(`${flag} <value>`).attributeName();

/** @param flags 'all': every setting's flag; 'data': only where the data is (for tools). */
export const addConfigFlags = (command: Command, flags: 'all' | 'data' = 'data'): Command => {
  command.option('--config <file>', 'configuration file (default: bubble.toml, if it is there)');
  for (const [name, setting] of flagged) {
    if (flags === 'data' && name !== 'data-folder') continue;
    const initial = setting.default === undefined ? '' : ` (default: ${setting.default})`;
    command.option(`${setting.flag} <value>`, `${setting.description.split(/[.:;] /)[0]}${initial}`);
  }
  return command.option('--set <name=value>', 'any other setting, see bubble config (repeatable)', repeated);
};

const sourcesOf = (options: Options): ConfigSources => {
  const given: { name: string; value: string; flag: string }[] = [];
  for (const assignment of (options['set'] as string[] | undefined) ?? []) {
    const at = assignment.indexOf('=');
    if (at < 1) throw new BubbleError('CONFIG', `--set ${assignment}: write it as name=value`);
    given.push({ name: assignment.slice(0, at).trim(), value: assignment.slice(at + 1), flag: '--set' });
  }
  for (const [name, setting] of flagged) {
    const value = options[attributeOf(setting.flag)];
    if (typeof value === 'string') given.push({ name, value, flag: setting.flag });
  }
  const file = options['config'];
  return {
    folder: process.cwd(),
    environment: process.env,
    flags: given,
    ...(typeof file === 'string' ? { file } : {}),
  };
};

export const readResult = (options: Options): ReturnType<typeof readConfig> => readConfig(sourcesOf(options));

/** @throws BubbleError CONFIG with all problems, a line each */
export const configFrom = (options: Options): Config => {
  const result = readResult(options);
  if (result.kind === 'invalid') {
    const lines = result.problems.map((problem) => `\n  ${problemText(problem)}`);
    const count = lines.length === 1 ? 'one problem' : `${lines.length} problems`;
    throw new BubbleError('CONFIG', `the configuration has ${count}:${lines.join('')}`);
  }
  for (const warning of result.config.warnings) note(`bubble: warning: ${warning}`);
  return result.config;
};
