import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isBubbleError } from '../../schemas/errors.ts';
import { EVENT_SCHEMAS } from '../../schemas/events/codecs.ts';
import type { AvroSchema } from '../../schemas/events/envelope.ts';
import { nodeDisk } from '../disk/node-disk.ts';
import { openFileRegistry } from './file-registry.ts';
import { registerCodecs } from './register-codecs.ts';

const root = mkdtempSync(join(tmpdir(), 'bubble-registry-'));
after(() => rmSync(root, { recursive: true }));
const disk = nodeDisk();
const schemaOf = (...names: string[]): AvroSchema => ({
  type: 'record',
  name: 'bubble.Test',
  fields: names.map((name) => ({ name, type: 'string' })),
});

test('ids are given in order, are the same for equal schemas, and survive a restart', async () => {
  const folder = join(root, 'ids');
  const registry = await openFileRegistry({ disk, folder });
  const ids = await Promise.all([
    registry.register('bubble.A', schemaOf('x')),
    registry.register('bubble.B', schemaOf('x')),
    registry.register('bubble.A', schemaOf('x', 'y')),
    registry.register('bubble.A', schemaOf('x')),
  ]);
  assert.deepEqual(ids, [1, 2, 3, 1]);
  await registry.close();
  const again = await openFileRegistry({ disk, folder });
  const reordered = { fields: [{ type: 'string', name: 'x' }], name: 'bubble.Test', type: 'record' } as const;
  assert.equal(await again.register('bubble.A', reordered as unknown as AvroSchema), 1);
  assert.deepEqual(await again.schema(3), { subject: 'bubble.A', schema: schemaOf('x', 'y') });
  await assert.rejects(again.schema(4), (error) => isBubbleError(error, 'UNKNOWN_SCHEMA'));
});

test('all codecs are bound to ids, the same after a restart', async () => {
  const folder = join(root, 'codecs');
  const first = await registerCodecs(await openFileRegistry({ disk, folder }));
  const second = await registerCodecs(await openFileRegistry({ disk, folder }));
  const ids = (codecs: typeof first): number[] => Object.values(codecs).map(({ id }) => id);
  assert.deepEqual(ids(first), ids(second));
  assert.equal(new Set(ids(first)).size, Object.keys(EVENT_SCHEMAS).length);
});

test('a damaged file is refused by name', async () => {
  for (const text of ['{', '{}', '[{"id":"1"}]']) {
    writeFileSync(join(root, 'schemas.json'), text);
    await assert.rejects(
      openFileRegistry({ disk, folder: root }),
      (error) => isBubbleError(error, 'LOG_DAMAGED') && error.message.includes('schemas.json'),
    );
  }
});
