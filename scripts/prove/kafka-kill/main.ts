/** `npm run kafka-kill`: see the help text below. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { Log } from '../../../infra/log/log.ts';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { count } from '../../command-options.ts';
import { type KafkaFixture, kafkaFixture } from '../../servers/kafka-fixture.ts';
import { untilWhole } from '../../servers/kafka-whole.ts';
import { type LedgerLoad, type LedgerPlan, startLedgerLoad, topicOf } from '../kafka-faults/ledger-load.ts';
import { LedgerGroup, lostOf, readBack } from '../kafka-faults/ledger-reading.ts';

const program = new Command('kafka-kill')
  .description(
    'Starts three real brokers with replication 3 and min.insync 2; one of them at a time is killed and started again, or paused beyond its session and continued, while lanes append and a group reads. At the end every partition is read from its beginning: every record there, first occurrences in order. Ends with 1 on any violation.',
  )
  .option('--records <number>', 'appended by the lanes', count, 500_000)
  .option('--faults <number>', 'kills and pauses', count, 6)
  .option('--rate <number>', 'records appended a second, at most', count, 8_000)
  .option('--seed <number>', 'of faults and load (real processes do not repeat exactly)', count, 1)
  .addHelpText('after', '\nExample:\n  $ npm run kafka-kill -- --faults 12 --records 1000000\n');
program.parse();
const options = program.opts<{ records: number; faults: number; rate: number; seed: number }>();
const random = new SeededRandom(options.seed);

const PLAN: LedgerPlan = {
  topic: 'kafka-kill',
  partitions: 12,
  sources: 4,
  records: options.records,
  perSecond: options.rate,
};

const between = (low: number, high: number): number => low + (random.next() % (high - low));
const say = (text: string): void => console.log(text);

async function makeTrouble(fixture: KafkaFixture, load: LedgerLoad, reading: LedgerGroup): Promise<void> {
  const { kafka } = fixture;
  let loadEnded = false;
  void load.done.then(() => {
    loadEnded = true;
  });
  for (let fault = 1; fault <= options.faults && !loadEnded; fault += 1) {
    await sleep(between(1_000, 3_000));
    load.gaps.reset(performance.now());
    reading.gaps.reset(performance.now());
    const victim = between(0, 3);
    const broker = kafka.brokers[victim]!;
    const awayMs = between(5_000, 8_000);
    const isKill = random.next() % 2 === 0;
    if (isKill) await broker.kill();
    else broker.signal('SIGSTOP');
    await sleep(awayMs);
    if (isKill) await broker.start();
    else broker.signal('SIGCONT');
    // One broker at a time is away, not two.
    await untilWhole(kafka.bootstrap, [PLAN.topic]);
    const appends = load.gaps.reset(performance.now());
    const reads = reading.gaps.reset(performance.now());
    say(
      `fault ${fault}: broker ${victim} ${isKill ? 'killed' : 'paused'} for ${(awayMs / 1000).toFixed(1)} s; longest gap of a partition ${(appends / 1000).toFixed(1)} s to append, ${(reads / 1000).toFixed(1)} s to read`,
    );
  }
}

async function main(): Promise<boolean> {
  const fixture = await kafkaFixture({ brokers: 3 });
  const logs: Log[] = [];
  try {
    const [writing, consuming] = await Promise.all([fixture.open(), fixture.open()]);
    logs.push(writing, consuming);
    await writing.ensureTopics([topicOf(PLAN)]);
    const startedAt = performance.now();
    const reading = new LedgerGroup(PLAN, 'kafka-kill');
    await reading.join(consuming);
    const load = startLedgerLoad(writing, PLAN);
    await Promise.all([makeTrouble(fixture, load, reading), load.done]);
    const seconds = (performance.now() - startedAt) / 1000;
    const ledger = await readBack(writing, PLAN);
    for (let waited = 0; waited < 30 && reading.ledger.counts.first < ledger.counts.first; waited += 1)
      await sleep(1_000);
    await reading.leave();
    const lost = lostOf(ledger, PLAN, load.pushed);
    const readLost = lostOf(reading.ledger, PLAN, load.pushed);
    const stored = ledger.counts;
    const read = reading.ledger.counts;
    say(
      `${PLAN.records} records in ${seconds.toFixed(0)} s over ${PLAN.partitions} partitions, ${PLAN.sources} sources each`,
    );
    say(`stored: ${lost} lost, ${stored.inverted} inverted, ${stored.repeats} repeats`);
    say(
      `read by the group: ${readLost} lost, ${read.inverted} inverted, ${read.repeats} repeats, ${reading.assignments} assignments`,
    );
    return lost + readLost + stored.inverted + read.inverted === 0;
  } finally {
    await Promise.allSettled(logs.map((log) => log.close()));
    await fixture.end();
  }
}

process.exit((await main()) ? 0 : 1);
