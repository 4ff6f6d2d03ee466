/** Structured logs by pino: JSON lines, or short lines of text where a person reads along on a terminal. */
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import type { Logger } from './logger.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Default: standard error. */
  readonly destination?: DestinationStream;
  /** Lines of text instead of JSON. */
  readonly plain?: boolean;
}

/** Whatever a caller passes by mistake: bodies, tokens and keys never reach a log. */
const SECRET_FIELDS = [
  'token',
  'userToken',
  'authorization',
  'ticket',
  'autoAuthKey',
  'secret',
  'password',
  'key',
  'privateKey',
  'body',
  'content',
  'text',
];

const LEVEL_NAMES: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' };

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const plainLine = (json: string): string => {
  const { level, time, msg, err, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const shown = Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  const cause = isFields(err) ? ` ${String(err['stack'] ?? err['message'])}` : '';
  const clock = new Date(Number(time)).toISOString().slice(11, 23);
  return `${clock} ${LEVEL_NAMES[Number(level)]} ${String(msg)}${shown === '' ? '' : ` ${shown}`}${cause}\n`;
};

/** What lines say that were logged before somebody took a part. */
const NO_PART = { part: 'process' };

/**
 * A field that is given again replaces the one before it: pino writes both, and a reader of JSON takes one of them.
 * @param fields of every line; `root` has none
 */
const wrap = (root: PinoLogger, fields: Readonly<Record<string, unknown>>): Logger => {
  const target = root.child(fields);
  return {
    debug: (more, message) => target.debug(more, message),
    info: (more, message) => target.info(more, message),
    warn: (more, message) => target.warn(more, message),
    error: (more, message) => target.error(more, message),
    child: (more) => wrap(root, { ...fields, ...more }),
  };
};

/**
 * In texts, where no field's name gives them away: passwords of URLs, which drivers put into their errors; JWTs; and
 * what follows Bearer.
 */
const SECRET_TEXTS: readonly [RegExp, string][] = [
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@"\\]*):[^\s/"\\]+@/gi, '$1:[hidden]@'],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[hidden]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/g, '$1 [hidden]'],
];
const withoutSecrets = (line: string): string =>
  SECRET_TEXTS.reduce((text, [pattern, shown]) => text.replace(pattern, shown), line);

export const makeLogger = (options: LoggerOptions): Logger => {
  // Synchronous: what a process says last must not be lost with it. Hot paths do not log.
  const raw = options.destination ?? pino.destination({ fd: 2, sync: true });
  const shown = options.plain === true ? plainLine : (line: string) => line;
  const destination = { write: (line: string) => raw.write(shown(withoutSecrets(line))) };
  const target = pino(
    {
      level: options.level,
      base: null,
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]),
        censor: '[hidden]',
      },
      serializers: { error: pino.stdSerializers.err },
    },
    destination,
  );
  return wrap(target, NO_PART);
};
