/** Whether a cluster of brokers has all its copies. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { Cluster } from '../../infra/log/kafka/cluster.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { BubbleError } from '../../schemas/errors.ts';

const WHOLE_WITHIN_MS = 60_000;
const LOOK_MS = 200;

/** Resolves when every replica of these topics is in sync. @param topics null: all */
export async function untilWhole(
  brokers: readonly string[],
  topics: readonly string[] | null,
): Promise<void> {
  const cluster = new Cluster({
    brokers,
    clientId: 'watch',
    ssl: null,
    sasl: null,
    connectTimeoutMs: 2_000,
    clock: systemClock,
    logger: SILENT_LOGGER,
  });
  try {
    const deadline = performance.now() + WHOLE_WITHIN_MS;
    while (performance.now() < deadline) {
      const described = await cluster.describe(topics);
      const isWhole = described.every(({ partitions }) =>
        partitions.every(({ inSync, replicas }) => inSync.length === replicas.length),
      );
      if (isWhole && described.length > 0) return;
      await sleep(LOOK_MS);
    }
    throw new BubbleError('TIMEOUT', 'the brokers did not come together again');
  } finally {
    cluster.close();
  }
}
