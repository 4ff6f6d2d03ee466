import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ServerProcess } from '../kill-loop/server-process.ts';
import { fuzzDecoders } from './decoder-fuzz.ts';
import { fuzzSockets } from './socket-fuzz.ts';

test('malformed bytes crash no decoder, no fold and no session machine', () => {
  const { crashes } = fuzzDecoders(10_000, 7);
  assert.deepEqual(crashes, []);
});

test('malformed connections do not harm a real server or its other clients', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bubble-fuzz-test-'));
  const dataFolder = join(folder, 'data');
  mkdirSync(dataFolder);
  const server = await ServerProcess.make(dataFolder, [], join(folder, 'server.log'));
  t.after(async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  await server.start().ready;
  const result = await fuzzSockets({
    clientFile: join(dataFolder, 'client.json'),
    dataFolder,
    connections: 150,
    seed: 7,
    progress: () => {},
  });
  assert.deepEqual(result.harms, []);
  assert(result.exchanged > 0);
  assert(result.sealedFrames > 100);
  assert(server.isRunning);
});
