/** What gates and processors say of themselves at /metrics, summed over a cluster. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BubbleCluster } from './bubble-cluster.ts';

/** The sum of a metric over the lines whose labels contain all of these texts. */
export const sumOf = (text: string, metric: string, labels: readonly string[] = []): number => {
  let sum = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${metric}{`) && !line.startsWith(`${metric} `)) continue;
    if (labels.every((label) => line.includes(label))) sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
};

const metricsOf = async (admin: string): Promise<string> => {
  try {
    return await (await fetch(`${admin}/metrics`, { signal: AbortSignal.timeout(5_000) })).text();
  } catch {
    // It is down or paused and has nothing to say.
    return '';
  }
};

export const clusterSum = async (
  cluster: Pick<BubbleCluster, 'parts'>,
  metric: string,
  labels: readonly string[] = [],
): Promise<number> => {
  const texts = await Promise.all(cluster.parts.map(({ admin }) => metricsOf(admin)));
  return texts.reduce((sum, text) => sum + sumOf(text, metric, labels), 0);
};

/** Records that a processor is behind, over all its partitions. */
export const lagRecords = (cluster: Pick<BubbleCluster, 'parts'>, processor: string): Promise<number> =>
  clusterSum(cluster, 'bubble_processor_lag_records', [`processor="${processor}"`]);

/** Writes the metrics of every gate and processor into a folder. */
export const keepMetrics = async (cluster: Pick<BubbleCluster, 'parts'>, folder: string): Promise<void> => {
  for (const { name, admin } of cluster.parts) {
    await writeFile(join(folder, `${name}.metrics.txt`), await metricsOf(admin));
  }
};
