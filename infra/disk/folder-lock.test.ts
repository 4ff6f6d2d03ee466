import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isBubbleError } from '../../schemas/errors.ts';
import { claimFolder } from './folder-lock.ts';

const folder = fs.mkdtempSync(join(tmpdir(), 'bubble-lock-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
const isLocked = (error: unknown): boolean => isBubbleError(error, 'LOG_LOCKED');

const ownText = async (): Promise<string> => {
  const claim = await claimFolder(folder, 'a-');
  const text = fs.readFileSync(join(folder, fs.readdirSync(folder)[0]!), 'utf8');
  await claim.release();
  return text;
};

test('claims of other prefixes are of no concern', async () => {
  const one = await claimFolder(folder, 'a-');
  const other = await claimFolder(folder, 'b-');
  await assert.rejects(claimFolder(folder, 'a-'), isLocked);
  await Promise.all([one.release(), other.release()]);
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('another machine: alive as long as it writes its file, by the clock of the file system', async () => {
  const claim = { ...JSON.parse(await ownText()), boot: 'another kernel', host: 'another machine' };
  const path = join(folder, 'a-1-far');
  fs.writeFileSync(path, JSON.stringify(claim));
  await assert.rejects(claimFolder(folder, 'a-'), isLocked);
  const old = new Date(Date.now() - 16_000);
  fs.utimesSync(path, old, old);
  const mine = await claimFolder(folder, 'a-');
  assert.equal(fs.existsSync(path), false);
  assert.equal(mine.isHeld(), true);
  // And the same done to this one.
  fs.unlinkSync(join(folder, fs.readdirSync(folder)[0]!));
  assert.equal(mine.isHeld(), false);
  await mine.release();
});

test('this machine before its last start is dead at once', async () => {
  fs.writeFileSync(
    join(folder, 'a-1-before'),
    JSON.stringify({ ...JSON.parse(await ownText()), boot: 'earlier' }),
  );
  await (await claimFolder(folder, 'a-')).release();
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('a process that is dead and not collected by its parent holds nothing', async (t) => {
  if (!fs.existsSync('/proc/self/stat')) return t.skip('needs /proc');
  // The shell becomes a sleep, which never collects the child that it has inherited.
  const parent = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const pid = Number(String((await once(parent.stdout, 'data'))[0]));
    const stat = (): string[] => {
      const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
      return text.slice(text.lastIndexOf(')') + 2).split(' ');
    };
    while (stat()[0] !== 'Z') await new Promise((resolve) => setImmediate(resolve));
    const claim = { ...JSON.parse(await ownText()), pid, started: stat()[19] };
    fs.writeFileSync(join(folder, 'a-1-zombie'), JSON.stringify(claim));
    await (await claimFolder(folder, 'a-')).release();
  } finally {
    parent.kill('SIGKILL');
  }
});
