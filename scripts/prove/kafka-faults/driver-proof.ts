/** The driver and the lanes behind fault proxies: nothing lost, nothing inverted, no partition held twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../../infra/log/log.ts';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import {
  type FaultCounts,
  type FaultProxy,
  type FaultRates,
  NO_FAULTS,
  noCounts,
} from '../../servers/fault-proxy.ts';
import { type KafkaFixture, kafkaFixture } from '../../servers/kafka-fixture.ts';
import { openProxies } from './fault-run.ts';
import { type LedgerLoad, type LedgerPlan, startLedgerLoad, topicOf } from './ledger-load.ts';
import { LedgerGroup, lostOf, readBack } from './ledger-reading.ts';
import { type Episode, episodeText, weather } from './weather.ts';

export interface DriverProofOptions {
  readonly brokers: 1 | 3;
  readonly seed: number;
  readonly records: number;
  readonly perSecond: number;
  readonly background: FaultRates;
  readonly shortestCutMs: number;
  readonly longestCutMs: number;
  readonly calmMs: number;
  /** Of the writer and the readers: how long a hanging connection holds them up. */
  readonly requestTimeoutMs: number;
  readonly progress: (line: string) => void;
}

export interface ReadCounts {
  readonly lost: number;
  /** First occurrences after a later one of their source. */
  readonly inverted: number;
  readonly repeats: number;
}

export interface DriverProofResult {
  readonly stored: ReadCounts;
  /** By the group. */
  readonly read: ReadCounts;
  readonly assignments: number;
  /** Partitions that two members held at the same time. */
  readonly overlaps: number;
  readonly episodes: number;
  readonly counts: FaultCounts;
  /** The longest that a partition went without an acknowledged append, and without a batch read, ms. */
  readonly longestAppendGapMs: number;
  readonly longestReadGapMs: number;
  readonly seconds: number;
}

const SESSION_TIMEOUT_MS = 6_000;
const READ_WITHIN_MS = 60_000;
const LOOK_MS = 200;
const CLIENT_IDS = ['writer', 'reader-1', 'reader-2'];

class DriverProof {
  readonly #options: DriverProofOptions;
  readonly #random: SeededRandom;
  readonly #plan: LedgerPlan;
  readonly #counts = noCounts();
  readonly #logs: Log[] = [];
  #fixture: KafkaFixture | null = null;
  #proxies: FaultProxy[] = [];
  #episodes = 0;
  #longestAppendGapMs = 0;
  #longestReadGapMs = 0;

  constructor(options: DriverProofOptions) {
    const { seed, records, perSecond } = options;
    this.#options = options;
    this.#random = new SeededRandom(seed);
    this.#plan = { topic: 'kafka-faults', partitions: 12, sources: 4, records, perSecond };
  }

  async run(): Promise<DriverProofResult> {
    this.#fixture = await kafkaFixture({
      brokers: this.#options.brokers,
      proxied: async (ports) => {
        this.#proxies = await openProxies(ports, this.#random, this.#counts);
        return this.#proxies.map(({ port }) => port);
      },
    });
    const [writing, ...consuming] = await Promise.all(CLIENT_IDS.map((clientId) => this.#open(clientId)));
    await writing!.ensureTopics([topicOf(this.#plan)]);
    const startedAt = performance.now();
    const reading = new LedgerGroup(this.#plan, 'kafka-faults');
    for (const log of consuming) await reading.join(log);
    const load = startLedgerLoad(writing!, this.#plan);
    await this.#storm(load, reading);
    const seconds = (performance.now() - startedAt) / 1_000;
    const stored = await readBack(await this.#open('judge'), this.#plan);
    const deadline = performance.now() + READ_WITHIN_MS;
    while (reading.ledger.counts.first < stored.counts.first && performance.now() < deadline) {
      await sleep(LOOK_MS);
    }
    await reading.leave();
    return {
      stored: { ...stored.counts, lost: lostOf(stored, this.#plan, load.pushed) },
      read: { ...reading.ledger.counts, lost: lostOf(reading.ledger, this.#plan, load.pushed) },
      assignments: reading.assignments,
      overlaps: reading.overlaps,
      episodes: this.#episodes,
      counts: this.#counts,
      longestAppendGapMs: this.#longestAppendGapMs,
      longestReadGapMs: this.#longestReadGapMs,
      seconds,
    };
  }

  async #open(clientId: string): Promise<Log> {
    const { kafka, open } = this.#fixture!;
    const { requestTimeoutMs } = this.#options;
    const brokers = kafka.seen;
    const log = await open({ brokers, clientId, requestTimeoutMs, sessionTimeoutMs: SESSION_TIMEOUT_MS });
    this.#logs.push(log);
    return log;
  }

  /** Until all is acknowledged. */
  async #storm(load: LedgerLoad, reading: LedgerGroup): Promise<void> {
    const fair = new AbortController();
    const storm = weather(
      {
        ...this.#options,
        proxies: this.#proxies,
        random: this.#random.fork(),
        clientIds: CLIENT_IDS,
        over: (episode, number) => {
          this.#episodes = number;
          this.#note(episode, load, reading);
        },
      },
      fair.signal,
    );
    try {
      await Promise.race([load.done, reading.ended]);
    } finally {
      fair.abort();
      await storm;
      for (const proxy of this.#proxies) proxy.rates = NO_FAULTS;
    }
  }

  #note(episode: Episode, load: LedgerLoad, reading: LedgerGroup): void {
    const now = performance.now();
    const [append, read] = [load.gaps.reset(now), reading.gaps.reset(now)];
    this.#longestAppendGapMs = Math.max(this.#longestAppendGapMs, append);
    this.#longestReadGapMs = Math.max(this.#longestReadGapMs, read);
    const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
    this.#options.progress(
      `${this.#episodes}: ${episodeText(episode)}; longest gap ${seconds(append)} s to append, ${seconds(read)} s to read`,
    );
  }

  async end(): Promise<void> {
    await Promise.allSettled(this.#logs.map((log) => log.close()));
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    await this.#fixture?.end();
  }
}

export const proveDriver = async (options: DriverProofOptions): Promise<DriverProofResult> => {
  const proof = new DriverProof(options);
  try {
    return await proof.run();
  } finally {
    await proof.end();
  }
};

/** What must not be, in words. */
export const driverViolations = ({ stored, read, overlaps, counts }: DriverProofResult): string[] => {
  const found = [
    [stored.lost, 'acknowledged records are not stored'],
    [stored.inverted, 'first occurrences are stored after later ones'],
    [read.lost, 'records were not read by the group'],
    [read.inverted, 'first occurrences were read after later ones'],
    [overlaps, 'partitions were held by two members at once'],
  ] as const;
  const violations = found.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  // Without repeats no answer was lost that mattered: then nothing was proven.
  if (counts.lostProduced > 0 && stored.repeats === 0)
    violations.push('answers were lost, and nothing was repeated');
  return violations;
};
