/** A real PostgreSQL on this machine: loopback, a data folder of its own, never the system's service. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import { ensurePackages, findProgram } from './apt.ts';
import { ChildServer, freePort, type ServerCommand } from './child-server.ts';
import type { SqlServer } from './mariadb.ts';

const run = promisify(execFile);
const USER = 'bubble';
const DATABASE = 'postgres';
/** Processes of a postmaster that was killed hold its shared memory until they notice; then a new one does not start. */
const STILL_HELD = /pre-existing shared memory block/;
const HELD_WITHIN_MS = 15_000;
const HELD_POLL_MS = 200;
const VERSIONS = '/usr/lib/postgresql';

export interface PostgresOptions {
  /** A folder `postgres` is made in it. */
  readonly folder: string;
  /** `name=value` settings beyond ours. */
  readonly settings?: readonly string[];
}

/** Debian keeps the server's programs out of the PATH, by version: the newest. */
const binaries = (): string[] =>
  existsSync(VERSIONS)
    ? readdirSync(VERSIONS)
        .toSorted((one, other) => Number(other) - Number(one))
        .map((version) => join(VERSIONS, version, 'bin'))
    : [];

async function programs(): Promise<{ initdb: string; server: string; isReady: string }> {
  if (findProgram('initdb', binaries()) === null) await ensurePackages(['postgresql']);
  const initdb = findProgram('initdb', binaries());
  const server = findProgram('postgres', binaries());
  const isReady = findProgram('pg_isready', binaries());
  if (initdb === null || server === null || isReady === null) {
    throw new BubbleError('REFUSED', 'postgres was not installed');
  }
  return { initdb, server, isReady };
}

/** True once it takes queries: not yet while it recovers. */
const answers = async (program: string, port: number): Promise<boolean> => {
  try {
    await run(program, ['-q', '-h', '127.0.0.1', '-p', String(port), '-t', '1']);
    return true;
  } catch {
    return false;
  }
};

/** @throws BubbleError REFUSED where a folder above this one lets nobody but its owner through */
const assertReachable = (folder: string): void => {
  for (let above = dirname(folder); above !== dirname(above); above = dirname(above)) {
    if ((statSync(above).mode & 0o001) !== 0) continue;
    throw new BubbleError(
      'REFUSED',
      `PostgreSQL does not run as root, and its own user may not enter ${above}: choose another folder, below /tmp say`,
    );
  }
};

/** Waits, when it starts, for what is left of its former life. */
export class PostgresServer extends ChildServer {
  readonly #heldWithinMs: number;

  constructor(command: ServerCommand, heldWithinMs = HELD_WITHIN_MS) {
    super(command);
    this.#heldWithinMs = heldWithinMs;
  }

  override async start(): Promise<void> {
    const deadline = performance.now() + this.#heldWithinMs;
    for (;;) {
      try {
        return await super.start();
      } catch (error) {
        // The message ends with the end of the server's log.
        const isHeld = isBubbleError(error) && STILL_HELD.test(error.message);
        if (!isHeld || performance.now() > deadline) throw error;
      }
      await sleep(HELD_POLL_MS);
    }
  }
}

export async function startPostgres({ folder, settings = [] }: PostgresOptions): Promise<SqlServer> {
  const { initdb, server, isReady } = await programs();
  const home = join(folder, 'postgres');
  const data = join(home, 'data');
  await mkdir(home, { recursive: true });
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(home, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  let as: string[] = [];
  if (process.getuid?.() === 0) {
    // The server refuses root in any case. It has to get through our folder to its own.
    await chmod(folder, 0o711);
    assertReachable(folder);
    await run('chown', ['-R', 'postgres:postgres', home]);
    as = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'];
  }
  const [initCommand, ...initArgs] = [
    ...as,
    ...[initdb, '-D', data, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    ...['--encoding=UTF8', '--locale=C', '--no-sync'],
  ];
  await run(initCommand!, initArgs, { cwd: home });
  const port = await freePort();
  const all = [
    ...[`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${home}`],
    ...['shared_buffers=128MB', 'max_wal_size=1GB', 'recovery_init_sync_method=syncfs', ...settings],
  ];
  const [command, ...args] = [...as, server, '-D', data, ...all.flatMap((setting) => ['-c', setting])];
  const child = new PostgresServer({
    name: 'postgres',
    command: command!,
    args,
    cwd: home,
    logFile: join(home, 'server.log'),
    ready: () => answers(isReady, port),
    readyWithinMs: 60_000,
  });
  await child.start();
  return {
    url: `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`,
    server: child,
    stop: async () => {
      // SIGTERM alone waits for the clients to go; SIGINT does not.
      if (child.running) child.signal('SIGINT');
      await child.stop();
    },
  };
}
