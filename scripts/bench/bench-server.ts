/** The server under test: `bubble serve` as a child process with free ports and a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TrustAnchors } from '../../clients/sdk/manifests.ts';
import { readTrust } from '../../clients/sdk/node/trust.ts';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { openOwnKeys } from '../../infra/identity/own-keys.ts';
import { cpuMicroseconds, proportionalBytes } from '../servers/process-figures.ts';

const bin = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bubble', 'bin.mjs');

export interface BenchServer {
  readonly trust: TrustAnchors;
  /** host:port */
  readonly tcp: string;
  /** ws://host:port */
  readonly websocket: string;
  readonly folder: string;
  token(user: string): Promise<string>;
  /** Of all of bubble's processes. */
  cpuMicroseconds(): number;
  /** Of each process, brokers and database included; none for a single process. */
  cpuByRole(): Readonly<Record<string, number>>;
  /** Requests to brokers since the start; 0 where there are none. */
  brokerRequests(): Promise<number>;
  proportionalBytes(): number;
  /** Graceful; the folder stays. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  remove(): void;
}

export const LIMITS_PROFILE = 'trial';

export interface ServerOptions {
  /** An existing data folder; a new one otherwise. */
  readonly folder?: string;
  readonly durability?: string;
  /** Flags of Node, such as --cpu-prof; by default those of BENCH_NODE_FLAGS. */
  readonly nodeFlags?: readonly string[];
  /** Further flags of `bubble serve`; by default those of BENCH_SERVE_FLAGS. */
  readonly flags?: readonly string[];
}

/** What a case runs on. */
export interface Target {
  readonly kind: 'embedded' | 'cluster';
  /** Of the cluster; what is in three is there three times. */
  readonly brokers: 1 | 3;
}

export async function startTarget(target: Target): Promise<BenchServer> {
  if (target.kind === 'embedded') return startServer();
  const { startCluster } = await import('./bench-cluster.ts');
  return startCluster(target.brokers);
}

export async function startServer(options: ServerOptions = {}): Promise<BenchServer> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'bubble-bench-'));
  const child = spawn(
    process.execPath,
    [
      ...(options.nodeFlags ?? process.env['BENCH_NODE_FLAGS']?.split(' ') ?? []),
      bin,
      'serve',
      '--data',
      folder,
      '--tcp-port=0',
      '--websocket-port=0',
      '--admin-port=0',
      '--limits',
      LIMITS_PROFILE,
      '--durability',
      options.durability ?? 'always',
      '--log-level=warn',
      ...(options.flags ?? process.env['BENCH_SERVE_FLAGS']?.split(' ') ?? []),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await ready(child);
  const file = join(folder, 'client.json');
  const { trust, tcp, websocket } = readTrust(file);
  const keys = await openOwnKeys({ folder, clock: systemClock });
  const tokens = new Map<string, string>();
  const pid = child.pid!;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  process.once('exit', () => child.kill('SIGKILL'));
  return {
    trust,
    tcp,
    websocket,
    folder,
    token: async (user) => {
      const known = tokens.get(user);
      if (known !== undefined) return known;
      const token = await keys.issue({ tenant: 'main', user, ttlSec: 86_400 });
      tokens.set(user, token);
      return token;
    },
    cpuMicroseconds: () => cpuMicroseconds(pid),
    cpuByRole: () => ({}),
    brokerRequests: async () => 0,
    proportionalBytes: () => proportionalBytes(pid),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The server says on its standard output when it can be used. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout!.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes('is ready')) resolve();
    });
    child.once('exit', () => reject(new Error(`bubble serve ended before it was ready: ${said}`)));
  });
}
