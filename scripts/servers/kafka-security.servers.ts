/** TLS and SASL against a broker that demands both. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Sasl } from '../../infra/log/kafka/broker-connection.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import { type KafkaFixture, kafkaFixture } from './kafka-fixture.ts';

const run = promisify(execFile);
const PASSWORD = 'a-password';

/** A certificate for 127.0.0.1 that signs itself. */
async function certificate(): Promise<{ key: string; chain: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'bubble-certificate-'));
  try {
    const [key, chain] = [join(folder, 'key.pem'), join(folder, 'chain.pem')];
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', chain],
    ]);
    return { key: await readFile(key, 'utf8'), chain: await readFile(chain, 'utf8') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A PEM text as one line of a properties file. */
const inline = (pem: string): string => pem.trim().replaceAll('\n', '\\n');

const properties = ({ key, chain }: { key: string; chain: string }): string[] => {
  const listener = 'listener.name.plaintext';
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule';
  return [
    'listener.security.protocol.map=PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT',
    'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512',
    'sasl.mechanism.inter.broker.protocol=PLAIN',
    `${listener}.plain.sasl.jaas.config=${plain} required username="broker" password="${PASSWORD}" user_broker="${PASSWORD}" user_bubble="${PASSWORD}";`,
    `${listener}.scram-sha-512.sasl.jaas.config=${scram} required;`,
    'ssl.keystore.type=PEM',
    `ssl.keystore.key=${inline(key)}`,
    `ssl.keystore.certificate.chain=${inline(chain)}`,
    'ssl.truststore.type=PEM',
    `ssl.truststore.certificates=${inline(chain)}`,
  ];
};

describe('Kafka with TLS and SASL', () => {
  let fixture: KafkaFixture;
  let chain: string;
  before(async () => {
    const made = await certificate();
    chain = made.chain;
    fixture = await kafkaFixture({
      brokers: 1,
      properties: properties(made),
      scramUsers: [{ name: 'bubble', password: PASSWORD }],
    });
  });
  after(() => fixture.end());

  const sasl = (mechanism: Sasl['mechanism'], password = PASSWORD): Sasl => ({
    mechanism,
    username: 'bubble',
    password,
  });

  for (const mechanism of ['plain', 'scram-sha-512'] as const) {
    test(`${mechanism}: appends and reads`, async () => {
      const log = await fixture.open({ ssl: { ca: chain }, sasl: sasl(mechanism) });
      try {
        const topic = `secure-${mechanism}`;
        const spec = { cleanup: 'delete', retentionMs: Number.POSITIVE_INFINITY, durability: 'log' } as const;
        await log.ensureTopics([{ name: topic, partitions: 1, ...spec }]);
        await log.append(topic, 0, [{ key: null, value: Buffer.from('sealed') }]);
        const reader = await log.reader(topic, 0, 0);
        const { records } = await reader.read({ maxRecords: 1, maxBytes: 1_000, maxWaitMs: 5_000 });
        assert.equal(Buffer.from(records[0]!.value!).toString(), 'sealed');
      } finally {
        await log.close();
      }
    });

    test(`${mechanism}: a wrong password is refused for good`, async () => {
      await assert.rejects(
        fixture.open({ ssl: { ca: chain }, sasl: sasl(mechanism, 'wrong') }),
        (error) => isBubbleError(error, 'CONFIG') && !error.message.includes('wrong'),
      );
    });
  }

  test('an unknown authority of the certificate is not accepted', async () => {
    await assert.rejects(fixture.open({ ssl: {}, sasl: sasl('plain') }), (error) =>
      isBubbleError(error, 'LOG_TIMEOUT'),
    );
  });

  test('without TLS there is no connection', async () => {
    await assert.rejects(fixture.open({ sasl: sasl('plain') }), (error) =>
      isBubbleError(error, 'LOG_TIMEOUT'),
    );
  });
});
