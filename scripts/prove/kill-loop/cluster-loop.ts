/**
 * Kills and stops parts of a real cluster again and again under load, takes its dependencies away, and has the whole
 * run judged.
 *
 * Invariants:
 * 1. One fault at a time; the next one when all parts are ready and all copies in sync.
 * 2. Every frame of every device is in the history; the final inboxes are read by sessions of their own.
 * 3. Nothing is judged before all sends have their outcome and all devices are complete, or had time to be.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { BubbleCluster } from '../../servers/bubble-cluster.ts';
import { exitOnSignals } from '../../servers/child-server.ts';
import { keepMetrics } from '../../servers/cluster-metrics.ts';
import type { CheckerReport } from '../checker/checker.ts';
import { type AbsenceContext, type AwayDone, type Dependency, takeAway } from './cluster-absence.ts';
import { type FaultContext, type FaultDone, makeFault } from './cluster-faults.ts';
import { judge, Loads } from './loads.ts';

export interface ClusterLoopOptions {
  readonly faults: number;
  readonly answers: number;
  readonly seed: number;
  readonly workers: number;
  readonly users: number;
  readonly devicesPerUser: number;
  readonly conversationsAtOnce: number;
  readonly brokers: 1 | 3;
  readonly sql: 'mysql' | 'postgres';
  /** Taken away one after the other, at even distances. */
  readonly away: readonly Dependency[];
  readonly awayMs: number;
  /** Kept afterwards; null: a temporary one. */
  readonly folder: string | null;
  readonly progress: (line: string) => void;
}

export interface ClusterLoopResult {
  readonly faults: readonly FaultDone[];
  readonly away: readonly AwayDone[];
  readonly answered: number;
  readonly report: CheckerReport;
  readonly seconds: number;
  /** Where histories and data were kept because something was wrong; null: removed. */
  readonly kept: string | null;
}

const SESSION_TIMEOUT_MS = 6_000;
const WAIT_MS = 120_000;
const CUT_AFTER_MS = 10_000;
const LOOK_MS = 20;

const untilAnswered = async (loads: Loads, wanted: number): Promise<void> => {
  let last = loads.answered;
  let since = performance.now();
  while (loads.answered < wanted) {
    await sleep(LOOK_MS);
    if (loads.answered > last) {
      last = loads.answered;
      since = performance.now();
    } else if (performance.now() - since > WAIT_MS) {
      throw new Error(`no send was answered for ${WAIT_MS / 1_000} s`);
    }
  }
};

const makeTrouble = async (
  options: ClusterLoopOptions,
  context: FaultContext & AbsenceContext,
  loads: Loads,
): Promise<Pick<ClusterLoopResult, 'faults' | 'away'>> => {
  const faults: FaultDone[] = [];
  const away: AwayDone[] = [];
  const awayEvery = Math.ceil(options.faults / (options.away.length + 1));
  for (let number = 1; number <= options.faults; number += 1) {
    await untilAnswered(loads, ((number - 1) * options.answers) / options.faults);
    await sleep(context.random.below(500));
    const done = await makeFault(context);
    faults.push(done);
    options.progress(
      `${number} of ${options.faults}: ${done.kind} ${done.victim}, ${done.unanswered} unanswered, whole again after ${(done.recoveryMs / 1_000).toFixed(1)} s; ${loads.answered} answered`,
    );
    const next = options.away[away.length];
    if (next === undefined || number < awayEvery * (away.length + 1)) continue;
    const gone = await takeAway(context, next, options.awayMs);
    away.push(gone);
    options.progress(
      `${next} away for ${gone.awayMs / 1_000} s: ${gone.answered} sends answered, caught up on ${gone.backlog} records in ${(gone.catchUpMs / 1_000).toFixed(1)} s`,
    );
  }
  await untilAnswered(loads, options.answers);
  return { faults, away };
};

const clusterOf = (options: ClusterLoopOptions, folder: string): BubbleCluster =>
  new BubbleCluster({
    folder: join(folder, 'cluster'),
    brokers: options.brokers,
    gates: 2,
    processors: 2,
    partitions: 4,
    sql: options.sql,
    limits: 'trial',
    settings: [`kafka.session-timeout=${SESSION_TIMEOUT_MS}ms`],
    progress: options.progress,
  });

export const runClusterLoop = async (options: ClusterLoopOptions): Promise<ClusterLoopResult> => {
  const began = performance.now();
  exitOnSignals();
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'bubble-cluster-loop-'));
  const historyFolder = join(folder, 'history');
  mkdirSync(historyFolder, { recursive: true });
  // PostgreSQL runs as a user of its own and has to get through.
  chmodSync(folder, 0o711);
  const cluster = clusterOf(options, folder);
  let fail: (error: Error) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const loads = new Loads(fail);
  const run = async (): Promise<ClusterLoopResult> => {
    await cluster.start();
    const { workers, seed, users, devicesPerUser, conversationsAtOnce } = options;
    await loads.begin({
      workers,
      seed,
      users,
      devicesPerUser,
      conversationsAtOnce,
      cutAfterMs: CUT_AFTER_MS,
      dataFolder: cluster.keysFolder,
      clientFile: cluster.clientFile,
      historyFolder,
    });
    const context: FaultContext & AbsenceContext = {
      cluster,
      random: new SeededRandom(seed),
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      answered: () => loads.answered,
      unanswered: () => loads.unanswered,
      pace: (perSecond) => loads.pace(perSecond),
    };
    const trouble = await makeTrouble(options, context, loads);
    await loads.finish();
    const { answered } = loads;
    await cluster.stop();
    options.progress('judging the history');
    const report = await judge(historyFolder);
    const isFine = report.violations === 0 && options.folder === null;
    if (isFine) rmSync(folder, { recursive: true, force: true });
    const seconds = (performance.now() - began) / 1_000;
    return { ...trouble, answered, report, seconds, kept: isFine ? null : folder };
  };
  try {
    return await Promise.race([run(), failure]);
  } catch (error) {
    // What the parts say of themselves helps to find out what went wrong.
    await keepMetrics(cluster, folder);
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nkept in ${folder}`, {
      cause: error,
    });
  } finally {
    loads.end();
    await cluster.stop();
  }
};
