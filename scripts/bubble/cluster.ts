/**
 * `bubble cluster`: a small real deployment on this machine for trials. Its servers are those of the tests; nothing of
 * it is for production: one machine, no TLS, passwords in its folder.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { BubbleError } from '../../schemas/errors.ts';
import type { ClusterOptions } from '../servers/bubble-cluster.ts';
import { type ClusterState, isAlive, type PartState, readState } from './cluster/state-file.ts';
import type { Options } from './config-flags.ts';
import { EXIT, note, print, printJson } from './terminal.ts';

const SUPERVISOR = join(dirname(fileURLToPath(import.meta.url)), 'cluster', 'supervisor.ts');
const LOOK_MS = 200;
const DOWN_WITHIN_MS = 60_000;
const HEALTH_WITHIN_MS = 2_000;
const RESTARTED_WITHIN_MS = 60_000;

const folderOf = (options: Options): string => resolve(String(options['folder']));

const shown = (path: string): string => relative(process.cwd(), path) || '.';

const runningState = (folder: string): ClusterState => {
  const state = readState(folder);
  if (state === null) {
    throw new BubbleError('REFUSED', `no cluster in ${shown(folder)}: start one with bubble cluster up`);
  }
  return state;
};

const optionsOf = (options: Options, folder: string): ClusterOptions => {
  const brokers = Number(options['brokers']);
  if (brokers !== 1 && brokers !== 3) throw new BubbleError('CONFIG', '--brokers: one or three');
  const sql = options['sql'];
  if (sql !== 'mysql' && sql !== 'postgres') throw new BubbleError('CONFIG', '--sql: mysql or postgres');
  const limits = options['limits'];
  if (limits !== 'default' && limits !== 'trial')
    throw new BubbleError('CONFIG', '--limits: default or trial');
  return {
    folder,
    brokers,
    sql,
    limits,
    gates: Number(options['gates']),
    processors: Number(options['processors']),
    partitions: Number(options['partitions']),
    settings: (options['set'] as string[] | undefined) ?? [],
  };
};

const startSupervisor = (folder: string, cluster: ClusterOptions): number => {
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, 'supervisor.log'), 'a');
  const child = spawn(process.execPath, ['--import', 'tsx', SUPERVISOR, JSON.stringify(cluster)], {
    cwd: dirname(dirname(dirname(SUPERVISOR))),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  return child.pid!;
};

const untilRunning = async (folder: string, supervisor: number): Promise<ClusterState> => {
  let said = '';
  for (;;) {
    const state = readState(folder);
    if (state?.supervisor === supervisor) {
      if (state.detail !== said) note(`  ${state.detail}`);
      said = state.detail;
      if (state.phase === 'running') return state;
    }
    if (!isAlive(supervisor)) {
      const why = state?.phase === 'failed' ? state.detail : 'its supervisor ended';
      throw new BubbleError('REFUSED', `the cluster did not start: ${why} (${shown(folder)}/supervisor.log)`);
    }
    await sleep(LOOK_MS);
  }
};

const health = async ({ admin, pid }: PartState): Promise<string> => {
  if (!isAlive(pid)) return 'down';
  if (admin === undefined) return 'up';
  try {
    const answer = await fetch(`${admin}/readyz`, { signal: AbortSignal.timeout(HEALTH_WITHIN_MS) });
    // The first part that is missing says why.
    return answer.ok ? 'ready' : ((await answer.text()).split('\n')[1] ?? 'not ready').trim();
  } catch {
    // It may be starting, stopping or paused: not ready in any case.
    return 'does not answer';
  }
};

const show = async (state: ClusterState): Promise<boolean> => {
  const table = new Table({
    head: ['part', 'address', 'pid', 'restarts', 'state'],
    style: { head: [], border: [] },
  });
  let isWell = isAlive(state.supervisor) && state.phase === 'running';
  for (const part of state.parts) {
    const word = await health(part);
    isWell &&= word === 'up' || word === 'ready';
    table.push([part.name, part.address, part.pid, part.restarts, word]);
  }
  print(table.toString());
  return isWell;
};

export const clusterUp = async (options: Options): Promise<number> => {
  const folder = folderOf(options);
  const before = readState(folder);
  if (before !== null && isAlive(before.supervisor)) {
    throw new BubbleError('REFUSED', `a cluster runs in ${shown(folder)}: bubble cluster down ends it`);
  }
  if (before !== null || existsSync(join(folder, 'kafka'))) {
    throw new BubbleError(
      'REFUSED',
      `${shown(folder)} holds an ended cluster: bubble cluster down removes it`,
    );
  }
  const started = performance.now();
  note('Starting a cluster (the first time its servers are downloaded) ...');
  const state = await untilRunning(folder, startSupervisor(folder, optionsOf(options, folder)));
  await show(state);
  print(
    `Ready in ${Math.round((performance.now() - started) / 1_000)} s. Clients: ${shown(state.clientFile)}`,
  );
  const data = `--data ${shown(dirname(state.clientFile))}`;
  print();
  print(`Talk:    bubble chat ada bob ${data}`);
  print(`Play:    bubble import FILE ${data}`);
  print(`Roles:   bubble processor --config ${shown(state.configFile)} --data FOLDER --admin-port 0`);
  print(`Look:    bubble cluster status        End: bubble cluster down`);
  return EXIT.OK;
};

export const clusterStatus = async (options: Options): Promise<number> => {
  const state = runningState(folderOf(options));
  if (options['json'] === true) {
    const parts = await Promise.all(
      state.parts.map(async (part) => ({ ...part, state: await health(part) })),
    );
    printJson({ ...state, supervisorRuns: isAlive(state.supervisor), parts });
    return EXIT.OK;
  }
  const isWell = await show(state);
  if (!isAlive(state.supervisor))
    print('Its supervisor has ended: bubble cluster down removes what is left.');
  return isWell ? EXIT.OK : EXIT.FAILURE;
};

export const clusterKill = async (name: string, options: Options): Promise<number> => {
  const folder = folderOf(options);
  const part = runningState(folder).parts.find((each) => each.name === name);
  if (part === undefined) {
    const names = runningState(folder).parts.map((each) => each.name);
    throw new BubbleError('CONFIG', `no part is named ${name}; there are ${names.join(', ')}`);
  }
  process.kill(part.pid, options['signal'] === undefined ? 'SIGKILL' : (options['signal'] as NodeJS.Signals));
  print(`${name} (${part.pid}) got ${String(options['signal'] ?? 'SIGKILL')}`);
  if (part.admin === undefined || options['wait'] === false) return EXIT.OK;
  const deadline = performance.now() + RESTARTED_WITHIN_MS;
  while (performance.now() < deadline) {
    const now = runningState(folder).parts.find((each) => each.name === name);
    if (now !== undefined && now.pid !== part.pid && (await health(now)) === 'ready') {
      print(`${name} is ready again (${now.pid})`);
      return EXIT.OK;
    }
    await sleep(LOOK_MS);
  }
  throw new BubbleError('TIMEOUT', `${name} is not ready again: see ${shown(folder)}/${name}/process.log`);
};

const untilEnded = async (pids: readonly number[], withinMs: number): Promise<number[]> => {
  const deadline = performance.now() + withinMs;
  let left = pids.filter(isAlive);
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(LOOK_MS);
    left = left.filter(isAlive);
  }
  return left;
};

export const clusterDown = async (options: Options): Promise<number> => {
  const folder = folderOf(options);
  const state = runningState(folder);
  if (isAlive(state.supervisor)) {
    process.kill(state.supervisor, 'SIGTERM');
    const left = await untilEnded([state.supervisor], DOWN_WITHIN_MS);
    if (left.length > 0)
      throw new BubbleError('TIMEOUT', `the supervisor (${state.supervisor}) does not end`);
  } else {
    // It was killed: what it started is ended here.
    const pids = state.parts.map(({ pid }) => pid).filter(isAlive);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await untilEnded(pids, DOWN_WITHIN_MS);
  }
  if (options['keep'] === true) {
    print(`The cluster has ended; ${shown(folder)} is kept.`);
    return EXIT.OK;
  }
  rmSync(folder, { recursive: true, force: true });
  print(`The cluster has ended and ${shown(folder)} is removed.`);
  return EXIT.OK;
};
