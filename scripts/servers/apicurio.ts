/** A real schema registry on this machine: Apicurio, which keeps what it is told in memory, as long as it runs. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveOf } from './cache.ts';
import { ChildServer, freePort } from './child-server.ts';

const VERSION = '2.6.13.Final';
const READY_WITHIN_MS = 90_000;

export interface Apicurio {
  /** Of its Confluent-compatible API, without a slash at its end. */
  readonly url: string;
  readonly server: ChildServer;
  stop(): Promise<void>;
}

export interface ApicurioOptions {
  /** Its log and temporary files. */
  readonly folder: string;
  /** Default: a free one. */
  readonly port?: number;
}

export const startApicurio = async ({ folder, port: wanted }: ApicurioOptions): Promise<Apicurio> => {
  const home = await archiveOf(
    `apicurio-${VERSION}`,
    { group: 'io.apicurio', name: 'apicurio-registry-app', version: VERSION },
    'all',
  );
  await mkdir(folder, { recursive: true });
  const port = wanted ?? (await freePort());
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  const server = new ChildServer({
    name: 'Apicurio',
    command: 'java',
    args: [
      '-Xmx256m',
      // Less optimised code, which is ready sooner.
      '-XX:TieredStopAtLevel=1',
      `-Djava.io.tmpdir=${folder}`,
      '-Dquarkus.http.host=127.0.0.1',
      `-Dquarkus.http.port=${port}`,
      '-jar',
      join(home, `apicurio-registry-app-${VERSION}-runner.jar`),
    ],
    cwd: folder,
    logFile: join(folder, 'apicurio.log'),
    ready: async () => {
      try {
        return (await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(2_000) })).ok;
      } catch {
        // Not yet.
        return false;
      }
    },
    readyWithinMs: READY_WITHIN_MS,
  });
  await server.start();
  return { url, server, stop: () => server.stop() };
};
