import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../infra/clock/system-clock.ts';
import { PartitionWriters } from '../../../infra/lanes/partition-writers.ts';
import { Cluster } from '../../../infra/log/kafka/cluster.ts';
import { type Logger, SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import { TRIAL_LIMITS } from '../../../schemas/limits.ts';
import { kafkaFixture } from '../../servers/kafka-fixture.ts';

const props = process.argv.slice(3);
const kinds = process.argv[2]!;
const fixture = await kafkaFixture({ brokers: 3, properties: props });
let t0 = performance.now();
const at = () => ((performance.now() - t0) / 1000).toFixed(2);
let loud = false;
const say = (f: Record<string, unknown>, m: string) => {
  if (loud)
    console.log(at(), m, (f.error as Error)?.message ?? '', f.topic ? `${f.topic}/${f.partition}` : '');
};
const logger: Logger = { debug: say, info: say, warn: say, error: say, child: () => logger };
const log = await fixture.open({ logger });
await log.ensureTopics([
  { name: 't', partitions: 6, cleanup: 'delete', retentionMs: Infinity, durability: 'log' },
]);
const writers = new PartitionWriters({
  log,
  clock: systemClock,
  logger: SILENT_LOGGER,
  limits: TRIAL_LIMITS,
});
const last = new Array(6).fill(performance.now());
let longest = 0;
let n = 0;
const lane = writers.lane(0, (_t, p) => {
  const g = performance.now() - last[p];
  if (g > 1000) console.log(at(), `partition ${p} acked after ${(g / 1000).toFixed(2)}`);
  longest = Math.max(longest, g);
  last[p] = performance.now();
});
const timer = setInterval(() => {
  for (let i = 0; i < 12; i++)
    lane.push(n++, [{ topic: 't', partition: n % 6, record: { key: null, value: Buffer.alloc(100) } }]);
}, 10);
for (const [i, k] of [...kinds].entries()) {
  const victim = i % 3;
  await sleep(3000);
  loud = true;
  t0 = performance.now();
  longest = 0;
  console.log(`--- ${k} of broker ${victim}`);
  const others = new Cluster({
    brokers: fixture.kafka.bootstrap.filter((_, b) => b !== victim),
    clientId: 'x',
    ssl: null,
    sasl: null,
    connectTimeoutMs: 1000,
    clock: systemClock,
    logger: SILENT_LOGGER,
  });
  let seen = '';
  let watch = true;
  const watching = (async () => {
    while (watch) {
      try {
        const [t] = await others.describe(['t']);
        const l = t!.partitions.map((p) => p.leader).join(' ');
        if (l !== seen) {
          console.log(at(), 'leaders', l);
          seen = l;
        }
      } catch (e) {
        console.log(at(), 'describe', (e as Error).message);
      }
      await sleep(50);
    }
  })();
  const b = fixture.kafka.brokers[victim]!;
  if (k === 'k') await b.kill();
  else b.signal('SIGSTOP');
  await sleep(9000);
  watch = false;
  await watching;
  others.close();
  console.log(`longest ${(longest / 1000).toFixed(2)}`);
  if (k === 'k') await b.start();
  else b.signal('SIGCONT');
  await sleep(6000);
  loud = false;
}
clearInterval(timer);
await lane.drained();
await log.close();
await fixture.end();
