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
  assert.deepEqual(rest, { level: 40, partition: 3, lag: 7, msg: 'behind' });
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
  assert.match(plain!, /^\d\d:\d\d:\d\d\.\d{3} warn behind lag=2\n$/);
});
