import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isBubbleError } from '../../schemas/errors.ts';
import { PostgresServer } from './postgres.ts';

const root = mkdtempSync(join(tmpdir(), 'bubble-postgres-'));
after(() => rmSync(root, { recursive: true }));

/** A server that says why it does not start, until its log holds so many starts. */
const serverOf = (name: string, reason: string, failures: number, heldWithinMs: number) => {
  const logFile = join(root, name);
  const starts = (): number => readFileSync(logFile, 'utf8').split(reason).length - 1;
  const server = new PostgresServer(
    {
      name,
      command: 'sh',
      args: ['-c', `[ $(grep -c . ${logFile}) -ge ${failures} ] && exec sleep 60; echo '${reason}'; exit 1`],
      logFile,
      ready: async () => server.running && starts() >= failures,
      readyWithinMs: 20_000,
    },
    heldWithinMs,
  );
  return { server, starts };
};

const HELD = 'FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use';

test('a server whose former life still holds its memory is started again', async () => {
  const { server, starts } = serverOf('held', HELD, 3, 60_000);
  await server.start();
  assert.equal(starts(), 3);
  await server.kill();
});

test('not for ever, and not for another reason', async () => {
  const held = serverOf('for-ever', HELD, 1_000, 0);
  const says = (reason: string) => (error: unknown) =>
    isBubbleError(error, 'TIMEOUT') && error.message.includes(reason);
  await assert.rejects(held.server.start(), says(HELD));
  assert.equal(held.starts(), 1);
  const other = serverOf('other', 'FATAL:  no space', 1_000, 60_000);
  await assert.rejects(other.server.start(), says('no space'));
  assert.equal(other.starts(), 1);
});
