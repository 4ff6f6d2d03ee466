import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { openClientChannel } from '../../../schemas/channel/client-channel.ts';
import type { CryptoPort } from '../../../schemas/channel/crypto-port.ts';
import { RAW_PREFIX_BYTES, unwrapRaw, wrapRaw } from '../../../schemas/channel/raw.ts';
import { runSchedule, type ScheduleVector, VECTOR_CASES } from '../../../schemas/channel/vector-cases.ts';
import { HEADER_BYTES, writeHeader } from '../../../schemas/wire/header.ts';
import { nodeCryptoPort } from './node-crypto-port.ts';
import { webCryptoPort } from './web-crypto-port.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const PORTS: readonly (readonly [string, CryptoPort])[] = [
  ['node', nodeCryptoPort()],
  ['web', webCryptoPort()],
];

interface VectorFile {
  readonly schedule: readonly ScheduleVector[];
}
const file = JSON.parse(
  await readFile(new URL('../../../schemas/channel/vectors.json', import.meta.url), 'utf8'),
) as VectorFile;

for (const [name, port] of PORTS) {
  test(`the vector of the design, ${name}`, async () => {
    const vector = await runSchedule(port, VECTOR_CASES[0]!);
    assert.equal(vector.th1, 'c788ca90e7deb464bd87e9e3476d76b978265b82a652f93ea3e1c61d14726c61');
    assert.equal(vector.th3, 'c4ae3a65eaa4f29e7d7d977a1f94f54b8bfa3f9c4494ffd625bf31b85c8b229a');
    assert.equal(vector.c2s.key, '5c685501cace973616d13b19714e9eb361f6d4b048e884005b0af228ec2aefeb');
    assert.equal(vector.c2s.iv, '65284969d03a5c3a93bfee56');
    assert.equal(vector.s2c.key, '09eed9d888a68eb567c482e7bd050d612d39cac3398b6231c75119f652afe1d0');
    assert.equal(vector.firstFrameBody, '545370ac7767a03f685163903ba5a219');
  });

  test(`all committed vectors, ${name}`, async () => {
    assert.equal(file.schedule.length, VECTOR_CASES.length);
    for (const [index, input] of VECTOR_CASES.entries()) {
      assert.deepEqual(await runSchedule(port, input), file.schedule[index]);
    }
  });

  test(`the first frame comes out of the channel as in the vector, ${name}`, async () => {
    const vector = file.schedule[0]!;
    const secrets = {
      clientToServer: Buffer.from(vector.c2s.secret, 'hex'),
      serverToClient: Buffer.from(vector.s2c.secret, 'hex'),
    };
    const frame = await openClientChannel(port, secrets).seal(2, 7, new Uint8Array(0));
    const header = new Uint8Array(HEADER_BYTES);
    writeHeader(header, 0, 2, 7, 16);
    assert.equal(hex(frame), hex(header) + vector.firstFrameBody);
  });
}

test('Raw carries operation, sequence and body, and refuses what may not stand inside', () => {
  const body = Buffer.from('body');
  const plain = wrapRaw(102, 0xfffffffe, body);
  assert.equal(hex(plain), `00000066fffffffe${hex(body)}`);
  assert.deepEqual(unwrapRaw(plain), { operation: 102, sequence: 0xfffffffe, body: new Uint8Array(body) });
  assert.equal(unwrapRaw(plain.subarray(0, RAW_PREFIX_BYTES - 1)), null);
  for (const operation of [0, 1, 7, 8, 9]) assert.equal(unwrapRaw(wrapRaw(operation, 1, body)), null);
  assert.notEqual(unwrapRaw(wrapRaw(6, 0, body)), null);
});
