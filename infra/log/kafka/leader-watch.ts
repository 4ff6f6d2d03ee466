/**
 * A broker that hangs (paused, cut off) answers nothing, and its connection stays open. Waiting for the time limit of
 * the request would be the longest part of the gap: so while a request is unanswered for long, others are asked who
 * leads, and when that is not this broker any more, its connection is dropped.
 */
import type { Clock, Timer } from '../../../schemas/ports/clock.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { type Cluster, NO_LEADER } from './cluster.ts';

/** What requests to a leader need of the cluster. */
export interface LeaderCluster extends Pick<Cluster, 'leaderOf' | 'isDown' | 'refresh'> {
  connect(nodeId: number): Promise<LeaderConnection>;
}
export type LeaderConnection = Pick<BrokerConnection, 'alive' | 'request' | 'drop'>;

interface Place {
  readonly topic: string;
  readonly partition: number;
}

const FIRST_LOOK_MS = 500;
const NEXT_LOOK_MS = 200;

/**
 * @param expectedMs how long the broker may wait by the request's own wish
 * @param givenUp called once, with a reason, when one of the places has moved
 */
export function whileUnanswered(
  cluster: LeaderCluster,
  clock: Clock,
  nodeId: number,
  places: readonly Place[],
  expectedMs: number,
  givenUp: (reason: string) => void,
): { end(): void } {
  let ended = false;
  const moved = ({ topic, partition }: Place): boolean => {
    const leader = cluster.leaderOf(topic, partition);
    return leader !== undefined && leader !== NO_LEADER && leader !== nodeId;
  };
  const look = async (): Promise<void> => {
    // No broker answering is no news: the request's own limit ends it.
    await cluster.refresh().catch(() => {});
    if (ended) return;
    if (places.some(moved)) givenUp(`broker ${nodeId} does not answer, and leads no more`);
    else timer = clock.after(NEXT_LOOK_MS, () => void look());
  };
  let timer: Timer = clock.after(expectedMs + FIRST_LOOK_MS, () => void look());
  return {
    end: () => {
      ended = true;
      timer.cancel();
    },
  };
}
