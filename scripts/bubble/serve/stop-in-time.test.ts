import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../../infra/clock/sim-clock.ts';
import { Closers } from './closers.ts';
import { stopInTime } from './stop-in-time.ts';

const never = (): Promise<void> => new Promise(() => {});
const partsOf = (closers: Closers) => ({
  stop: () => closers.close(),
  stopsAt: () => closers.waitsFor(),
});

test('a stop in reverse order; the first failure is told after all were closed', async () => {
  const clock = new SimClock();
  const closed: string[] = [];
  const closers = new Closers();
  closers.add('log', () => void closed.push('log'));
  closers.add('server', () => {
    closed.push('server');
    throw new Error('no');
  });
  closers.add('listener', async () => void closed.push('listener'));
  assert.deepEqual(closers.waitsFor(), []);
  const outcome = await clock.until(stopInTime(partsOf(closers), clock, 1_000));
  assert.ok(outcome.kind === 'failed' && String(outcome.error) === 'Error: no');
  assert.deepEqual(closed, ['listener', 'server', 'log']);
  assert.equal(clock.waiting, 0, 'its timer is gone');
  assert.deepEqual(await stopInTime(partsOf(closers), clock, 1_000), { kind: 'stopped' });
});

test('a stop that does not come to its end: late at the limit, with the name of the innermost part', async () => {
  const clock = new SimClock();
  const inner = new Closers();
  inner.add('folder lock', () => {});
  inner.add('snapshots', never);
  const outer = new Closers();
  outer.add('keys', () => assert.fail('it waits behind'));
  outer.add(
    'parts',
    () => inner.close(),
    () => inner.waitsFor(),
  );
  const started = clock.monotonic();
  const outcome = await clock.until(stopInTime(partsOf(outer), clock, 20_000));
  assert.deepEqual(outcome, { kind: 'late', waitsFor: ['snapshots'] });
  assert.equal(clock.monotonic() - started, 20_000);
});
