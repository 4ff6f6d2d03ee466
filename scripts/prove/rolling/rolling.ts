/**
 * Works on a deployment while people use it: every gate and processor is restarted, some are added, inbox grows. What
 * devices see meanwhile is measured step by step, and all they have ever seen is judged at the end.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BubbleCluster } from '../../servers/bubble-cluster.ts';
import { exitOnSignals } from '../../servers/child-server.ts';
import { keepMetrics } from '../../servers/cluster-metrics.ts';
import type { CheckerReport } from '../checker/checker.ts';
import { judge } from '../kill-loop/loads.ts';
import { RollingLoad } from './rolling-load.ts';
import type { ServiceFigures } from './service-watch.ts';
import { addGate, addProcessor, growInbox, restart, type Step, type StepContext } from './steps.ts';

export interface RollingOptions {
  readonly brokers: 1 | 3;
  readonly sql: 'mysql' | 'postgres';
  readonly gates: number;
  readonly processors: number;
  readonly partitions: number;
  readonly users: number;
  readonly devicesPerUser: number;
  /** Between an answer and the next send of a device, on average, ms. */
  readonly pauseMs: number;
  /** Between two steps, and before the first, ms. */
  readonly settleMs: number;
  /** No device may be without service for longer, ms. */
  readonly mostWithoutMs: number;
  readonly seed: number;
  /** Names of steps contain one of these words; empty: all steps. */
  readonly only: readonly string[];
  /** Kept afterwards; null: a temporary one. */
  readonly folder: string | null;
  readonly progress: (line: string) => void;
}

export interface StepDone {
  readonly name: string;
  readonly text: string;
  readonly figures: ServiceFigures;
  readonly ms: number;
}

export interface RollingResult {
  readonly steps: readonly StepDone[];
  readonly report: CheckerReport;
  /** Violations beyond those of the history. */
  readonly faults: readonly string[];
  readonly ms: number;
  /** Where everything is kept because something was wrong; null: removed. */
  readonly kept: string | null;
}

const WARM_UP_MS = 5_000;

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, each) => total + each, 0);

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

const countText = (counts: ReadonlyMap<string, number>): string =>
  counts.size === 0 ? '0' : [...counts].map(([name, count]) => `${count} ${name}`).join(', ');

/** From here on people ask why. */
const LONG_MS = 3_000;

const pathLines = ({ longestWithoutMs, longestPath }: ServiceFigures): string[] =>
  longestWithoutMs < LONG_MS ? [] : longestPath.map((step) => `        ${step}`);

export const stepLines = ({ name, text, figures, ms }: StepDone): string[] => [
  `${name}, ${seconds(ms)}: ${text}`,
  `    answered ${figures.answered}, refused ${countText(figures.refused)}; told to come again ${countText(figures.retries)} (longest ${seconds(figures.longestRetryMs)}), pending ${figures.pending}`,
  `    longest without service ${seconds(figures.longestWithoutMs)} (${figures.longestWithout}), without a session ${seconds(figures.longestOfflineMs)}`,
  ...pathLines(figures),
];

const stepsOf = (options: RollingOptions): Step[] => {
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
  const steps = [
    ...numbers(options.gates).map((number) => restart(`gate-${number}`)),
    ...numbers(options.processors).map((number) => restart(`processor-${number}`)),
    addProcessor,
    addGate,
    growInbox(options.partitions * 2),
  ];
  const { only } = options;
  return steps.filter(({ name }) => only.length === 0 || only.some((word) => name.includes(word)));
};

const faultsOf = (options: RollingOptions, { name, figures }: StepDone): string[] => {
  const faults: string[] = [];
  const { answered, refused, longestWithoutMs, longestWithout } = figures;
  if (sum(refused) > 0) faults.push(`${name}: refused ${countText(refused)}`);
  if (answered === 0) faults.push(`${name}: nothing was answered`);
  if (longestWithoutMs > options.mostWithoutMs)
    faults.push(`${name}: ${longestWithout} was without service for ${seconds(longestWithoutMs)}`);
  return faults;
};

const work = async (
  options: RollingOptions,
  context: StepContext,
): Promise<{ steps: StepDone[]; faults: string[] }> => {
  const { watch } = context.load;
  const steps: StepDone[] = [];
  const faults: string[] = [];
  const one = async ({ name, run }: Step): Promise<void> => {
    watch.take();
    const began = performance.now();
    const findings = await run(context);
    await sleep(options.settleMs);
    const done = { name, text: findings.text, figures: watch.take(), ms: performance.now() - began };
    steps.push(done);
    faults.push(...findings.faults, ...faultsOf(options, done));
    for (const line of stepLines(done)) options.progress(line);
  };
  // Programs that have just been started are slow.
  await sleep(WARM_UP_MS);
  await one({
    name: 'nothing is done',
    run: async () => {
      await sleep(options.settleMs);
      return { text: `${context.load.devices.length} devices`, faults: [] };
    },
  });
  for (const step of stepsOf(options)) await one(step);
  return { steps, faults };
};

const clusterOf = (options: RollingOptions, folder: string): BubbleCluster => {
  const { brokers, gates, processors, partitions, sql, progress } = options;
  const sizes = { brokers, gates, processors, partitions };
  return new BubbleCluster({ folder: join(folder, 'cluster'), ...sizes, sql, limits: 'trial', progress });
};

export const runRolling = async (options: RollingOptions): Promise<RollingResult> => {
  const began = performance.now();
  exitOnSignals();
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'bubble-rolling-'));
  const historyFolder = join(folder, 'history');
  mkdirSync(historyFolder, { recursive: true });
  const cluster = clusterOf(options, folder);
  const { keysFolder, clientFile } = cluster;
  const load = new RollingLoad({ ...options, keysFolder, clientFile, historyFolder });
  const { partitions } = options;
  const context = { cluster, load, inboundPartitions: partitions, inboxPartitions: partitions };
  try {
    await cluster.start();
    await load.begin();
    const { steps, faults } = await work(options, context);
    await load.quiet();
    await load.finish();
    const restarted = [...cluster.restarts].filter(([, count]) => count > 0);
    for (const [name, count] of restarted) faults.push(`${name} ended by itself, ${count} times`);
    await cluster.stop();
    options.progress('judging the history');
    const report = await judge(historyFolder);
    const isFine = report.violations === 0 && faults.length === 0;
    if (isFine && options.folder === null) rmSync(folder, { recursive: true, force: true });
    const kept = isFine && options.folder === null ? null : folder;
    return { steps, report, faults, ms: performance.now() - began, kept };
  } catch (error) {
    // What the parts say of themselves helps to find out what went wrong.
    await keepMetrics(cluster, folder);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\nkept in ${folder}`, { cause: error });
  } finally {
    await load.stop();
    await cluster.stop();
  }
};
