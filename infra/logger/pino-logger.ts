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

const wrap = (target: PinoLogger): Logger => ({
  debug: (fields, message) => target.debug(fields, message),
  info: (fields, message) => target.info(fields, message),
  warn: (fields, message) => target.warn(fields, message),
  error: (fields, message) => target.error(fields, message),
  child: (fields) => wrap(target.child(fields)),
});

export const makeLogger = (options: LoggerOptions): Logger => {
  // Synchronous: what a process says last must not be lost with it. Hot paths do not log.
  const raw = options.destination ?? pino.destination({ fd: 2, sync: true });
  const destination = options.plain === true ? { write: (line: string) => raw.write(plainLine(line)) } : raw;
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
  return wrap(target);
};
