/** A real etcd of one node on this machine, from Debian's package: loopback, own folder. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePackages } from './apt.ts';
import { ChildServer, freePort } from './child-server.ts';

export interface EtcdServerOptions {
  /** Its own: data and logs. A start finds there what was there at the end. */
  readonly folder: string;
}

export interface EtcdServer {
  readonly endpoint: string;
  readonly process: ChildServer;
  stop(): Promise<void>;
}

const isHealthy = async (endpoint: string): Promise<boolean> => {
  try {
    const answer = await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(1_000) });
    return answer.ok && (await answer.text()).includes('true');
  } catch {
    return false;
  }
};

export async function startEtcd(options: EtcdServerOptions): Promise<EtcdServer> {
  await ensurePackages(['etcd-server']);
  await mkdir(options.folder, { recursive: true });
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const peers = `http://127.0.0.1:${await freePort()}`;
  const process = new ChildServer({
    name: 'etcd',
    command: 'etcd',
    args: [
      ...['--name', 'bubble', '--data-dir', join(options.folder, 'data')],
      ...['--listen-client-urls', endpoint, '--advertise-client-urls', endpoint],
      ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers],
      ...['--initial-cluster', `bubble=${peers}`],
    ],
    logFile: join(options.folder, 'etcd.log'),
    ready: () => isHealthy(endpoint),
    readyWithinMs: 30_000,
  });
  await process.start();
  return { endpoint, process, stop: () => process.stop() };
}
