import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BubbleError } from '../../schemas/errors.ts';
import { type LoggerOptions, makeLogger } from './pino-logger.ts';

const logged = (
  options: Omit<LoggerOptions, 'destination'>,
  act: (logger: ReturnType<typeof makeLogger>) => void,
): string[] => {
  const lines: string[] = [];
  act(makeLogger({ ...options, destination: { write: (line: string) => void lines.push(line) } }));
  return lines;
};

test('JSON lines with the fields of children, nothing below the level', () => {
  const lines = logged({ level: 'info' }, (logger) => {
    const child = logger.child({ partition: 3 });
    child.debug({}, 'not this');
    child.warn({ lag: 7 }, 'behind');
  });
  assert.equal(lines.length, 1);
  const { time, ...rest } = JSON.parse(lines[0]!) as Record<string, unknown>;
  assert.deepEqual(rest, { level: 40, part: 'process', partition: 3, lag: 7, msg: 'behind' });
  assert.equal(typeof time, 'number');
});

test('bodies, tokens and keys are hidden, also one level down', () => {
  const [line] = logged({ level: 'info' }, (logger) => {
    logger.info({ token: 'SECRET', request: { body: 'SECRET', ticket: 'SECRET' }, user: 'ada' }, 'x');
  });
  assert.ok(!line!.includes('SECRET'));
  assert.match(line!, /"user":"ada"/);
});

test('errors carry their code, and text lines their message', () => {
  const error = new BubbleError('DISK_FULL', 'no space is left');
  const [json] = logged({ level: 'info' }, (logger) => logger.error({ error }, 'append failed'));
  assert.match(json!, /"code":"DISK_FULL"/);
  assert.match(json!, /no space is left/);
  const [plain] = logged({ level: 'info', plain: true }, (logger) => logger.warn({ lag: 2 }, 'behind'));
  assert.match(plain!, /^\d\d:\d\d:\d\d\.\d{3} warn behind part=process lag=2\n$/);
});

test('every line has its part, the innermost, once', () => {
  const lines = logged({ level: 'info' }, (logger) => {
    logger.info({}, 'no part');
    const timeline = logger.child({ part: 'timeline', epoch: 1 });
    timeline.info({}, 'its part');
    timeline.child({ part: 'reader', partition: 2 }).info({}, 'a part of it');
  });
  const fields = lines.map((line) => JSON.parse(line) as { part: string; epoch?: number });
  assert.deepEqual(
    fields.map(({ part, epoch }) => [part, epoch]),
    [
      ['process', undefined],
      ['timeline', 1],
      ['reader', 1],
    ],
  );
  for (const line of lines) assert.equal(line.split('"part"').length, 2, line);
});

test('secrets in texts are hidden: passwords of URLs, JWTs, Bearer, also in the message and stack of an error', () => {
  const url = 'mysql://bubble:s3cr3t@db:3306/bubble';
  const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';
  const lines = logged({ level: 'info' }, (logger) => {
    const cause = new Error(`connect to postgres://u:p%40ss:w@h/d and redis://:s3cr3t@r`);
    logger.error({ error: new BubbleError('STORE_AWAY', `${url} is away`, { cause }), url }, `no ${url}`);
    logger.warn({ why: `Authorization: Bearer abcdefgh12345678`, got: jwt }, 'refused');
    logger.info({ at: 'http://127.0.0.1:7002/log?from=1@2', time: '12:30', mail: 'a@b' }, 'nothing to hide');
  });
  const text = lines.join('');
  assert.doesNotMatch(text, /s3cr3t|p%40ss|abcdefgh12345678|eyJ/);
  assert.match(text, /mysql:\/\/bubble:\[hidden\]@db:3306\/bubble/);
  assert.match(text, /http:\/\/127\.0\.0\.1:7002\/log\?from=1@2/);
  for (const line of lines) JSON.parse(line);
});
