/** The Kafka driver and its lanes behind a proxy that loses answers, delays, tears and cuts: the short proof. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { driverViolations, proveDriver } from '../prove/kafka-faults/driver-proof.ts';
import { countsText } from '../prove/kafka-faults/fault-run.ts';
import { BACKGROUND } from '../prove/kafka-faults/weather.ts';

test('lost answers, delays and cuts: nothing lost, nothing inverted, no partition held twice', async (context) => {
  const result = await proveDriver({
    brokers: 1,
    seed: 1,
    records: 12_000,
    perSecond: 2_000,
    background: { ...BACKGROUND, lostProduced: 0.2 },
    shortestCutMs: 1_000,
    longestCutMs: 3_000,
    calmMs: 2_000,
    requestTimeoutMs: 1_000,
    progress: (line) => context.diagnostic(line),
  });
  context.diagnostic(countsText(result.counts));
  context.diagnostic(`stored: ${result.stored.repeats} repeats; read: ${result.read.repeats} repeats`);
  assert.deepEqual(driverViolations(result), []);
  assert.equal(result.stored.repeats > 0, true, 'lost answers make repeats');
  assert.ok(result.episodes > 0);
});
