import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import { SimClock } from '../clock/sim-clock.ts';
import type { Appended, RecordInput } from '../log/log.ts';
import { SILENT_LOGGER } from '../logger/logger.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import type { Lane, LaneOutput } from './lane.ts';
import { PartitionWriters } from './partition-writers.ts';

const LIMITS = {
  laneQueueRecords: 1_000,
  laneQueueBytes: 1024 * 1024,
  laneBatchRecords: 8,
  laneBatchBytes: 1024 * 1024,
};

const timedOut = (): BubbleError => new BubbleError('LOG_TIMEOUT', 'no answer', { retryable: true });

type Fate = 'ok' | 'lost' | 'arrived' | 'arrives-late';

/** A log whose appends are slow, fail, or time out although the records arrive. */
class FaultyLog {
  readonly arrived = new Map<number, string[]>();
  readonly inFlight = new Map<number, number>();
  largestBatch = 0;
  readonly #clock: SimClock;
  readonly #fate: (partition: number) => { fate: Fate; delayMs: number };

  constructor(clock: SimClock, fate: (partition: number) => { fate: Fate; delayMs: number }) {
    this.#clock = clock;
    this.#fate = fate;
  }

  append(_topic: string, partition: number, records: readonly RecordInput[]): Promise<Appended> {
    const running = (this.inFlight.get(partition) ?? 0) + 1;
    assert.equal(running, 1, 'one batch of a partition is in flight');
    this.inFlight.set(partition, running);
    this.largestBatch = Math.max(this.largestBatch, records.length);
    const values = records.map(({ value }) => Buffer.from(value ?? []).toString());
    const { fate, delayMs } = this.#fate(partition);
    const arrive = (): number => {
      const there = this.arrived.get(partition) ?? [];
      this.arrived.set(partition, [...there, ...values]);
      return there.length;
    };
    return new Promise((resolve, reject) => {
      this.#clock.after(delayMs, () => {
        this.inFlight.set(partition, 0);
        if (fate === 'ok') {
          resolve({ baseOffset: arrive(), time: 0 });
          return;
        }
        if (fate === 'arrived') arrive();
        if (fate === 'arrives-late') this.#clock.after(3 * delayMs, arrive);
        reject(timedOut());
      });
    });
  }
}

const output = (partition: number, value: string): LaneOutput => ({
  topic: 't',
  partition,
  record: { key: null, value: Buffer.from(value) },
});
const make = (log: FaultyLog, clock: SimClock, limits = LIMITS): PartitionWriters =>
  new PartitionWriters({ log, clock, logger: SILENT_LOGGER, limits });

const firstOccurrences = (values: readonly string[]): string[] => [...new Set(values)];

test('whatever fails, every pair arrives in order, nothing is missing, and the checkpoint tells the truth', async () => {
  for (let seed = 1; seed <= 120; seed += 1) {
    const random = new SeededRandom(seed);
    const clock = new SimClock();
    const fates: Fate[] = ['ok', 'ok', 'lost', 'arrived', 'arrives-late'];
    const log = new FaultyLog(clock, () => ({ fate: fates[random.below(5)]!, delayMs: random.below(40) }));
    const writers = make(log, clock);
    const lanes: Lane[] = [];
    const acknowledged = new Set<string>();
    for (let source = 0; source < 3; source += 1) {
      lanes.push(
        writers.lane(0, (_topic, partition, offset, sourceOffset) => {
          const value = `${source}:${sourceOffset}`;
          assert.equal(log.arrived.get(partition)?.[offset], value, 'the place is where the record is');
          acknowledged.add(`${partition}/${value}`);
        }),
      );
    }
    const pushed = new Map<string, string[]>();
    for (let offset = 0; offset < 40; offset += 1) {
      for (const [source, lane] of lanes.entries()) {
        const partitions = [0, 1, 2].filter(() => random.oneIn(2));
        const value = `${source}:${offset}`;
        for (const partition of partitions) {
          const pair = `${source}/${partition}`;
          pushed.set(pair, [...(pushed.get(pair) ?? []), value]);
        }
        lane.push(
          offset,
          partitions.map((partition) => output(partition, value)),
        );
      }
      if (random.oneIn(3)) await clock.runFor(random.below(30));
      for (const [source, lane] of lanes.entries()) {
        for (const [pair, values] of pushed) {
          const [from, partition] = pair.split('/');
          if (Number(from) !== source) continue;
          const there = new Set(log.arrived.get(Number(partition)) ?? []);
          for (const value of values) {
            if (Number(value.split(':')[1]) < lane.checkpoint) assert.ok(there.has(value));
          }
        }
      }
    }
    await clock.until(Promise.all(lanes.map((lane) => lane.drained())));
    for (const [pair, values] of pushed) {
      const [source, partition] = pair.split('/');
      const arrived = (log.arrived.get(Number(partition)) ?? []).filter((value) =>
        value.startsWith(`${source}:`),
      );
      assert.deepEqual(firstOccurrences(arrived), values, `seed ${seed}, pair ${pair}`);
    }
    assert.ok(acknowledged.size > 0);
    for (const lane of lanes) assert.deepEqual([lane.checkpoint, lane.pending], [40, 0]);
    assert.ok(log.largestBatch <= LIMITS.laneBatchRecords);
  }
});

test('over its bound a lane says so, and is writable again at half of it', async () => {
  const clock = new SimClock();
  const log = new FaultyLog(clock, () => ({ fate: 'ok', delayMs: 10 }));
  const lane = make(log, clock, { ...LIMITS, laneQueueRecords: 16, laneBatchRecords: 4 }).lane(0);
  const answers: boolean[] = [];
  for (let offset = 0; offset < 16; offset += 1) answers.push(lane.push(offset, [output(0, `${offset}`)]));
  assert.deepEqual(answers, [...new Array(15).fill(true), false]);
  let writable = false;
  const waiting = lane.writable().then(() => {
    writable = true;
  });
  await clock.runFor(15);
  assert.equal(writable, false, '12 of 16 are waiting');
  await clock.runFor(10);
  await waiting;
  assert.equal(lane.pending, 8);
});

test('bytes are bounded too', () => {
  const clock = new SimClock();
  const log = new FaultyLog(clock, () => ({ fate: 'ok', delayMs: 10 }));
  const lane = make(log, clock, { ...LIMITS, laneQueueBytes: 100 }).lane(0);
  assert.equal(lane.push(0, [output(0, 'x'.repeat(99))]), true);
  assert.equal(lane.push(1, [output(0, 'y')]), false);
});

test('a partition that cannot be written does not hold up the others', async () => {
  const clock = new SimClock();
  const log = new FaultyLog(clock, (partition) => ({ fate: partition === 0 ? 'lost' : 'ok', delayMs: 5 }));
  const lane = make(log, clock).lane(100);
  lane.push(100, [output(0, 'stuck'), output(1, 'a')]);
  lane.push(101, [output(1, 'b')]);
  lane.push(102, []);
  await clock.runFor(10_000);
  assert.deepEqual(log.arrived.get(1), ['a', 'b']);
  assert.equal(lane.checkpoint, 100);
});

test('sources without outputs count as acknowledged', () => {
  const clock = new SimClock();
  const lane = make(new FaultyLog(clock, () => ({ fate: 'ok', delayMs: 0 })), clock).lane(7);
  assert.equal(lane.checkpoint, 7);
  lane.push(9, []);
  assert.equal(lane.checkpoint, 10);
});

test('an abandoned lane is not resent, who waits for it is told, and others go on', async () => {
  const clock = new SimClock();
  let broken = true;
  const log = new FaultyLog(clock, () => ({ fate: broken ? 'lost' : 'ok', delayMs: 5 }));
  const writers = make(log, clock);
  const lost = writers.lane(0);
  const kept = writers.lane(0);
  lost.push(0, [output(0, 'lost')]);
  kept.push(0, [output(0, 'kept')]);
  const drained = assert.rejects(lost.drained(), (error) => isBubbleError(error, 'LEASE_LOST'));
  await clock.runFor(20);
  lost.abandon();
  await drained;
  assert.equal(lost.push(1, [output(0, 'later')]), false);
  broken = false;
  await clock.until(kept.drained());
  assert.deepEqual(log.arrived.get(0), ['kept']);
});

test('an append that will never succeed ends its lanes with the reason', async () => {
  const clock = new SimClock();
  const closed = new BubbleError('LOG_CLOSED', 'closed');
  const log = { append: () => Promise.reject(closed) };
  const writers = new PartitionWriters({ log, clock, logger: SILENT_LOGGER, limits: LIMITS });
  const lane = writers.lane(0);
  lane.push(0, [output(0, 'a')]);
  await assert.rejects(lane.drained(), (error) => error === closed);
  assert.equal(lane.failure, closed);
  assert.equal(lane.checkpoint, 0);
});
