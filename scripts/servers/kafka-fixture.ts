/** Real brokers for one suite, in a folder of their own, and the driver on them. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { openKafkaLog } from '../../infra/log/kafka/kafka-log.ts';
import type { KafkaLogOptions } from '../../infra/log/kafka/kafka-options.ts';
import type { Log } from '../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { exitOnSignals } from './child-server.ts';
import { type Kafka, type KafkaOptions, startKafka } from './kafka.ts';

export interface KafkaFixture {
  readonly kafka: Kafka;
  open(options?: Partial<KafkaLogOptions>): Promise<Log>;
  end(): Promise<void>;
}

export async function kafkaFixture(options: Omit<KafkaOptions, 'folder'>): Promise<KafkaFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'bubble-kafka-'));
  const removeAtExit = (): void => rmSync(folder, { recursive: true, force: true });
  exitOnSignals();
  process.once('exit', removeAtExit);
  const remove = async (): Promise<void> => {
    process.off('exit', removeAtExit);
    await rm(folder, { recursive: true, force: true });
  };
  let kafka: Kafka;
  try {
    kafka = await startKafka({ ...options, folder });
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    kafka,
    open: (overrides = {}) =>
      openKafkaLog({
        brokers: kafka.bootstrap,
        clientId: 'bubble-test',
        replication: options.brokers,
        minInsync: options.brokers === 3 ? 2 : 1,
        clock: systemClock,
        logger: SILENT_LOGGER,
        ...overrides,
      }),
    end: async () => {
      await kafka.stop();
      await remove();
    },
  };
}
