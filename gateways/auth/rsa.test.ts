import assert from 'node:assert/strict';
import { constants, createPublicKey, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { test } from 'node:test';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { RSA_LABEL } from '../../schemas/channel/key-schedule.ts';
import { inlineRsa, rsaWorker } from './rsa.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = {
  kid: 3,
  spki: pair.publicKey.export({ format: 'der', type: 'spki' }),
  pkcs8: pair.privateKey.export({ format: 'der', type: 'pkcs8' }),
};
const encrypt = (plain: string, label: Uint8Array = RSA_LABEL, oaepHash = 'sha256'): Buffer =>
  publicEncrypt(
    {
      key: createPublicKey({ key: Buffer.from(key.spki), format: 'der', type: 'spki' }),
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash,
      oaepLabel: Buffer.from(label),
    },
    Buffer.from(plain),
  );

for (const [name, make] of [
  ['worker', () => rsaWorker(4, SILENT_LOGGER)],
  ['inline', () => inlineRsa()],
] as const) {
  test(`${name}: opens with the right key, hash and label only`, async () => {
    const rsa = make();
    rsa.setKeys([key]);
    const open = async (kid: number, data: Uint8Array): Promise<string | null> => {
      const plain = await rsa.decrypt(kid, data);
      return plain === null ? null : Buffer.from(plain).toString();
    };
    assert.equal(await open(3, encrypt('secret')), 'secret');
    assert.equal(await open(4, encrypt('secret')), null);
    assert.equal(await open(3, encrypt('secret', Buffer.from('other'))), null);
    assert.equal(await open(3, encrypt('secret', RSA_LABEL, 'sha1')), null);
    assert.equal(await open(3, Buffer.alloc(256)), null);
    assert.equal(await open(3, Buffer.alloc(10)), null);
    rsa.setKeys([]);
    assert.equal(await open(3, encrypt('secret')), null, 'a destroyed key opens nothing');
    await rsa.close();
  });
}

test('at most `limit` wait; the rest is busy at once; closing answers all', async () => {
  const rsa = rsaWorker(4, SILENT_LOGGER);
  rsa.setKeys([key]);
  const data = encrypt('secret');
  const waiting = Array.from({ length: 4 }, () => rsa.decrypt(3, data));
  assert.equal(rsa.isFull, true);
  assert.equal(await rsa.decrypt(3, data), 'busy');
  for (const plain of await Promise.all(waiting)) assert.equal(Buffer.from(plain!).toString(), 'secret');
  assert.equal(rsa.isFull, false);
  const left = rsa.decrypt(3, data);
  await rsa.close();
  assert.equal(await left, 'busy');
  assert.equal(await rsa.decrypt(3, data), 'busy');
});
