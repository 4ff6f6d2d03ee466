/**
 * The process that holds a trial cluster: starts all servers, keeps `cluster.json` up to date, starts gates and
 * processors again when they end, and takes everything down at a signal. `bubble cluster up` starts it.
 */
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BubbleCluster, type ClusterOptions } from '../../servers/bubble-cluster.ts';
import { sentenceOf } from '../terminal.ts';
import { type ClusterState, type PartState, writeState } from './state-file.ts';

const WRITE_EVERY_MS = 500;

const partsOf = (cluster: BubbleCluster): PartState[] => [
  ...cluster.neighbours.map(({ name, address, server }) => ({ name, address, pid: server.pid, restarts: 0 })),
  ...cluster.parts
    .filter(({ server }) => server.started)
    .map(({ name, kind, tcp, admin, server }) => ({
      name,
      address: kind === 'gate' ? tcp : admin,
      admin,
      pid: server.pid,
      restarts: cluster.restarts.get(name) ?? 0,
    })),
];

export const supervise = async (options: ClusterOptions): Promise<void> => {
  const { folder } = options;
  mkdirSync(folder, { recursive: true });
  let phase: ClusterState['phase'] = 'starting';
  let detail = '';
  const cluster = new BubbleCluster({
    ...options,
    progress: (what) => {
      detail = what;
      write();
    },
  });
  const write = (): void =>
    writeState(folder, {
      supervisor: process.pid,
      phase,
      detail,
      clientFile: cluster.clientFile,
      configFile: cluster.configFile,
      parts: partsOf(cluster),
    });
  let stopping = false;
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        stopping = true;
        resolve();
      });
    }
  });
  try {
    await Promise.race([cluster.start(), stopped]);
    phase = 'running';
    while (!stopping) {
      write();
      await Promise.race([sleep(WRITE_EVERY_MS), stopped]);
    }
  } catch (error) {
    phase = 'failed';
    detail = sentenceOf(error);
    write();
    process.exitCode = 1;
  } finally {
    await cluster.stop();
  }
  // Children that were being started when the signal came end with this process.
  process.exit();
};

await supervise(JSON.parse(process.argv[2] ?? '{}') as ClusterOptions);
