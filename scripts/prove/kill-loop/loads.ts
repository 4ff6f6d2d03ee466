/** The load processes of a kill loop, led from here, and the judgement over what they have seen. */
import { type ChildProcess, fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TRIAL_LIMITS } from '../../../schemas/limits.ts';
import { type CheckerReport, HistoryChecker } from '../checker/checker.ts';
import { readHistories } from '../recording/history-files.ts';
import type { FromLoad, LoadConfig, ToLoad } from './messages.ts';

const LOAD_PROCESS = join(dirname(fileURLToPath(import.meta.url)), 'load-process.ts');

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

export class Loads {
  readonly #loads: Load[] = [];
  readonly #failed: (error: Error) => void;

  /** @param failed called when a load process ends or fails */
  constructor(failed: (error: Error) => void) {
    this.#failed = failed;
  }

  get answered(): number {
    return this.#loads.reduce((sum, load) => sum + load.answered, 0);
  }

  /** Sends on their way now. */
  get unanswered(): number {
    return this.#loads.reduce((sum, load) => sum + load.unanswered, 0);
  }

  /** Starts the processes and their load. */
  async begin(config: Omit<LoadConfig, 'worker'>): Promise<void> {
    for (let worker = 0; worker < config.workers; worker += 1) this.#loads.push(new Load(this.#failed));
    const readies = await Promise.all(
      this.#loads.map((load, worker) => load.ask({ type: 'begin', config: { ...config, worker } }, 'ready')),
    );
    const groups = readies.flatMap((ready) => ready.groups);
    for (const load of this.#loads) load.tell({ type: 'groups', groups });
  }

  /** No more than so many sends a second, all devices together; null: as many as the answers allow. */
  pace(perSecond: number | null): void {
    for (const load of this.#loads) {
      load.tell({ type: 'pace', perSecond: perSecond === null ? null : perSecond / this.#loads.length });
    }
  }

  /** Sends that were unanswered when connections ended that nobody cut on purpose, since the last question. */
  async takeCut(): Promise<number> {
    const cut = await Promise.all(this.#loads.map((load) => load.ask({ type: 'count-cut' }, 'cut')));
    return cut.reduce((sum, { unanswered }) => sum + unanswered, 0);
  }

  /** No new sends; resolves when all have their outcome, the inboxes are read, and the devices had time to complete. */
  async finish(): Promise<void> {
    await Promise.all(this.#loads.map((load) => load.ask({ type: 'quiet' }, 'quiet')));
    await Promise.all(this.#loads.map((load) => load.ask({ type: 'finish' }, 'finished')));
  }

  end(): void {
    for (const load of this.#loads) load.end();
  }
}

export const judge = async (folder: string): Promise<CheckerReport> => {
  const checker = new HistoryChecker({
    membershipRowsBelow: TRIAL_LIMITS.membershipRowsBelow,
    uniqueBodies: true,
  });
  await readHistories(folder, (event) => checker.add(event));
  return checker.finish();
};
