/** Consumers of a registry as strangers write them: one body of tests, whatever serves the URL. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Codecs, EVENT_SCHEMAS } from '../../schemas/events/codecs.ts';
import { compatibilityOf } from '../../schemas/events/compatibility.ts';
import { type AvroSchema, Codec, schemaIdOf } from '../../schemas/events/envelope.ts';
import type { SessionEvent, SlotEvent } from '../../schemas/events/session.ts';
import { pythonWith } from './cache.ts';

const PYTHON_PACKAGES = ['confluent-kafka[avro,schemaregistry]==2.16.1', 'fastavro==1.13.1'];
const CONSUMER = join(dirname(fileURLToPath(import.meta.url)), 'registry-consumer.py');

/** What a stranger knows: the URL, and records from a topic. */
export interface Tapped {
  readonly url: string;
  readonly codecs: Codecs;
}

const SLOT: SlotEvent = { slot: 3, slotEpoch: 2 ** 40, gate: 'gate-1' };
const SESSION: SessionEvent = {
  tenant: 'acme',
  user: '王小明',
  device: 'phone',
  deviceType: 'ios',
  session: '3.7.1',
  slot: 3,
  slotEpoch: 7,
  connection: 1,
  generation: 2,
  since: 1_800_000_000_000,
};
const VALUES = [SLOT, SESSION];
const records = ({ session, slot }: Codecs): Buffer[] => [slot.encode(SLOT), session.encode(SESSION)];

const answerOf = async (url: string, post?: unknown): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(url, {
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    ...(post === undefined ? {} : { method: 'POST', body: JSON.stringify(post) }),
  });
  return { status: response.status, body: await response.json() };
};

const codeOf = async (url: string, post?: unknown): Promise<[status: number, code: unknown]> => {
  const { status, body } = await answerOf(url, post);
  return [status, (body as { error_code: unknown }).error_code];
};

const run = async (command: string, args: string[], input: string): Promise<string> => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 0, errors);
  return out;
};

export const consumers = (name: string, tapped: () => Tapped): void => {
  describe(`consumers on ${name}`, () => {
    test('a record is decoded by the schema that its id names', async () => {
      const { url, codecs } = tapped();
      for (const [index, record] of records(codecs).entries()) {
        const id = schemaIdOf(record);
        const { status, body } = await answerOf(`${url}/schemas/ids/${id}`);
        assert.equal(status, 200);
        const schema = JSON.parse((body as { schema: string }).schema) as AvroSchema;
        const decoded = new Codec<object>({ subject: 'theirs', schema }, id).decode(record);
        assert.deepEqual({ ...decoded }, VALUES[index]);
      }
    });

    test('Python: confluent-kafka and fastavro', async (context) => {
      let python: string;
      try {
        python = await pythonWith('registry-python-1', PYTHON_PACKAGES);
      } catch (error) {
        console.error(`NOT TESTED with Python: ${error instanceof Error ? error.message : error}`);
        context.skip('Python packages cannot be had here');
        return;
      }
      const { url, codecs } = tapped();
      const hex = records(codecs).map((record) => record.toString('hex'));
      const out = await run(
        python,
        [CONSUMER],
        JSON.stringify({ url, topic: 'bubble.sessions.1', records: hex }),
      );
      assert.deepEqual(JSON.parse(out), VALUES);
    });

    test('subjects, versions, latest, rules, lookup', async () => {
      const { url, codecs } = tapped();
      const subjects = (await answerOf(`${url}/subjects`)).body as string[];
      for (const { subject } of Object.values(EVENT_SCHEMAS)) assert.ok(subjects.includes(subject), subject);
      const subject = `${url}/subjects/bubble.Slot`;
      assert.deepEqual((await answerOf(`${subject}/versions`)).body, [1]);
      const latest = (await answerOf(`${subject}/versions/latest`)).body as Record<string, unknown>;
      assert.equal(latest['subject'], 'bubble.Slot');
      assert.equal(latest['version'], 1);
      assert.equal(latest['id'], codecs.slot.id);
      assert.deepEqual((await answerOf(`${subject}/versions/1`)).body, latest);
      assert.deepEqual((await answerOf(`${url}/schemas/ids/${codecs.slot.id}/versions`)).body, [
        { subject: 'bubble.Slot', version: 1 },
      ]);
      const found = (await answerOf(subject, { schema: latest['schema'] })).body as typeof latest;
      assert.deepEqual([found['id'], found['version']], [codecs.slot.id, 1]);
      // What producers with registration on do.
      assert.deepEqual(await answerOf(`${subject}/versions`, { schema: latest['schema'] }), {
        status: 200,
        body: { id: codecs.slot.id },
      });
      for (const event of Object.values(EVENT_SCHEMAS)) {
        assert.deepEqual((await answerOf(`${url}/config/${event.subject}`)).body, {
          compatibilityLevel: compatibilityOf(event),
        });
      }
    });

    test('what is not there has its code', async () => {
      const { url } = tapped();
      const stranger = { schema: JSON.stringify({ type: 'record', name: 'bubble.Slot', fields: [] }) };
      assert.deepEqual(await codeOf(`${url}/schemas/ids/99999`), [404, 40403]);
      assert.deepEqual(await codeOf(`${url}/subjects/nobody/versions`), [404, 40401]);
      assert.deepEqual(await codeOf(`${url}/subjects/nobody/versions/latest`), [404, 40401]);
      assert.deepEqual(await codeOf(`${url}/subjects/bubble.Slot/versions/77`), [404, 40402]);
      assert.deepEqual(await codeOf(`${url}/subjects/bubble.Slot`, stranger), [404, 40403]);
      assert.deepEqual(await codeOf(`${url}/subjects/nobody`, stranger), [404, 40401]);
      assert.deepEqual(await codeOf(`${url}/config/nobody`), [404, 40401]);
    });

    test('a change is judged before it is made', async () => {
      const { url } = tapped();
      const judge = async (fields: object[]): Promise<unknown> => {
        const schema = JSON.stringify({ type: 'record', name: 'bubble.Slot', fields });
        const path = `${url}/compatibility/subjects/bubble.Slot/versions/latest?verbose=true`;
        return ((await answerOf(path, { schema })).body as { is_compatible: unknown }).is_compatible;
      };
      const now = EVENT_SCHEMAS.slot.schema.fields;
      assert.equal(await judge([...now, { name: 'zone', type: 'string', default: '' }]), true);
      assert.equal(await judge([...now, { name: 'zone', type: 'string' }]), false);
    });
  });
};
