import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import { EVENT_SCHEMAS } from '../../schemas/events/codecs.ts';
import { type AvroSchema, Codec } from '../../schemas/events/envelope.ts';
import { nodeDisk } from '../disk/node-disk.ts';
import { openFileRegistry } from './file-registry.ts';
import { registerCodecs, VERSIONS_AT_START } from './register-codecs.ts';
import type { SchemaRegistry } from './schema-registry.ts';

const root = mkdtempSync(join(tmpdir(), 'bubble-codecs-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
const newRegistry = (): Promise<SchemaRegistry> => {
  folders += 1;
  return openFileRegistry({ disk: nodeDisk(), folder: join(root, `${folders}`) });
};
const { subject, schema } = EVENT_SCHEMAS.slot;
const more = (...names: string[]): AvroSchema => ({
  ...schema,
  fields: [...schema.fields, ...names.map((name) => ({ name, type: 'string' as const, default: '' }))],
});
const SLOT = { slot: 1, slotEpoch: 2, gate: 'g' };

test('what other releases have registered by the start is read from the start', async () => {
  const registry = await newRegistry();
  const id = await registry.register(subject, more('zone'));
  const codecs = await registerCodecs(registry);
  const bytes = new Codec<object>({ subject, schema: more('zone') }, id).encode({ ...SLOT, zone: 'z' });
  assert.deepEqual({ ...codecs.slot.decode(bytes) }, SLOT);
});

test('what comes later is learned, asked for once by many, and by the record’s name whatever its subject', async () => {
  const registry = await newRegistry();
  let asked = 0;
  const counting: SchemaRegistry = {
    register: (...call) => registry.register(...call),
    versions: (name) => registry.versions(name),
    subjects: () => registry.subjects(),
    close: () => registry.close(),
    schema: (id) => {
      asked += 1;
      return registry.schema(id);
    },
  };
  const codecs = await registerCodecs(counting);
  const id = await registry.register('a-stranger', more('weight'));
  const answers = await Promise.all([codecs.learn(id), codecs.learn(id), codecs.learn(id)]);
  assert.deepEqual([answers, asked], [[true, true, true], 1]);
  assert.ok(codecs.slot.reads(id) && !codecs.session.reads(id));
  assert.equal(await codecs.learn(id), true);
  assert.equal(await codecs.learn(codecs.inbox.id), true);
  assert.equal(asked, 1);
  assert.ok(!Object.keys(codecs).includes('learn'));
});

test('not learned: ids nobody knows, records of others, schemas that this release cannot read', async () => {
  const registry = await newRegistry();
  const codecs = await registerCodecs(registry);
  const foreign = await registry.register('x', { type: 'record', name: 'bubble.Foreign', fields: [] });
  const broken = await registry.register(subject, { ...schema, fields: [{ name: 'slot', type: 'string' }] });
  for (const id of [4_711, foreign, broken]) assert.equal(await codecs.learn(id), false);
  // Nor does it keep a process from starting.
  assert.ok(!(await registerCodecs(registry)).slot.reads(broken));
});

test('a registry that is away is said so, and asked again the next time', async () => {
  const registry = await newRegistry();
  const id = await registry.register('later', more('zone'));
  let isAway = true;
  const flaky: SchemaRegistry = {
    register: (...call) => registry.register(...call),
    versions: (name) => registry.versions(name),
    subjects: () => registry.subjects(),
    close: () => registry.close(),
    schema: (wanted) =>
      isAway
        ? Promise.reject(new BubbleError('TIMEOUT', 'away', { retryable: true }))
        : registry.schema(wanted),
  };
  const codecs = await registerCodecs(flaky);
  await assert.rejects(codecs.learn(id), (error) => isBubbleError(error, 'TIMEOUT') && error.retryable);
  isAway = false;
  assert.equal(await codecs.learn(id), true);
});

test('of very many versions the newest are ready at the start, older ones are learned when met', async () => {
  const registry = await newRegistry();
  const ids: number[] = [];
  for (let index = 0; index <= VERSIONS_AT_START; index += 1) {
    ids.push(await registry.register(subject, more(`field${index}`)));
  }
  const codecs = await registerCodecs(registry);
  assert.deepEqual([codecs.slot.reads(ids[0]!), codecs.slot.reads(ids.at(-1)!)], [false, true]);
  assert.equal(await codecs.learn(ids[0]!), true);
});
