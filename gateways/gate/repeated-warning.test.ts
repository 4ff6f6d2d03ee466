import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { RepeatedWarning } from './repeated-warning.ts';

test('the first warning is logged at once, the rest once in 5 s with their number', async () => {
  const clock = new SimClock();
  const lines: Record<string, unknown>[] = [];
  const logger = {
    ...SILENT_LOGGER,
    warn: (fields: object, text: string) => void lines.push({ ...fields, text }),
  };
  const warning = new RepeatedWarning({ clock, logger }, 'away');
  for (let second = 0; second < 12; second += 1) {
    for (let at = 0; at < 100; at += 1) warning.warn(new Error(`${second}`));
    await clock.runFor(1_000);
  }
  assert.deepEqual(lines, [
    { error: 'Error: 0', times: 1, text: 'away' },
    { error: 'Error: 5', times: 500, text: 'away' },
    { error: 'Error: 10', times: 500, text: 'away' },
  ]);
});
