/** A deployment that is worked on while people use it, in short: see scripts/prove/rolling. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runRolling } from '../prove/rolling/rolling.ts';

test('a gate and a processor are restarted, one of each is added, inbox grows: nothing lost, nobody waits for long', async () => {
  const result = await runRolling({
    brokers: 1,
    sql: 'mysql',
    gates: 2,
    processors: 2,
    partitions: 2,
    users: 12,
    devicesPerUser: 2,
    pauseMs: 300,
    settleMs: 1_000,
    mostWithoutMs: 10_000,
    seed: 1,
    only: ['gate-1', 'processor-1', 'added', 'grows'],
    folder: null,
    progress: () => {},
  });
  const { report, steps, faults } = result;
  assert.deepEqual(faults, [], result.kept ?? '');
  assert.deepEqual(report.first, [], result.kept ?? '');
  assert.equal(report.devicesComplete, report.devices);
  assert.equal(steps.length, 6, 'five, and one in which nothing is done');
  assert.ok(report.rows > 0);
});
