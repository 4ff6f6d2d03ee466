/** Several gates on one folder of keys: real files, real processes where a crash is meant. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { claimFolder } from '../../infra/disk/folder-lock.ts';
import { type Logger, SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { SUITE } from '../../schemas/channel/key-schedule.ts';
import { decodeManifest, type Manifest, splitManifest } from '../../schemas/channel/manifest.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import { fileKeyStore, openKeyFiles } from './key-files.ts';
import { type KeyRing, type KeyRingOptions, openKeyRing } from './key-ring.ts';
import { type KeyStore, memoryKeyStore } from './key-store.ts';
import { systemBytes } from './node-crypto.ts';
import { HeldClock } from './testing/held-clock.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const fakeRsa = async () => ({ secret: systemBytes(32), published: systemBytes(32) });

const folders: string[] = [];
const children: ChildProcess[] = [];
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'bubble-shared-keys-'));
  folders.push(folder);
  return folder;
};

const manifestOf = (ring: KeyRing): Manifest => decodeManifest(splitManifest(ring.manifest())!.manifest)!;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const files = (folder: string, more: Partial<KeyRingOptions> = {}): Promise<KeyRing> =>
  openKeyFiles({
    folder,
    deployment: 'test',
    clock: systemClock,
    logger: SILENT_LOGGER,
    makeRsa: fakeRsa,
    ...more,
  });

/** A process of its own. It runs the body, in which `folder` and `say(line)` are known. */
const run = (
  folder: string,
  body: string,
  uid?: number,
): { child: ChildProcess; lines: AsyncIterator<string> } => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const script = `(async () => {
    const { openKeyFiles, fileKeyStore } = await import('${here}key-files.ts');
    const { systemClock } = await import('${here}../../infra/clock/system-clock.ts');
    const { claimFolder } = await import('${here}../../infra/disk/folder-lock.ts');
    const logger = { debug() {}, info() {}, warn() {}, error: console.error, child: () => logger };
    const folder = ${JSON.stringify(folder)};
    const say = (line) => process.stdout.write(line + '\\n');
    const open = () => openKeyFiles({ folder, deployment: 'test', clock: systemClock, logger, suites: [2] });
    ${body}
  })();`;
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  children.push(child);
  return { child, lines: createInterface({ input: child.stdout! })[Symbol.asyncIterator]() };
};
const nextLine = async (lines: AsyncIterator<string>): Promise<string> => String((await lines.next()).value);

test('gates that start at once on an empty folder have one set of keys and give out the same manifest', async () => {
  const folder = await newFolder();
  const others = [1, 2].map(() =>
    run(
      folder,
      `say('ready');
       process.stdin.once('data', async () => {
         const ring = await open();
         await ring.settled();
         say(Buffer.from(ring.rootKeys[0]).toString('base64url') + ' ' + ring.pointKey(1).point.length);
         await ring.close();
         process.exit(0);
       });`,
    ),
  );
  for (const { lines } of others) assert.equal(await nextLine(lines), 'ready');
  for (const { child } of others) child.stdin!.write('go\n');
  const rings = await Promise.all(Array.from({ length: 6 }, () => files(folder, { suites: [2] })));
  for (const { lines } of others) assert.equal(await nextLine(lines), `${text(rings[0]!.rootKeys[0])} 65`);
  for (const ring of rings) await ring.refresh();
  assert.equal(new Set(rings.map((ring) => text(ring.manifest()))).size, 1);
  assert.deepEqual(
    manifestOf(rings[0]!).keys.map(({ kid }) => kid),
    [1],
  );
  await Promise.all(rings.map((ring) => ring.close()));
  assert.deepEqual(await readdir(folder), ['channel-keys.json', 'ticket-keys.json'], 'no lock is left');
});

test('of RSA keys made at the same time one is kept', async () => {
  const clock = new HeldClock();
  const store = memoryKeyStore();
  let made = 0;
  const makeRsa = () => {
    made += 1;
    return fakeRsa();
  };
  const options = { store, deployment: 'test', clock, logger: SILENT_LOGGER, makeRsa };
  const rings = await Promise.all([1, 2, 3].map(() => openKeyRing(options)));
  for (const ring of rings) await ring.settled();
  assert.equal(made, 3);
  clock.nowMs += 2_000;
  for (const ring of rings) await ring.refresh();
  for (const ring of rings)
    assert.equal(manifestOf(ring).keys.filter(({ suite }) => suite === SUITE.RSA).length, 1);
  assert.equal(new Set(rings.map((ring) => text(ring.rsaKeys()[0]!.spki))).size, 1);
  await Promise.all(rings.map((ring) => ring.close()));
});

test('two years of four gates that come and go: a serial has one content, and all end with the same keys', async () => {
  const clock = new HeldClock();
  const random = new SeededRandom(5);
  const store = memoryKeyStore();
  const options = { store, deployment: 'test', clock, logger: SILENT_LOGGER, makeRsa: fakeRsa };
  const contents = new Map<number, string>();
  const note = (ring: KeyRing): void => {
    const { serial } = manifestOf(ring);
    const known = contents.get(serial);
    assert.ok(known === undefined || known === text(ring.manifest()), `serial ${serial} has two contents`);
    contents.set(serial, text(ring.manifest()));
  };
  const rings = await Promise.all([1, 2, 3, 4].map(() => openKeyRing(options)));
  for (let day = 0; day < 730; day += 1) {
    clock.nowMs += DAY_MS * (0.5 + random.below(100) / 100);
    const index = random.below(4);
    if (random.below(10) === 0) {
      await rings[index]!.close();
      rings[index] = await openKeyRing(options);
    } else if (random.below(20) === 0) await rings[index]!.retire(manifestOf(rings[index]!).keys[0]!.kid);
    await clock.runTimers();
    for (const ring of rings) {
      await ring.settled();
      note(ring);
      assert.ok(ring.manifestExpiresAtMs > clock.nowMs);
    }
  }
  clock.nowMs += 2_000;
  await Promise.all(rings.map((ring) => ring.refresh()));
  assert.equal(new Set(rings.map((ring) => text(ring.manifest()))).size, 1);
  assert.ok(contents.size > 100);
  await Promise.all(rings.map((ring) => ring.close()));
});

test('a look at the store: once a second at most, and callers that come together share it', async () => {
  const clock = new HeldClock();
  const memory = memoryKeyStore();
  let loads = 0;
  const store: KeyStore = {
    load: (name) => {
      loads += 1;
      return memory.load(name);
    },
    update: memory.update,
  };
  const options = { store, deployment: 'test', clock, logger: SILENT_LOGGER, suites: [2] };
  const ring = await openKeyRing(options);
  const other = await openKeyRing({ ...options, store: memory });
  await other.retire(1);
  loads = 0;
  assert.deepEqual(await Promise.all([ring.refresh(), ring.refresh(), ring.refresh()]), [true, true, true]);
  assert.equal(ring.pointKey(1), undefined);
  assert.ok(ring.pointKey(2) !== undefined && ring.isRetired(1));
  assert.equal(loads, 2, 'keys and ticket keys');
  await other.retire(2);
  clock.nowMs += 999;
  assert.equal(await ring.refresh(), false);
  assert.equal(loads, 2);
  clock.nowMs += 1;
  assert.equal(await ring.refresh(), true);
  await Promise.all([ring.close(), other.close()]);
});

test('kill -9 of the holder of the lock: the next writer goes on at once and removes what it left', async () => {
  const folder = await newFolder();
  await (await files(folder)).close();
  const { child, lines } = run(
    folder,
    `await claimFolder(folder, 'keys-writer-');
     require('fs').writeFileSync(folder + '/.channel-keys.json.half.tmp', 'secret');
     say('locked');
     setInterval(() => {}, 1000);`,
  );
  assert.equal(await nextLine(lines), 'locked');
  const ring = await files(folder, { create: false });
  await assert.rejects(claimFolder(folder, 'keys-writer-'), (error) => isBubbleError(error, 'LOG_LOCKED'));
  const waiting = ring.retire(1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await waiting;
  assert.ok(ring.isRetired(1));
  await ring.close();
  assert.deepEqual(await readdir(folder), ['channel-keys.json', 'ticket-keys.json']);
});

test('kill -9 of busy writers: what they said they had stored is there, whole, and serials rise', async () => {
  const folder = await newFolder();
  await (await files(folder, { suites: [2] })).close();
  let highest = 0;
  for (let round = 0; round < 4; round += 1) {
    const { child, lines } = run(
      folder,
      `const ring = await open();
       for (let kid = process.pid * 1000; ; kid += 1) {
         await ring.retire(kid);
         say(String(JSON.parse(require('fs').readFileSync(folder + '/channel-keys.json')).serial));
       }`,
    );
    for (let count = 0; count < 5 + round; count += 1) {
      const serial = Number(await nextLine(lines));
      assert.ok(serial > highest, `${serial} after ${highest}`);
      highest = serial;
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    const ring = await files(folder, { create: false, suites: [2] });
    assert.ok(manifestOf(ring).serial >= highest);
    highest = manifestOf(ring).serial;
    await ring.close();
  }
});

test('a writer that was taken for dead writes nothing', async () => {
  const folder = await newFolder();
  const store = fileKeyStore(folder, systemClock);
  await store.update('a', () => Buffer.from('old'));
  const late = store.update('a', () => {
    // Another machine has broken the lock and written.
    void readdir(folder).then((names) =>
      Promise.all(
        names
          .filter((name) => name.startsWith('keys-writer-'))
          .map((name) => unlink(join(folder, name)))
          .concat(writeFile(join(folder, 'a.json'), 'newer', { mode: 0o600 })),
      ),
    );
    return Buffer.from('late');
  });
  await assert.rejects(late, (error) => isBubbleError(error, 'LEASE_LOST') && error.retryable);
  assert.equal(await readFile(join(folder, 'a.json'), 'utf8'), 'newer');
  assert.deepEqual(await readdir(folder), ['a.json']);
});

/** Notes what is said. */
const notingLogger = (said: string[]): Logger => {
  const note =
    (level: string) =>
    (_: unknown, message: string): void => {
      said.push(`${level}: ${message.slice(0, 40)}`);
    };
  const logger: Logger = {
    debug: note('debug'),
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
    child: () => logger,
  };
  return logger;
};

test('a gate that may only read adopts, says what is overdue once an hour, and louder near the end', async () => {
  const clock = new HeldClock();
  const writable = memoryKeyStore();
  const store: KeyStore = {
    load: writable.load,
    update: () => Promise.reject(new BubbleError('FOLDER_NOT_WRITABLE', 'read only')),
  };
  const said: string[] = [];
  const common = { deployment: 'test', clock, create: false, makeRsa: fakeRsa };
  const reading = { ...common, store, logger: notingLogger(said) };
  await assert.rejects(openKeyRing(reading), (error) => isBubbleError(error, 'CONFIG'));
  const writer = await openKeyRing({ ...common, create: true, store: writable, logger: SILENT_LOGGER });
  await writer.settled();
  clock.nowMs += HOUR_MS;
  const ring = await openKeyRing(reading);
  assert.equal(text(ring.manifest()), text(writer.manifest()));
  assert.equal(ring.isOverdue, false);
  assert.deepEqual(said.splice(0), ['info: the keys may only be read here: other ga']);
  clock.nowMs += 4 * DAY_MS;
  await clock.runTimers();
  await clock.runTimers();
  assert.equal(text(ring.manifest()), text(writer.manifest()), 'adopted');
  await writer.close();
  said.length = 0;
  clock.nowMs += 4 * DAY_MS;
  for (let minute = 0; minute < 90; minute += 1) {
    clock.nowMs += 60_000;
    await clock.runTimers();
  }
  assert.equal(ring.isOverdue, true);
  assert.equal(said.filter((line) => line.startsWith('warn: keys are due for rotation')).length, 2);
  assert.equal(said.filter((line) => line.startsWith('error: a new ticket key is due')).length, 2);
  said.length = 0;
  clock.nowMs += 2.5 * DAY_MS;
  await clock.runTimers();
  assert.ok(said.includes('error: keys are due for rotation, and this proc'), said.join('\n'));
  // Somebody who may write comes.
  const again = await openKeyRing({ ...common, store: writable, logger: SILENT_LOGGER });
  await clock.runTimers();
  assert.equal(ring.isOverdue, false);
  assert.equal(text(ring.manifest()), text(again.manifest()));
  await Promise.all([ring.close(), again.close()]);
});

test('a folder that is mounted read only, or belongs to somebody else: the keys are read, and nothing is written', async () => {
  const folder = await newFolder();
  await (await files(folder, { suites: [2] })).close();
  const before = await readFile(join(folder, 'channel-keys.json'));
  const owner = process.getuid?.() === 0 ? 65_534 : undefined;
  if (owner !== undefined) {
    for (const path of [folder, join(folder, 'channel-keys.json'), join(folder, 'ticket-keys.json')]) {
      await chown(path, owner, owner);
    }
  }
  await chmod(folder, 0o500);
  try {
    const { lines } = run(
      folder,
      `const ring = await openKeyFiles({ folder, deployment: 'test', clock: systemClock, logger, suites: [2],
         minVersion: 7, create: false });
       await ring.retire(1).catch((error) => say(error.code + ' ' + ring.isRetired(1) + ' ' + ring.isOverdue));
       await ring.close();
       process.exit(0);`,
      owner,
    );
    assert.equal(await nextLine(lines), 'FOLDER_NOT_WRITABLE false false');
  } finally {
    await chmod(folder, 0o700);
  }
  assert.deepEqual(await readFile(join(folder, 'channel-keys.json')), before);
  assert.deepEqual(await readdir(folder), ['channel-keys.json', 'ticket-keys.json']);
});

test('keys that were deleted or come back from an old copy while gates run: those in use win', async () => {
  const clock = new HeldClock();
  const folder = await newFolder();
  const path = join(folder, 'channel-keys.json');
  const ring = await files(folder, { clock });
  await ring.settled();
  const copy = await readFile(path);
  await ring.retire(1);
  const { serial } = manifestOf(ring);
  await writeFile(path, copy, { mode: 0o600 });
  await ring.retire(2);
  await ring.settled();
  assert.ok(manifestOf(ring).serial > serial && ring.isRetired(1) && ring.isRetired(2));
  await rm(path);
  await ring.retire(3);
  assert.ok(ring.isRetired(1) && ring.isRetired(3));
  const other = await files(folder, { clock, create: false });
  assert.deepEqual(other.rootKeys, ring.rootKeys);
  await Promise.all([ring.close(), other.close()]);
});
