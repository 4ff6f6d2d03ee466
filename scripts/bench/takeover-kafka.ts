/**
 * Case `takeover-kafka`: as `takeover`, on a real broker. The owner is a live member of the group under 300 messages a
 * second and is killed; a standby that has joined and fetched ahead takes over. From the kill to the first output, with
 * what the group takes to notice named apart.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../infra/log/log.ts';
import { INBOUND } from '../../schemas/topics.ts';
import { kafkaFixture } from '../servers/kafka-fixture.ts';
import type { Report } from './report.ts';
import { countsOf, MILLION, planOf, seconds, TakeoverProcess, takerOf } from './takeover.ts';
import type { Built, ProcessPlan } from './takeover-process.ts';
import { appendAll, Population, SESSION_TIMEOUT_MS } from './takeover-state.ts';

const MESSAGES_PER_SECOND = 300;
const LIVE_MS = 5_000;
const TICK_MS = 50;
/** The live seconds come on top: below `snapshotRecords`, or the owner would write a snapshot just before. */
const TAIL = 20_000;

/** Messages of spread members at a steady rate, until stopped. */
export class Load {
  readonly #log: Log;
  readonly #population: Population;
  readonly #done: Promise<void>;
  #isStopped = false;
  sent = 0;

  constructor(log: Log, plan: ProcessPlan, built: Built) {
    this.#log = log;
    this.#population = new Population(plan.size, plan.startMs, built.made);
    this.#done = this.#run();
  }

  async #run(): Promise<void> {
    const began = performance.now();
    while (!this.#isStopped) {
      const due = Math.floor(((performance.now() - began) * MESSAGES_PER_SECOND) / 1_000);
      const count = due - this.sent;
      const from = this.sent;
      this.sent = due;
      const commands = Array.from({ length: count }, (_, at) =>
        this.#population.message(this.#population.spread(500_009 + from + at)),
      );
      await appendAll(this.#log, commands);
      await sleep(TICK_MS);
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
  }
}

export async function takeoverKafka(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'bubble-takeover-'));
  const { kafka, open, end } = await kafkaFixture({ brokers: 1 });
  const log = await open();
  const plan: ProcessPlan = {
    ...planOf(folder, { brokers: kafka.bootstrap }, MILLION),
    tail: TAIL,
    joins: true,
  };
  try {
    const owner = new TakeoverProcess(plan);
    const built = await owner.said('built');
    await owner.said('joined');
    const standby = new TakeoverProcess(takerOf(plan, 'standby'));
    const ready = await standby.said('ready');
    const load = new Load(log, plan, built);
    await sleep(LIVE_MS);
    const killedAt = performance.timeOrigin + performance.now();
    const { end: tailEnd } = await log.range(INBOUND, 0);
    await owner.kill();
    const taken = await standby.said('taken');
    await load.stop();
    await standby.kill();
    const since = (from: number, to: number): number => (to - from) / 1_000;
    return {
      case: 'takeover-kafka',
      limits: 'default',
      figures: {
        'assignment to first output': seconds(since(taken.assignedAt, taken.emittedAt), 5, 2),
        'of this, restoring': seconds(since(taken.assignedAt, taken.restoredAt), null, null),
        'first output to its acknowledgement': seconds(
          since(taken.emittedAt, taken.acknowledgedAt),
          null,
          null,
        ),
        'kill to assignment (session timeout and rebalance)': seconds(
          since(killedAt, taken.assignedAt),
          null,
          null,
        ),
        'kill to the first acknowledged output': seconds(since(killedAt, taken.acknowledgedAt), null, null),
        'fetching ahead, in the background': seconds(ready.prefetchMs / 1_000, null, null),
      },
      counts: {
        ...countsOf(plan, built),
        tailRecords: tailEnd - built.snapshotOffset,
        sentLive: load.sent,
        downloadedAhead: ready.downloadedBytes,
        megabytesResident: Math.round(taken.rssBytes / 1024 / 1024),
      },
      rawLimit: { 'session timeout': { value: SESSION_TIMEOUT_MS / 1_000, unit: 's' } },
      cpu: { 'assignment to first output': taken.cpuMs * 1_000 },
      valid: taken.assignedAt > killedAt && ready.downloadedBytes >= built.snapshotBytes,
      notes: [
        `one broker; ${MESSAGES_PER_SECOND} messages/s; ${(built.outcomes / built.rings).toFixed(2)} outcomes in a ring; built in ${built.seconds.toFixed(0)} s`,
      ],
    };
  } finally {
    await log.close();
    await end();
    rmSync(folder, { recursive: true, force: true });
  }
}
