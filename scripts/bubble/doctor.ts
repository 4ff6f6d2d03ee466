/** `bubble doctor`: is this machine fit to run the server? Each finding says what to do about it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../infra/config/read-config.ts';
import { makeFolder } from '../../infra/disk/make-folder.ts';
import { configFrom, type Options } from './config-flags.ts';
import { EXIT, print, printJson, sentenceOf } from './terminal.ts';

type Grade = 'ok' | 'warning' | 'failure';

export interface Finding {
  readonly name: string;
  readonly grade: Grade;
  readonly found: string;
  /** What to do; empty where nothing is. */
  readonly advice: string;
}

const GOOD_FSYNC_MS = 10;
const LOW_DISK_BYTES = 1024 ** 3;
const GOOD_DESCRIPTORS = 20_000;
const EARLIEST_SANE_TIME_MS = Date.UTC(2024, 0, 1);
const FSYNC_TRIALS = 20;

const finding = (name: string, grade: Grade, found: string, advice = ''): Finding => ({
  name,
  grade,
  found,
  advice: grade === 'ok' ? '' : advice,
});

const checkNode = (): Finding => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const supported = major > 20 || (major === 20 && minor >= 19);
  const grade = !supported ? 'failure' : major < 22 ? 'warning' : 'ok';
  const advice = supported
    ? 'it works, but Node 20 gets no security fixes any more: plan for Node 24'
    : 'install Node 24 (20.19 at least)';
  return finding('node', grade, process.versions.node, advice);
};

const checkClock = (): Finding => {
  const now = Date.now();
  const grade = now < EARLIEST_SANE_TIME_MS ? 'failure' : 'ok';
  return finding(
    'clock',
    grade,
    new Date(now).toISOString(),
    'set the clock (NTP): handshakes need it within 120 s',
  );
};

const checkDescriptors = (config: Config): Finding => {
  if (platform() === 'win32') return finding('file descriptors', 'ok', 'not limited on this system');
  const text = execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  const limit = text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
  const grade = limit >= GOOD_DESCRIPTORS ? 'ok' : 'warning';
  const advice = `each connection takes one and limits.connections is ${config.limits.connections}: raise it (ulimit -n ${GOOD_DESCRIPTORS})`;
  return finding('file descriptors', grade, text, advice);
};

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const measureFsync = async (folder: string): Promise<Finding> => {
  const path = join(folder, 'probe');
  const file = await open(path, 'w');
  const times: number[] = [];
  try {
    for (let trial = 0; trial < FSYNC_TRIALS; trial += 1) {
      await file.write(Buffer.alloc(4096, trial), 0, 4096, trial * 4096);
      const started = performance.now();
      await file.datasync();
      times.push(performance.now() - started);
    }
  } finally {
    await file.close();
  }
  const typical = median(times);
  const grade = typical <= GOOD_FSYNC_MS ? 'ok' : 'warning';
  const worst = Math.max(...times);
  return finding(
    'fsync',
    grade,
    `median ${typical.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`,
    'every answer waits for one: use a faster disk, or log.durability = "interval" where losing the last moment is acceptable',
  );
};

const checkFolder = async (config: Config): Promise<Finding[]> => {
  const folder = config.settings['data-folder'];
  let probe: string;
  try {
    await makeFolder(folder);
    probe = mkdtempSync(join(folder, '.doctor-'));
  } catch (error) {
    return [
      finding(
        'data folder',
        'failure',
        sentenceOf(error),
        'choose another one (--data) or give yourself the right to write there',
      ),
    ];
  }
  try {
    const { bavail, bsize } = statfsSync(probe);
    const free = bavail * bsize;
    return [
      finding('data folder', 'ok', folder),
      finding(
        'disk space',
        free >= LOW_DISK_BYTES ? 'ok' : 'warning',
        `${(free / 1024 ** 3).toFixed(1)} GiB free`,
        'free some: with a full disk sends are answered "retry later"',
      ),
      await measureFsync(probe),
    ];
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
};

const checkPort = (name: string, host: string, port: number): Promise<Finding> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      const inUse = 'code' in error && error.code === 'EADDRINUSE';
      const advice = inUse
        ? 'a server runs already, or another program has it: stop it or choose another port'
        : 'check the host and port settings';
      resolve(finding(name, inUse ? 'warning' : 'failure', sentenceOf(error), advice));
    });
    server.listen(port, host, () => {
      server.close(() => resolve(finding(name, 'ok', `${host}:${port} is free`)));
    });
  });

export const examine = async (config: Config): Promise<Finding[]> => [
  checkNode(),
  checkClock(),
  checkDescriptors(config),
  ...(await checkFolder(config)),
  await checkPort('tcp port', config.settings['tcp.host'], config.settings['tcp.port']),
  await checkPort('websocket port', config.settings['websocket.host'], config.settings['websocket.port']),
  await checkPort('admin port', config.settings['admin.host'], config.settings['admin.port']),
];

const MARK: Record<Grade, string> = { ok: 'ok     ', warning: 'warning', failure: 'FAILURE' };

export const doctor = async (options: Options): Promise<number> => {
  const findings = await examine(configFrom(options));
  const failed = findings.some(({ grade }) => grade === 'failure');
  if (options['json'] === true) printJson({ fit: !failed, findings });
  else {
    for (const { name, grade, found, advice } of findings) {
      print(`${MARK[grade]}  ${name.padEnd(17)} ${found}`);
      if (advice !== '') print(`${' '.repeat(27)}-> ${advice}`);
    }
  }
  return failed ? EXIT.FAILURE : EXIT.OK;
};
