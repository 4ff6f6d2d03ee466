import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../../infra/clock/sim-clock.ts';
import type { LogRecord } from '../../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import { livenessOf, type Observed, readinessOf } from './health.ts';
import { LagClock } from './lag-clock.ts';
import { LoopWatch } from './loop-watch.ts';

const processor = (name: string, partitions: number) => ({
  name,
  lag: () => new Array<null>(partitions).fill(null),
});
const observed = (over: Partial<Observed>): Observed => ({
  roles: ['gate', 'delivery'],
  gate: { stats: () => ({ state: 'serving', slot: 3, slotEpoch: 9 }) },
  processors: [processor('delivery', 2)],
  isStopping: false,
  hasJoined: () => false,
  ...over,
});
const missing = (over: Partial<Observed>): string[] =>
  readinessOf(observed(over))
    .filter(({ ok }) => !ok)
    .map(({ part, detail }) => `${part}: ${detail}`);

test('ready when every role has begun, and the body says what is missing', () => {
  assert.deepEqual(missing({}), []);
  assert.deepEqual(missing({ isStopping: true }), ['process: stopping']);
  assert.deepEqual(missing({ gate: null }), ['gate: not open']);
  const stats = () => ({ state: 'without-slot', slot: 3, slotEpoch: 9 }) as const;
  assert.deepEqual(missing({ gate: { stats } }), ['gate: the gate is without-slot']);
  assert.deepEqual(missing({ processors: [] }), ['delivery: not started']);
  const idle = [processor('delivery', 0)];
  assert.deepEqual(missing({ processors: idle }), ['delivery: has not joined its group yet']);
  // More members than partitions: one of them has nothing to do, and is ready to.
  assert.deepEqual(missing({ processors: idle, hasJoined: (group) => group === 'delivery' }), []);
  assert.deepEqual(missing({ roles: [], gate: null, processors: [] }), []);
});

test('a loop that stood still is not alive for ten seconds, then again', async () => {
  let paused = 0;
  const clock = new SimClock();
  const loop = new LoopWatch({
    now: () => clock.now(),
    monotonic: () => clock.monotonic() + paused,
    after: (ms, action) => clock.after(ms, action),
  });
  await clock.runFor(3_000);
  assert.equal(livenessOf(loop)[0]!.ok, true);
  paused = 6_000;
  assert.equal(livenessOf(loop)[0]!.ok, false, 'before the late timer has run');
  await clock.runFor(5_000);
  assert.equal(livenessOf(loop)[0]!.ok, false);
  await clock.runFor(6_000);
  assert.equal(livenessOf(loop)[0]!.ok, true);
  loop.close();
});

test('lag in seconds is the age of the record at the position', async () => {
  const clock = new SimClock();
  const began = clock.now();
  const read: string[] = [];
  let isAway = false;
  const log = {
    reader: async (topic: string, partition: number, from: number) => {
      if (isAway) throw new BubbleError('LOG_TIMEOUT', 'away', { retryable: true });
      read.push(`${topic}/${partition}@${from}`);
      const record: LogRecord = { offset: from, time: began + from * 1_000, key: null, value: null };
      return { read: async () => ({ records: [record], next: from + 1, end: 100 }), close: async () => {} };
    },
  };
  let position = 0;
  const lagOf = (partition: number, at: number) => ({ topic: 't', partition, position: at, end: 5 });
  const processors = () => [{ name: 'delivery', lag: () => [lagOf(0, position), lagOf(1, 5)] }];
  const lag = new LagClock({ log, clock, logger: SILENT_LOGGER, processors });
  const seconds = (partition: number, at = position) => lag.seconds('delivery', lagOf(partition, at));
  assert.equal(seconds(0), 0, 'nothing was looked at yet');
  await clock.runFor(5_000);
  assert.deepEqual(read, ['t/0@0'], 'only what is behind is read');
  assert.equal(seconds(0), 5);
  assert.equal(seconds(1, 5), 0);
  position = 4;
  await clock.runFor(5_000);
  assert.equal(seconds(0), 6, 'ten seconds have passed, and the record at 4 is of the fourth');
  isAway = true;
  await clock.runFor(20_000);
  assert.equal(seconds(0), 26, 'a log that is away leaves it rising');
  position = 5;
  assert.equal(seconds(0), 0);
  await clock.runFor(5_000);
  position = 4;
  assert.equal(seconds(0), 0, 'what was forgotten is looked at anew');
  lag.close();
});
