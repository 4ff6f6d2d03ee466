import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ClientInfo,
  decodeAuthRet,
  decodeClientInfo,
  encodeAuthRet,
  encodeClientInfo,
  encodeRefusal,
  REFUSAL_BYTES,
  sealedAuthRetBytes,
} from './auth-bodies.ts';

const info: ClientInfo = {
  suite: 2,
  kid: 0xffffffff,
  rsaData: new Uint8Array(65).fill(7),
  aesData: new Uint8Array(200).fill(8),
};
const bytes = encodeClientInfo(info);
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

test('ClientInfo: golden bytes, and back', () => {
  const head = Buffer.from(bytes).toString('hex');
  assert.equal(head, `0ac801${'08'.repeat(200)}1241${'07'.repeat(65)}180220ffffffff0f`);
  const read = decodeClientInfo(bytes)!;
  assert.deepEqual(
    { ...read, rsaData: read.rsaData.length, aesData: read.aesData.length },
    {
      suite: 2,
      kid: 0xffffffff,
      rsaData: 65,
      aesData: 200,
    },
  );
});

test('ClientInfo: a field twice, missing, unknown, of another type, or cut off is refused', () => {
  const rsaData = Uint8Array.of(0x12, 1, 7);
  const aesData = Uint8Array.of(0x0a, 1, 8);
  const suite = Uint8Array.of(0x18, 2);
  const kid = Uint8Array.of(0x20, 1);
  const all = [aesData, rsaData, suite, kid] as const;
  assert.notEqual(decodeClientInfo(joined(...all)), null);
  assert.notEqual(decodeClientInfo(joined(kid, suite, rsaData, aesData)), null, 'any order');
  for (const part of all) {
    assert.equal(decodeClientInfo(joined(...all, part)), null, 'twice');
    assert.equal(decodeClientInfo(joined(...all.filter((each) => each !== part))), null, 'missing');
  }
  for (const extra of [
    Uint8Array.of(0x28, 1), // field 5
    Uint8Array.of(0x00, 1), // field 0
    Uint8Array.of(0x1d, 0, 0, 0, 0), // field 3 as fixed32
    Uint8Array.of(0x80), // a varint without an end
    Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0x01), // a varint beyond 32 bits
  ]) {
    assert.equal(decodeClientInfo(joined(...all, extra)), null);
  }
  for (let length = 0; length < bytes.length; length += 1) {
    assert.equal(decodeClientInfo(bytes.subarray(0, length)), null, `${length} bytes`);
  }
  const lying = Uint8Array.from(bytes);
  lying[1] = 0xff;
  assert.equal(decodeClientInfo(lying), null);
});

test('AuthRet: lengths are known before sealing; refusals have one length', () => {
  for (const length of [1, 100, 127, 128, 272, 600]) {
    const body = encodeAuthRet({
      ret: 0,
      authSectResp: new Uint8Array(length).fill(1),
      svrRandom: new Uint8Array(32).fill(2),
    });
    assert.equal(body.length, sealedAuthRetBytes(length));
    assert.equal(decodeAuthRet(body)?.authSectResp.length, length);
  }
  const plain = encodeAuthRet({ ret: 400, authSectResp: new Uint8Array(0), svrRandom: new Uint8Array(0) });
  assert.equal(Buffer.from(plain).toString('hex'), '089003');
  for (const code of [1, 100, 400, 406]) {
    for (const time of [0, 1, 1_790_000_000_000]) {
      assert.equal(encodeRefusal(code, time).length, REFUSAL_BYTES);
    }
  }
});
