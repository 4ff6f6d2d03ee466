import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canRead, compatibilityOf, incompatibilities, schemaText } from './compatibility.ts';
import { type AvroSchema, Codec, ID64_SCHEMA } from './envelope.ts';

type Field = AvroSchema['fields'][number];
const record = (...fields: Field[]): AvroSchema => ({ type: 'record', name: 'bubble.T', fields });
const a: Field = { name: 'a', type: 'string' };
const b: Field = { name: 'b', type: 'string' };
const defaultedB: Field = { name: 'b', type: 'string', default: 'none' };

/** Both directions of a change, each with the reason where it is refused. */
const change = (from: AvroSchema, to: AvroSchema): { backward: string[]; full: string[] } => {
  const released = [{ version: 1, schema: from }];
  return {
    backward: incompatibilities(to, released, 'BACKWARD_TRANSITIVE'),
    full: incompatibilities(to, released, 'FULL_TRANSITIVE'),
  };
};

test('a field with a default may be added, and taken away', () => {
  assert.deepEqual(change(record(a), record(a, defaultedB)), { backward: [], full: [] });
  assert.deepEqual(change(record(a, defaultedB), record(a)), { backward: [], full: [] });
  const writer = new Codec<object>({ subject: 's', schema: record(a) }, 1);
  const reader = new Codec<object>({ subject: 's', schema: record(a, defaultedB) }, 2);
  reader.addWriter(1, record(a));
  assert.deepEqual({ ...reader.decode(writer.encode({ a: 'x' })) }, { a: 'x', b: 'none' });
});

test('a field without a default: adding is refused always, taking away only where old readers count', () => {
  const added = change(record(a), record(a, b));
  assert.equal(added.backward.length, 1);
  assert.match(added.backward[0]!, /cannot read what version 1 has written.*bubble\.T\.b/);
  const taken = change(record(a, b), record(a));
  assert.deepEqual(taken.backward, []);
  assert.equal(taken.full.length, 1);
  assert.match(taken.full[0]!, /readers of version 1 cannot read what it writes.*bubble\.T\.b/);
});

test('a renamed field: refused; with the old name as alias old records are read, old readers are lost', () => {
  const renamed: Field = { name: 'c', type: 'string' };
  const aliased = { ...renamed, aliases: ['a'] } as Field;
  assert.equal(change(record(a), record(renamed)).backward.length, 1);
  assert.deepEqual(change(record(a), record(aliased)).backward, []);
  assert.equal(change(record(a), record(aliased)).full.length, 1);
});

test('a wider type is read backward only; a narrower one is not read, and the field is named', () => {
  const int = record({ name: 'n', type: 'int' });
  for (const type of ['long', 'float', 'double'] as const) {
    const wide = record({ name: 'n', type });
    assert.deepEqual(change(int, wide).backward, []);
    assert.equal(change(int, wide).full.length, 1);
    assert.match(change(wide, int).backward[0]!, /field n: /);
  }
  assert.deepEqual(change(int, record({ name: 'n', type: ['null', 'int'] })).backward, []);
  assert.equal(change(record({ name: 'n', type: ['null', 'int'] }), int).backward.length, 1);
  assert.equal(change(record(a), record({ name: 'a', type: 'int' })).backward.length, 1);
});

test('enum symbols: adding breaks old readers, taking away breaks old records, a default heals', () => {
  const kinds = (symbols: string[], extra: object = {}): AvroSchema =>
    record({ name: 'k', type: { type: 'enum', name: 'bubble.K', symbols, ...extra } });
  assert.deepEqual(change(kinds(['X']), kinds(['X', 'Y'])).backward, []);
  assert.equal(change(kinds(['X']), kinds(['X', 'Y'])).full.length, 1);
  assert.equal(change(kinds(['X', 'Y']), kinds(['X'])).backward.length, 1);
  const other = { default: 'X' };
  assert.deepEqual(change(kinds(['X'], other), kinds(['X', 'Y'], other)).full, []);
});

test('ids of 64 bits are longs to others', () => {
  const id = record({ name: 'i', type: ID64_SCHEMA });
  const long = record({ name: 'i', type: 'long' });
  assert.deepEqual([canRead(id, long), canRead(long, id)], [{ readable: true }, { readable: true }]);
  assert.ok(!canRead(id, record({ name: 'i', type: 'string' })).readable);
});

test('every released version counts, not only the last', () => {
  const released = [record(a, b), record(a, defaultedB)].map((schema, index) => ({
    version: index + 1,
    schema,
  }));
  const found = incompatibilities(record(a), released, 'FULL_TRANSITIVE');
  assert.equal(found.length, 1);
  assert.match(found[0]!, /version 1/);
});

test('another record name is another record', () => {
  assert.equal(change(record(a), { ...record(a), name: 'bubble.U' }).backward.length, 1);
});

test('texts are equal for equal schemas, and read as written', () => {
  const shuffled = { fields: [{ type: 'string', name: 'a' }], name: 'bubble.T', type: 'record' } as const;
  assert.equal(schemaText(shuffled as unknown as AvroSchema), schemaText(record(a)));
  assert.equal(
    schemaText(record(a)),
    '{"name":"bubble.T","type":"record","fields":[{"name":"a","type":"string"}]}',
  );
});

test('the public topic owes more than the others, unless its schema says so itself', () => {
  assert.equal(compatibilityOf({ subject: 'bubble.Inbound' }), 'BACKWARD_TRANSITIVE');
  assert.equal(compatibilityOf({ subject: 'bubble.events-value' }), 'FULL_TRANSITIVE');
  assert.equal(
    compatibilityOf({ subject: 'bubble.Event', compatibility: 'FULL_TRANSITIVE' }),
    'FULL_TRANSITIVE',
  );
});
