/**
 * `bubble keys`: the keys of the secure channel and of tickets, which all gates of a deployment share. Gates rotate them
 * by themselves where they may write them; production makes none by itself, so somebody creates them once.
 */
import Table from 'cli-table3';
import { fileKeyStore } from '../../gateways/auth/key-files.ts';
import { type KeyRing, openKeyRing } from '../../gateways/auth/key-ring.ts';
import { KEYS_NAME } from '../../gateways/auth/key-state.ts';
import type { KeyStore } from '../../gateways/auth/key-store.ts';
import { TICKET_KEYS_NAME } from '../../gateways/auth/ticket-keys.ts';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { makeLogger } from '../../infra/logger/pino-logger.ts';
import { SUITE } from '../../schemas/channel/key-schedule.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { configFrom, type Options } from './config-flags.ts';
import { changesBetween, type KeyReport, reportOn, suiteName } from './keys/key-report.ts';
import { keysFolderOf } from './serve/settings-of.ts';
import { EXIT, note, print, printJson } from './terminal.ts';

interface Keys {
  readonly folder: string;
  readonly deployment: string;
  readonly store: KeyStore;
}

const keysOf = (options: Options): Keys => {
  const { settings } = configFrom(options);
  const folder = keysFolderOf(settings);
  return { folder, deployment: settings.deployment, store: fileKeyStore(folder, systemClock) };
};

/** @throws BubbleError CONFIG */
const reportOf = async ({ folder, deployment, store }: Keys): Promise<KeyReport> => {
  const report = await reportOn(store, deployment, systemClock.now());
  if (report !== null) return report;
  throw new BubbleError('CONFIG', `there are no keys in ${folder}: bubble keys create makes them`);
};

/** Does what is due and what `act` wants. Resolves when all of it is stored. */
const withRing = async (
  { deployment, store }: Keys,
  create: boolean,
  act: (ring: KeyRing) => Promise<void> = async () => {},
): Promise<void> => {
  const logger = makeLogger({ level: 'warn', plain: process.stderr.isTTY === true });
  const ring = await openKeyRing({ store, deployment, clock: systemClock, logger, create });
  try {
    await act(ring);
    await ring.settled();
  } finally {
    await ring.close();
  }
};

const assertWhole = ({ channelKeys }: KeyReport): void => {
  for (const suite of [SUITE.RSA, SUITE.STATIC_ECDH]) {
    if (channelKeys.some((key) => key.suite === suite)) continue;
    throw new BubbleError('REFUSED', `there is no ${suiteName(suite)} key: bubble keys rotate makes one`);
  }
};

const timeText = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

const ageText = (ms: number): string => {
  const hours = Math.max(0, ms) / 3_600_000;
  return hours < 48 ? `${Math.floor(hours)} h` : `${Math.floor(hours / 24)} d`;
};

const tableOf = (...head: string[]): InstanceType<typeof Table> =>
  new Table({ head, style: { head: [], border: [] } });

const printReport = (report: KeyReport, folder: string): void => {
  const nowMs = systemClock.now();
  const { manifest } = report;
  print(`Keys of the deployment '${report.deployment}' in ${folder}. Times are UTC.`);
  const roots = tableOf('root key', 'fingerprint (SHA-256)');
  for (const { use, fingerprint } of report.rootKeys) roots.push([use, fingerprint]);
  print(roots.toString());
  const keys = tableOf('key', 'suite', 'age', 'successor from', 'accepted until', 'fingerprint (SHA-256)');
  for (const { kid, suite, notBeforeMs, notAfterMs, nextDueMs, fingerprint } of report.channelKeys) {
    const age = notBeforeMs > nowMs ? `from ${timeText(notBeforeMs)}` : ageText(nowMs - notBeforeMs);
    keys.push([kid, suiteName(suite), age, timeText(nextDueMs), timeText(notAfterMs), fingerprint]);
  }
  print(keys.toString());
  const tickets = tableOf('ticket key', 'age', 'successor from', 'accepted until');
  for (const { kid, createdMs, nextDueMs, expiresMs } of report.ticketKeys)
    tickets.push([kid, ageText(nowMs - createdMs), timeText(nextDueMs), timeText(expiresMs)]);
  print(tickets.toString());
  const validity = manifest.expiresAtMs < nowMs ? 'EXPIRED' : 'expires';
  print(
    `manifest ${manifest.serial}, issued ${timeText(manifest.issuedAtMs)}, ${validity} ${timeText(manifest.expiresAtMs)}`,
  );
  if (report.retiredKids.length > 0) print(`retired: ${report.retiredKids.join(', ')}`);
  if (report.isDue)
    note('Something is due: gates that may write here do it within a minute, or bubble keys rotate does.');
};

const tell = async (keys: Keys, before: KeyReport, options: Options): Promise<KeyReport> => {
  const after = await reportOf(keys);
  const changes = changesBetween(before, after);
  if (options['json'] === true) printJson({ changes, ...after });
  else if (changes.length === 0) print('Nothing was due.');
  else for (const change of changes) print(change);
  return after;
};

export const createKeys = async (options: Options): Promise<number> => {
  const keys = keysOf(options);
  for (const name of [KEYS_NAME, TICKET_KEYS_NAME]) {
    if ((await keys.store.load(name)) === null) continue;
    throw new BubbleError(
      'REFUSED',
      `${keys.folder}/${name}.json is there already: clients pin its root keys, so it is never overwritten`,
    );
  }
  await withRing(keys, true);
  const report = await reportOf(keys);
  assertWhole(report);
  if (options['json'] === true) printJson({ folder: keys.folder, ...report });
  else {
    printReport(report, keys.folder);
    print('Back the folder up: who loses the root keys must bring new ones to every client.');
  }
  return EXIT.OK;
};

export const showKeys = async (options: Options): Promise<number> => {
  const keys = keysOf(options);
  const report = await reportOf(keys);
  if (options['json'] === true) printJson({ folder: keys.folder, ...report });
  else printReport(report, keys.folder);
  return EXIT.OK;
};

/** A ring that may only read says so in its log and goes on; here that is a failure. @throws FOLDER_NOT_WRITABLE */
const assertWritable = async ({ store }: Keys): Promise<void> => {
  await store.update(KEYS_NAME, () => null);
};

export const rotateKeys = async (options: Options): Promise<number> => {
  const keys = keysOf(options);
  const before = await reportOf(keys);
  await assertWritable(keys);
  await withRing(keys, false);
  assertWhole(await tell(keys, before, options));
  return EXIT.OK;
};

export const retireKey = async (text: string, options: Options): Promise<number> => {
  const keys = keysOf(options);
  const kid = Number(text);
  const before = await reportOf(keys);
  if (!Number.isSafeInteger(kid) || kid < 1 || kid > before.lastKid) {
    const known = before.channelKeys.map((key) => key.kid).join(', ');
    throw new BubbleError('CONFIG', `there was never a channel key ${text}; there are ${known}`);
  }
  if (before.retiredKids.includes(kid)) {
    throw new BubbleError('REFUSED', `key ${kid} is retired already`);
  }
  await assertWritable(keys);
  await withRing(keys, false, (ring) => ring.retire(kid));
  assertWhole(await tell(keys, before, options));
  note(
    `Key ${kid} is retired, and tickets that go back to it are void. Running gates follow within a minute.`,
  );
  return EXIT.OK;
};
