import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pacer } from './pacer.ts';

test('turns come at the rate asked for, in order, and all at once when there is none', async () => {
  const pacer = new Pacer();
  await pacer.turn();
  pacer.pace(500);
  const began = performance.now();
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => pacer.turn().then(() => order.push(index))),
  );
  const ms = performance.now() - began;
  assert(ms >= 90, `50 turns at 500 a second took ${ms} ms`);
  assert.deepEqual(
    order,
    Array.from({ length: 50 }, (_, index) => index),
  );

  pacer.pace(0.001);
  const waiting = Promise.all([pacer.turn(), pacer.turn()]);
  pacer.pace(null);
  await waiting;
});
