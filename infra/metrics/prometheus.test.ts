import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeMetrics } from './prometheus.ts';

test('gauges are read at every scrape, and labels that are gone are gone', async () => {
  const metrics = makeMetrics();
  let lags: Record<string, number> = { fanout: 3, timeline: 1 };
  metrics.gauge('lag_records', 'Lag.', ['processor'], (set) => {
    for (const [processor, value] of Object.entries(lags)) set({ processor }, value);
  });
  const first = await metrics.text();
  assert.match(first, /^lag_records\{processor="fanout"\} 3$/m);
  assert.match(first, /^process_cpu_seconds_total /m);
  lags = { timeline: 0 };
  const second = await metrics.text();
  assert.match(second, /^lag_records\{processor="timeline"\} 0$/m);
  assert.doesNotMatch(second, /fanout/);
});
