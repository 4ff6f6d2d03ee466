import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../clock/system-clock.ts';
import { nodeDisk } from '../../disk/node-disk.ts';
import { SimDisk } from '../../disk/sim-disk.ts';
import { SILENT_LOGGER } from '../../logger/logger.ts';
import { SeededRandom } from '../../random/seeded-random.ts';
import { logConformance } from '../conformance.ts';
import { type EmbeddedLog, type EmbeddedLogOptions, openEmbeddedLog } from './embedded-log.ts';

const capabilities = { risingTimes: true, consecutiveOffsets: true };

const opening = async (options: Omit<EmbeddedLogOptions, 'clock' | 'logger'>) => {
  let log: EmbeddedLog = await openEmbeddedLog({ ...options, clock: systemClock, logger: SILENT_LOGGER });
  return {
    log,
    reopen: async () => {
      await log.close();
      log = await openEmbeddedLog({ ...options, clock: systemClock, logger: SILENT_LOGGER });
      return log;
    },
  };
};

for (const durability of ['always', 'interval', 'os'] as const) {
  logConformance(
    `embedded on files, durability ${durability}`,
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'bubble-log-'));
      const end = () => rm(folder, { recursive: true, force: true });
      return { ...(await opening({ disk: nodeDisk(), folder, durability })), end };
    },
    capabilities,
  );
}

logConformance(
  'embedded, tiny segments and no memory, on a simulated disk',
  () => {
    const disk = new SimDisk({ random: new SeededRandom(1) }).mount();
    return opening({ disk, folder: '/log', segmentBytes: 2_000, memoryBytes: 0, cacheBytes: 20_000 });
  },
  capabilities,
);
