/** How work lies on the parts of a cluster, as their metrics say. */
import type { BubbleCluster } from '../../servers/bubble-cluster.ts';
import { clusterSum } from '../../servers/cluster-metrics.ts';

type Part = BubbleCluster['parts'][number];

export interface ProcessorShare {
  readonly name: string;
  /** Partitions held, by processor. */
  readonly partitions: ReadonlyMap<string, number>;
}

export interface GateShare {
  readonly name: string;
  readonly sessions: number;
}

/** Those that take records from partitions shared by a group. */
export const GROUPS = ['fan-out', 'delivery', 'timeline', 'presence'] as const;

const heldBy = (part: Part, processor: string): Promise<number> =>
  clusterSum({ parts: [part] }, 'bubble_processor_partitions', [`processor="${processor}"`]);

export const processorShares = (cluster: BubbleCluster): Promise<ProcessorShare[]> =>
  Promise.all(
    cluster.parts
      .filter(({ kind }) => kind === 'processor')
      .map(async (part) => {
        const held = await Promise.all(GROUPS.map((group) => heldBy(part, group)));
        return { name: part.name, partitions: new Map(GROUPS.map((group, at) => [group, held[at]!])) };
      }),
  );

export const gateShares = (cluster: BubbleCluster): Promise<GateShare[]> =>
  Promise.all(
    cluster.parts
      .filter(({ kind }) => kind === 'gate')
      .map(async (part) => ({
        name: part.name,
        sessions: await clusterSum({ parts: [part] }, 'bubble_gate_sessions'),
      })),
  );

/** Whether all partitions are held, and no processor has two more than another. */
export const isEven = (
  shares: readonly ProcessorShare[],
  partitionsOf: Readonly<Record<(typeof GROUPS)[number], number>>,
): boolean =>
  GROUPS.every((group) => {
    const held = shares.map(({ partitions }) => partitions.get(group) ?? 0);
    const sum = held.reduce((total, each) => total + each, 0);
    return sum === partitionsOf[group] && Math.max(...held) - Math.min(...held) <= 1;
  });

export const processorShareText = (shares: readonly ProcessorShare[]): string =>
  shares
    .map(
      ({ name, partitions }) =>
        `${name}: ${[...partitions].map(([group, held]) => `${group} ${held}`).join(', ')}`,
    )
    .join('; ');

export const gateShareText = (shares: readonly GateShare[]): string =>
  shares.map(({ name, sessions }) => `${name}: ${sessions}`).join(', ');
