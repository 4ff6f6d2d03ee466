/** A real MariaDB on this machine: loopback, a data folder of its own, never the system's service. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BubbleError } from '../../schemas/errors.ts';
import { ensurePackages, findProgram } from './apt.ts';
import { ChildServer, freePort } from './child-server.ts';

const run = promisify(execFile);
const USER = 'bubble';
const DATABASE = 'bubble';

export interface SqlServer {
  /** With user, password and database. */
  readonly url: string;
  readonly server: ChildServer;
  stop(): Promise<void>;
}

export interface MariadbOptions {
  /** A folder `mariadb` is made in it. */
  readonly folder: string;
  /** Options of mariadbd beyond ours. */
  readonly options?: readonly string[];
}

/** MariaDB sends a greeting as soon as it takes connections. */
const greets = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', end(true));
    socket.once('error', end(false));
    socket.once('close', end(false));
  });

async function programs(): Promise<{ install: string; server: string }> {
  if (findProgram('mariadbd') === null || findProgram('mariadb-install-db') === null) {
    await ensurePackages(['mariadb-server']);
  }
  const install = findProgram('mariadb-install-db');
  const server = findProgram('mariadbd');
  if (install === null || server === null) throw new BubbleError('REFUSED', 'mariadbd was not installed');
  return { install, server };
}

export async function startMariadb({ folder, options = [] }: MariadbOptions): Promise<SqlServer> {
  const { install, server } = await programs();
  const home = join(folder, 'mariadb');
  const data = join(home, 'data');
  await mkdir(data, { recursive: true });
  const password = randomBytes(12).toString('hex');
  const initFile = join(home, 'init.sql');
  // Run at each start, hence repeatable.
  await writeFile(
    initFile,
    [
      `CREATE DATABASE IF NOT EXISTS ${DATABASE};`,
      `CREATE USER IF NOT EXISTS '${USER}'@'%' IDENTIFIED BY '${password}';`,
      `GRANT ALL ON *.* TO '${USER}'@'%';`,
      '',
    ].join('\n'),
    { mode: 0o644 },
  );
  const asUser: string[] = [];
  if (process.getuid?.() === 0) {
    // The server refuses root unless it is named: another user may not get through to a folder of root's.
    asUser.push('--user=root');
  }
  await run(install, [
    ...['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    ...asUser,
  ]);
  const port = await freePort();
  const child = new ChildServer({
    name: 'mariadb',
    command: server,
    args: [
      ...['--no-defaults', `--datadir=${data}`, `--socket=${join(home, 'socket')}`, `--port=${port}`],
      ...['--bind-address=127.0.0.1', '--skip-name-resolve', '--skip-log-bin', `--init-file=${initFile}`],
      ...['--innodb-buffer-pool-size=128M', '--innodb-log-file-size=128M', ...asUser, ...options],
    ],
    logFile: join(home, 'server.log'),
    ready: () => greets(port),
    readyWithinMs: 60_000,
  });
  await child.start();
  return {
    url: `mysql://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`,
    server: child,
    stop: () => child.stop(),
  };
}
