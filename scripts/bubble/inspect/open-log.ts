/** The log that the settings name, for tools: Kafka's beside whoever uses it, an embedded one where no server has it. */
import { join } from 'node:path';
import { systemClock } from '../../../infra/clock/system-clock.ts';
import type { Config } from '../../../infra/config/read-config.ts';
import { nodeDisk } from '../../../infra/disk/node-disk.ts';
import type { Log } from '../../../infra/log/log.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import { dataFolder } from '../serve/data-folder.ts';
import { openLogAndCodecs } from '../serve/embedded-stores.ts';

export interface ToolLog {
  readonly log: Log;
  readonly codecs: Codecs;
  close(): Promise<void>;
}

const openKafka = async ({ settings }: Config, logger: Logger): Promise<ToolLog> => {
  const { openKafkaLog } = await import('../../../infra/log/kafka/kafka-log.ts');
  const { openConfluentRegistry } = await import('../../../infra/schema-registry/confluent-registry.ts');
  const { registerCodecs } = await import('../../../infra/schema-registry/register-codecs.ts');
  const { kafkaOptionsOf } = await import('../serve/settings-of.ts');
  const log = await openKafkaLog({ ...kafkaOptionsOf(settings), clock: systemClock, logger });
  try {
    const registry = await openConfluentRegistry({
      url: settings['registry.url']!,
      disk: nodeDisk(),
      folder: join(settings['data-folder'], 'tools'),
      clock: systemClock,
      logger,
    });
    const codecs = await registerCodecs(registry, logger);
    const close = async (): Promise<void> => {
      await registry.close();
      await log.close();
    };
    return { log, codecs, close };
  } catch (error) {
    await log.close();
    throw error;
  }
};

/** @throws BubbleError LOG_LOCKED where a server has the embedded log */
export const openLog = async (config: Config, logger: Logger): Promise<ToolLog> => {
  if (config.settings['log.kind'] === 'kafka') return openKafka(config, logger);
  const folder = config.settings['data-folder'];
  const disk = nodeDisk();
  if ((await disk.list(dataFolder(folder).log)).length === 0) {
    throw new BubbleError(
      'UNKNOWN_TOPIC',
      `${folder} holds no log: start bubble serve once, or name another --data`,
    );
  }
  return openLogAndCodecs({ disk, clock: systemClock, logger, folder });
};
