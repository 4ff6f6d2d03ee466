/** The command line as people run it: child processes of the launcher. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin.mjs', import.meta.url));
const DEADLINE_MS = 60_000;

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const environment = (extra: Record<string, string>): NodeJS.ProcessEnv => {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('BUBBLE_'));
  return { ...Object.fromEntries(inherited), NODE_NO_WARNINGS: '1', ...extra };
};

export interface RunOptions {
  readonly folder?: string;
  readonly environment?: Record<string, string>;
  readonly input?: string;
  /** Default 60 s. */
  readonly withinMs?: number;
}

export const runBubble = async (args: readonly string[], options: RunOptions = {}): Promise<Ran> => {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: options.folder,
    env: environment(options.environment ?? {}),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.withinMs ?? DEADLINE_MS,
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.end(options.input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
};

export interface Served {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Graceful. @returns the exit code */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

/** `bubble serve` on free ports, ready to be used. */
export const serveBubble = async (data: string, args: readonly string[] = []): Promise<Served> => {
  const ports = ['--tcp-port=0', '--websocket-port=0', '--admin-port=0'];
  const child = spawn(process.execPath, [BIN, 'serve', '--data', data, ...ports, ...args], {
    env: environment({}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  const ended = once(child, 'close') as Promise<[number | null]>;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (out.includes('Stop with')) resolve();
    });
    void ended.then(() => reject(new Error(`bubble serve ended before it was ready: ${err}`)));
  });
  return {
    child,
    out: () => out,
    err: () => err,
    stop: async () => {
      child.kill('SIGTERM');
      return (await ended)[0];
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};
