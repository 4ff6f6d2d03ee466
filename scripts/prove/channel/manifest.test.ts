import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { after, test } from 'node:test';
import { nodeCryptoPort } from '../../../clients/sdk/crypto/node-crypto-port.ts';
import { webCryptoPort } from '../../../clients/sdk/crypto/web-crypto-port.ts';
import { startHandshake } from '../../../clients/sdk/handshake.ts';
import { manifestMessage } from '../../../schemas/channel/key-schedule.ts';
import {
  chooseKey,
  encodeManifest,
  joinManifest,
  type Manifest,
  splitManifest,
  verifyManifest,
} from '../../../schemas/channel/manifest.ts';
import { ANN, openRig, PHONE } from './channel-rig.ts';

const rig = await openRig();
after(() => rig.close());
const body = rig.server.manifest();
const now = rig.clock.now();
const trust = { deployment: 'rig', rootKeys: rig.keys.rootKeys };
const node = nodeCryptoPort();
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

for (const [name, crypto] of [
  ['node', node],
  ['web', webCryptoPort()],
] as const) {
  test(`a manifest verifies under either pinned root key, and no other, ${name}`, async () => {
    const manifest = await verifyManifest(crypto, body, trust, now, 0);
    assert.equal(typeof manifest === 'string' ? manifest : manifest.deployment, 'rig');
    const [current, next] = rig.keys.rootKeys;
    const reversed = { deployment: 'rig', rootKeys: [next, current] } as const;
    assert.equal(typeof (await verifyManifest(crypto, body, reversed, now, 0)), 'object');
    const strangers = { deployment: 'rig', rootKeys: [next, next] } as const;
    assert.equal(await verifyManifest(crypto, body, strangers, now, 0), 'signature');
    const offCurve = new Uint8Array(65).fill(4);
    const junk = { deployment: 'rig', rootKeys: [offCurve, new Uint8Array(3)] } as const;
    assert.equal(await verifyManifest(crypto, body, junk, now, 0), 'signature');
  });
}

test('deployment, serial and expiry', async () => {
  const { serial, expiresAtMs } = rig.manifest;
  const other = { ...trust, deployment: 'other' };
  assert.equal(await verifyManifest(node, body, other, now, 0), 'deployment');
  assert.equal(typeof (await verifyManifest(node, body, trust, now, serial)), 'object');
  assert.equal(await verifyManifest(node, body, trust, now, serial + 1), 'older-serial');
  assert.equal(typeof (await verifyManifest(node, body, trust, expiresAtMs + 10 * MINUTE_MS, 0)), 'object');
  assert.equal(await verifyManifest(node, body, trust, expiresAtMs + 10 * MINUTE_MS + 1, 0), 'expired');
});

test('every flipped byte, and every truncation, is refused', async () => {
  for (let index = 0; index < body.length; index += 1) {
    const flipped = Uint8Array.from(body);
    flipped[index]! ^= 1 << (index % 8);
    assert.equal(typeof (await verifyManifest(node, flipped, trust, now, 0)), 'string', `byte ${index}`);
  }
  for (const length of [0, 1, 2, 65, 66, body.length - 1]) {
    assert.equal(typeof (await verifyManifest(node, body.subarray(0, length), trust, now, 0)), 'string');
  }
});

/** Signed by a root of the test's own. */
const root = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const rootPoint = root.publicKey.export({ format: 'der', type: 'spki' }).subarray(-65);
const signed = (manifest: Uint8Array): Uint8Array =>
  joinManifest(
    manifest,
    sign('sha256', manifestMessage(manifest), { key: root.privateKey, dsaEncoding: 'ieee-p1363' }),
  );

test('a signed manifest that lives longer than seven days, or is no manifest, is refused', async () => {
  const own = { deployment: 'rig', rootKeys: [rootPoint, rootPoint] } as const;
  const verify = (manifest: Partial<Manifest>) =>
    verifyManifest(node, signed(encodeManifest({ ...rig.manifest, ...manifest })), own, now, 0);
  assert.equal(typeof (await verify({})), 'object');
  assert.equal(await verify({ expiresAtMs: now + 7 * DAY_MS + 1 }), 'malformed');
  assert.equal(await verify({ issuedAtMs: now + 8 * DAY_MS }), 'malformed');
  assert.equal(await verifyManifest(node, signed(Buffer.from([0xff, 0xff])), own, now, 0), 'malformed');
  assert.ok(splitManifest(signed(new Uint8Array(0))) !== null);
});

test('the choice of key: order of suites, newest valid one, never a retired one', () => {
  const key = (kid: number, suite: number, fromDay: number, toDay: number) => ({
    kid,
    suite,
    key: suite === 2 ? new Uint8Array(65) : new Uint8Array(422),
    notBeforeMs: now + fromDay * DAY_MS,
    notAfterMs: now + toDay * DAY_MS,
  });
  const manifest: Manifest = {
    ...rig.manifest,
    suites: [2, 1, 3],
    keys: [key(1, 1, -9, 9), key(2, 2, -20, 9), key(3, 2, -5, 30), key(4, 2, 5, 40), key(5, 2, -50, -1)],
    retiredKids: [],
  };
  const chosen = (change: Partial<Manifest>, suites?: readonly number[]): number | undefined =>
    chooseKey({ ...manifest, ...change }, now, suites)?.kid;
  assert.equal(chosen({}), 3);
  assert.equal(chosen({ retiredKids: [3] }), 2);
  assert.equal(chosen({ retiredKids: [2, 3] }), 1, 'the next suite');
  assert.equal(chosen({ suites: [1, 2] }), 1);
  assert.equal(chosen({}, [1]), 1);
  assert.equal(chosen({ suites: [3] }), undefined);
});

test('a client without a usable key or login says what it needs', async () => {
  const input = { crypto: node, manifest: rig.manifest, device: PHONE, nowMs: now, sequence: 1 };
  assert.deepEqual(await startHandshake(input), { kind: 'needs-token' });
  const late = { ...input, credentials: ANN, nowMs: now + 100 * DAY_MS };
  assert.deepEqual(await startHandshake(late), { kind: 'needs-manifest' });
  await assert.rejects(startHandshake({ ...input, credentials: ANN, sequence: 0 }), RangeError);
});
