import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isBubbleError } from '../../../schemas/errors.ts';
import { EVENT_SCHEMAS } from '../../../schemas/events/codecs.ts';
import type { AvroSchema, EventSchema } from '../../../schemas/events/envelope.ts';
import { checkSchemas, releaseSchemas } from '../schemas.ts';
import { judge, problemsOf, RELEASED_FOLDER, readReleased, writeReleased } from './released.ts';

const root = mkdtempSync(join(tmpdir(), 'bubble-schemas-'));
after(() => rmSync(root, { recursive: true }));
const events = Object.values(EVENT_SCHEMAS);

/** The code with one schema changed. */
const withFields = (
  subject: string,
  change: (fields: AvroSchema['fields']) => AvroSchema['fields'],
): EventSchema[] =>
  events.map((event) =>
    event.subject === subject
      ? { ...event, schema: { ...event.schema, fields: change(event.schema.fields) } }
      : event,
  );

test('the code keeps to every released schema', async () => {
  const judged = judge(events, await readReleased(RELEASED_FOLDER));
  assert.deepEqual(
    judged.flatMap(problemsOf),
    [],
    'a schema breaks what was released: see docs/schemas.md on how a schema changes',
  );
  // Released in full: the folder cannot be emptied unnoticed.
  for (const { subject, versions } of judged) assert.ok(versions > 0, `${subject} was never released`);
});

test('a schema of the code that breaks what was released is named with its reason', async () => {
  const released = await readReleased(RELEASED_FOLDER);
  const problems = (changed: EventSchema[]): string[] => judge(changed, released).flatMap(problemsOf);
  const required = { name: 'zone', type: 'string' } as const;
  assert.match(
    problems(withFields('bubble.Inbound', (fields) => [...fields, required])).join('\n'),
    /^bubble\.Inbound: it cannot read what version 1 has written: .*zone/,
  );
  // A reader of the inside is ours: it may forget a field, a stranger's may not.
  assert.deepEqual(problems(withFields('bubble.Inbound', (fields) => fields.slice(1))), []);
  const publicSubject = EVENT_SCHEMAS.publicEvent.subject;
  const narrowed = withFields(publicSubject, (fields) =>
    fields.map((field) => (field.name === 'convSeq' ? { ...field, type: 'double', default: 0 } : field)),
  );
  assert.match(
    problems(narrowed).join('\n'),
    /readers of version 1 cannot read what it writes: field convSeq/,
  );
  assert.match(problems(events.slice(1)).join('\n'), /bubble\.Inbound: it was released/);
});

test('a compatible change is the next version; a release writes it once', async () => {
  const folder = join(root, 'grown');
  const first = await writeReleased(folder, events, judge(events, new Map()));
  assert.equal(first.length, events.length);
  const zone = { name: 'zone', type: 'string', default: '' } as const;
  const changed = withFields('bubble.Session', (fields) => [...fields, zone]);
  const judged = judge(changed, await readReleased(folder));
  const session = judged.find(({ subject }) => subject === 'bubble.Session');
  assert.deepEqual(session?.state, { kind: 'unreleased', version: 2 });
  assert.deepEqual(await writeReleased(folder, changed, judged), [join(folder, 'bubble.Session', '2.avsc')]);
  const after = judge(changed, await readReleased(folder));
  assert.ok(after.every(({ state }) => state.kind === 'released'));
  // The code as it was reads version 2 as well: what is inside owes nothing more.
  assert.deepEqual(judge(events, await readReleased(folder)).flatMap(problemsOf), []);
});

test('the commands: 0 where all is well, 1 with nothing written where it is not', async () => {
  const folder = join(root, 'commands');
  const options = { released: folder, json: true };
  assert.equal(await releaseSchemas(options), 0);
  assert.equal(await checkSchemas(options), 0);
  const path = join(folder, 'bubble.Slot', '1.avsc');
  const released = JSON.parse(readFileSync(path, 'utf8')) as AvroSchema;
  writeFileSync(path, JSON.stringify({ ...released, fields: [{ name: 'slot', type: 'string' }] }));
  assert.equal(await checkSchemas(options), 1);
  assert.equal(await releaseSchemas(options), 1);
});

test('a gap and a damaged file are refused by name', async () => {
  const folder = join(root, 'gap');
  await writeReleased(folder, events, judge(events, new Map()));
  writeFileSync(join(folder, 'bubble.Slot', '3.avsc'), '{}');
  await assert.rejects(
    readReleased(folder),
    (error) => isBubbleError(error, 'REFUSED') && /bubble\.Slot/.test(error.message),
  );
  writeFileSync(join(folder, 'bubble.Slot', '2.avsc'), '{');
  await assert.rejects(
    readReleased(folder),
    (error) => isBubbleError(error, 'REFUSED') && /2\.avsc/.test(error.message),
  );
});
