/**
 * Bugs planted on purpose, to show that the rig sees them. A bug is a patch of a source file's text in a temporary
 * copy of the sources, or a fault of a port; the product has no switch for any of them.
 *
 * A patch that does not fit its file exactly once ends the run: so no canary dies unnoticed when the code changes.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CANARIES, type Canary, type Patch } from './canary-list.ts';
import { runSeeds } from './seed-pool.ts';
import type { SeedReply } from './seed-process.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const FOLDERS = ['schemas', 'infra', 'gateways', 'processors', 'clients', 'scripts/prove'];
const FILES = ['package.json', 'tsconfig.json'];

export interface CanaryOptions {
  readonly seeds: number;
  readonly firstSeed: number;
  readonly workers: number;
  readonly only: string;
  readonly print: (line: string) => void;
}

/** @throws Error where the patch does not fit exactly once */
export const patched = (text: string, { file, find, replace }: Patch): string => {
  const parts = text.split(find);
  if (parts.length === 2) return parts.join(replace);
  throw new Error(`a canary's patch fits ${parts.length - 1} times in ${file}; mend the canary: ${find}`);
};

const makeCopy = (): string => {
  const copy = mkdtempSync(join(tmpdir(), 'bubble-canary-'));
  for (const folder of FOLDERS) cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
  for (const file of FILES) cpSync(join(ROOT, file), join(copy, file));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
};

interface Caught {
  readonly seed: number;
  readonly tried: number;
  readonly finding: string;
}

const hunt = async (canary: Canary, options: CanaryOptions, root: string | null): Promise<Caught | null> => {
  let tried = 0;
  let caught: SeedReply | null = null;
  await runSeeds({
    firstSeed: options.firstSeed,
    seeds: options.seeds,
    workers: options.workers,
    portBug: canary.kind === 'port' ? canary.portBug : null,
    root,
    each: (reply) => {
      // What hangs or does not even start proves nothing.
      if (reply.isLost) throw new Error(`canary "${canary.name}", seed ${reply.seed}: ${reply.findings[0]}`);
      tried += 1;
      if (reply.violations > 0 && caught === null) caught = reply;
      return caught === null;
    },
  });
  const found = caught as SeedReply | null;
  return found === null ? null : { seed: found.seed, tried, finding: found.findings[0] ?? '' };
};

const short = (text: string): string => {
  const line = text.split('\n')[0] ?? '';
  return line.length > 90 ? `${line.slice(0, 87)}...` : line;
};

/** @returns exit code */
export const runCanaries = async (options: CanaryOptions): Promise<number> => {
  const wanted = CANARIES.filter(({ name }) => name.includes(options.only));
  let caughtCount = 0;
  options.print(`${'canary'.padEnd(44)} ${'seeds'.padStart(5)}  found`);
  for (const canary of wanted) {
    const root = canary.kind === 'patch' ? makeCopy() : null;
    try {
      if (canary.kind === 'patch' && root !== null) {
        for (const patch of canary.patches) {
          const path = join(root, patch.file);
          writeFileSync(path, patched(readFileSync(path, 'utf8'), patch));
        }
      }
      const caught = await hunt(canary, options, root);
      if (caught !== null) caughtCount += 1;
      const found = caught === null ? 'NOT CAUGHT' : short(caught.finding);
      options.print(
        `${canary.name.padEnd(44)} ${String(caught?.tried ?? options.seeds).padStart(5)}  ${found}`,
      );
    } finally {
      if (root !== null) rmSync(root, { recursive: true, force: true });
    }
  }
  const all = caughtCount === wanted.length;
  options.print(`canaries: ${all ? 'all caught' : 'NOT ALL CAUGHT'}; ${caughtCount} of ${wanted.length}`);
  return all && wanted.length > 0 ? 0 : 1;
};
