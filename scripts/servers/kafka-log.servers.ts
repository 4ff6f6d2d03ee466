/** The Kafka driver against real brokers: the conformance suite of `Log` on one broker and on three. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { logConformance } from '../../infra/log/conformance.ts';
import { openKafkaLog } from '../../infra/log/kafka/kafka-log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { startKafka } from './kafka.ts';

const capabilities = { risingTimes: false, consecutiveOffsets: false };

for (const brokers of [1, 3] as const) {
  logConformance(
    `Kafka, ${brokers === 1 ? 'one broker' : 'three brokers'}`,
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'bubble-kafka-'));
      const kafka = await startKafka({ folder, brokers });
      const open = () =>
        openKafkaLog({
          brokers: kafka.bootstrap,
          clientId: 'conformance',
          replication: brokers,
          minInsync: brokers === 3 ? 2 : 1,
          clock: systemClock,
          logger: SILENT_LOGGER,
        });
      const end = async () => {
        await kafka.stop();
        await rm(folder, { recursive: true, force: true });
      };
      try {
        let log = await open();
        const reopen = async () => {
          await log.close();
          log = await open();
          return log;
        };
        return { log, reopen, end };
      } catch (error) {
        await end();
        throw error;
      }
    },
    capabilities,
  );
}
