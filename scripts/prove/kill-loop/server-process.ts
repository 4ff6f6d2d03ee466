/** `bubble serve` as a child process on fixed ports, killed and started again on one data folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'bubble', 'bin.mjs');

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a command of `bubble` to its end. */
export const runBubble = (args: readonly string[]): Promise<CommandResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += String(chunk);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });

export class ServerProcess {
  readonly #folder: string;
  readonly #flags: readonly string[];
  readonly #ports: readonly number[];
  readonly #log: WriteStream;
  #child: ChildProcess | null = null;

  private constructor(folder: string, flags: readonly string[], ports: readonly number[], logPath: string) {
    this.#folder = folder;
    this.#flags = flags;
    this.#ports = ports;
    this.#log = createWriteStream(logPath);
  }

  static async make(folder: string, flags: readonly string[], logPath: string): Promise<ServerProcess> {
    const ports = [await freePort(), await freePort(), await freePort()];
    return new ServerProcess(folder, flags, ports, logPath);
  }

  /** Starts the process; `ready` resolves when it says so, and rejects if it ends before. */
  start(): { readonly ready: Promise<void> } {
    const [tcp, websocket, admin] = this.#ports;
    const child = spawn(
      process.execPath,
      [
        BIN,
        'serve',
        '--data',
        this.#folder,
        `--tcp-port=${tcp}`,
        `--websocket-port=${websocket}`,
        `--admin-port=${admin}`,
        '--limits=trial',
        '--log-level=warn',
        ...this.#flags,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child = child;
    child.stderr?.on('data', (chunk) => this.#log.write(chunk));
    const ready = new Promise<void>((resolve, reject) => {
      let said = '';
      child.stdout?.on('data', (chunk) => {
        this.#log.write(chunk);
        said = (said + String(chunk)).slice(-4_096);
        if (said.includes('ready')) resolve();
      });
      child.once('exit', (code, signal) => {
        this.#log.write(`-- ended with ${code ?? signal}\n`);
        reject(new Error(`bubble serve ended with ${code ?? signal} before it was ready:\n${said}`));
      });
      child.once('error', reject);
    });
    ready.catch(() => {});
    return { ready };
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === null) return null;
    this.#child = null;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return exited;
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM. @returns the exit code */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child !== null && child.exitCode === null && child.signalCode === null;
  }
}
