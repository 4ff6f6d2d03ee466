/** What consumers see is proven on both registries in scripts/servers/registry.servers.ts; here what only ours does. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BubbleError } from '../../schemas/errors.ts';
import { EVENT_SCHEMAS } from '../../schemas/events/codecs.ts';
import { schemaText } from '../../schemas/events/compatibility.ts';
import { nodeDisk } from '../disk/node-disk.ts';
import { openFileRegistry } from './file-registry.ts';
import { registerCodecs } from './register-codecs.ts';
import { makeRegistryHandler } from './registry-http.ts';
import type { SchemaRegistry } from './schema-registry.ts';
import { ServedRegistry } from './testing/served-registry.ts';

const root = mkdtempSync(join(tmpdir(), 'bubble-registry-http-'));
let registry: SchemaRegistry;
let served: ServedRegistry;
before(async () => {
  registry = await openFileRegistry({ disk: nodeDisk(), folder: root });
  await registerCodecs(registry);
  served = new ServedRegistry(registry);
  await served.start();
});
after(async () => {
  await served.stop();
  rmSync(root, { recursive: true });
});

const ask = async (path: string, init: RequestInit = {}): Promise<[status: number, body: unknown]> => {
  const response = await fetch(`${served.url}${path}`, init);
  assert.equal(response.headers.get('content-type'), 'application/vnd.schemaregistry.v1+json');
  return [response.status, await response.json()];
};
const codeOf = async (path: string, init?: RequestInit): Promise<[number, unknown]> => {
  const [status, body] = await ask(path, init);
  return [status, (body as { error_code?: unknown }).error_code];
};
const post = (body: string): RequestInit => ({ method: 'POST', body });
const slot = EVENT_SCHEMAS.slot;
const stranger = JSON.stringify({ schema: JSON.stringify({ type: 'record', name: 'x', fields: [] }) });

test('a schema in all its forms', async () => {
  const id = (await registry.versions(slot.subject))[0]!.id;
  assert.deepEqual(await ask(`/schemas/ids/${id}?subject=bubble.Slot&format=`), [
    200,
    { schema: schemaText(slot.schema) },
  ]);
  assert.deepEqual(await ask(`/schemas/ids/${id}/schema`), [200, slot.schema]);
  assert.deepEqual(await ask(`/schemas/ids/${id}/subjects`), [200, ['bubble.Slot']]);
  assert.deepEqual(await ask('/subjects/bubble.Slot/versions/-1/schema'), [200, slot.schema]);
  assert.deepEqual(await ask('/schemas/types'), [200, ['AVRO']]);
  assert.deepEqual(await ask('/'), [200, {}]);
  assert.deepEqual(await ask('/mode'), [200, { mode: 'READONLY' }]);
  assert.deepEqual(await ask('/config'), [200, { compatibilityLevel: 'BACKWARD_TRANSITIVE' }]);
});

test('it is read only', async () => {
  assert.deepEqual(await codeOf('/subjects/bubble.Slot/versions', post(stranger)), [403, 40301]);
  assert.deepEqual(await codeOf('/subjects/new/versions', post(stranger)), [403, 40301]);
  for (const [method, path] of [
    ['PUT', '/config/bubble.Slot'],
    ['DELETE', '/subjects/bubble.Slot'],
    ['DELETE', '/subjects/bubble.Slot/versions/1'],
    ['POST', '/subjects'],
    ['POST', '/schemas/ids/1'],
  ] as const) {
    assert.deepEqual(await codeOf(path, { method }), [405, 405], `${method} ${path}`);
  }
  assert.equal((await registry.versions(slot.subject)).length, 1);
});

test('what cannot be understood has its code', async () => {
  assert.deepEqual(await codeOf('/subjects/bubble.Slot/versions/x'), [422, 42202]);
  assert.deepEqual(await codeOf('/subjects/bubble.Slot/versions/0'), [422, 42202]);
  assert.deepEqual(await codeOf('/schemas/ids/x'), [404, 40403]);
  for (const body of [
    '',
    'x',
    '{}',
    '{"schema":1}',
    '{"schema":"\\"string\\""}',
    '{"schema":"{\\"fields\\":1}"}',
  ]) {
    assert.deepEqual(await codeOf('/subjects/bubble.Slot', post(body)), [422, 42201], body);
  }
  for (const path of ['/nothing', '/subjects/a/b', '/schemas/ids', '/subjects/%', '/compatibility/x']) {
    assert.equal((await ask(path))[0], 404, path);
  }
  assert.deepEqual(await codeOf('/subjects/bubble.Slot', post('x'.repeat(1024 * 1024 + 1))), [413, 413]);
});

test('why a change is refused, against all versions or one', async () => {
  const fields = [...slot.schema.fields, { name: 'zone', type: 'string' }];
  const body = post(JSON.stringify({ schema: JSON.stringify({ ...slot.schema, fields }) }));
  for (const path of ['versions', 'versions/1', 'versions/latest']) {
    const [status, answer] = await ask(`/compatibility/subjects/bubble.Slot/${path}`, body);
    const { is_compatible, messages } = answer as { is_compatible: boolean; messages: string[] };
    assert.deepEqual([status, is_compatible, messages.length], [200, false, 1]);
    assert.match(messages[0]!, /version 1 .*zone/);
  }
  assert.deepEqual(await codeOf('/compatibility/subjects/bubble.Slot/versions/9', body), [404, 40402]);
  assert.deepEqual(await codeOf('/compatibility/subjects/nobody/versions', body), [404, 40401]);
});

test('a registry behind it that is away is 503, a failure is 500 and reported', async () => {
  const failures: unknown[] = [];
  let error: Error = new BubbleError('TIMEOUT', 'away', { retryable: true });
  const broken: SchemaRegistry = { ...registry, subjects: () => Promise.reject(error) };
  const handler = makeRegistryHandler({ registry: broken, failed: (failure) => failures.push(failure) });
  served.answer = (request, response) => void handler(request, response);
  try {
    assert.deepEqual(await codeOf('/subjects'), [503, 50301]);
    error = new Error('secret');
    const [status, body] = await ask('/subjects');
    assert.equal(status, 500);
    assert.doesNotMatch(JSON.stringify(body), /secret/);
    assert.deepEqual(failures, [error]);
  } finally {
    served.answer = null;
  }
});
