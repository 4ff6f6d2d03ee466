/** A gate or a processor as a child process, of this checkout. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChildServer, freePort } from './child-server.ts';

const BIN = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bubble', 'bin.mjs');
const READY_WITHIN_MS = 60_000;

export interface BubbleProcessOptions {
  readonly kind: 'gate' | 'processor';
  readonly name: string;
  /** Its data folder. */
  readonly folder: string;
  readonly configFile: string;
  readonly flags?: readonly string[];
  /** Flags of Node, such as --cpu-prof. */
  readonly nodeFlags?: readonly string[];
}

export interface BubbleProcess {
  readonly kind: 'gate' | 'processor';
  readonly name: string;
  readonly server: ChildServer;
  /** http://host:port */
  readonly admin: string;
  /** Of a gate: host:port, and ws://host:port. */
  readonly tcp: string;
  readonly websocket: string;
  readonly logFile: string;
}

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    // Not there yet: the caller asks again until its time is over.
    return false;
  }
};

/** Not started yet. Its ports stay the same from start to start. */
export const bubbleProcess = async (options: BubbleProcessOptions): Promise<BubbleProcess> => {
  const { kind, name, folder, configFile } = options;
  await mkdir(folder, { recursive: true });
  const [tcp, websocket, admin] = [await freePort(), await freePort(), await freePort()];
  const logFile = join(folder, 'process.log');
  const flags = ['--config', configFile, '--data', folder, `--admin-port=${admin}`, ...(options.flags ?? [])];
  if (kind === 'gate') {
    flags.push(`--tcp-port=${tcp}`, `--websocket-port=${websocket}`, '--set', `gate.name=${name}`);
  }
  const adminUrl = `http://127.0.0.1:${admin}`;
  return {
    kind,
    name,
    admin: adminUrl,
    tcp: `127.0.0.1:${tcp}`,
    websocket: `ws://127.0.0.1:${websocket}`,
    logFile,
    server: new ChildServer({
      name,
      command: process.execPath,
      args: [...(options.nodeFlags ?? []), BIN, kind, ...flags],
      logFile,
      ready: () => answers(`${adminUrl}/readyz`),
      readyWithinMs: READY_WITHIN_MS,
    }),
  };
};

/** What a gate has written for its clients. */
export const clientFileOf = (folder: string): { deployment: string; rootKeys: string[] } =>
  JSON.parse(readFileSync(join(folder, 'client.json'), 'utf8')) as { deployment: string; rootKeys: string[] };
