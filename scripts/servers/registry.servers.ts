/**
 * The registry as consumers see it: one and the same consumers against a real Apicurio and against what bubble serves
 * itself. And what bubble asks of a real registry: rules, ids, many processes at once, its absence.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { nodeDisk } from '../../infra/disk/node-disk.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import {
  type ConfluentRegistry,
  type ConfluentRegistryOptions,
  openConfluentRegistry,
} from '../../infra/schema-registry/confluent-registry.ts';
import { openFileRegistry } from '../../infra/schema-registry/file-registry.ts';
import { registerCodecs } from '../../infra/schema-registry/register-codecs.ts';
import { makeRegistryHandler, REGISTRY_PATH } from '../../infra/schema-registry/registry-http.ts';
import type { SchemaRegistry } from '../../infra/schema-registry/schema-registry.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import { EVENT_SCHEMAS } from '../../schemas/events/codecs.ts';
import { type AvroSchema, Codec } from '../../schemas/events/envelope.ts';
import { liveProblems, registerLive } from '../bubble/schemas/live-registry.ts';
import { type Apicurio, startApicurio } from './apicurio.ts';
import { exitOnSignals } from './child-server.ts';
import { consumers, type Tapped } from './registry-consumers.ts';

const disk = nodeDisk();

let root: string;
let apicurio: Apicurio;
let folders = 0;
const newFolder = (): string => {
  folders += 1;
  return join(root, `registry-${folders}`);
};
const openAt = (url: string, options: Partial<ConfluentRegistryOptions> = {}): Promise<ConfluentRegistry> =>
  openConfluentRegistry({
    url,
    disk,
    folder: newFolder(),
    clock: systemClock,
    logger: SILENT_LOGGER,
    ...options,
  });

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'bubble-registry-'));
  exitOnSignals();
  apicurio = await startApicurio({ folder: join(root, 'apicurio') });
});
after(async () => {
  await apicurio?.stop();
  await rm(root, { recursive: true, force: true });
});

describe('the registry', () => {
  let embedded: { registry: SchemaRegistry; server: Server; tapped: Tapped };
  let real: { registry: SchemaRegistry; tapped: Tapped };
  before(async () => {
    const registry = await openFileRegistry({ disk, folder: newFolder() });
    const codecs = await registerCodecs(registry);
    const server = createServer(makeRegistryHandler({ registry })).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}${REGISTRY_PATH}`;
    embedded = { registry, server, tapped: { url, codecs } };
    const confluent = await openAt(apicurio.url);
    real = {
      registry: confluent,
      tapped: { url: apicurio.url, codecs: await registerCodecs(confluent) },
    };
  });
  after(async () => {
    embedded?.server.close();
    embedded?.server.closeAllConnections();
    await embedded?.registry.close();
    await real?.registry.close();
  });
  consumers('bubble itself', () => embedded.tapped);
  consumers('Apicurio', () => real.tapped);
});

const verified = async (registry: ConfluentRegistry): Promise<void> => {
  while (registry.status !== 'verified') await new Promise<void>((resolve) => systemClock.after(20, resolve));
};

const record = (name: string, ...fields: AvroSchema['fields']): AvroSchema => ({
  type: 'record',
  name: `bubble.${name}`,
  fields,
});
const text = { name: 'a', type: 'string' } as const;
const added = { name: 'b', type: 'int', default: 0 } as const;

describe('bubble on Apicurio', () => {
  test('twenty processes register at once: one id, and one schema behind it for every reader', async () => {
    const schema = record('Race', text);
    const registries = await Promise.all(Array.from({ length: 20 }, () => openAt(apicurio.url)));
    const ids = await Promise.all(registries.map((each) => each.register('bubble.Race', schema)));
    const reader = await openAt(apicurio.url);
    // Of two that look before one has written, Apicurio keeps two versions now and then: with the id of the content, so
    // that a record of either is read alike.
    const versions = await reader.versions('bubble.Race');
    const [id] = ids;
    assert.deepEqual(new Set([...ids, ...versions.map((version) => version.id)]), new Set([id]));
    assert.ok(versions.length > 0);
    for (const version of versions) assert.deepEqual(version.schema, schema);
    const newcomer = await openAt(apicurio.url);
    const found = await newcomer.schema(id!);
    assert.deepEqual([found.subject, found.schema], ['bubble.Race', schema]);
    assert.equal(await newcomer.register('bubble.Race', schema), id);
    assert.equal((await newcomer.versions('bubble.Race')).length, versions.length);
    await Promise.all([...registries, reader, newcomer].map((each) => each.close()));
  });

  test('an incompatible schema is refused with the reason, under the rule of its subject', async () => {
    const registry = await openAt(apicurio.url);
    const narrow = record('Rule', { ...text, name: 'x' }, { name: 'n', type: 'int' });
    const wide = record('Rule', { ...text, name: 'x' }, { name: 'n', type: 'long' });
    await registry.register('bubble.Backward', narrow, 'BACKWARD_TRANSITIVE');
    await registry.register('bubble.Full', narrow, 'FULL_TRANSITIVE');
    await registry.register('bubble.Backward', wide, 'BACKWARD_TRANSITIVE');
    await assert.rejects(registry.register('bubble.Full', wide, 'FULL_TRANSITIVE'), (error) => {
      assert.ok(isBubbleError(error, 'REFUSED'));
      assert.equal(error.retryable, false);
      assert.match(error.message, /bubble\.Full .*FULL_TRANSITIVE.*ncompatible/);
      return true;
    });
    assert.match((await registry.refusal('bubble.Full', wide)) ?? '', /ncompatible/);
    assert.equal(await registry.refusal('bubble.Full', narrow), null);
    assert.equal(await registry.refusal('bubble.New', wide), null);
    await registry.close();
  });

  test('the commands ask it and tell it', async () => {
    const events = Object.values(EVENT_SCHEMAS);
    const { ids, problems } = await registerLive(apicurio.url, events);
    assert.deepEqual([ids.size, problems], [events.length, []]);
    assert.deepEqual(await liveProblems(apicurio.url, events), []);
    const required = { name: 'zone', type: 'string' } as const;
    const broken = events.map((event) =>
      event === EVENT_SCHEMAS.proof
        ? { ...event, schema: { ...event.schema, fields: [...event.schema.fields, required] } }
        : event,
    );
    const refused = /^bubble\.Proof: .*refuse.*zone/;
    assert.match((await liveProblems(apicurio.url, broken)).join('\n'), refused);
    assert.match((await registerLive(apicurio.url, broken)).problems.join('\n'), refused);
  });

  test('a newer release has registered: the older one starts, and each reads the other', async () => {
    const slot = EVENT_SCHEMAS.slot;
    const newer = { ...slot.schema, fields: [...slot.schema.fields, { ...added, name: 'weight' }] };
    const releases = await openAt(apicurio.url);
    const codecs = await registerCodecs(releases);
    const id = await releases.register(slot.subject, newer);
    assert.notEqual(id, codecs.slot.id);
    const value = new Codec<object>({ subject: slot.subject, schema: newer }, id).encode({
      slot: 1,
      slotEpoch: 2,
      gate: 'g',
      weight: 9,
    });
    assert.throws(
      () => codecs.slot.decode(value),
      (error) => isBubbleError(error, 'UNKNOWN_SCHEMA'),
    );
    assert.equal(await codecs.learn(id), true);
    assert.deepEqual({ ...codecs.slot.decode(value) }, { slot: 1, slotEpoch: 2, gate: 'g' });
    // Started afterwards: it knows from the beginning.
    const later = await openAt(apicurio.url);
    const started = await registerCodecs(later);
    assert.equal(started.slot.id, codecs.slot.id);
    assert.ok(started.slot.reads(id));
    await releases.close();
    await later.close();
  });

  test('away: a process with a cache starts and goes on, one without says what to do', async () => {
    const folder = newFolder();
    const first = await openAt(apicurio.url, { folder });
    const codecs = await registerCodecs(first);
    await first.close();
    // Held, as a registry behind a dead network: it accepts and never answers.
    apicurio.server.signal('SIGSTOP');
    const patience = { timeoutMs: 200, giveUpMs: 500, verifyMs: 50 };
    const warm = await openAt(apicurio.url, { folder, ...patience });
    const cold = await openAt(apicurio.url, patience);
    try {
      const again = await registerCodecs(warm);
      assert.deepEqual(
        Object.values(again).map(({ id }) => id),
        Object.values(codecs).map(({ id }) => id),
      );
      assert.equal(warm.status, 'unverified');
      await assert.rejects(again.learn(4_711), (error) => isBubbleError(error, 'TIMEOUT') && error.retryable);
      await assert.rejects(registerCodecs(cold), (error) => {
        assert.ok(isBubbleError(error, 'TIMEOUT') && error.retryable);
        assert.match(error.message, /start the registry/);
        return true;
      });
    } finally {
      apicurio.server.signal('SIGCONT');
    }
    await verified(warm);
    await warm.close();
    await cold.close();
  });
});
