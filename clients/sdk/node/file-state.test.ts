import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { DeviceState } from '../state-storage.ts';
import { FileState } from './file-state.ts';
import { gateUrls, parseTrust } from './trust.ts';

const root = mkdtempSync(join(tmpdir(), 'bubble-state-'));
after(() => rmSync(root, { recursive: true }));

test('a device’s state comes back as it was, and only its owner can read it', async () => {
  const folder = join(root, 'device');
  const storage = new FileState(folder);
  assert.equal(await storage.load(), null);
  const ticket = {
    ticket: Uint8Array.of(1, 2, 3),
    resumption: new Uint8Array(32).fill(9),
    user: 'alice',
    deviceId: 'phone',
    expiresAtMs: 5,
  };
  const state: DeviceState = {
    completeTo: 2 ** 46 + 1,
    manifestSerial: 4,
    clockOffsetMs: -12,
    tickets: { current: ticket, next: null },
  };
  await storage.save(state);
  await storage.save(state);
  assert.deepEqual(await new FileState(folder).load(), state);
  assert.deepEqual(readdirSync(folder), ['device.json']);
  assert.equal(statSync(join(folder, 'device.json')).mode & 0o077, 0);
});

test('what is not a state is refused, not taken for a new device', async () => {
  const folder = join(root, 'damaged');
  await new FileState(folder).save({
    completeTo: 1,
    manifestSerial: 0,
    clockOffsetMs: 0,
    tickets: { current: null, next: null },
  });
  for (const text of ['{', '{}', '{"format":1}', '[]']) {
    writeFileSync(join(folder, 'device.json'), text);
    await assert.rejects(new FileState(folder).load(), { code: 'LOG_DAMAGED' }, text);
  }
});

test('client.json: read, or refused with what is wrong', () => {
  const point = Buffer.alloc(65, 4).toString('base64url');
  const good = { deployment: 'd', rootKeys: [point, point], tcp: 'host:1', websocket: 'ws://host:2' };
  const { trust, tcp, websocket } = parseTrust(JSON.stringify(good));
  assert.equal(trust.deployment, 'd');
  assert.deepEqual(trust.rootKeys[1], new Uint8Array(65).fill(4));
  assert.deepEqual([tcp, websocket], ['host:1', 'ws://host:2']);
  const short = Buffer.alloc(64, 4).toString('base64url');
  const wrong: unknown[] = [
    null,
    { ...good, deployment: '' },
    { ...good, rootKeys: [point] },
    { ...good, rootKeys: [point, short] },
    { ...good, tcp: 5 },
    { ...good, gates: 'all' },
    { ...good, gates: [null] },
    { ...good, gates: [{ tcp: '', websocket: '' }] },
  ];
  for (const each of wrong) assert.throws(() => parseTrust(JSON.stringify(each)), { code: 'CONFIG' });
  assert.throws(() => parseTrust('{'), { code: 'CONFIG' });
  const one = parseTrust(JSON.stringify(good));
  assert.deepEqual(gateUrls(one, 'tcp'), ['tcp://host:1']);
  assert.deepEqual(gateUrls(one, 'websocket'), ['ws://host:2']);
  const gates = [
    { tcp: 'host:1', websocket: 'ws://host:2' },
    { tcp: 'other:1' },
    { websocket: 'ws://third:2' },
  ];
  const many = parseTrust(JSON.stringify({ ...good, gates }));
  assert.deepEqual(gateUrls(many, 'tcp'), ['tcp://host:1', 'tcp://other:1', 'ws://third:2']);
  assert.deepEqual(gateUrls(many, 'websocket'), ['ws://host:2', 'tcp://other:1', 'ws://third:2']);
});
