/**
 * The cluster under test: one broker and replication 1, or three of both; four partitions each, one gate, one processor, MariaDB; all on the
 * same cores as the client. Without Redis and etcd, which are on no message's path.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTrust } from '../../clients/sdk/node/trust.ts';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { openOwnKeys } from '../../infra/identity/own-keys.ts';
import { BubbleCluster } from '../servers/bubble-cluster.ts';
import { exitOnSignals } from '../servers/child-server.ts';
import { clusterSum } from '../servers/cluster-metrics.ts';
import { cpuMicroseconds, proportionalBytes } from '../servers/process-figures.ts';
import type { BenchServer } from './bench-server.ts';

const PARTITIONS = 4;

export async function startCluster(brokers: 1 | 3): Promise<BenchServer> {
  exitOnSignals();
  const folder = mkdtempSync(join(tmpdir(), 'bubble-bench-cluster-'));
  const nodeFlags = process.env['BENCH_NODE_FLAGS']?.split(' ');
  const cluster = new BubbleCluster({
    folder,
    brokers,
    gates: 1,
    processors: 1,
    partitions: PARTITIONS,
    sql: 'mysql',
    limits: 'trial',
    bare: true,
    settings: ['logging.level=warn'],
    ...(nodeFlags === undefined ? {} : { nodeFlags }),
  });
  try {
    await cluster.start();
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  const { trust, tcp, websocket } = readTrust(cluster.clientFile);
  const keys = await openOwnKeys({ folder: cluster.keysFolder, clock: systemClock });
  const tokens = new Map<string, Promise<string>>();
  const pids = cluster.parts.map(({ server }) => server.pid);
  const sum = (figure: (pid: number) => number): number =>
    pids.reduce((total, pid) => total + figure(pid), 0);
  return {
    trust,
    tcp,
    websocket,
    folder,
    token: (user) => {
      const token = tokens.get(user) ?? keys.issue({ tenant: 'main', user, ttlSec: 86_400 });
      tokens.set(user, token);
      return token;
    },
    cpuMicroseconds: () => sum(cpuMicroseconds),
    cpuByRole: () =>
      Object.fromEntries(
        [...cluster.parts, ...cluster.neighbours].map(({ name, server }) => [
          name,
          cpuMicroseconds(server.pid),
        ]),
      ),
    brokerRequests: () => clusterSum(cluster, 'bubble_kafka_requests_total'),
    proportionalBytes: () => sum(proportionalBytes),
    stop: () => cluster.stop(),
    kill: async () => {
      await Promise.all(cluster.parts.map(({ server }) => server.kill()));
      await cluster.stop();
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
