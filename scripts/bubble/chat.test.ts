/** `bubble chat` and `bubble send` while the gate they know is replaced by one at another address. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runBubble, type Served, serveBubble } from './testing/run-bubble.ts';

const folder = mkdtempSync(join(tmpdir(), 'bubble-chat-'));
const data = join(folder, 'data');
const open: { server: Served | null; chat: ChildProcess | null } = { server: null, chat: null };
after(async () => {
  open.chat?.kill('SIGKILL');
  await open.server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const address = (): string =>
  (JSON.parse(readFileSync(join(data, 'client.json'), 'utf8')) as { websocket: string }).websocket;

const startChat = (user: string, peer: string) => {
  const bin = fileURLToPath(new URL('./bin.mjs', import.meta.url));
  const child = spawn(process.execPath, [bin, 'chat', user, peer, '--data', data], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  open.chat = child;
  let out = '';
  const ended = once(child, 'close') as Promise<[number | null]>;
  const said = (text: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (text.test(out)) resolve();
      };
      child.stdout.on('data', look);
      void ended.then(() => reject(new Error(`chat has ended without ${text}: ${out}`)));
      look();
    });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  return { type: (line: string) => child.stdin.write(`${line}\n`), said, ended };
};

test('the gate is replaced by one at another port: chat finds it, and what was typed meanwhile arrives', async () => {
  open.server = await serveBubble(data, ['--durability', 'os']);
  const former = address();
  const chat = startChat('ada', 'bob');
  await chat.said(/connected/);
  chat.type('before');
  await chat.said(/you -> bob: before/);
  await open.server.stop();
  await chat.said(/not connected/);
  chat.type('meanwhile');
  open.server = await serveBubble(data, ['--durability', 'os']);
  assert.notEqual(address(), former);
  await chat.said(/you -> bob: meanwhile/);
  const sent = await runBubble(['send', 'bob', 'ada', 'welcome back', '--data', data]);
  assert.equal(sent.code, 0, sent.err);
  await chat.said(/bob: welcome back/);
  chat.type('/quit');
  assert.deepEqual((await chat.ended)[0], 0);
});
