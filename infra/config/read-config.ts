/**
 * The one reader of configuration: defaults, then the file, then the environment, then flags; the later wins. All
 * problems are found before any is reported, each with the place it comes from.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { LIMIT_PROFILES, type Limits } from '../../schemas/limits.ts';
import { crossProblems } from './cross-checks.ts';
import type { Setting } from './setting-forms.ts';
import {
  environmentName,
  LIMIT_OF_SETTING,
  LIMIT_SCHEMA,
  SETTINGS,
  type SettingName,
  type Settings,
} from './settings.ts';

export const DEFAULT_FILE = 'bubble.toml';
export const FILE_VARIABLE = 'BUBBLE_CONFIG';

export type Origin =
  | { readonly source: 'default' | 'profile' }
  | { readonly source: 'file' | 'environment' | 'flag'; readonly where: string };

export interface Problem {
  readonly setting: string;
  readonly origin: Origin;
  readonly sentence: string;
}

export interface Config {
  readonly settings: Settings;
  readonly limits: Limits;
  /** By the setting's name, limits included. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly warnings: readonly string[];
}

export type ConfigResult =
  | { readonly kind: 'valid'; readonly config: Config }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[]; readonly warnings: readonly string[] };

export interface ConfigSources {
  /** The folder relative paths begin at. */
  readonly folder: string;
  /** Names and values of the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Setting's name -> text, with the flag it came from. */
  readonly flags: readonly { readonly name: string; readonly value: string; readonly flag: string }[];
  /** The file given by `--config`. */
  readonly file?: string;
}

interface Given {
  readonly value: unknown;
  readonly origin: Origin;
  /** For paths: what they are relative to. */
  readonly base: string;
}

const isKnown = (name: string): boolean => name in SETTINGS || LIMIT_OF_SETTING.has(name);
const allNames = (): string[] => [...Object.keys(SETTINGS), ...LIMIT_OF_SETTING.keys()];

const distance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
};

const unknownSentence = (name: string, format = (known: string): string => known): string => {
  const near = allNames()
    .map((known) => ({ known: format(known), far: distance(name, format(known)) }))
    .toSorted((a, b) => a.far - b.far)[0]!;
  return near.far <= 3 ? `no such setting; did you mean ${near.known}?` : 'no such setting';
};

/** Reads all sources once and collects what each says, so that every problem can be listed together. */
class Sources {
  readonly given = new Map<string, Given>();
  readonly problems: Problem[] = [];
  readonly warnings: string[] = [];

  file(sources: ConfigSources): void {
    const fromEnvironment = sources.environment[FILE_VARIABLE];
    const wanted = sources.file ?? fromEnvironment;
    const path = resolve(sources.folder, wanted ?? DEFAULT_FILE);
    if (!existsSync(path)) {
      if (wanted !== undefined) this.#problem('', { source: 'file', where: path }, 'the file does not exist');
      return;
    }
    let tree: Record<string, unknown>;
    try {
      tree = parse(readFileSync(path, 'utf8'));
    } catch (error) {
      const reason = error instanceof TomlError ? error.message.split('\n')[0]! : (error as Error).message;
      const line = error instanceof TomlError ? `:${error.line}` : '';
      this.#problem('', { source: 'file', where: `${path}${line}` }, reason);
      return;
    }
    this.#tree('', tree, path);
  }

  #tree(prefix: string, tree: Record<string, unknown>, path: string): void {
    for (const [key, value] of Object.entries(tree)) {
      const name = `${prefix}${key}`;
      if (isKnown(name)) this.#give(name, value, { source: 'file', where: path }, dirname(path));
      else if (
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        !(value instanceof Date)
      ) {
        this.#tree(`${name}.`, value as Record<string, unknown>, path);
      } else this.#problem(name, { source: 'file', where: path }, unknownSentence(name));
    }
  }

  environment(sources: ConfigSources): void {
    const byVariable = new Map(allNames().map((name) => [environmentName(name), name]));
    for (const [variable, value] of Object.entries(sources.environment)) {
      if (!variable.startsWith('BUBBLE_') || variable === FILE_VARIABLE || value === undefined) continue;
      const name = byVariable.get(variable);
      // Orchestrators put variables of their own beside ours (BUBBLE_SERVICE_HOST): not a reason to refuse.
      if (name === undefined)
        this.warnings.push(`${variable}: ${unknownSentence(variable, environmentName)}`);
      else this.#give(name, value, { source: 'environment', where: variable }, sources.folder);
    }
  }

  flags(sources: ConfigSources): void {
    for (const { name, value, flag } of sources.flags) {
      const origin: Origin = { source: 'flag', where: flag };
      if (isKnown(name)) this.#give(name, value, origin, sources.folder);
      else this.#problem(name, origin, unknownSentence(name));
    }
  }

  #give(name: string, value: unknown, origin: Origin, base: string): void {
    this.given.set(name, { value, origin, base });
  }

  #problem(setting: string, origin: Origin, sentence: string): void {
    this.problems.push({ setting, origin, sentence });
  }
}

export const readConfig = (sources: ConfigSources): ConfigResult => {
  const read = new Sources();
  read.file(sources);
  read.environment(sources);
  read.flags(sources);

  const problems = [...read.problems];
  const origins = new Map<string, Origin>();
  const values = new Map<string, unknown>();
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const given: Given = read.given.get(name) ?? {
      value: setting.default,
      origin: { source: 'default' },
      base: sources.folder,
    };
    origins.set(name, given.origin);
    if (given.value === undefined) continue;
    const result = setting.schema.safeParse(given.value);
    if (!result.success) {
      problems.push({ setting: name, origin: given.origin, sentence: result.error.issues[0]!.message });
      continue;
    }
    values.set(name, setting.path === true ? resolve(given.base, String(result.data)) : result.data);
  }

  const profile = LIMIT_PROFILES[(values.get('limits.profile') ?? 'default') as keyof typeof LIMIT_PROFILES];
  const limits: Record<keyof Limits, number> = { ...profile };
  for (const [name, limit] of LIMIT_OF_SETTING) {
    const given = read.given.get(name);
    origins.set(name, given?.origin ?? { source: 'profile' });
    if (given === undefined) continue;
    const result = LIMIT_SCHEMA.safeParse(given.value);
    if (result.success) limits[limit] = result.data;
    else problems.push({ setting: name, origin: given.origin, sentence: result.error.issues[0]!.message });
  }

  for (const { setting, sentence } of crossProblems(values, limits)) {
    problems.push({ setting, origin: origins.get(setting)!, sentence });
  }
  if (problems.length > 0) return { kind: 'invalid', problems, warnings: read.warnings };
  const settings = Object.fromEntries(values) as unknown as Settings;
  return { kind: 'valid', config: { settings, limits, origins, warnings: read.warnings } };
};

export const settingNamed = (name: string): Setting | undefined => SETTINGS[name as SettingName];
