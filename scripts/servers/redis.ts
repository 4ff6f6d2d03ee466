/** A real Redis on this machine, from Debian's package: loopback, own folder, nothing on disk unless asked for. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensurePackages } from './apt.ts';
import { ChildServer, freePort } from './child-server.ts';

const run = promisify(execFile);

export interface RedisServerOptions {
  /** Its own: logs, and the dump where `keepsData`. */
  readonly folder: string;
  /** Saves at a stop and reads at a start. Otherwise every start is an empty Redis. */
  readonly keepsData?: boolean;
}

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly process: ChildServer;
  /** What `redis-cli` answers to this command. */
  ask(...command: string[]): Promise<string>;
  stop(): Promise<void>;
}

export async function startRedis(options: RedisServerOptions): Promise<RedisServer> {
  await ensurePackages(['redis-server']);
  await mkdir(options.folder, { recursive: true });
  const port = await freePort();
  const ask = async (...command: string[]): Promise<string> => {
    const { stdout } = await run('redis-cli', ['-h', '127.0.0.1', '-p', String(port), ...command]);
    return stdout.trim();
  };
  const process = new ChildServer({
    name: 'Redis',
    command: 'redis-server',
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', options.folder],
      // Without the empty list of save points a Redis would write its dump in the background, and at a stop.
      ...(options.keepsData === true ? ['--save', '3600 1'] : ['--save', '']),
      ...['--appendonly', 'no'],
    ],
    logFile: join(options.folder, 'redis.log'),
    ready: () =>
      ask('PING').then(
        (answer) => answer === 'PONG',
        () => false,
      ),
    readyWithinMs: 20_000,
  });
  await process.start();
  return { url: `redis://127.0.0.1:${port}`, port, process, ask, stop: () => process.stop() };
}
