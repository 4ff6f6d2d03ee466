/**
 * Every setting of a bubble process: its name, form, one visible default and what it is for. The name is the key in
 * the file (`[tcp] port = 7000`); `BUBBLE_TCP_PORT` in the environment; `--set tcp.port=7000` on the command line,
 * and for the common ones a flag of their own. Limits are settings too: the profile's value unless overridden.
 */
import { z } from 'zod';
import { TENANT_PATTERN } from '../../schemas/ids.ts';
import { DEFAULT_LIMITS, type Limits } from '../../schemas/limits.ts';
import { MAX_PARTITIONS } from '../../schemas/topics.ts';

/** A setting; the schema takes what a file holds (typed) as well as what the environment holds (text). */
export interface Setting<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  /** In the form a person would write it; undefined: none. */
  readonly default?: string | number | boolean;
  /** What a value looks like, for documentation. */
  readonly form: string;
  readonly description: string;
  /** A flag of its own, such as `--data`. All settings have `--set name=value`. */
  readonly flag?: string;
  /** Never shown. */
  readonly secret?: boolean;
  /** A path: taken relative to the folder of the file that names it. */
  readonly path?: boolean;
}

const setting = <S extends z.ZodType>(value: Setting<S>): Setting<S> => value;

const numeric = (value: unknown): unknown =>
  typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value;

const integer = (min: number, max: number) =>
  z.preprocess(
    numeric,
    z
      .int({ error: `must be a whole number from ${min} to ${max}` })
      .min(min, { error: `must be at least ${min}` })
      .max(max, { error: `must be at most ${max}` }),
  );

const flagValue = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean({ error: 'must be true or false' }),
);

const text = z.string({ error: 'must be a text' }).min(1, { error: 'must not be empty' });
const choice = <const T extends readonly string[]>(choices: T) =>
  z.enum(choices, { error: `must be one of ${choices.join(', ')}` });

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `forever` or a number with ms, s, m, h or d -> milliseconds. */
const duration = text.transform((value, context): number => {
  if (value === 'forever') return Number.POSITIVE_INFINITY;
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(value);
  if (match !== null) return Number(match[1]) * UNIT_MS[match[2]!]!;
  context.addIssue({ code: 'custom', message: 'must be "forever" or a number with ms, s, m, h or d: 90d' });
  return z.NEVER;
});

const port = integer(0, 65_535);
const host = text;
const PORT_FORM = 'port, 0: any free one';

export const SETTINGS = {
  mode: setting({
    schema: choice(['development', 'production']),
    default: 'development',
    form: 'development, production',
    description:
      'Production refuses the own signing key, the trial limits, and listeners that others reach without TLS.',
    flag: '--mode',
  }),
  'data-folder': setting({
    schema: text,
    default: 'data',
    form: 'folder',
    description: 'Where the log, local state and keys are kept. One process owns it at a time.',
    flag: '--data',
    path: true,
  }),
  deployment: setting({
    schema: text.max(64, { error: 'must have at most 64 characters' }),
    default: 'bubble',
    form: 'name',
    description: 'The name that clients pin together with the root keys.',
  }),
  tenant: setting({
    schema: text.regex(TENANT_PATTERN, {
      error: 'must be 1-32 of a-z, 0-9, _ and -, beginning with a letter or digit',
    }),
    default: 'main',
    form: 'tenant',
    description: 'Tenant of tokens that name none.',
  }),
  'gate.name': setting({
    schema: text.max(64, { error: 'must have at most 64 characters' }),
    default: 'gate-0',
    form: 'name',
    description: 'How this gate calls itself towards clients and in the sessions topic.',
  }),
  'tcp.host': setting({
    schema: host,
    default: '127.0.0.1',
    form: 'address',
    description: 'Address of the TCP listener.',
  }),
  'tcp.port': setting({
    schema: port,
    default: 7000,
    form: PORT_FORM,
    description: 'Port of the TCP listener.',
    flag: '--tcp-port',
  }),
  'websocket.host': setting({
    schema: host,
    default: '127.0.0.1',
    form: 'address',
    description: 'Address of the WebSocket listener.',
  }),
  'websocket.port': setting({
    schema: port,
    default: 7001,
    form: PORT_FORM,
    description: 'Port of the WebSocket listener.',
    flag: '--websocket-port',
  }),
  'behind-tls': setting({
    schema: flagValue,
    default: false,
    form: 'true, false',
    description: 'A proxy before the listeners speaks TLS 1.3 with the clients. Production asks for it.',
  }),
  'admin.host': setting({
    schema: host,
    default: '127.0.0.1',
    form: 'address',
    description: 'Address of the admin listener (/healthz, /readyz, /metrics, and the log with its token).',
  }),
  'admin.port': setting({
    schema: port,
    default: 7002,
    form: PORT_FORM,
    description: 'Port of the admin listener.',
    flag: '--admin-port',
  }),
  'log.durability': setting({
    schema: choice(['always', 'interval', 'os']),
    default: 'always',
    form: 'always, interval, os',
    description:
      'What an answered send has survived: always: fsync; interval: fsync every log.interval; os: given to the system.',
    flag: '--durability',
  }),
  'log.interval': setting({
    schema: duration.refine((ms) => ms > 0 && ms <= 60_000, { error: 'must be from 1ms to 60s' }),
    default: '50ms',
    form: 'duration',
    description: 'Time between two fsyncs where log.durability is interval.',
  }),
  'log.segment-bytes': setting({
    schema: integer(65_536, 2 ** 31 - 1),
    default: 67_108_864,
    form: 'bytes',
    description: 'Size at which a new segment file is begun.',
  }),
  'log.retention': setting({
    schema: duration.refine((ms) => ms >= 3_600_000, { error: 'must be at least 1h' }),
    default: 'forever',
    form: 'duration or forever',
    description: 'How long inbound and inbox records are kept.',
  }),
  'partitions.inbound': setting({
    schema: integer(1, MAX_PARTITIONS),
    default: 1,
    form: `1-${MAX_PARTITIONS}`,
    description:
      'Partitions of the inbound topic. Fixed once the data folder exists. One process gains nothing from more: each costs an fsync of its own.',
  }),
  'partitions.inbox': setting({
    schema: integer(1, MAX_PARTITIONS),
    default: 1,
    form: `1-${MAX_PARTITIONS}`,
    description:
      'Partitions of the inbox and sessions topics that the log begins with (more: bubble partitions grow). See partitions.inbound.',
  }),
  'logging.level': setting({
    schema: choice(['debug', 'info', 'warn', 'error', 'silent']),
    default: 'warn',
    form: 'debug, info, warn, error, silent',
    description: 'Lowest level of structured logs (standard error; JSON where it is not a terminal).',
    flag: '--log-level',
  }),
  'sso.kind': setting({
    schema: choice(['own', 'static', 'oidc']),
    default: 'own',
    form: 'own, static, oidc',
    description:
      'Who issues tokens: own: this process with a key of its data folder (`bubble token`), for development; ' +
      'static: JWTs under one public key; oidc: an OpenID provider whose keys are fetched.',
  }),
  'sso.issuer': setting({
    schema: text,
    form: 'URL',
    description: 'The issuer (iss) that tokens must name; for oidc also where the keys are found.',
  }),
  'sso.audience': setting({
    schema: text,
    default: 'bubble',
    form: 'text',
    description: 'The audience (aud) that tokens must name.',
  }),
  'sso.key-file': setting({
    schema: text,
    form: 'file',
    description: 'static: the public key of the issuer, as PEM (SubjectPublicKeyInfo).',
    path: true,
  }),
  'sso.algorithm': setting({
    schema: choice(['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA']),
    default: 'ES256',
    form: 'ES256, ES384, RS256, PS256, EdDSA',
    description: 'static: how the issuer signs.',
  }),
  'sso.jwks-url': setting({
    schema: text.regex(/^https?:\/\//, { error: 'must be an http or https URL' }),
    form: 'URL',
    description: 'oidc: where the keys are, if not where the discovery document of the issuer says.',
  }),
  'sso.tenant-claim': setting({
    schema: text,
    default: 'tenant',
    form: 'text',
    description: 'The claim that holds the tenant.',
  }),
  'limits.profile': setting({
    schema: choice(['default', 'trial']),
    default: 'default',
    form: 'default, trial',
    description: 'The named set of limits. trial limits no rate and is for imports and benchmarks.',
    flag: '--limits',
  }),
};

type SettingTable = typeof SETTINGS;
export type SettingName = keyof SettingTable;
/** Settings without a default in the table may be absent. */
type Optional = 'sso.issuer' | 'sso.key-file' | 'sso.jwks-url';
export type Settings = {
  readonly [K in Exclude<SettingName, Optional>]: z.output<SettingTable[K]['schema']>;
} & { readonly [K in Optional]?: z.output<SettingTable[K]['schema']> };

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `limits.group-members` -> `groupMembers`. */
export const LIMIT_OF_SETTING: ReadonlyMap<string, keyof Limits> = new Map(
  (Object.keys(DEFAULT_LIMITS) as (keyof Limits)[]).map((limit) => [`limits.${kebab(limit)}`, limit]),
);

export const LIMIT_SCHEMA = integer(1, Number.MAX_SAFE_INTEGER);

export const environmentName = (setting: string): string =>
  `BUBBLE_${setting.replaceAll(/[.-]/g, '_').toUpperCase()}`;
