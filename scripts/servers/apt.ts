/** Debian packages that real servers come from: installed once, by one process at a time, no service started. */
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { BubbleError } from '../../schemas/errors.ts';

const run = promisify(execFile);

/** Shared with whoever else installs by hand or by script on this machine. */
const LOCK_FILE = '/tmp/apt.lock';
const POLICY_FILE = '/usr/sbin/policy-rc.d';
const LOCK_WITHIN_SECONDS = 600;
const APT_WITHIN_MS = 600_000;
const ENVIRONMENT = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };

const apt = (file: string, args: readonly string[]): Promise<unknown> =>
  run(file, [...args], { env: ENVIRONMENT, timeout: APT_WITHIN_MS, maxBuffer: 64 * 1024 * 1024 });

/** Where a program is: in the folders given first, then in the PATH; null where there is none. */
export function findProgram(name: string, folders: readonly string[] = []): string | null {
  const places = [...folders, ...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const folder of places) {
    if (folder === '') continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }
  return null;
}

const isInstalled = async (name: string): Promise<boolean> => {
  try {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a format of dpkg-query
    const { stdout } = await run('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], {
      env: ENVIRONMENT,
    });
    return stdout === 'installed';
  } catch {
    // dpkg-query exits with 1 for a package it has never seen, and is not there at all where apt is not.
    return false;
  }
};

/** The missing ones of these packages. */
const missing = async (names: readonly string[]): Promise<string[]> => {
  const found = await Promise.all(names.map(isInstalled));
  return names.filter((_, at) => found[at] !== true);
};

/** Holds the lock file for as long as the action runs. flock(1) waits; the kernel frees it if we die. */
async function withLock(action: () => Promise<void>): Promise<void> {
  const holder = spawn(
    'flock',
    ['-w', String(LOCK_WITHIN_SECONDS), LOCK_FILE, 'sh', '-c', 'echo held; read done'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => {
    holder.once('exit', () => resolve());
    holder.once('error', () => resolve());
  });
  const held = new Promise<boolean>((resolve) => {
    holder.stdout.once('data', () => resolve(true));
    void ended.then(() => resolve(false));
  });
  if (!(await held)) throw new BubbleError('TIMEOUT', `${LOCK_FILE} is held by another installation`);
  try {
    await action();
  } finally {
    holder.stdin.end('\n');
    await ended;
  }
}

/** No service starts when its package is configured: what we start has folders and ports of its own. */
async function withoutServices(action: () => Promise<void>): Promise<void> {
  // A policy that somebody else has put there stays, and is his.
  const ours = !existsSync(POLICY_FILE);
  if (ours) await writeFile(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await action();
  } finally {
    if (ours) await rm(POLICY_FILE, { force: true });
  }
}

async function install(names: readonly string[]): Promise<void> {
  const args = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...names];
  try {
    await apt('apt-get', args);
  } catch {
    // The lists may be missing or name versions that are gone: once more with new ones.
    await apt('apt-get', ['update']);
    await apt('apt-get', args);
  }
}

/**
 * Sees to it that these Debian packages are installed.
 * @throws BubbleError REFUSED where that takes root or apt and there is none, or where apt fails
 */
export async function ensurePackages(names: readonly string[]): Promise<void> {
  if ((await missing(names)).length === 0) return;
  const wanted = names.join(', ');
  if (findProgram('apt-get') === null) {
    throw new BubbleError('REFUSED', `no apt-get here: install by hand what Debian calls ${wanted}`);
  }
  if (process.getuid?.() !== 0) {
    throw new BubbleError(
      'REFUSED',
      `only root can install ${wanted}: run apt-get install ${names.join(' ')}`,
    );
  }
  await withLock(async () => {
    const left = await missing(names);
    if (left.length === 0) return;
    try {
      await withoutServices(() => install(left));
    } catch (cause) {
      const message =
        cause instanceof Error ? cause.message.split('\n').slice(0, 5).join('; ') : String(cause);
      throw new BubbleError('REFUSED', `apt-get could not install ${left.join(', ')}: ${message}`, { cause });
    }
  });
}
