import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import type { LogView, ReadRequest } from '../inspect/log-view.ts';
import { type AdminOptions, listenAdmin } from './admin.ts';
import type { PartHealth } from './health.ts';

const asked: ReadRequest[] = [];
const logView: LogView = {
  topics: async () => [],
  read: async (request) => {
    asked.push(request);
    if (request.topic === 'nowhere') throw new BubbleError('UNKNOWN_TOPIC', 'no topic is named nowhere');
    return { records: [], next: 4, end: 9 };
  },
  close: async () => {},
};
const well: PartHealth = { part: 'timeline', ok: true, detail: '2 partitions' };
let gate: PartHealth = { part: 'gate', ok: true, detail: 'serving, slot 0 epoch 1' };
const options: AdminOptions = {
  host: '127.0.0.1',
  port: 0,
  token: 'secret',
  logView,
  inbox: () => ({ layouts: [{ epoch: 1, inboundPartitions: 1, inboxPartitions: 1 }], current: 1 }),
  grow: async () => {
    throw new BubbleError('REFUSED', 'no');
  },
  liveness: () => [{ part: 'event loop', ok: true, detail: 'goes round' }],
  readiness: () => [well, gate],
  partitions: {
    show: async () => ({ standings: [], paused: [] }),
    decide: async ({ offset }) => offset,
    close: async () => {},
  },
  registry: async (_request, response) => {
    response.end('[1]');
  },
  metrics: async () => 'bubble_gate_sessions 3\n',
};

test('health, readiness and metrics for everybody, the log for the token only', async () => {
  const admin = await listenAdmin(options);
  const get = async (path: string, token?: string): Promise<[number, string]> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${admin.port}${path}`, { headers });
    return [response.status, await response.text()];
  };
  try {
    assert.deepEqual(await get('/healthz'), [200, 'alive\nok      event loop: goes round\n']);
    const ready = 'ready\nok      timeline: 2 partitions\nok      gate: serving, slot 0 epoch 1\n';
    assert.deepEqual(await get('/readyz'), [200, ready]);
    gate = { part: 'gate', ok: false, detail: 'the gate is draining' };
    const unready = 'not ready\nMISSING gate: the gate is draining\nok      timeline: 2 partitions\n';
    assert.deepEqual(await get('/readyz'), [503, unready]);
    const asJson = await fetch(`http://127.0.0.1:${admin.port}/readyz`, {
      headers: { accept: 'application/json' },
    });
    assert.equal(asJson.status, 503);
    assert.deepEqual(await asJson.json(), { status: 'not ready', parts: [gate, well] });
    assert.deepEqual(await get('/metrics'), [200, 'bubble_gate_sessions 3\n']);
    assert.equal((await get('/log/topics'))[0], 401);
    assert.equal((await get('/log/read?topic=x', 'wrong'))[0], 401);
    assert.equal(asked.length, 0);
    assert.deepEqual(await get('/log/topics', 'secret'), [200, '[]']);
    const [status, page] = await get('/log/read?topic=x&partition=1&from=-5&limit=7', 'secret');
    assert.deepEqual([status, page], [200, '{"records":[],"next":4,"end":9}']);
    assert.deepEqual(asked, [{ topic: 'x', partition: 1, from: -5, limit: 7, waitMs: 0 }]);
    assert.deepEqual(await get('/log/read?topic=nowhere', 'secret'), [400, 'no topic is named nowhere\n']);
    assert.equal((await get('/partitions'))[0], 401);
    assert.match((await get('/partitions', 'secret'))[1], /"inboxPartitions":1/);
    const url = `http://127.0.0.1:${admin.port}/partitions?inbox=2`;
    assert.equal((await fetch(url, { method: 'POST' })).status, 401);
    const refused = await fetch(url, { method: 'POST', headers: { authorization: 'Bearer secret' } });
    assert.deepEqual([refused.status, await refused.text()], [400, 'no\n']);
    assert.equal((await get('/partition'))[0], 401);
    assert.deepEqual(await get('/partition', 'secret'), [200, '{"standings":[],"paused":[]}']);
    const decision = `http://127.0.0.1:${admin.port}/partition?action=reject&partition=1&offset=7&reason=x`;
    assert.equal((await fetch(decision, { method: 'POST' })).status, 401);
    const decided = await fetch(decision, { method: 'POST', headers: { authorization: 'Bearer secret' } });
    assert.deepEqual([decided.status, await decided.text()], [200, '{"decision":7}']);
    assert.deepEqual(await get('/apis/ccompat/v7/subjects'), [200, '[1]']);
    assert.equal((await get('/apis/ccompat/v70'))[0], 404);
    assert.equal((await get('/nothing'))[0], 404);
    const taken = listenAdmin({ ...options, port: admin.port });
    await assert.rejects(taken, (error) => isBubbleError(error, 'ADDRESS_IN_USE'));
  } finally {
    await admin.close();
  }
});
