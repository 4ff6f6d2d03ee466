/**
 * Case `takeover`: an inbound partition with 1,000,000 memberships and 1,000,000 device rings, whose owner is killed.
 * How long a second process takes from the assignment to its first output: with the snapshot fetched ahead, as a
 * standby has it, and cold, the download included. On the embedded log; `takeover-kafka` has a real broker, a live load
 * and the session timeout too.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DEFAULT_LIMITS } from '../../schemas/limits.ts';
import type { Figure, Report } from './report.ts';
import type { Built, ProcessPlan, Ready, Taken } from './takeover-process.ts';

const program = join(dirname(fileURLToPath(import.meta.url)), 'takeover-process.ts');
const FLOOR_S = 5;
const GOAL_S = 2;

export const MILLION = { groups: 2_000, members: 500 };
/** What the outputs of a second's messages are, between two commits. */
const UNACKNOWLEDGED = 300;

type Line = Built | Ready | Taken | { readonly what: 'joined' };

/** A process of the case, and what it says. */
export class TakeoverProcess {
  readonly #child: ChildProcess;
  readonly #said: Line[] = [];
  #wake = (): void => {};
  #isOver = false;

  constructor(plan: ProcessPlan) {
    const flags = process.env['BENCH_NODE_FLAGS']?.split(' ') ?? [];
    this.#child = spawn(process.execPath, [...flags, '--import', 'tsx', program, JSON.stringify(plan)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      if (!line.startsWith('{"what"')) {
        console.error(line);
        return;
      }
      this.#said.push(JSON.parse(line) as Line);
      this.#wake();
    });
    this.#child.once('exit', () => {
      this.#isOver = true;
      this.#wake();
    });
    process.once('exit', () => this.#child.kill('SIGKILL'));
  }

  async said<What extends Line['what']>(what: What): Promise<Extract<Line, { what: What }>> {
    for (;;) {
      const line = this.#said.find((each): each is Extract<Line, { what: What }> => each.what === what);
      if (line !== undefined) return line;
      if (this.#isOver) throw new Error(`the process ended before it was ${what}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.#isOver) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

export const planOf = (folder: string, log: ProcessPlan['log'], size = MILLION): ProcessPlan => ({
  role: 'build',
  log,
  folder: join(folder, 'owner'),
  writer: 'owner',
  size,
  startMs: Date.now(),
  secondMessages: (size.groups * size.members) / 2,
  tail: Math.min(DEFAULT_LIMITS.snapshotRecords, (size.groups * size.members) / 4),
  unacknowledged: UNACKNOWLEDGED,
  prefetched: true,
  joins: false,
});

/** What a process does that takes over from the one with this plan. @param writer names it, and its folder beside */
export const takerOf = (plan: ProcessPlan, writer: string): ProcessPlan => ({
  ...plan,
  role: 'take',
  writer,
  folder: join(dirname(plan.folder), writer),
});

export async function takeover(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'bubble-takeover-'));
  const plan = planOf(folder, { folder: join(folder, 'log') });
  try {
    const owner = new TakeoverProcess(plan);
    const built = await owner.said('built');
    await owner.kill();
    const standby = await takenBy(takerOf(plan, 'standby'));
    const cold = await takenBy({ ...takerOf(plan, 'cold'), prefetched: false });
    return reportOf(plan, built, standby, cold);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly ready: Ready;
  readonly taken: Taken;
}

async function takenBy(plan: ProcessPlan): Promise<Measured> {
  const process = new TakeoverProcess(plan);
  try {
    return { ready: await process.said('ready'), taken: await process.said('taken') };
  } finally {
    await process.kill();
  }
}

export const seconds = (value: number, floor: number | null, goal: number | null): Figure => ({
  value,
  unit: 's',
  floor,
  goal,
  lowerIsBetter: true,
});

export const countsOf = (plan: ProcessPlan, built: Built): Record<string, number> => ({
  memberships: built.memberships,
  groups: plan.size.groups,
  rings: built.rings,
  outcomes: built.outcomes,
  snapshotBytes: built.snapshotBytes,
  tailRecords: built.end - built.snapshotOffset,
  ofTheseUnacknowledged: plan.unacknowledged,
});

function reportOf(plan: ProcessPlan, built: Built, standby: Measured, cold: Measured): Report {
  const first = ({ taken }: Measured): number => (taken.emittedAt - taken.assignedAt) / 1_000;
  const restored = ({ taken }: Measured): number => (taken.restoredAt - taken.assignedAt) / 1_000;
  return {
    case: 'takeover',
    limits: 'default',
    figures: {
      'fetched ahead: assignment to first output': seconds(first(standby), FLOOR_S, GOAL_S),
      'fetched ahead: of this, restoring': seconds(restored(standby), null, null),
      'cold: assignment to first output': seconds(first(cold), null, null),
      'fetching ahead, in the background': seconds(standby.ready.prefetchMs / 1_000, null, null),
    },
    counts: {
      ...countsOf(plan, built),
      downloadedAhead: standby.ready.downloadedBytes,
      downloadedAfterAssignment: standby.taken.downloadedBytes - standby.ready.downloadedBytes,
      downloadedCold: cold.taken.downloadedBytes,
      megabytesResident: Math.round(standby.taken.rssBytes / 1024 / 1024),
    },
    rawLimit: {},
    cpu: {
      'fetched ahead, assignment to first output': standby.taken.cpuMs * 1_000,
      'cold, assignment to first output': cold.taken.cpuMs * 1_000,
    },
    valid:
      standby.taken.downloadedBytes === standby.ready.downloadedBytes &&
      cold.taken.downloadedBytes >= built.snapshotBytes &&
      first(standby) > 0,
    notes: [
      `${(built.outcomes / built.rings).toFixed(2)} outcomes in a ring; the owner (killed) took ${built.seconds.toFixed(0)} s to build it`,
      'each process has only its own folder; the page cache is warm, as on a standby that has just written the files',
    ],
  };
}
