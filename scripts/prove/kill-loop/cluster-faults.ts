/**
 * The faults of the cluster's kill loop: one at a time, over when everything is whole again.
 *
 * - kill: SIGKILL of a gate, a processor or one broker of three; started again.
 * - stop: SIGSTOP beyond the session timeout, then SIGCONT: the process wakes up as a former owner.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import type { BubbleCluster } from '../../servers/bubble-cluster.ts';
import { untilWhole } from '../../servers/kafka-whole.ts';

export type FaultKind = 'kill' | 'stop';

export interface FaultDone {
  readonly kind: FaultKind;
  readonly victim: string;
  /** Sends on their way when it happened. */
  readonly unanswered: number;
  /** Until everything was whole again, without the time the victim was kept away. */
  readonly recoveryMs: number;
}

export interface FaultContext {
  readonly cluster: BubbleCluster;
  readonly random: SeededRandom;
  readonly sessionTimeoutMs: number;
  /** Sends on their way now. */
  readonly unanswered: () => number;
}

const READY_WITHIN_MS = 90_000;
const LOOK_MS = 100;

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
