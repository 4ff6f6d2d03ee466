/** The forms that settings have: what a file, the environment or a flag may say, and the error where it does not fit. */
import { z } from 'zod';

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

export const setting = <S extends z.ZodType>(value: Setting<S>): Setting<S> => value;

const numeric = (value: unknown): unknown =>
  typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value;

export const integer = (min: number, max: number) =>
  z.preprocess(
    numeric,
    z
      .int({ error: `must be a whole number from ${min} to ${max}` })
      .min(min, { error: `must be at least ${min}` })
      .max(max, { error: `must be at most ${max}` }),
  );

export const flagValue = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean({ error: 'must be true or false' }),
);

export const text = z.string({ error: 'must be a text' }).min(1, { error: 'must not be empty' });
export const choice = <const T extends readonly string[]>(choices: T) =>
  z.enum(choices, { error: `must be one of ${choices.join(', ')}` });

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `forever` or a number with ms, s, m, h or d -> milliseconds. */
export const duration = text.transform((value, context): number => {
  if (value === 'forever') return Number.POSITIVE_INFINITY;
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(value);
  if (match !== null) return Number(match[1]) * UNIT_MS[match[2]!]!;
  context.addIssue({ code: 'custom', message: 'must be "forever" or a number with ms, s, m, h or d: 90d' });
  return z.NEVER;
});

/** Texts with commas between them. */
export const list = text.transform((value): readonly string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const HIGHEST_PORT = 65_535;
export const port = integer(0, HIGHEST_PORT);
export const host = text;
export const PORT_FORM = 'port, 0: any free one';

const placeOf = (url: string): URL | null => (URL.canParse(url) ? new URL(url) : null);

/** Where something is reached: an IPv6 address in brackets. */
export const hostPort = text.refine(
  (value) => {
    const place = placeOf(`place://${value}`);
    const isAll = place !== null && `${place.hostname}:${place.port}` === value;
    return isAll && place.hostname !== '' && Number(place.port) > 0;
  },
  { error: 'must be host:port, with a port from 1 to 65535' },
);

export const webSocketUrl = text.refine(
  (value) => {
    const place = placeOf(value);
    return /^wss?:\/\//.test(value) && place !== null && place.username === '' && place.hash === '';
  },
  { error: 'must be a URL that begins with ws:// or wss://' },
);
