/**
 * A whole cluster of gates and processors behind fault proxies, under load, and everything that clients have seen judged.
 *
 * Invariants:
 * 1. Gates and processors reach the brokers by way of the proxies alone; the brokers reach each other without.
 * 2. The weather is fine again before the loads stop: what is not answered and not complete then is a fault.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { BubbleCluster } from '../../servers/bubble-cluster.ts';
import { exitOnSignals } from '../../servers/child-server.ts';
import { keepMetrics } from '../../servers/cluster-metrics.ts';
import { type FaultCounts, type FaultProxy, NO_FAULTS, noCounts } from '../../servers/fault-proxy.ts';
import type { CheckerReport } from '../checker/checker.ts';
import { untilRecovered } from '../kill-loop/cluster-faults.ts';
import { judge, Loads } from '../kill-loop/loads.ts';
import { openProxies } from './fault-run.ts';
import { BACKGROUND, episodeText, weather } from './weather.ts';

export interface ClusterProofOptions {
  readonly brokers: 1 | 3;
  readonly seed: number;
  readonly seconds: number;
  readonly users: number;
  readonly devicesPerUser: number;
  readonly conversationsAtOnce: number;
  readonly workers: number;
  readonly shortestCutMs: number;
  readonly longestCutMs: number;
  readonly sql: 'mysql' | 'postgres';
  /** Kept afterwards; null: a temporary one, kept where something is wrong. */
  readonly folder: string | null;
  readonly progress: (line: string) => void;
}

export interface ClusterProofResult {
  readonly report: CheckerReport;
  readonly answered: number;
  readonly episodes: number;
  readonly counts: FaultCounts;
  /** Gates and processors that ended by themselves, and how often. */
  readonly ended: readonly (readonly [string, number])[];
  /** From fine weather to every part ready again, ms. */
  readonly recoveryMs: number;
  readonly kept: string | null;
}

const SESSION_TIMEOUT_MS = 6_000;
const CUT_AFTER_MS = 10_000;
const CALM_MS = 6_000;
const ANSWERED_WITHIN_MS = 60_000;
const LOOK_MS = 50;

class FaultyCluster {
  readonly #options: ClusterProofOptions;
  readonly #random: SeededRandom;
  readonly #folder: string;
  readonly #cluster: BubbleCluster;
  readonly #loads: Loads;
  readonly #counts = noCounts();
  #proxies: FaultProxy[] = [];
  #episodes = 0;

  constructor(options: ClusterProofOptions, folder: string, failed: (error: Error) => void) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    this.#folder = folder;
    this.#loads = new Loads(failed);
    this.#cluster = new BubbleCluster({
      folder: join(folder, 'cluster'),
      brokers: options.brokers,
      gates: 2,
      processors: 2,
      partitions: 4,
      sql: options.sql,
      limits: 'trial',
      settings: [`kafka.session-timeout=${SESSION_TIMEOUT_MS}ms`],
      proxied: async (ports) => {
        this.#proxies = await openProxies(ports, this.#random, this.#counts);
        return this.#proxies.map(({ port }) => port);
      },
      progress: options.progress,
    });
  }

  async run(): Promise<ClusterProofResult> {
    const historyFolder = join(this.#folder, 'history');
    mkdirSync(historyFolder, { recursive: true });
    await this.#cluster.start();
    const { workers, seed, users, devicesPerUser, conversationsAtOnce, progress } = this.#options;
    await this.#loads.begin({
      workers,
      seed,
      users,
      devicesPerUser,
      conversationsAtOnce,
      cutAfterMs: CUT_AFTER_MS,
      dataFolder: this.#cluster.keysFolder,
      clientFile: this.#cluster.clientFile,
      historyFolder,
    });
    await this.#storm();
    const began = performance.now();
    await untilRecovered(this.#cluster);
    const recoveryMs = performance.now() - began;
    await this.#untilAnswered();
    progress('the load ends');
    await this.#loads.finish();
    const { answered } = this.#loads;
    await this.#cluster.stop();
    progress('judging the history');
    const report = await judge(historyFolder);
    return {
      report,
      answered,
      episodes: this.#episodes,
      counts: this.#counts,
      ended: [...this.#cluster.restarts].filter(([, times]) => times > 0),
      recoveryMs,
      kept: null,
    };
  }

  async #storm(): Promise<void> {
    const { seconds, progress } = this.#options;
    const fair = new AbortController();
    const storm = weather(
      {
        ...this.#options,
        proxies: this.#proxies,
        random: this.#random.fork(),
        clientIds: this.#cluster.parts.map(({ name }) => name),
        background: BACKGROUND,
        calmMs: CALM_MS,
        over: (episode, number) => {
          this.#episodes = number;
          progress(`${number}: ${episodeText(episode)}; ${this.#loads.answered} sends answered`);
        },
      },
      fair.signal,
    );
    await sleep(seconds * 1_000);
    fair.abort();
    await storm;
    for (const proxy of this.#proxies) proxy.rates = NO_FAULTS;
  }

  /** Sends are answered again. */
  async #untilAnswered(): Promise<void> {
    const before = this.#loads.answered;
    const deadline = performance.now() + ANSWERED_WITHIN_MS;
    while (this.#loads.answered === before) {
      if (performance.now() > deadline) throw new Error('no send is answered, long after the last fault');
      await sleep(LOOK_MS);
    }
  }

  keepMetrics(): Promise<void> {
    return keepMetrics(this.#cluster, this.#folder);
  }

  async end(): Promise<void> {
    this.#loads.end();
    await this.#cluster.stop();
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }
}

export const proveCluster = async (options: ClusterProofOptions): Promise<ClusterProofResult> => {
  exitOnSignals();
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'bubble-kafka-faults-'));
  let fail: (error: Error) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const faulty = new FaultyCluster(options, folder, (error) => fail(error));
  try {
    const result = await Promise.race([faulty.run(), failure]);
    // Why a part has ended by itself is in its log.
    const isFine = result.report.violations === 0 && result.ended.length === 0 && options.folder === null;
    if (isFine) rmSync(folder, { recursive: true, force: true });
    return { ...result, kept: isFine ? null : folder };
  } catch (error) {
    await faulty.keepMetrics();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nkept in ${folder}`, {
      cause: error,
    });
  } finally {
    await faulty.end();
  }
};
