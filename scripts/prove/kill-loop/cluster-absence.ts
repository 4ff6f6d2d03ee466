/**
 * A dependency of the cluster that does not answer for a while: Redis and etcd are killed and come back, Redis empty;
 * SQL and the registry stand still.
 *
 * Meanwhile the load is a steady one, so that memory can be compared with a window before, and so that the time to
 * catch up says something: what has piled up at a live rate is worked off beside the same live rate.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BubbleCluster } from '../../servers/bubble-cluster.ts';
import type { ChildServer } from '../../servers/child-server.ts';
import { clusterSum, lagRecords } from '../../servers/cluster-metrics.ts';
import { proportionalBytes } from '../../servers/process-figures.ts';
import { untilRecovered } from './cluster-faults.ts';

export type Dependency = 'redis' | 'etcd' | 'registry' | 'sql';

export interface AwayDone {
  readonly dependency: Dependency;
  readonly awayMs: number;
  /** Sends answered meanwhile. */
  readonly answered: number;
  /**
   * The largest gate or processor, bytes: at the same load before, and in the two halves of the absence. What grows
   * without a bound has grown more in the second.
   */
  readonly bytesBefore: number;
  readonly bytesMeanwhile: readonly [number, number];
  /** Records that the timelines were behind when it came back, and how long until they were not. */
  readonly backlog: number;
  readonly catchUpMs: number;
  /** Records of the timelines a second: at the steady load, and while catching up. */
  readonly livePerSecond: number;
  readonly catchUpPerSecond: number;
}

export interface AbsenceContext {
  readonly cluster: BubbleCluster;
  readonly answered: () => number;
  /** No more than so many sends a second; null: as many as the answers allow. */
  readonly pace: (perSecond: number | null) => void;
}

export const LIVE_PER_SECOND = 300;
/** The window before, as long as heaps need to settle. */
const STEADY_MS = 20_000;
const LOOK_MS = 100;
const MEMORY_EVERY_MS = 1_000;
/** Two looks at a live rate differ by this much. */
const CAUGHT_UP_RECORDS = 500;
const CATCH_UP_WITHIN_MS = 600_000;

const serverOf = (cluster: BubbleCluster, dependency: Dependency): ChildServer => {
  const names = dependency === 'sql' ? ['mysql', 'postgres'] : [dependency];
  return cluster.neighbours.find(({ name }) => names.includes(name))!.server;
};

/** Lets time pass. @returns the most that one gate or processor had meanwhile, bytes */
const largestWithin = async (cluster: BubbleCluster, forMs: number): Promise<number> => {
  const until = performance.now() + forMs;
  let most = 0;
  while (performance.now() < until) {
    await sleep(MEMORY_EVERY_MS);
    most = Math.max(most, ...cluster.parts.map(({ server }) => proportionalBytes(server.pid)));
  }
  return most;
};

const untilCaughtUp = async (cluster: BubbleCluster): Promise<void> => {
  const deadline = performance.now() + CATCH_UP_WITHIN_MS;
  while ((await lagRecords(cluster, 'timeline')) > CAUGHT_UP_RECORDS) {
    if (performance.now() > deadline) throw new Error('the timelines do not catch up');
    await sleep(LOOK_MS);
  }
};

/** Does something, and counts what the timelines write meanwhile. */
const counted = async <T>(
  cluster: BubbleCluster,
  action: () => Promise<T>,
): Promise<{ result: T; ms: number; perSecond: number }> => {
  const written = (): Promise<number> => clusterSum(cluster, 'bubble_timeline_written_records_total');
  const before = await written();
  const began = performance.now();
  const result = await action();
  const ms = performance.now() - began;
  return { result, ms, perSecond: (((await written()) - before) * 1_000) / ms };
};

/** One dependency away under a steady load, and how the system came through. */
export const takeAway = async (
  context: AbsenceContext,
  dependency: Dependency,
  awayMs: number,
): Promise<AwayDone> => {
  const { cluster } = context;
  const server = serverOf(cluster, dependency);
  const isKilled = dependency === 'redis' || dependency === 'etcd';
  context.pace(LIVE_PER_SECOND);
  try {
    await untilCaughtUp(cluster);
    const steady = await counted(cluster, () => largestWithin(cluster, STEADY_MS));
    const answeredBefore = context.answered();
    if (isKilled) await server.kill();
    else server.signal('SIGSTOP');
    const firstHalf = await largestWithin(cluster, awayMs / 2);
    const secondHalf = await largestWithin(cluster, awayMs / 2);
    const answered = context.answered() - answeredBefore;
    const backlog = await lagRecords(cluster, 'timeline');
    const catchUp = await counted(cluster, async () => {
      if (isKilled) await server.start();
      else server.signal('SIGCONT');
      await untilCaughtUp(cluster);
    });
    await untilRecovered(cluster);
    return {
      dependency,
      awayMs,
      answered,
      bytesBefore: steady.result,
      bytesMeanwhile: [firstHalf, secondHalf],
      backlog,
      catchUpMs: catchUp.ms,
      livePerSecond: steady.perSecond,
      catchUpPerSecond: catchUp.perSecond,
    };
  } finally {
    context.pace(null);
  }
};
