/** A server as a child process: its log in a file, waited for until ready, ended by its id alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BubbleError } from '../../schemas/errors.ts';

export interface ServerCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** True once the server answers. */
  readonly ready: () => Promise<boolean>;
  readonly readyWithinMs: number;
}

/** Servers that run: none outlives this process, whatever ends it but SIGKILL. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Lets a signal end this process by way of `exit`, so that its servers go with it. For tests and trials. */
export function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
}

const STOP_WITHIN_MS = 10_000;
const READY_POLL_MS = 100;

export class ChildServer {
  readonly #command: ServerCommand;
  #child: ChildProcess | null = null;

  constructor(command: ServerCommand) {
    this.#command = command;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new BubbleError('REFUSED', `${this.#command.name} does not run`);
    return pid;
  }

  /** Whether it was ever started. */
  get started(): boolean {
    return this.#child !== null;
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Of the last process; null while it runs, and where a signal has ended it. */
  get exitCode(): number | null {
    return this.#child?.exitCode ?? null;
  }

  async start(): Promise<void> {
    const { name, command, args, cwd, env, logFile, ready, readyWithinMs } = this.#command;
    const log = openSync(logFile, 'a');
    this.#child = spawn(command, args, {
      stdio: ['ignore', log, log],
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
    });
    closeSync(log);
    const child = this.#child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    const deadline = Date.now() + readyWithinMs;
    while (!(await ready())) {
      if (!this.running || Date.now() > deadline) {
        await this.kill();
        const tail = readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n');
        throw new BubbleError('TIMEOUT', `${name} did not become ready; the end of ${logFile}:\n${tail}`);
      }
      await sleep(READY_POLL_MS);
    }
  }

  /** Resolves when the present process has ended, by itself or not. */
  async exited(): Promise<void> {
    if (this.#child !== null && this.running) await once(this.#child, 'exit');
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  async #ended(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || !this.running) return;
    const exit = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await exit;
    clearTimeout(timer);
  }

  stop(): Promise<void> {
    return this.#ended('SIGTERM');
  }

  kill(): Promise<void> {
    return this.#ended('SIGKILL');
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new BubbleError('REFUSED', 'no free port');
  return address.port;
}
