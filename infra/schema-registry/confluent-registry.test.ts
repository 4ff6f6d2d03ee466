import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import { isBubbleError } from '../../schemas/errors.ts';
import { EVENT_SCHEMAS } from '../../schemas/events/codecs.ts';
import type { AvroSchema } from '../../schemas/events/envelope.ts';
import { SimClock } from '../clock/sim-clock.ts';
import { systemClock } from '../clock/system-clock.ts';
import { nodeDisk } from '../disk/node-disk.ts';
import type { Logger } from '../logger/logger.ts';
import {
  type ConfluentRegistry,
  type ConfluentRegistryOptions,
  openConfluentRegistry,
} from './confluent-registry.ts';
import { openFileRegistry } from './file-registry.ts';
import { registerCodecs } from './register-codecs.ts';
import type { SchemaRegistry } from './schema-registry.ts';
import { ServedRegistry } from './testing/served-registry.ts';

const root = mkdtempSync(join(tmpdir(), 'bubble-confluent-'));
after(() => rmSync(root, { recursive: true }));
const disk = nodeDisk();
let folders = 0;
const newFolder = (): string => {
  folders += 1;
  return join(root, `${folders}`);
};
const schemaOf = (...names: string[]): AvroSchema => ({
  type: 'record',
  name: 'bubble.Test',
  fields: names.map((name) => ({ name, type: 'string' })),
});

/** Everything that is logged, as text. */
class Lines implements Logger {
  readonly lines: string[] = [];
  #log(level: string, fields: Readonly<Record<string, unknown>>, message: string): void {
    this.lines.push(`${level} ${message} ${JSON.stringify(fields)} ${String(fields['error'] ?? '')}`);
  }
  debug = (fields: Readonly<Record<string, unknown>>, message: string): void =>
    this.#log('debug', fields, message);
  info = (fields: Readonly<Record<string, unknown>>, message: string): void =>
    this.#log('info', fields, message);
  warn = (fields: Readonly<Record<string, unknown>>, message: string): void =>
    this.#log('warn', fields, message);
  error = (fields: Readonly<Record<string, unknown>>, message: string): void =>
    this.#log('error', fields, message);
  child = (): Logger => this;
}

let file: SchemaRegistry;
let served: ServedRegistry;
let logger: Lines;
const opened: ConfluentRegistry[] = [];
const open = async (options: Partial<ConfluentRegistryOptions> = {}): Promise<ConfluentRegistry> => {
  const registry = await openConfluentRegistry({
    url: served.url,
    disk,
    folder: newFolder(),
    clock: systemClock,
    logger,
    timeoutMs: 2_000,
    giveUpMs: 300,
    verifyMs: 5,
    ...options,
  });
  opened.push(registry);
  return registry;
};
const statusIs = async (registry: ConfluentRegistry, status: string): Promise<void> => {
  for (let turn = 0; registry.status !== status; turn += 1) {
    assert.ok(turn < 1_000, `never ${status}: ${registry.status}`);
    await new Promise<void>((resolve) => systemClock.after(5, resolve));
  }
};
const idsOf = (codecs: object): number[] => Object.values(codecs).map(({ id }: { id: number }) => id);

beforeEach(async () => {
  file = await openFileRegistry({ disk, folder: newFolder() });
  await registerCodecs(file);
  served = new ServedRegistry(file);
  await served.start();
  logger = new Lines();
});
afterEach(async () => {
  for (const registry of opened.splice(0)) await registry.close();
  await served.stop();
  await file.close();
});

test('ids are the registry’s, and asked for once', async () => {
  const registry = await open();
  assert.deepEqual(idsOf(await registerCodecs(registry)), idsOf(await registerCodecs(file)));
  assert.equal(registry.status, 'verified');
  served.requests.length = 0;
  assert.equal((await registry.schema(1)).subject, 'bubble.Inbound');
  assert.deepEqual(served.requests, []);
  assert.equal((await registry.versions('bubble.Inbound')).length, 1);
  assert.deepEqual(await registry.versions('nobody'), []);
  assert.ok((await registry.subjects()).includes('bubble.Inbox'));
});

test('away at the start: ids of an earlier start, one warning, verified when it is back', async () => {
  const folder = newFolder();
  const first = await open({ folder });
  const ids = idsOf(await registerCodecs(first));
  await first.close();
  await served.stop();
  const warm = await open({ folder });
  assert.deepEqual(idsOf(await registerCodecs(warm)), ids);
  assert.equal(warm.status, 'unverified');
  assert.equal(logger.lines.filter((line) => line.startsWith('warn')).length, 1, logger.lines.join('\n'));
  assert.equal((await warm.schema(2)).subject, 'bubble.Inbox');
  await served.start();
  await statusIs(warm, 'verified');
});

test('away at a first start: a retryable failure that says what to do, after some tries', async () => {
  await served.stop();
  const cold = await open();
  await assert.rejects(registerCodecs(cold), (error) => {
    assert.ok(isBubbleError(error, 'REFUSED'));
    assert.ok(error.retryable);
    assert.match(error.message, /does not answer: ECONNREFUSED.*bubble\.Inbound.*start the registry/s);
    return true;
  });
  assert.ok(logger.lines.filter((line) => line.includes('waiting for the schema registry')).length >= 1);
});

test('back in time: a first start waits for it', async () => {
  await served.stop();
  const cold = await open({ giveUpMs: 20_000 });
  const codecs = registerCodecs(cold);
  while (logger.lines.length === 0) await new Promise<void>((resolve) => systemClock.after(5, resolve));
  await served.start();
  assert.equal((await codecs).inbound.id, 1);
});

test('a silent registry is a timeout, a failing one is away, a strange one is named', async () => {
  const impatient = await open({ timeoutMs: 50, giveUpMs: 60 });
  const patient = await open({ timeoutMs: 20_000, giveUpMs: 0 });
  const rejection = async (cold = patient): Promise<string> => {
    try {
      await cold.register('bubble.Inbound', EVENT_SCHEMAS.inbound.schema);
    } catch (error) {
      assert.ok(isBubbleError(error));
      return `${error.code} ${error.retryable} ${error.message}`;
    }
    return 'registered';
  };
  served.answer = () => {};
  assert.match(await rejection(impatient), /^TIMEOUT true .*no answer within 50 ms/);
  served.answer = (_, response) => response.writeHead(503).end('<html>');
  assert.match(await rejection(), /^REFUSED true .*status 503/);
  served.answer = (_, response) => response.writeHead(401).end('{}');
  assert.match(await rejection(), /^REFUSED false .*401.*user and password/);
  served.answer = (_, response) => response.writeHead(404).end('<html>');
  assert.match(await rejection(), /^REFUSED false .*Confluent-compatible registry/);
  served.answer = (_, response) => response.writeHead(200).end(Buffer.alloc(5 * 1024 * 1024, 32));
  assert.match(await rejection(), /^REFUSED true .*above/);
});

test('user and password of the URL are sent and never shown', async () => {
  const folder = newFolder();
  const registry = await open({ url: `http://ada:s%40cret@${served.address}`, folder });
  await registerCodecs(registry);
  assert.equal(served.authorizations.at(-1), `Basic ${Buffer.from('ada:s@cret').toString('base64')}`);
  await served.stop();
  await assert.rejects(registry.register('bubble.New', schemaOf('a')), (error) => {
    assert.ok(isBubbleError(error));
    assert.doesNotMatch(`${error.message} ${JSON.stringify(error)}`, /s%40cret|s@cret|ada/);
    return true;
  });
  await registry.close();
  assert.doesNotMatch(logger.lines.join('\n'), /cret|ada/);
  assert.doesNotMatch(readFileSync(join(folder, 'registry-cache.json'), 'utf8'), /cret|ada/);
  await assert.rejects(open({ url: 'ada:s@cret' }), (error) => {
    assert.ok(isBubbleError(error, 'CONFIG'));
    assert.doesNotMatch(String(error), /cret/);
    return true;
  });
  await served.start();
  await (await open({ auth: { kind: 'bearer', token: 't' } })).subjects();
  assert.equal(served.authorizations.at(-1), 'Bearer t');
});

test('a registry that has lost its data: a start is refused, a running process raises an alarm', async () => {
  const folder = newFolder();
  const first = await open({ folder });
  await registerCodecs(first);
  await first.close();
  await served.stop();
  const running = await open({ folder });
  const codecs = await registerCodecs(running);
  const other = await openFileRegistry({ disk, folder: newFolder() });
  await other.register('bubble.Other', schemaOf('x'));
  await registerCodecs(other);
  served.registry = other;
  await served.start();
  await statusIs(running, 'differs');
  assert.ok(logger.lines.some((line) => line.startsWith('error ALARM')));
  assert.equal(codecs.inbound.id, 1);
  // Again and again: what the registry says now does not become the truth.
  for (let start = 0; start < 2; start += 1) {
    const next = await open({ folder });
    await assert.rejects(registerCodecs(next), (error) => {
      assert.ok(isBubbleError(error, 'REFUSED') && !error.retryable);
      assert.match(error.message, /bubble\.Inbound the id 2, and has given it 1 before/);
      return true;
    });
    await next.close();
  }
});

test('the cache of another registry, or a damaged one, is left out with a warning', async () => {
  const folder = newFolder();
  const first = await open({ folder });
  await registerCodecs(first);
  await first.close();
  const path = join(folder, 'registry-cache.json');
  const good = readFileSync(path, 'utf8');
  for (const text of ['{', '{}', good.replace(served.url, 'http://elsewhere')]) {
    writeFileSync(path, text);
    logger.lines.length = 0;
    const registry = await open({ folder });
    assert.equal(logger.lines.filter((line) => line.startsWith('warn')).length, 1);
    served.requests.length = 0;
    await registry.schema(1);
    assert.equal(served.requests.length, 2);
    await registry.close();
  }
});

test('an id that nobody knows is asked for once in a while; ids beyond the limit are asked for again', async () => {
  const clock = new SimClock();
  const registry = await open({ clock, unknownMs: 1_000 });
  const isUnknown = (error: unknown): boolean => isBubbleError(error, 'UNKNOWN_SCHEMA');
  const asks = async (id: number): Promise<number> => {
    served.requests.length = 0;
    await assert.rejects(registry.schema(id), isUnknown);
    return served.requests.filter((line) => line === `GET /schemas/ids/${id}`).length;
  };
  assert.deepEqual([await asks(900), await asks(900)], [1, 0]);
  await clock.runFor(1_001);
  assert.equal(await asks(900), 1);
  for (let id = 1_000; id < 2_000; id += 1) await assert.rejects(registry.schema(id), isUnknown);
  assert.deepEqual([await asks(1_999), await asks(900)], [0, 1]);
});

test('versions beyond the limit of the cache are forgotten, the first learned first', async () => {
  const folder = newFolder();
  const registry = await open({ folder, cacheEntries: 2 });
  for (const id of [1, 2, 3]) await registry.schema(id);
  served.requests.length = 0;
  await registry.schema(3);
  await registry.schema(2);
  assert.equal(served.requests.length, 0);
  assert.equal((await registry.schema(1)).subject, 'bubble.Inbound');
  assert.equal(served.requests.length, 2);
  await registry.close();
  const { versions } = JSON.parse(readFileSync(join(folder, 'registry-cache.json'), 'utf8')) as {
    versions: unknown[];
  };
  assert.equal(versions.length, 2);
});

test('a cache that cannot be written is a warning', async () => {
  const folder = newFolder();
  const full = { ...disk, open: () => Promise.reject(new Error('the disk is full')) };
  const registry = await open({ folder, disk: full });
  await registerCodecs(registry);
  await registry.close();
  assert.ok(logger.lines.some((line) => line.includes('cannot be written')));
  assert.ok(!existsSync(join(folder, 'registry-cache.json')));
});
