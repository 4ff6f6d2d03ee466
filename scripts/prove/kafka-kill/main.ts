/**
 * `node --import tsx scripts/prove/kafka-kill/main.ts [--records N] [--faults N] [--rate N] [--seed N]`
 *
 * Three real brokers, replication 3, min.insync 2; one of them at a time is killed and restarted, or paused beyond its
 * session and continued, at random moments, while lanes append and a group reads. At the end every partition is read
 * from its beginning: every record there, first occurrences in order. Exit code 1 on any violation.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../../../infra/clock/system-clock.ts';
import type { Lane } from '../../../infra/lanes/lane.ts';
import { PartitionWriters } from '../../../infra/lanes/partition-writers.ts';
import type { GroupHandlers, Log } from '../../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { TRIAL_LIMITS } from '../../../schemas/limits.ts';
import { type KafkaFixture, kafkaFixture } from '../../servers/kafka-fixture.ts';
import { untilWhole } from '../../servers/kafka-whole.ts';
import { Gaps } from './gaps.ts';
import { decodeEntry, encodeEntry, Ledger } from './ledger.ts';

const { values: flags } = parseArgs({
  options: {
    records: { type: 'string', default: '500000' },
    faults: { type: 'string', default: '6' },
    rate: { type: 'string', default: '8000' },
    seed: { type: 'string', default: '1' },
  },
});
const RECORDS = Number(flags.records);
const FAULTS = Number(flags.faults);
const PER_SECOND = Number(flags.rate);
const random = new SeededRandom(Number(flags.seed));

const TOPIC = 'kafka-kill';
const PARTITIONS = 12;
const SOURCES = 4;
const RECORD_BYTES = 120;
const PUSH_EVERY_MS = 20;

const between = (low: number, high: number): number => low + (random.next() % (high - low));
const say = (text: string): void => console.log(text);

interface Load {
  readonly done: Promise<void>;
  readonly pushed: number[][];
  readonly gaps: Gaps;
}

/** Each source pushes to every partition in turn, at the rate, until all records are acknowledged. */
function startLoad(log: Log): Load {
  const writers = new PartitionWriters({
    log,
    clock: systemClock,
    logger: SILENT_LOGGER,
    limits: TRIAL_LIMITS,
  });
  const gaps = new Gaps(PARTITIONS, performance.now());
  const pushed = Array.from({ length: SOURCES }, () => new Array<number>(PARTITIONS).fill(0));
  const lanes = Array.from({ length: SOURCES }, () =>
    writers.lane(0, (_topic, partition) => gaps.news(partition, performance.now())),
  );
  const push = async (lane: Lane, source: number): Promise<void> => {
    const total = RECORDS / SOURCES;
    const startedAt = performance.now();
    let behind = 0;
    for (let sent = 0; sent < total; ) {
      // What was not pushed while the lane was full is not made up for: the rate stays what it is.
      const due = ((performance.now() - startedAt) * PER_SECOND) / SOURCES / 1000 - behind;
      for (; sent < Math.min(due, total); sent += 1) {
        const partition = sent % PARTITIONS;
        const number = pushed[source]![partition]!;
        pushed[source]![partition] = number + 1;
        const value = encodeEntry(source, number, RECORD_BYTES);
        if (lane.push(sent, [{ topic: TOPIC, partition, record: { key: null, value } }])) continue;
        const fullAt = performance.now();
        await lane.writable();
        behind += ((performance.now() - fullAt) * PER_SECOND) / SOURCES / 1000;
        sent += 1;
        break;
      }
      await sleep(PUSH_EVERY_MS);
    }
    await lane.drained();
  };
  return { pushed, gaps, done: Promise.all(lanes.map(push)).then(() => {}) };
}

interface Reading {
  readonly ledger: Ledger;
  readonly gaps: Gaps;
  readonly assignments: () => number;
  stop(): Promise<void>;
}

/** A member of a group that goes on from what it has committed, and commits every second. */
async function startReading(log: Log): Promise<Reading> {
  const ledger = new Ledger(SOURCES, PARTITIONS);
  const gaps = new Gaps(PARTITIONS, performance.now());
  const positions = new Map<number, number>();
  let assignments = 0;
  const handlers: GroupHandlers = {
    assigned: async (lease, committed) => {
      assignments += 1;
      // What was read already is read again where the commit was behind: repeats, as the ledger counts them.
      positions.set(lease.partition, committed?.offset ?? 0);
      return committed?.offset ?? 0;
    },
    batch: async (lease, batch) => {
      gaps.news(lease.partition, performance.now());
      for (const { value } of batch.records) {
        const { source, number } = decodeEntry(value as Buffer);
        ledger.see(lease.partition, source, number);
      }
      positions.set(lease.partition, batch.next);
    },
    revoked: async () => {},
  };
  const membership = await log.join('kafka-kill', [TOPIC], handlers);
  const timer = setInterval(() => {
    for (const lease of membership.assignment) {
      const offset = positions.get(lease.partition) ?? 0;
      // A commit that fails or comes too late costs repeats.
      membership.commit(lease, { offset, vector: [offset, -1] }).catch(() => {});
    }
  }, 1_000);
  return {
    ledger,
    gaps,
    assignments: () => assignments,
    stop: async () => {
      clearInterval(timer);
      await membership.leave();
    },
  };
}

async function makeTrouble(fixture: KafkaFixture, load: Load, reading: Reading): Promise<void> {
  const { kafka } = fixture;
  let loadEnded = false;
  void load.done.then(() => {
    loadEnded = true;
  });
  for (let fault = 1; fault <= FAULTS && !loadEnded; fault += 1) {
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
    await untilWhole(kafka.bootstrap, [TOPIC]);
    const appends = load.gaps.reset(performance.now());
    const reads = reading.gaps.reset(performance.now());
    say(
      `fault ${fault}: broker ${victim} ${isKill ? 'killed' : 'paused'} for ${(awayMs / 1000).toFixed(1)} s; longest gap of a partition ${(appends / 1000).toFixed(1)} s to append, ${(reads / 1000).toFixed(1)} s to read`,
    );
  }
}

/** Reads everything there is. */
async function readBack(log: Log): Promise<Ledger> {
  const ledger = new Ledger(SOURCES, PARTITIONS);
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const { begin, end } = await log.range(TOPIC, partition);
    const reader = await log.reader(TOPIC, partition, begin);
    for (let next = begin; next < end; ) {
      const batch = await reader.read({ maxRecords: 100_000, maxBytes: 1024 * 1024, maxWaitMs: 5_000 });
      for (const { value } of batch.records) {
        const { source, number } = decodeEntry(value as Buffer);
        ledger.see(partition, source, number);
      }
      next = batch.next;
    }
    await reader.close();
  }
  return ledger;
}

const lostOf = (ledger: Ledger, pushed: readonly (readonly number[])[]): number => {
  let lost = 0;
  for (let source = 0; source < SOURCES; source += 1) {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      lost += ledger.missing(partition, source, pushed[source]![partition]!);
    }
  }
  return lost;
};

async function main(): Promise<boolean> {
  const fixture = await kafkaFixture({ brokers: 3 });
  const logs: Log[] = [];
  try {
    const [writing, consuming] = await Promise.all([fixture.open(), fixture.open()]);
    logs.push(writing, consuming);
    await writing.ensureTopics([
      {
        name: TOPIC,
        partitions: PARTITIONS,
        cleanup: 'delete',
        retentionMs: Number.POSITIVE_INFINITY,
        durability: 'log',
      },
    ]);
    const startedAt = performance.now();
    const reading = await startReading(consuming);
    const load = startLoad(writing);
    await Promise.all([makeTrouble(fixture, load, reading), load.done]);
    const seconds = (performance.now() - startedAt) / 1000;
    const ledger = await readBack(writing);
    for (let waited = 0; waited < 30 && reading.ledger.counts.first < ledger.counts.first; waited += 1)
      await sleep(1_000);
    await reading.stop();
    const lost = lostOf(ledger, load.pushed);
    const readLost = lostOf(reading.ledger, load.pushed);
    const stored = ledger.counts;
    const read = reading.ledger.counts;
    say(
      `${RECORDS} records in ${seconds.toFixed(0)} s over ${PARTITIONS} partitions, ${SOURCES} sources each`,
    );
    say(`stored: ${lost} lost, ${stored.inverted} inverted, ${stored.repeats} repeats`);
    say(
      `read by the group: ${readLost} lost, ${read.inverted} inverted, ${read.repeats} repeats, ${reading.assignments()} assignments`,
    );
    return lost + readLost + stored.inverted + read.inverted === 0;
  } finally {
    await Promise.allSettled(logs.map((log) => log.close()));
    await fixture.end();
  }
}

process.exit((await main()) ? 0 : 1);
