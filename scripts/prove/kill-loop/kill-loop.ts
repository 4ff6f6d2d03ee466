/**
 * Kills the server again and again under load, and has the whole run judged.
 *
 * Invariants:
 * 1. A kill counts only if at least `minUnanswered` sends were on their way when the connections ended, counted by
 *    the clients from what they had seen, not by what they meant to send.
 * 2. Every frame of every device is in the history; the final inboxes are read by sessions of their own.
 * 3. Nothing is judged before all sends have their outcome and all devices are complete, or had time to be.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import type { CheckerReport } from '../checker/checker.ts';
import { judge, Loads } from './loads.ts';
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

const WAIT_MS = 60_000;
const CUT_AFTER_MS = 1_500;

class KillLoop {
  readonly #options: KillLoopOptions;
  readonly #server: ServerProcess;
  readonly #loads: Loads;
  readonly #random: SeededRandom;
  readonly unanswered: number[] = [];
  readonly restartMs: number[] = [];
  startKills = 0;

  constructor(options: KillLoopOptions, server: ServerProcess, loads: Loads) {
    this.#options = options;
    this.#server = server;
    this.#loads = loads;
    this.#random = new SeededRandom(options.seed);
  }

  async run(): Promise<void> {
    const { kills, answers, minUnanswered, progress } = this.#options;
    let began = performance.now();
    while (this.unanswered.length < kills) {
      const number = this.unanswered.length + 1;
      await this.#until(
        () => this.#loads.answered >= ((number - 1) * answers) / kills,
        'enough sends are answered',
      );
      await sleep(this.#random.below(300));
      // More than demanded, for some are answered while the signal is on its way.
      await this.#until(() => this.#loads.unanswered >= 2 * minUnanswered, 'enough sends are unanswered');
      await this.#server.kill();
      await this.#restart();
      const count = await this.#loads.takeCut();
      if (count >= minUnanswered) this.unanswered.push(count);
      if (performance.now() - began > 10_000) {
        began = performance.now();
        progress(`${this.unanswered.length} of ${kills} kills, ${this.#loads.answered} sends answered`);
      }
    }
    await this.#until(() => this.#loads.answered >= answers, 'enough sends are answered');
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
  const loads = new Loads(fail);
  const run = async (): Promise<KillLoopResult> => {
    await server.start().ready;
    const { workers, seed, users, devicesPerUser, conversationsAtOnce } = options;
    await loads.begin({
      workers,
      seed,
      users,
      devicesPerUser,
      conversationsAtOnce,
      cutAfterMs: CUT_AFTER_MS,
      dataFolder,
      clientFile: join(dataFolder, 'client.json'),
      historyFolder,
    });
    const loop = new KillLoop(options, server, loads);
    await loop.run();
    await loads.finish();
    const { answered } = loads;
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
    loads.end();
  }
};
