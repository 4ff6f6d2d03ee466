import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import type { Lease } from '../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { MemoryLog } from '../../infra/timeline/testing/memory-log.ts';
import { BubbleError } from '../../schemas/errors.ts';
import type { InboxPosition } from '../../schemas/positions.ts';
import { inboxTopic, topicSpecs } from '../../schemas/topics.ts';
import { GroupRunner, type HeldPartition } from './group-runner.ts';

const TOPIC = inboxTopic(1);
const GROUP = 'counting';
const COMMIT_MS = 1_000;

/** Moves its position to the end of each batch. */
class Counting implements HeldPartition {
  readonly lease: Lease;
  end = 0;
  position: InboxPosition = { offset: 0, vector: [] };

  constructor(lease: Lease) {
    this.lease = lease;
  }
}

class World {
  readonly clock = new SimClock();
  readonly log = new MemoryLog(this.clock);
  readonly commits: number[] = [];
  readonly released: number[] = [];
  /** What the processor has made is settled once this resolves. */
  settled: Promise<void> = Promise.resolve();
  isRefused = false;
  runner!: GroupRunner<Counting>;

  async start(): Promise<this> {
    const { log, clock } = this;
    await log.ensureTopics(
      topicSpecs({ inboundPartitions: 1, inboxPartitions: 1, epoch: 1, retentionMs: 1 }),
    );
    const commitFor = log.commitFor.bind(log);
    log.commitFor = async (group, topic, partition, position) => {
      if (this.isRefused) throw new BubbleError('LOG_TIMEOUT', 'no answer', { retryable: true });
      this.commits.push(position.offset);
      return commitFor(group, topic, partition, position);
    };
    this.runner = new GroupRunner<Counting>({
      ...{ log, clock, logger: SILENT_LOGGER, group: GROUP, topic: TOPIC, fetch: {}, commitMs: COMMIT_MS },
      take: async (lease, committed) => {
        const from = committed?.offset ?? 0;
        const released = async (): Promise<void> => void this.released.push(lease.partition);
        return { partition: new Counting(lease), from, stored: from, released };
      },
      batch: async (partition, { next, end }) => {
        partition.position = { offset: next, vector: [] };
        partition.end = end;
      },
      settled: () => this.settled,
    });
    await this.runner.start();
    await clock.runFor(0);
    return this;
  }

  async append(records: number): Promise<void> {
    const record = { key: null, value: Buffer.from('x') };
    this.log.appendNow(TOPIC, 0, new Array(records).fill(record));
    await this.clock.runFor(0);
  }
}

test('positions are stored once a second where they have moved, and what fails is stored with the next', async () => {
  const world = await new World().start();
  await world.clock.runFor(3 * COMMIT_MS);
  assert.deepEqual(world.commits, [], 'nothing has moved');
  await world.append(2);
  await world.clock.runFor(3 * COMMIT_MS);
  assert.deepEqual(world.commits, [2]);
  world.isRefused = true;
  await world.append(1);
  await world.clock.runFor(3 * COMMIT_MS);
  world.isRefused = false;
  await world.clock.runFor(COMMIT_MS);
  assert.deepEqual(world.commits, [2, 3]);
  assert.deepEqual(world.runner.lag(), [{ topic: TOPIC, partition: 0, position: 3, end: 3 }]);
  await world.clock.until(world.runner.stop());
});

test('a position waits for what was made of everything before it; what came later is not in it', async () => {
  const world = await new World().start();
  let settle = (): void => {};
  world.settled = new Promise((resolve) => {
    settle = resolve;
  });
  await world.append(2);
  await world.clock.runFor(COMMIT_MS);
  await world.append(5);
  await world.clock.runFor(COMMIT_MS);
  assert.deepEqual(world.commits, []);
  const [partition] = world.runner.partitions;
  const now = world.runner.commitNow(partition!);
  settle();
  await world.clock.until(now);
  assert.deepEqual(world.commits, [2, 7]);
  await world.clock.until(world.runner.stop());
});

test('a partition that is paused says how far behind it is all the same', async () => {
  const world = await new World().start();
  await world.append(2);
  const [partition] = world.runner.partitions;
  await world.runner.pause(partition!);
  await world.append(40);
  const log = world.log;
  const range = log.range.bind(log);
  log.range = async () => {
    throw new BubbleError('LOG_TIMEOUT', 'no answer', { retryable: true });
  };
  await world.clock.runFor(6_000);
  assert.equal(world.runner.lag()[0]!.end, 2, 'the log does not answer: what was known stands');
  log.range = range;
  await world.clock.runFor(6_000);
  assert.deepEqual(world.runner.lag(), [{ topic: TOPIC, partition: 0, position: 2, end: 42 }]);
  world.runner.resume(partition!);
  await world.clock.runFor(0);
  assert.equal(world.runner.lag()[0]!.position, 42);
  await world.clock.until(world.runner.stop());
});

test('stopping stores where everything taken ends, and gives the partitions back', async () => {
  const world = await new World().start();
  await world.append(4);
  await world.clock.until(world.runner.stop());
  await world.runner.ended;
  assert.deepEqual([world.commits, world.released], [[4], [0]]);
  assert.deepEqual(world.runner.partitions, []);
});

test('a lease that ends while a position waits is not committed for', async () => {
  const world = await new World().start();
  let settle = (): void => {};
  world.settled = new Promise((resolve) => {
    settle = resolve;
  });
  await world.append(1);
  await world.clock.runFor(COMMIT_MS);
  world.log.memberships[0]!.vanish();
  settle();
  await world.clock.runFor(3 * COMMIT_MS);
  assert.deepEqual(world.commits, []);
});

test('what a processor fails with ends it', async () => {
  const world = await new World().start();
  world.runner.fail(new Error('the store refuses'));
  await assert.rejects(world.runner.ended, /the store refuses/);
});
