import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runKillLoop } from './kill-loop.ts';

test('a few kills under load: nothing lost, doubled or inverted, and the log gives the same state again', async () => {
  const result = await runKillLoop({
    kills: 3,
    seed: 1,
    answers: 900,
    minUnanswered: 50,
    workers: 1,
    users: 24,
    devicesPerUser: 2,
    conversationsAtOnce: 4,
    dataFolder: null,
    serverFlags: [],
    progress: () => {},
  });
  assert.deepEqual(result.report.first, []);
  assert.equal(result.rebuildFault, null);
  assert.equal(result.kills, 3);
  assert(Math.min(...result.unanswered) >= 50);
  assert(result.answered >= 900);
  assert.equal(result.report.devicesComplete, result.report.devices);
});
