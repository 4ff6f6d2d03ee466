/**
 * The faults of the cluster's kill loop: one at a time, over when everything is whole again.
 *
 * - kill: SIGKILL of a gate, a processor or one broker of three; started again.
 * - stop: SIGSTOP beyond the session timeout, then SIGCONT: the process wakes up as a former owner.
 * - away: a dependency that does not answer for a while: Redis and etcd are killed and come back, Redis empty; SQL and
 *   the registry stand still.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import type { BubbleCluster } from '../../servers/bubble-cluster.ts';
import { lagRecords } from '../../servers/cluster-metrics.ts';
import { untilWhole } from '../../servers/kafka-whole.ts';
import { proportionalBytes } from '../../servers/process-figures.ts';

export type FaultKind = 'kill' | 'stop';
export type Dependency = 'redis' | 'etcd' | 'registry' | 'sql';

export interface FaultDone {
  readonly kind: FaultKind;
  readonly victim: string;
  /** Sends on their way when it happened. */
  readonly unanswered: number;
  /** Until everything was whole again, without the time the victim was kept away. */
  readonly recoveryMs: number;
}

export interface AwayDone {
  readonly dependency: Dependency;
  readonly awayMs: number;
  /** Sends answered meanwhile. */
  readonly answered: number;
  /** The most that a gate or processor has grown meanwhile, bytes. */
  readonly grownBytes: number;
  /** Records that the timelines were behind when it came back, and how long until they were not. */
  readonly backlog: number;
  readonly catchUpMs: number;
}

export interface FaultContext {
  readonly cluster: BubbleCluster;
  readonly random: SeededRandom;
  readonly sessionTimeoutMs: number;
  readonly answered: () => number;
  readonly unanswered: () => number;
}

const READY_WITHIN_MS = 90_000;
const LOOK_MS = 100;
const CAUGHT_UP_RECORDS = 500;

const isReady = async (admin: string): Promise<boolean> => {
  try {
    return (await fetch(`${admin}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    // Down or paused: not ready.
    return false;
  }
};

/** Every gate and processor is ready, every copy in sync. */
export const untilRecovered = async (cluster: BubbleCluster): Promise<void> => {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (const part of cluster.parts) {
    while (!(part.server.running && (await isReady(part.admin)))) {
      if (performance.now() > deadline) throw new Error(`${part.name} is not ready again`);
      await sleep(LOOK_MS);
    }
  }
  await untilWhole(cluster.kafka!.bootstrap, null);
};

/** The next victim: two thirds gates and processors, a third brokers. */
const victimOf = ({
  cluster,
  random,
}: FaultContext): { name: string; server: FaultServer; isBroker: boolean } => {
  const brokers = cluster.kafka!.brokers;
  if (brokers.length === 3 && random.oneIn(3)) {
    const id = random.below(brokers.length);
    return { name: `kafka-${id}`, server: brokers[id]!, isBroker: true };
  }
  const part = cluster.parts[random.below(cluster.parts.length)]!;
  return { name: part.name, server: part.server, isBroker: false };
};

type FaultServer = BubbleCluster['parts'][number]['server'];

export const makeFault = async (context: FaultContext): Promise<FaultDone> => {
  const { cluster, random, sessionTimeoutMs } = context;
  const { name, server, isBroker } = victimOf(context);
  const kind: FaultKind = random.oneIn(3) ? 'stop' : 'kill';
  const unanswered = context.unanswered();
  if (kind === 'stop') {
    server.signal('SIGSTOP');
    await sleep(sessionTimeoutMs + 1_000 + random.below(3_000));
    server.signal('SIGCONT');
  } else {
    await server.kill();
  }
  const began = performance.now();
  if (kind === 'kill' && isBroker) {
    await sleep(random.below(4_000));
    await server.start();
  }
  await untilRecovered(cluster);
  return { kind, victim: name, unanswered, recoveryMs: performance.now() - began };
};

const serverOf = (cluster: BubbleCluster, dependency: Dependency): FaultServer => {
  const names = dependency === 'sql' ? ['mysql', 'postgres'] : [dependency];
  return cluster.neighbours.find(({ name }) => names.includes(name))!.server;
};

const memories = (cluster: BubbleCluster): Map<number, number> =>
  new Map(cluster.parts.map(({ server }) => [server.pid, proportionalBytes(server.pid)]));

/** One dependency away under load, and how the system came through. */
export const takeAway = async (
  context: FaultContext,
  dependency: Dependency,
  awayMs: number,
): Promise<AwayDone> => {
  const { cluster } = context;
  const server = serverOf(cluster, dependency);
  const before = memories(cluster);
  const answeredBefore = context.answered();
  const isKilled = dependency === 'redis' || dependency === 'etcd';
  if (isKilled) await server.kill();
  else server.signal('SIGSTOP');
  let grownBytes = 0;
  const until = performance.now() + awayMs;
  while (performance.now() < until) {
    await sleep(2_000);
    for (const [pid, bytes] of memories(cluster)) {
      const base = before.get(pid);
      if (base !== undefined) grownBytes = Math.max(grownBytes, bytes - base);
    }
  }
  const answered = context.answered() - answeredBefore;
  const backlog = await lagRecords(cluster, 'timeline');
  if (isKilled) await server.start();
  else server.signal('SIGCONT');
  const began = performance.now();
  while ((await lagRecords(cluster, 'timeline')) > CAUGHT_UP_RECORDS) await sleep(LOOK_MS);
  const catchUpMs = performance.now() - began;
  await untilRecovered(cluster);
  return { dependency, awayMs, answered, grownBytes, backlog, catchUpMs };
};
