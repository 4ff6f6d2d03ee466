import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gatesInFile } from './connect-node.ts';

const folder = mkdtempSync(join(tmpdir(), 'bubble-gates-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'client.json');
const rootKey = Buffer.alloc(65, 4).toString('base64url');
const write = (ports: readonly number[]): void => {
  const gates = ports.map((port) => ({
    tcp: `127.0.0.1:${port}`,
    websocket: `ws://127.0.0.1:${port + 1}`,
  }));
  writeFileSync(file, JSON.stringify({ deployment: 'd', rootKeys: [rootKey, rootKey], ...gates[0], gates }));
};

test('client.json is read again each time, and gates are made anew only where it has changed', async () => {
  const gates = gatesInFile(file, 'tcp');
  await assert.rejects(async () => gates(), { code: 'CONFIG', message: `cannot read ${file}` });
  write([1_000]);
  const first = await gates();
  assert.deepEqual(
    first.map(({ address }) => address),
    ['tcp://127.0.0.1:1000'],
  );
  assert.equal(await gates(), first);
  write([1_000, 2_000]);
  assert.deepEqual(
    (await gates()).map(({ address }) => address),
    ['tcp://127.0.0.1:1000', 'tcp://127.0.0.1:2000'],
  );
  writeFileSync(file, '{"deployment": "d", "root');
  await assert.rejects(async () => gates(), { code: 'CONFIG', message: 'client.json: not JSON' });
  write([3_000]);
  assert.equal((await gates()).length, 1);
  assert.equal((await gatesInFile(file, 'websocket')())[0]?.address, 'ws://127.0.0.1:3001');
});
