/** The proxies of a run, and how many faults there were. */
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { type FaultCounts, FaultProxy } from '../../servers/fault-proxy.ts';

/** One before each of these ports, in their order. */
export const openProxies = async (
  ports: readonly number[],
  random: SeededRandom,
  counts: FaultCounts,
): Promise<FaultProxy[]> =>
  Promise.all(ports.map((target) => FaultProxy.open({ target, random: random.fork(), counts })));

export const countsText = (counts: FaultCounts): string =>
  [
    `${counts.requests} requests on ${counts.connections} connections, ${counts.produced} of them Produce`,
    `lost answers: ${counts.lostProduced} to Produce (${((100 * counts.lostProduced) / Math.max(1, counts.produced)).toFixed(1)} %), ${counts.lostOthers} to others`,
    `${counts.delayed} frames delayed, ${counts.torn} torn; ${counts.cut} connections cut, ${counts.late} requests executed after their client had given them up`,
  ].join('\n');
