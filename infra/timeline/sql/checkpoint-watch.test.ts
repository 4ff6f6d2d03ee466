import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../clock/sim-clock.ts';
import { SILENT_LOGGER } from '../../logger/logger.ts';
import { CheckpointWatch, POLL_AWAY_MS, POLL_MS } from './checkpoint-watch.ts';

const rig = (limit = 10) => {
  const clock = new SimClock();
  const state = { readable: [0, 0], polls: 0, away: false };
  const watch = new CheckpointWatch({
    partitions: 2,
    limit,
    clock,
    logger: SILENT_LOGGER,
    poll: async () => {
      state.polls += 1;
      if (state.away) throw new Error('away');
      return state.readable.map((readable, partition) => ({ partition, readable }));
    },
  });
  return { clock, state, watch };
};

test('what another process writes is seen within one poll, for all partitions and waiters together', async () => {
  const { clock, state, watch } = rig();
  const waiting = [watch.wait(0, 5, 1_000), watch.wait(0, 6, 1_000), watch.wait(1, 3, 1_000)];
  await clock.runFor(100);
  assert.ok(state.polls <= 2 + 100 / POLL_MS, `${state.polls} polls`);
  state.readable = [6, 3];
  await clock.runFor(POLL_MS);
  assert.deepEqual(await Promise.all(waiting), [true, true, true]);
});

test('nothing is polled while nobody waits', async () => {
  const { clock, state, watch } = rig();
  await clock.runFor(10_000);
  assert.equal(state.polls, 0);
  const late = watch.wait(0, 5, 50);
  await clock.runFor(60);
  assert.equal(await late, false);
  await clock.runFor(POLL_MS);
  const { polls } = state;
  await clock.runFor(10_000);
  assert.equal(state.polls, polls);
  assert.equal(clock.waiting, 0);
});

test('own writes wake at once, and known versions cost nothing', async () => {
  const { clock, state, watch } = rig();
  const waiting = watch.wait(0, 5, 1_000);
  watch.reached(0, 5);
  assert.equal(await waiting, true);
  await clock.runFor(POLL_MS);
  const { polls } = state;
  assert.equal(await watch.wait(0, 4, 1_000), true);
  assert.equal(await watch.wait(0, 5, 0), true);
  assert.equal(state.polls, polls);
});

test('without time to wait it looks once', async () => {
  const { state, watch } = rig();
  state.readable = [7, 0];
  assert.equal(await watch.wait(0, 7, 0), true);
  assert.equal(await watch.wait(0, 8, 0), false);
});

test('more than may wait are told at once', async () => {
  const { clock, watch } = rig(2);
  const waiting = [watch.wait(0, 5, 100), watch.wait(1, 5, 100)];
  assert.equal(await watch.wait(0, 5, 100), false);
  await clock.runFor(200);
  assert.deepEqual(await Promise.all(waiting), [false, false]);
  const again = watch.wait(0, 5, 100);
  watch.reached(0, 5);
  assert.equal(await again, true);
});

test('a store that is away is asked seldom, and waiters are told false in time', async () => {
  const { clock, state, watch } = rig();
  state.away = true;
  const late = watch.wait(0, 5, 2_000);
  await clock.runFor(2_000);
  assert.equal(await late, false);
  assert.ok(state.polls <= 2 + 2_000 / POLL_AWAY_MS, `${state.polls} polls`);
  state.away = false;
  state.readable = [5, 0];
  const healed = watch.wait(0, 5, 2_000);
  await clock.runFor(POLL_AWAY_MS);
  assert.equal(await healed, true);
});

test('closing ends those who wait', async () => {
  const { clock, watch } = rig();
  const waiting = watch.wait(0, 5, 2_000);
  watch.close();
  assert.equal(await waiting, false);
  await clock.runFor(POLL_MS);
  assert.equal(clock.waiting, 0);
});
