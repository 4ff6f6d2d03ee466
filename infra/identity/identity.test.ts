import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { jwtSso } from './jwt-sso.ts';
import { oidcSso } from './oidc-sso.ts';
import { openOwnKeys } from './own-keys.ts';

const NOW_MS = 1_790_000_000_000;
const NOW_SEC = NOW_MS / 1_000;
const clock: Clock = {
  now: () => NOW_MS,
  monotonic: () => 0,
  after: () => assert.fail('no timer is needed'),
};
const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'bubble-identity-'));
  folders.push(folder);
  return folder;
};
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const es256 = await generateKeyPair('ES256', { extractable: true });
const stranger = await generateKeyPair('ES256');
const rules = { audience: 'chat', issuer: 'https://sso.test' };
const good: JWTPayload = {
  sub: 'ann',
  tenant: 'acme',
  aud: 'chat',
  iss: rules.issuer,
  exp: NOW_SEC + 60,
};
const sign = (payload: JWTPayload, key = es256.privateKey, kid = 'k1'): Promise<string> =>
  new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid }).sign(key);

test('own keys: issue, verify, survive a second opening, private file', async () => {
  const folder = await newFolder();
  const keys = await openOwnKeys({ folder, clock });
  const token = await keys.issue({ tenant: 'acme', user: 'ann', ttlSec: 60, generation: 3 });
  const again = await openOwnKeys({ folder, clock });
  assert.deepEqual(await again.verify(token, NOW_MS), {
    tenant: 'acme',
    user: 'ann',
    expires: NOW_SEC + 60,
    generation: 3,
  });
  assert.equal((await stat(join(folder, 'token-key'))).mode & 0o777, 0o600);
  assert.equal(await again.verify(token, NOW_MS + 61_000), 'expired');
  assert.equal(
    await again.verify(await keys.issue({ tenant: 'acme', user: 'ann', ttlSec: 60, audience: 'x' }), NOW_MS),
    'audience',
  );
  const other = await openOwnKeys({ folder: await newFolder(), clock });
  assert.equal(await other.verify(token, NOW_MS), 'signature');
});

test('own keys: two first starts at once agree on one key', async () => {
  const folder = await newFolder();
  const [a, b] = await Promise.all([openOwnKeys({ folder, clock }), openOwnKeys({ folder, clock })]);
  const token = await a.issue({ tenant: 'acme', user: 'ann', ttlSec: 60 });
  assert.equal(typeof (await b.verify(token, NOW_MS)), 'object');
});

test('own keys: refused in production, with bad names, damaged or readable by others', async () => {
  const folder = await newFolder();
  const isConfig = (error: unknown): boolean => isBubbleError(error, 'CONFIG');
  await assert.rejects(openOwnKeys({ folder, clock, production: true }), isConfig);
  const keys = await openOwnKeys({ folder, clock });
  await assert.rejects(keys.issue({ tenant: 'No', user: 'ann', ttlSec: 1 }), isConfig);
  await assert.rejects(keys.issue({ tenant: 'acme', user: 'a/b', ttlSec: 1 }), isConfig);
  const path = join(folder, 'token-key');
  assert.equal((await readFile(path)).length, 44);
  await chmod(path, 0o644);
  await assert.rejects(openOwnKeys({ folder, clock }), isConfig);
  await writeFile(path, 'short');
  await chmod(path, 0o600);
  await assert.rejects(openOwnKeys({ folder, clock }), isConfig);
});

test('a static key: every fault has its name', async () => {
  const pem = await exportSPKI(es256.publicKey);
  const sso = await jwtSso({ ...rules, key: { kind: 'public', pem, algorithm: 'ES256' } });
  const verify = async (payload: JWTPayload) => sso.verify(await sign(payload), NOW_MS);
  assert.deepEqual(await verify(good), { tenant: 'acme', user: 'ann', expires: NOW_SEC + 60, generation: 0 });
  assert.equal(await verify({ ...good, exp: NOW_SEC - 1 }), 'expired');
  assert.equal(await verify({ ...good, aud: 'other' }), 'audience');
  assert.equal(await verify({ ...good, iss: 'https://other' }), 'issuer');
  assert.equal(await verify({ ...good, nbf: NOW_SEC + 30 }), 'claims');
  assert.equal(await verify({ ...good, tenant: 'Not a tenant' }), 'claims');
  assert.equal(await verify({ ...good, sub: '#group' }), 'claims');
  assert.equal(await verify({ ...good, gen: -1 }), 'claims');
  assert.equal(await verify({ ...good, cnf: { jwk: { crv: 'P-256', x: 'AA', y: 'AA' } } }), 'claims');
  const { exp: _, ...unlimited } = good;
  assert.equal(await verify(unlimited), 'claims');
  assert.equal(await sso.verify(await sign(good, stranger.privateKey), NOW_MS), 'signature');
  assert.equal(await sso.verify('no token', NOW_MS), 'malformed');
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`;
  assert.equal(await sso.verify(none, NOW_MS), 'signature');
  // The public key taken for an HMAC secret: the classic confusion.
  const confused = await new SignJWT(good).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(pem));
  assert.equal(await sso.verify(confused, NOW_MS), 'signature');
});

test('a static key: device key of cnf; bad keys are refused', async () => {
  const pem = await exportSPKI(es256.publicKey);
  const sso = await jwtSso({ ...rules, key: { kind: 'public', pem, algorithm: 'ES256' } });
  const jwk = await exportJWK(es256.publicKey);
  const claims = await sso.verify(await sign({ ...good, cnf: { jwk } }), NOW_MS);
  assert.ok(typeof claims === 'object');
  assert.equal(claims.deviceKey?.length, 65);
  const isConfig = (error: unknown): boolean => isBubbleError(error, 'CONFIG');
  await assert.rejects(jwtSso({ ...rules, key: { kind: 'secret', secret: new Uint8Array(31) } }), isConfig);
  await assert.rejects(jwtSso({ ...rules, key: { kind: 'public', pem: 'x', algorithm: 'ES256' } }), isConfig);
});

interface Issuer {
  readonly url: string;
  answer: 'good' | 'error' | 'hang';
  keys: object[];
  readonly calls: string[];
}

const startIssuer = async (): Promise<Issuer> => {
  const jwk = { ...(await exportJWK(es256.publicKey)), kid: 'k1', alg: 'ES256' };
  const server = createServer((request, response) => {
    issuer.calls.push(request.url ?? '');
    if (issuer.answer === 'hang') return;
    response.statusCode = issuer.answer === 'error' ? 503 : 200;
    response.setHeader('content-type', 'application/json');
    const body = request.url?.endsWith('/jwks')
      ? { keys: issuer.keys }
      : { issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` };
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer: Issuer = { url: `http://127.0.0.1:${port}`, answer: 'good', keys: [jwk], calls: [] };
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return issuer;
};

test('OIDC: discovery and keys once for many logins; junk never reaches the SSO', async () => {
  const issuer = await startIssuer();
  const sso = oidcSso({ issuer: issuer.url, audience: 'chat' });
  const token = await sign({ ...good, iss: issuer.url });
  assert.equal(await sso.verify(await sign({ ...good, iss: issuer.url, aud: 'x' }), NOW_MS), 'audience');
  assert.equal(await sso.verify(token, NOW_MS + 61_000), 'expired');
  assert.equal(await sso.verify(await sign(good), NOW_MS), 'issuer');
  assert.equal(await sso.verify('junk', NOW_MS), 'malformed');
  assert.deepEqual(issuer.calls, []);
  const results = await Promise.all(Array.from({ length: 20 }, () => sso.verify(token, NOW_MS)));
  assert.ok(results.every((claims) => typeof claims === 'object' && claims.user === 'ann'));
  assert.deepEqual(issuer.calls, ['/.well-known/openid-configuration', '/jwks']);
  const forged = await sign({ ...good, iss: issuer.url }, stranger.privateKey);
  assert.equal(await sso.verify(forged, NOW_MS), 'signature');
  const unknown = await sign({ ...good, iss: issuer.url }, stranger.privateKey, 'k9');
  assert.equal(await sso.verify(unknown, NOW_MS), 'signature');
  assert.equal(issuer.calls.length, 2, 'an unknown key id within the cool-down causes no call');
  await sso.close();
});

test('OIDC: an SSO that is away says so, is left alone for a second, and heals', async () => {
  const issuer = await startIssuer();
  const sso = oidcSso({ issuer: issuer.url, audience: 'chat', timeoutMs: 2_000 });
  const token = await sign({ ...good, iss: issuer.url });
  issuer.answer = 'error';
  assert.equal(await sso.verify(token, NOW_MS), 'sso-away');
  assert.equal(await sso.verify(token, NOW_MS + 999), 'sso-away');
  assert.equal(issuer.calls.length, 1);
  issuer.answer = 'good';
  assert.equal(typeof (await sso.verify(token, NOW_MS + 1_000)), 'object');
});

test('OIDC: a hanging SSO runs into the timeout; beyond the limit of waiting logins nobody waits', async () => {
  const issuer = await startIssuer();
  issuer.answer = 'hang';
  const sso = oidcSso({ issuer: issuer.url, audience: 'chat', timeoutMs: 150, callsMax: 2 });
  const token = await sign({ ...good, iss: issuer.url });
  const settled: number[] = [];
  const verify = async (index: number) => {
    const result = await sso.verify(token, NOW_MS);
    settled.push(index);
    return result;
  };
  const results = await Promise.all([verify(0), verify(1), verify(2)]);
  assert.deepEqual(results, ['sso-away', 'sso-away', 'sso-away']);
  assert.equal(settled[0], 2, 'the one beyond the limit is answered before the timeout');
  assert.equal(issuer.calls.length, 1);
});
