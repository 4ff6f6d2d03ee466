import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openKeyFiles } from '../../gateways/auth/key-files.ts';
import { KEY_AHEAD_MS, KEY_PERIOD_MS } from '../../gateways/auth/key-plan.ts';
import { decodeState, encodeState, type KeyState } from '../../gateways/auth/key-state.ts';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { SUITE } from '../../schemas/channel/key-schedule.ts';
import { BubbleError } from '../../schemas/errors.ts';
import type { KeyReport } from './keys/key-report.ts';
import { runBubble } from './testing/run-bubble.ts';

const folder = mkdtempSync(join(tmpdir(), 'bubble-keys-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const PRODUCTION = {
  BUBBLE_MODE: 'production',
  BUBBLE_SSO_KIND: 'oidc',
  BUBBLE_SSO_ISSUER: 'https://sso.example',
  BUBBLE_KEYS_FOLDER: 'keys',
};
const keysFolder = join(folder, 'keys');
const channelFile = join(keysFolder, 'channel-keys.json');
const bubble = (...args: string[]) => runBubble(['keys', ...args], { folder, environment: PRODUCTION });
const openInProduction = (deployment = 'bubble') =>
  openKeyFiles({
    folder: keysFolder,
    deployment,
    clock: systemClock,
    logger: SILENT_LOGGER,
    create: false,
  });
const reportIn = (text: string): KeyReport & { changes?: string[] } => JSON.parse(text);
const change = (of: (state: KeyState) => KeyState): void =>
  writeFileSync(channelFile, encodeState(of(decodeState(readFileSync(channelFile)))));

test('keys: made once for production, shown without secrets, never overwritten', async () => {
  await assert.rejects(openInProduction(), /there are no channel-keys/);
  const early = await bubble('show');
  assert.deepEqual([early.code, early.out], [2, '']);
  assert.match(early.err, /there are no keys in .*keys: bubble keys create makes them/);

  const made = await bubble('create', '--json');
  assert.equal(made.code, 0, made.err);
  const files = readdirSync(keysFolder);
  assert.deepEqual(files.toSorted(), ['channel-keys.json', 'ticket-keys.json'], 'no key of tokens');
  for (const file of files) assert.equal(statSync(join(keysFolder, file)).mode & 0o777, 0o600);
  const report = reportIn(made.out);
  assert.deepEqual(report.channelKeys.map(({ suite }) => suite).toSorted(), [SUITE.RSA, SUITE.STATIC_ECDH]);
  assert.equal(report.ticketKeys.length, 1);
  assert.equal(report.isDue, false);

  const ring = await openInProduction();
  const rootKeys = ring.rootKeys.map((key) => Buffer.from(key).toString('base64url'));
  await ring.close();
  assert.deepEqual(
    report.rootKeys.map(({ key }) => key),
    rootKeys,
  );
  await assert.rejects(openInProduction('another'), /of the deployment 'bubble'/);

  const before = readFileSync(channelFile);
  const [again, shown] = await Promise.all([bubble('create'), bubble('show')]);
  assert.equal(again.code, 1);
  assert.match(again.err, /channel-keys\.json is there already/);
  assert.deepEqual(readFileSync(channelFile), before);
  assert.equal(shown.code, 0);
  for (const { fingerprint } of [...report.rootKeys, ...report.channelKeys])
    assert.ok(shown.out.includes(fingerprint));
  const { roots, keys } = decodeState(before);
  for (const secret of [...roots, ...keys.map((key) => key.secret)])
    for (const out of [made.out, shown.out]) assert.ok(!out.includes(secret), 'a secret is shown');
});

test('keys rotate: what is due, and says where it may not', async () => {
  const nothing = await bubble('rotate', '--json');
  assert.deepEqual([nothing.code, reportIn(nothing.out).changes], [0, []]);
  change((state) => ({
    ...state,
    keys: state.keys.map((key) =>
      key.suite === SUITE.STATIC_ECDH
        ? { ...key, notBeforeMs: key.notBeforeMs - (KEY_PERIOD_MS - KEY_AHEAD_MS) }
        : key,
    ),
  }));
  assert.equal(reportIn((await bubble('show', '--json')).out).isDue, true);
  const rotated = await bubble('rotate', '--json');
  assert.equal(rotated.code, 0, rotated.err);
  const { changes = [], channelKeys, isDue } = reportIn(rotated.out);
  assert.equal(changes.length, 2, String(changes));
  assert.match(changes[0]!, /^made {6}key 3, static ECDH/);
  assert.match(changes[1]!, /^issued {4}manifest/);
  assert.deepEqual([channelKeys.length, isDue], [3, false]);
});

test('keys retire: destroyed, void for ever, another in its place; only what was given out', async () => {
  const [unknown, wrong] = await Promise.all([bubble('retire', '99'), bubble('retire', 'x')]);
  assert.deepEqual([unknown.code, wrong.code], [2, 2]);
  assert.match(unknown.err, /there was never a channel key 99; there are 1, 2, 3/);
  const rsa = decodeState(readFileSync(channelFile)).keys.find(({ suite }) => suite === SUITE.RSA)!;
  const retired = await bubble('retire', String(rsa.kid), '--json');
  assert.equal(retired.code, 0, retired.err);
  const { channelKeys, retiredKids } = reportIn(retired.out);
  assert.deepEqual(retiredKids, [rsa.kid]);
  assert.ok(channelKeys.some(({ kid, suite }) => suite === SUITE.RSA && kid > rsa.kid));
  assert.ok(!channelKeys.some(({ kid }) => kid === rsa.kid));
  assert.ok(!readFileSync(channelFile, 'utf8').includes(rsa.secret), 'the secret is still there');
  const again = await bubble('retire', String(rsa.kid));
  assert.equal(again.code, 1);
  assert.match(again.err, /is retired already/);
});

test('keys that others may read are refused, in one sentence', async () => {
  chmodSync(channelFile, 0o644);
  const shown = await bubble('show');
  assert.equal(shown.code, 2);
  assert.match(shown.err, /^bubble: .*holds secrets but others may read it: chmod 600/);
  await assert.rejects(openInProduction(), (error) => error instanceof BubbleError);
});
