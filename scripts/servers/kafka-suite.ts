/** The conformance suite of `Log` on real brokers. */
import { logConformance } from '../../infra/log/conformance.ts';
import { kafkaFixture } from './kafka-fixture.ts';

export const kafkaConformance = (name: string, brokers: 1 | 3): void =>
  logConformance(
    name,
    async () => {
      const { open, end } = await kafkaFixture({ brokers });
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
    { risingTimes: false, consecutiveOffsets: false },
  );
