import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, Tally } from './histogram.ts';
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

test('counters show the number that the part holds, at every scrape the whole of it', async () => {
  const metrics = makeMetrics();
  const answers = new Tally<'OK' | 'RETRY_LATER'>();
  metrics.counter('answers_total', 'Answers.', ['code'], (set) => {
    for (const [code, count] of answers.entries()) set({ code }, count);
  });
  answers.add('OK', 2);
  assert.match(await metrics.text(), /^answers_total\{code="OK"\} 2$/m);
  answers.add('OK');
  answers.add('RETRY_LATER');
  const text = await metrics.text();
  assert.match(text, /^# TYPE answers_total counter$/m);
  assert.match(text, /^answers_total\{code="OK"\} 3$/m);
  assert.match(text, /^answers_total\{code="RETRY_LATER"\} 1$/m);
});

test('histograms: cumulative buckets, sum and count, one series for each combination of labels', async () => {
  const metrics = makeMetrics();
  const [fetch, produce] = [new Histogram([0.01, 0.1]), new Histogram([0.01, 0.1])];
  metrics.histogram('request_seconds', 'Requests.', ['api'], (set) => {
    set({ api: 'Fetch' }, fetch);
    set({ api: 'Produce' }, produce);
  });
  for (const seconds of [0.01, 0.005, 0.05, 3, -1]) fetch.observe(seconds);
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('request_seconds'));
  assert.deepEqual(lines, [
    'request_seconds_bucket{api="Fetch",le="0.01"} 3',
    'request_seconds_bucket{api="Fetch",le="0.1"} 4',
    'request_seconds_bucket{api="Fetch",le="+Inf"} 5',
    `request_seconds_sum{api="Fetch"} ${0.01 + 0.005 + 0.05 + 3}`,
    'request_seconds_count{api="Fetch"} 5',
    'request_seconds_bucket{api="Produce",le="0.01"} 0',
    'request_seconds_bucket{api="Produce",le="0.1"} 0',
    'request_seconds_bucket{api="Produce",le="+Inf"} 0',
    'request_seconds_sum{api="Produce"} 0',
    'request_seconds_count{api="Produce"} 0',
  ]);
  assert.equal(fetch.count, 5);
  assert.throws(() => new Histogram([0.1, 0.1]), /AssertionError/);
});
