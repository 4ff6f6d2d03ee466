/** Test support: fan-out on the embedded log over a simulated disk and clock, killed and started again. */
import assert from 'node:assert/strict';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SimDisk, type SimMount } from '../../infra/disk/sim-disk.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../infra/log/embedded/embedded-log.ts';
import type { Log, LogRecord } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { openFileSnapshots } from '../../infra/snapshots/file-snapshots.ts';
import type { SnapshotStore } from '../../infra/snapshots/snapshot-store.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { InboundEvent } from '../../schemas/events/inbound.ts';
import type { InboxEvent } from '../../schemas/events/inbox.ts';
import { conversationKey } from '../../schemas/ids.ts';
import { DEFAULT_LIMITS, type Limits } from '../../schemas/limits.ts';
import { partitionOf } from '../../schemas/partition.ts';
import { SourceVector } from '../../schemas/rules/acceptance.ts';
import { INBOUND, inboxTopic, type Layout, topicSpecs } from '../../schemas/topics.ts';
import { type FanOut, type FanOutOptions, startFanOut } from './fan-out.ts';
import { INBOX_PARTITIONS, inboxOutputs, newFold, seen, TEST_CODECS } from './fold-scenario.ts';

export const LAYOUT: Layout = {
  inboundPartitions: 2,
  inboxPartitions: INBOX_PARTITIONS,
  epoch: 1,
  retentionMs: Number.POSITIVE_INFINITY,
};
export const RIG_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  recallMs: 500,
  snapshotRecords: 100,
  snapshotChanges: 40,
  snapshotIntervalMs: 3_000,
  snapshotChangesMax: 200,
  stateEntries: 30,
  laneQueueRecords: 60,
  laneBatchRecords: 16,
};

/** Counts what is logged as an error. */
export const alarmLogger = (alarms: string[]): Logger => {
  const nothing = (): void => {};
  const logger: Logger = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (_fields, text) => {
      alarms.push(text);
    },
    child: () => logger,
  };
  return logger;
};

export interface RigOptions {
  readonly seed: number;
  readonly limits?: Limits;
  /** What fan-out sees of the log. */
  readonly disturb?: (log: EmbeddedLog, clock: SimClock, random: SeededRandom) => Log;
  readonly delayMs?: (random: SeededRandom) => number;
  readonly fanOut?: Pick<FanOutOptions, 'events' | 'eventsHealedRecords'>;
}

export class Rig {
  readonly clock = new SimClock();
  readonly random: SeededRandom;
  readonly disk: SimDisk;
  readonly alarms: string[] = [];
  readonly #options: RigOptions;
  #mount: SimMount | null = null;
  log!: EmbeddedLog;
  snapshots!: SnapshotStore;
  fanOut!: FanOut;
  /** Of the release that is started next. */
  codecs: Codecs = TEST_CODECS;

  constructor(options: RigOptions) {
    this.#options = options;
    this.random = new SeededRandom(options.seed);
    const random = this.random.fork();
    const { delayMs } = options;
    this.disk = new SimDisk({
      random: this.random.fork(),
      clock: this.clock,
      ...(delayMs === undefined ? {} : { delayMs: () => delayMs(random) }),
    });
  }

  async openLog(): Promise<void> {
    const mount = this.disk.mount();
    this.#mount = mount;
    const logger = alarmLogger([]);
    const opening = openEmbeddedLog({ disk: mount, folder: '/log', clock: this.clock, logger });
    this.log = await this.clock.until(opening);
    await this.clock.until(this.log.ensureTopics(topicSpecs(LAYOUT)));
    this.snapshots = openFileSnapshots({ disk: mount, folder: '/snapshots', limits: RIG_LIMITS });
  }

  async start(): Promise<void> {
    await this.openLog();
    await this.startFanOut();
  }

  async startFanOut(): Promise<void> {
    const { disturb, limits = RIG_LIMITS } = this.#options;
    const starting = startFanOut({
      log: disturb === undefined ? this.log : disturb(this.log, this.clock, this.random.fork()),
      codecs: this.codecs,
      snapshots: this.snapshots,
      layout: LAYOUT,
      limits,
      clock: this.clock,
      logger: alarmLogger(this.alarms),
      ...this.#options.fanOut,
    });
    this.fanOut = await this.clock.until(starting);
  }

  /** The process dies. What it had under way goes on in vain. */
  kill(): void {
    this.#mount?.kill();
  }

  /** The machine dies: what was not synced may be gone. */
  powerCut(): void {
    this.disk.powerCut();
  }

  append(command: InboundEvent): Promise<unknown> {
    const value = TEST_CODECS.inbound.encode(command);
    const key = conversationKey(command.tenant, command.conversation);
    return this.appendRaw(partitionOf(key, LAYOUT.inboundPartitions), value);
  }

  appendRaw(partition: number, value: Uint8Array): Promise<unknown> {
    return this.log.append(INBOUND, partition, [{ key: null, value }]);
  }

  async caughtUp(maxMs = 120_000): Promise<void> {
    for (let waited = 0; waited < maxMs; waited += 100) {
      await this.clock.runFor(100);
      const lag = this.fanOut.lag();
      const ends = await this.#ends();
      const isHeld = lag.length === LAYOUT.inboundPartitions;
      if (isHeld && lag.every(({ partition, position }) => position >= ends[partition]!)) return;
    }
    throw new Error(`fan-out does not catch up: ${JSON.stringify(this.fanOut.lag())}`);
  }

  async #ends(): Promise<number[]> {
    const ends: number[] = [];
    for (let partition = 0; partition < LAYOUT.inboundPartitions; partition += 1) {
      ends.push((await this.clock.until(this.log.range(INBOUND, partition))).end);
    }
    return ends;
  }

  async records(topic: string, partition: number): Promise<LogRecord[]> {
    const { end } = await this.clock.until(this.log.range(topic, partition));
    const reader = await this.clock.until(this.log.reader(topic, partition, 0));
    const records: LogRecord[] = [];
    for (let next = 0; next < end; ) {
      const batch = await this.clock.until(
        reader.read({ maxRecords: 1_000, maxBytes: 1 << 20, maxWaitMs: 10 }),
      );
      records.push(...batch.records);
      next = batch.next;
    }
    await reader.close();
    return records;
  }

  /** What readers accept, by pair of source and inbox partition. */
  async accepted(): Promise<Map<string, InboxEvent[]>> {
    const pairs = new Map<string, InboxEvent[]>();
    for (let partition = 0; partition < INBOX_PARTITIONS; partition += 1) {
      const vector = new SourceVector();
      for (const { value } of await this.records(inboxTopic(1), partition)) {
        const event = TEST_CODECS.inbox.decode(value!)!;
        if (vector.accept(event.source, event.src, event.prev) !== 'accepted') continue;
        const pair = `${event.source}/${partition}`;
        pairs.set(pair, [...(pairs.get(pair) ?? []), event]);
      }
    }
    return pairs;
  }

  /** What a straight run over inbound, without any trouble, gives. */
  async expected(): Promise<Map<string, InboxEvent[]>> {
    const pairs = new Map<string, InboxEvent[]>();
    for (let source = 0; source < LAYOUT.inboundPartitions; source += 1) {
      const fold = newFold(this.#options.limits ?? RIG_LIMITS, source);
      for (const { offset, time, value } of await this.records(INBOUND, source)) {
        fold.apply(offset, time, value, true);
        for (const output of inboxOutputs(fold.takeOutputs())) {
          const { event, partition } = seen(output);
          const pair = `${source}/${partition}`;
          pairs.set(pair, [...(pairs.get(pair) ?? []), event]);
        }
      }
    }
    return pairs;
  }

  async assertSameAsStraight(context: string): Promise<number> {
    const accepted = await this.accepted();
    const expected = await this.expected();
    let count = 0;
    for (const [pair, events] of expected) {
      const found = accepted.get(pair) ?? [];
      assert.equal(found.length, events.length, `${context}: number of records of ${pair}`);
      assert.deepEqual(found, events, `${context}: ${pair}`);
      count += events.length;
    }
    assert.deepEqual([...accepted.keys()].sort(), [...expected.keys()].sort());
    return count;
  }
}
