import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { SUITE } from '../../schemas/channel/key-schedule.ts';
import { decodeManifest, type Manifest, splitManifest } from '../../schemas/channel/manifest.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { openKeyFiles } from './key-files.ts';
import { planKeys } from './key-plan.ts';
import { type KeyRing, type KeyRingOptions, openKeyRing } from './key-ring.ts';
import { memoryKeyStore } from './key-store.ts';
import { systemBytes } from './node-crypto.ts';
import { HeldClock } from './testing/held-clock.ts';
import { openTicketKeys, TICKET_BYTES, TICKET_KEY_LIFE_MS, TICKET_KEY_ROTATION_MS } from './ticket-keys.ts';
import type { Ticket } from './tickets.ts';

const DAY_MS = 24 * 3_600_000;

/** A key in name only: the ring never looks inside. */
const fakeRsa = async () => ({ secret: systemBytes(32), published: systemBytes(32) });

const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'bubble-keys-'));
  folders.push(folder);
  return join(folder, 'keys');
};

const options = (
  clock: Clock,
  extra: Partial<KeyRingOptions> = {},
): KeyRingOptions & { store: NonNullable<KeyRingOptions['store']> } => ({
  store: memoryKeyStore(),
  deployment: 'test',
  clock,
  logger: SILENT_LOGGER,
  makeRsa: fakeRsa,
  ...extra,
});

const manifestOf = (ring: KeyRing): Manifest => decodeManifest(splitManifest(ring.manifest())!.manifest)!;
const isConfig = (error: unknown): boolean => isBubbleError(error, 'CONFIG');

/** One turn of the ring's periodic check, to its end. */
const check = async (clock: HeldClock, ring: KeyRing): Promise<void> => {
  await clock.runTimers();
  await ring.settled();
  await ring.settled();
};

test('suite 2 and tickets at once; suite 1 joins when its key is ready', async () => {
  const clock = new HeldClock();
  let finish = (): void => {};
  const made = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const ring = await openKeyRing(options(clock, { makeRsa: () => made.then(fakeRsa) }));
  const first = manifestOf(ring);
  assert.deepEqual(first.suites, [SUITE.STATIC_ECDH, SUITE.RESUMPTION]);
  let changes = 0;
  ring.onChange(() => {
    changes += 1;
  });
  finish();
  await ring.settled();
  const second = manifestOf(ring);
  assert.deepEqual(second.suites, [SUITE.STATIC_ECDH, SUITE.RSA, SUITE.RESUMPTION]);
  assert.equal(second.serial, first.serial + 1);
  assert.equal(changes, 1);
  assert.equal(ring.rsaKeys().length, 1);
  await ring.close();
  assert.equal(clock.timers.length, 0);
});

test('files: private, the same after a restart, serials rise, no second RSA key is made', async () => {
  const clock = new HeldClock();
  const folder = await newFolder();
  const { store: _, ...rest } = options(clock);
  const ring = await openKeyFiles({ ...rest, folder });
  await ring.settled();
  const before = manifestOf(ring);
  await ring.close();
  assert.deepEqual(await readdir(folder), ['channel-keys.json', 'ticket-keys.json']);
  for (const file of await readdir(folder)) {
    assert.equal((await stat(join(folder, file))).mode & 0o777, 0o600, file);
  }
  let rsaMade = 0;
  const makeRsa = () => {
    rsaMade += 1;
    return fakeRsa();
  };
  const again = await openKeyFiles({ ...rest, folder, create: false, makeRsa });
  await again.settled();
  const later = manifestOf(again);
  assert.deepEqual(again.rootKeys, ring.rootKeys);
  assert.deepEqual(later.keys, before.keys);
  assert.equal(later.serial, before.serial, 'nothing has changed');
  assert.equal(rsaMade, 0);
  await again.close();
  clock.nowMs += 11 * 60_000;
  const restored = await openKeyFiles({ ...rest, folder, create: false, makeRsa });
  assert.ok(manifestOf(restored).serial > before.serial, 'the files might be an old copy');
  await restored.close();
});

test('files: missing in production, damaged, of another deployment, readable by others: CONFIG', async () => {
  const clock = new HeldClock();
  const folder = await newFolder();
  const { store: _, ...rest } = options(clock);
  await assert.rejects(openKeyFiles({ ...rest, folder, create: false }), isConfig);
  await (await openKeyFiles({ ...rest, folder })).close();
  await assert.rejects(openKeyFiles({ ...rest, folder, deployment: 'other' }), isConfig);
  const path = join(folder, 'channel-keys.json');
  await chmod(path, 0o640);
  await assert.rejects(openKeyFiles({ ...rest, folder }), isConfig);
  await chmod(path, 0o600);
  for (const damaged of ['', '{', '[]', '{"deployment":"test"}', '{"keys":[null]}']) {
    await writeFile(path, damaged);
    await assert.rejects(openKeyFiles({ ...rest, folder }), isConfig, damaged);
  }
});

test('files: a folder that cannot be written has its own code', async () => {
  const { store: _, ...rest } = options(new HeldClock());
  await assert.rejects(openKeyFiles({ ...rest, folder: '/dev/null/keys' }), (error: unknown) =>
    isBubbleError(error, 'FOLDER_NOT_WRITABLE'),
  );
});

test('a manifest is renewed at half of its life; what cannot be saved is not published', async () => {
  const clock = new HeldClock();
  const store = memoryKeyStore();
  let isFull = false;
  const ring = await openKeyRing(
    options(clock, {
      store: {
        load: store.load,
        update: async (name, change) => {
          if (isFull) throw new Error('disk full');
          return store.update(name, change);
        },
      },
    }),
  );
  await ring.settled();
  const first = manifestOf(ring);
  clock.nowMs += 3.4 * DAY_MS;
  await check(clock, ring);
  assert.equal(manifestOf(ring).serial, first.serial);
  clock.nowMs += 0.2 * DAY_MS;
  isFull = true;
  await check(clock, ring);
  assert.equal(manifestOf(ring).serial, first.serial);
  isFull = false;
  await check(clock, ring);
  const renewed = manifestOf(ring);
  assert.equal(renewed.serial, Math.floor(clock.nowMs / 1_000));
  assert.equal(renewed.expiresAtMs, clock.nowMs + 7 * DAY_MS);
  await ring.close();
});

test('rotation over a year: always one newest key, the old one accepted for a manifest life, then destroyed', async () => {
  const clock = new HeldClock();
  const ring = await openKeyRing(options(clock));
  await ring.settled();
  const kids = new Set<number>();
  for (let day = 0; day < 365; day += 1) {
    clock.nowMs += DAY_MS;
    await check(clock, ring);
    const { keys } = manifestOf(ring);
    for (const suite of [SUITE.RSA, SUITE.STATIC_ECDH]) {
      const held = keys.filter((key) => key.suite === suite);
      assert.ok(held.length >= 1 && held.length <= 2, `day ${day}: ${held.length} keys of suite ${suite}`);
      assert.ok(held.some((key) => key.notBeforeMs <= clock.nowMs && clock.nowMs <= key.notAfterMs));
      for (const key of held) kids.add(key.kid);
    }
    assert.equal(ring.rsaKeys().length, keys.filter((key) => key.suite === SUITE.RSA).length);
  }
  assert.equal(kids.size, 2 * 13);
  await ring.close();
});

test('the plan: a key named in any manifest stays until that manifest has expired', () => {
  const key = { kid: 1, suite: 1, notBeforeMs: 0, notAfterMs: 37 * DAY_MS };
  assert.deepEqual(planKeys([key], [], [1], 22.9 * DAY_MS), { create: [], destroy: [] });
  assert.deepEqual(planKeys([key], [], [1], 23 * DAY_MS).create, [{ suite: 1, notBeforeMs: 30 * DAY_MS }]);
  assert.deepEqual(planKeys([key], [], [1], 37 * DAY_MS).destroy, []);
  const late = planKeys([key], [], [1], 38 * DAY_MS);
  assert.deepEqual(late, { create: [{ suite: 1, notBeforeMs: 38 * DAY_MS }], destroy: [1] });
  const retired = planKeys([key], [1], [1], DAY_MS);
  assert.deepEqual(retired, { create: [{ suite: 1, notBeforeMs: DAY_MS }], destroy: [1] });
});

const ticket: Ticket = {
  tenant: 't'.repeat(32),
  user: 'ü'.repeat(32),
  device: 'd',
  generation: 7,
  resumption: Uint8Array.from(systemBytes(32)),
  authTimeMs: 1,
  tokenExpiresMs: 2,
  originKid: 0xffffffff,
  issuedMs: 3,
  expiresMs: 4,
};

test('tickets: one length, sealed and opened, survive a restart, every flipped byte refused', async () => {
  const clock = new HeldClock();
  const store = memoryKeyStore();
  const options = { store, clock, logger: SILENT_LOGGER, random: systemBytes };
  const keys = await openTicketKeys(options);
  const sealed = keys.seal(ticket)!;
  const kid = Buffer.from(sealed).readUInt32BE(0);
  assert.equal(sealed.length, TICKET_BYTES);
  assert.equal(keys.seal({ ...ticket, tenant: 'a', user: 'b' })!.length, TICKET_BYTES);
  const opened = (await openTicketKeys(options)).open(kid, sealed);
  assert.deepEqual(typeof opened === 'string' ? opened : { ...opened.ticket }, ticket);
  for (let index = 0; index < sealed.length; index += 1) {
    const flipped = Uint8Array.from(sealed);
    flipped[index]! ^= 1;
    assert.equal(typeof keys.open(kid, flipped), 'string', `byte ${index}`);
  }
  assert.equal(keys.open(kid, sealed.subarray(1)), 'damaged');
  assert.equal(keys.open(kid ^ 1, sealed), 'damaged');
  assert.throws(() => keys.seal({ ...ticket, user: 'x'.repeat(65) }), RangeError);
});

test('ticket keys: a new one every 12 h, erased after 36 h, also from the store', async () => {
  const clock = new HeldClock();
  const store = memoryKeyStore();
  const options = { store, clock, logger: SILENT_LOGGER, random: systemBytes };
  const keys = await openTicketKeys(options);
  const first = keys.seal(ticket)!;
  const kid = Buffer.from(first).readUInt32BE(0);
  const kidNow = (): number => Buffer.from(keys.seal(ticket)!).readUInt32BE(0);
  await keys.check();
  assert.equal(kidNow(), kid);
  clock.nowMs += TICKET_KEY_ROTATION_MS;
  await keys.check();
  assert.notEqual(kidNow(), kid);
  clock.nowMs += TICKET_KEY_LIFE_MS - TICKET_KEY_ROTATION_MS;
  assert.equal(typeof keys.open(kid, first), 'object');
  clock.nowMs += 1;
  assert.equal(keys.open(kid, first), 'unknown-key');
  await keys.check();
  const stored = Buffer.from((await store.load('ticket-keys'))!).toString();
  assert.ok(!stored.includes(`"kid":${kid},`));
  await store.update('ticket-keys', () => Buffer.from('{"keys":[{"kid":1}]}'));
  await assert.rejects(openTicketKeys(options), isConfig);
});
