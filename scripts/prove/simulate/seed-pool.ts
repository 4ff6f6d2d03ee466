/** Several processes that run seeds. */
import { type ChildProcess, fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PortBug } from './run-seed.ts';
import type { SeedReply, SeedRequest } from './seed-process.ts';

/** A seed that has not come back after so long hangs: its process is ended, the seed has failed. */
const SEED_WITHIN_MS = 120_000;

export interface PoolOptions {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly workers: number;
  readonly portBug: PortBug | null;
  /** Root of the sources to run: this repository's, or a patched copy. */
  readonly root: string | null;
  /** Called with every result. Returns false to begin no further seed. */
  readonly each: (reply: SeedReply) => boolean;
}

const OWN_ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');

const hung = (seed: number): SeedReply => ({
  seed,
  commands: 0,
  operations: 0,
  faults: 0,
  simulatedMs: 0,
  wallMs: SEED_WITHIN_MS,
  digest: '',
  violations: 1,
  isLost: true,
  findings: [`the run did not end within ${SEED_WITHIN_MS} ms, or its process ended`],
});

/** Resolves when all seeds have run, or `each` has said stop. */
export const runSeeds = async (options: PoolOptions): Promise<void> => {
  const { firstSeed, seeds, workers, portBug, each } = options;
  const root = options.root ?? OWN_ROOT;
  let next = firstSeed;
  const end = firstSeed + seeds;
  let goesOn = true;
  const start = (): ChildProcess =>
    fork(join(root, 'scripts/prove/simulate/seed-process.ts'), {
      // Short-lived objects by the million: a large nursery, and no threads beside those of the other workers.
      execArgv: ['--import', 'tsx', '--max-semi-space-size=128', '--single-threaded-gc'],
      cwd: root,
    });
  const work = async (): Promise<void> => {
    let child = start();
    try {
      while (goesOn && next < end) {
        const seed = next;
        next += 1;
        const reply = await runIn(child, { seed, portBug });
        if (reply === null) {
          child.kill('SIGKILL');
          child = start();
        }
        goesOn = each(reply ?? hung(seed)) && goesOn;
      }
    } finally {
      child.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(workers, seeds)) }, work));
};

/** @returns null where the process hangs or ends */
const runIn = (child: ChildProcess, request: SeedRequest): Promise<SeedReply | null> =>
  new Promise((resolve) => {
    const finish = (reply: SeedReply | null): void => {
      clearTimeout(timer);
      child.off('message', heard);
      child.off('exit', ended);
      resolve(reply);
    };
    const heard = (reply: SeedReply): void => finish(reply);
    const ended = (): void => finish(null);
    const timer = setTimeout(() => finish(null), SEED_WITHIN_MS);
    child.on('message', heard);
    child.once('exit', ended);
    child.send(request);
  });
