import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from './sim-clock.ts';
import { systemClock } from './system-clock.ts';

test('simulated timers run by due time, then by order of the calls, microtasks in between', async () => {
  const clock = new SimClock(1_000);
  const seen: string[] = [];
  clock.after(5, () => seen.push('b'));
  clock.after(0, () => {
    seen.push('a');
    void Promise.resolve()
      .then(() => {})
      .then(() => seen.push('a, later'));
  });
  clock.after(5, () => seen.push('c'));
  const cancelled = clock.after(5, () => seen.push('never'));
  clock.after(20, () => seen.push('too late'));
  cancelled.cancel();
  assert.equal(clock.waiting, 4);
  await clock.runFor(10);
  assert.deepEqual(seen, ['a', 'a, later', 'b', 'c']);
  assert.equal(clock.now(), 1_010);
  assert.equal(clock.monotonic(), 10);
  assert.equal(clock.nextDueMs, 20);
});

test('many simulated timers keep their order', async () => {
  const clock = new SimClock();
  const seen: number[] = [];
  for (let at = 0; at < 500; at += 1) clock.after((at * 7919) % 101, () => seen.push((at * 7919) % 101));
  await clock.runFor(101);
  assert.equal(seen.length, 500);
  assert.deepEqual(
    seen,
    [...seen].sort((a, b) => a - b),
  );
});

test('the wall clock may be set back, timers do not notice', async () => {
  const clock = new SimClock(50_000);
  let ran = false;
  clock.after(10, () => {
    ran = true;
  });
  clock.shiftWall(-20_000);
  assert.equal(clock.now(), 30_000);
  await clock.runFor(10);
  assert(ran);
});

test('waiting for what never comes fails in place of hanging', async () => {
  const clock = new SimClock();
  await assert.rejects(clock.until(new Promise(() => {})), /no timer/);
  const tick = (): void => {
    clock.after(1_000, tick);
  };
  tick();
  await assert.rejects(clock.until(new Promise(() => {}), 10_000), /not settled/);
});

test('the system clock: later in this turn, after a delay, cancelled', async () => {
  const seen: string[] = [];
  systemClock.after(0, () => seen.push('cancelled')).cancel();
  systemClock.after(1, () => seen.push('cancelled')).cancel();
  await new Promise<void>((resolve) => {
    systemClock.after(0, () => {
      seen.push('immediate');
      // From here: where the loop is late, a timer of the same turn may come first.
      systemClock.after(2, resolve);
    });
    seen.push('now');
  });
  assert.deepEqual(seen, ['now', 'immediate']);
  assert(Math.abs(systemClock.now() - Date.now()) < 1_000);
});
