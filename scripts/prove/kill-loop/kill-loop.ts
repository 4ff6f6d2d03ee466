/**
 * Kills the server again and again under load, and has the whole run judged.
 *
 * Invariants:
 * 1. A kill counts only if at least `minUnanswered` sends were on their way when the connections ended, counted by
 *    the clients from what they had seen, not by what they meant to send.
 * 2. Every frame of every device is in the history; the final inboxes are read by sessions of their own.
 * 3. Nothing is judged before all sends have their outcome and all devices are complete, or had time to be.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { TRIAL_LIMITS } from '../../../schemas/limits.ts';
import { type CheckerReport, HistoryChecker } from '../checker/checker.ts';
import { readHistories } from '../recording/history-files.ts';
import type { FromLoad, ToLoad } from './messages.ts';
import { runBubble, ServerProcess } from './server-process.ts';

export interface KillLoopOptions {
  readonly kills: number;
  readonly seed: number;
  /** Answered sends wanted over the whole run, at least. */
  readonly answers: number;
  readonly minUnanswered: number;
  readonly workers: number;
  readonly users: number;
  readonly devicesPerUser: number;
  readonly conversationsAtOnce: number;
  /** Data folder; null: a temporary one. */
  readonly dataFolder: string | null;
  readonly serverFlags: readonly string[];
  readonly progress: (line: string) => void;
}

export interface KillLoopResult {
  readonly kills: number;
  /** Kills while the server was starting; they do not count. */
  readonly startKills: number;
  readonly unanswered: readonly number[];
  readonly answered: number;
  readonly restartMs: readonly number[];
  readonly report: CheckerReport;
  /** Output of `rebuild --verify`; null: it was fine. */
  readonly rebuildFault: string | null;
  readonly seconds: number;
  /** Where histories and data were kept because something was wrong; null: removed. */
  readonly kept: string | null;
}

const LOAD_PROCESS = join(dirname(fileURLToPath(import.meta.url)), 'load-process.ts');
const WAIT_MS = 60_000;
const CUT_AFTER_MS = 1_500;

class Load {
  readonly #child: ChildProcess;
  readonly #failed: (error: Error) => void;
  #waiting: { type: FromLoad['type']; resolve: (message: FromLoad) => void } | null = null;
  unanswered = 0;
  answered = 0;

  constructor(failed: (error: Error) => void) {
    this.#failed = failed;
    this.#child = fork(LOAD_PROCESS, { execArgv: ['--import', 'tsx'] });
    this.#child.on('message', (message: FromLoad) => this.#heard(message));
    this.#child.once('exit', (code) => {
      if (code !== 0) failed(new Error(`a load process ended with ${code}`));
    });
  }

  #heard(message: FromLoad): void {
    if (message.type === 'failed') this.#failed(new Error(`a load process failed: ${message.error}`));
    if (message.type === 'counts') {
      this.unanswered = message.unanswered;
      this.answered = message.answered;
    }
    if (this.#waiting?.type !== message.type) return;
    const { resolve } = this.#waiting;
    this.#waiting = null;
    resolve(message);
  }

  tell(message: ToLoad): void {
    this.#child.send(message);
  }

  ask<T extends FromLoad['type']>(message: ToLoad, answer: T): Promise<Extract<FromLoad, { type: T }>> {
    return new Promise((resolve) => {
      this.#waiting = {
        type: answer,
        resolve: (heard) => resolve(heard as Extract<FromLoad, { type: T }>),
      };
      this.tell(message);
    });
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

class KillLoop {
  readonly #options: KillLoopOptions;
  readonly #server: ServerProcess;
  readonly #loads: Load[];
  readonly #random: SeededRandom;
  readonly unanswered: number[] = [];
  readonly restartMs: number[] = [];
  startKills = 0;

  constructor(options: KillLoopOptions, server: ServerProcess, loads: Load[]) {
    this.#options = options;
    this.#server = server;
    this.#loads = loads;
    this.#random = new SeededRandom(options.seed);
  }

  get answered(): number {
    return this.#loads.reduce((sum, load) => sum + load.answered, 0);
  }

  get #unansweredNow(): number {
    return this.#loads.reduce((sum, load) => sum + load.unanswered, 0);
  }

  async run(): Promise<void> {
    const { kills, answers, minUnanswered, progress } = this.#options;
    let began = performance.now();
    while (this.unanswered.length < kills) {
      const number = this.unanswered.length + 1;
      await this.#until(() => this.answered >= ((number - 1) * answers) / kills, 'enough sends are answered');
      await sleep(this.#random.below(300));
      // More than demanded, for some are answered while the signal is on its way.
      await this.#until(() => this.#unansweredNow >= 2 * minUnanswered, 'enough sends are unanswered');
      await this.#server.kill();
      await this.#restart();
      const cut = await Promise.all(this.#loads.map((load) => load.ask({ type: 'count-cut' }, 'cut')));
      const count = cut.reduce((sum, { unanswered }) => sum + unanswered, 0);
      if (count >= minUnanswered) this.unanswered.push(count);
      if (performance.now() - began > 10_000) {
        began = performance.now();
        progress(`${this.unanswered.length} of ${kills} kills, ${this.answered} sends answered`);
      }
    }
    await this.#until(() => this.answered >= answers, 'enough sends are answered');
  }

  /** Starts the server; now and then kills it once more while it starts. */
  async #restart(): Promise<void> {
    if (this.#random.oneIn(8)) {
      this.#server.start();
      await sleep(this.#random.below(1_200));
      await this.#server.kill();
      this.startKills += 1;
    }
    const began = performance.now();
    await this.#server.start().ready;
    this.restartMs.push(performance.now() - began);
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + WAIT_MS;
    while (!condition()) {
      if (!this.#server.isRunning) throw new Error('the server has ended by itself');
      if (performance.now() > deadline) throw new Error(`waited ${WAIT_MS} ms in vain until ${what}`);
      await sleep(2);
    }
  }
}

const judge = async (folder: string): Promise<CheckerReport> => {
  const checker = new HistoryChecker({
    membershipRowsBelow: TRIAL_LIMITS.membershipRowsBelow,
    uniqueBodies: true,
  });
  await readHistories(folder, (event) => checker.add(event));
  return checker.finish();
};

export const runKillLoop = async (options: KillLoopOptions): Promise<KillLoopResult> => {
  const began = performance.now();
  const folder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'bubble-kill-loop-'));
  const dataFolder = join(folder, 'data');
  const historyFolder = join(folder, 'history');
  for (const each of [dataFolder, historyFolder]) mkdirSync(each, { recursive: true });
  const server = await ServerProcess.make(dataFolder, options.serverFlags, join(folder, 'server.log'));
  let fail: (error: Error) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const loads: Load[] = [];
  const run = async (): Promise<KillLoopResult> => {
    await server.start().ready;
    for (let worker = 0; worker < options.workers; worker += 1) loads.push(new Load(fail));
    const { workers, seed, users, devicesPerUser, conversationsAtOnce } = options;
    const clientFile = join(dataFolder, 'client.json');
    const readies = await Promise.all(
      loads.map((load, worker) =>
        load.ask(
          {
            type: 'begin',
            config: {
              worker,
              workers,
              seed,
              users,
              devicesPerUser,
              conversationsAtOnce,
              cutAfterMs: CUT_AFTER_MS,
              dataFolder,
              clientFile,
              historyFolder,
            },
          },
          'ready',
        ),
      ),
    );
    const groups = readies.flatMap((ready) => ready.groups);
    for (const load of loads) load.tell({ type: 'groups', groups });
    const loop = new KillLoop(options, server, loads);
    await loop.run();
    await Promise.all(loads.map((load) => load.ask({ type: 'quiet' }, 'quiet')));
    await Promise.all(loads.map((load) => load.ask({ type: 'finish' }, 'finished')));
    const answered = loop.answered;
    await server.stop();
    options.progress('judging the history');
    const report = await judge(historyFolder);
    options.progress('computing all state from the log again');
    const rebuild = await runBubble(['rebuild', '--verify', '--data', dataFolder]);
    const rebuildFault = rebuild.code === 0 ? null : rebuild.output;
    const isFine = report.violations === 0 && rebuildFault === null;
    if (isFine && options.dataFolder === null) rmSync(folder, { recursive: true, force: true });
    return {
      kills: loop.unanswered.length,
      startKills: loop.startKills,
      unanswered: loop.unanswered,
      answered,
      restartMs: loop.restartMs,
      report,
      rebuildFault,
      seconds: (performance.now() - began) / 1000,
      kept: isFine && options.dataFolder === null ? null : folder,
    };
  };
  try {
    return await Promise.race([run(), failure]);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nkept in ${folder}`, {
      cause: error,
    });
  } finally {
    await server.kill();
    for (const load of loads) load.end();
  }
};
