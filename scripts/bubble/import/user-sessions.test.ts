import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turnstile } from './user-sessions.ts';

test('so many at a time, the others in the order of asking', async () => {
  const turnstile = new Turnstile(2);
  const entered: number[] = [];
  const enter = async (number: number): Promise<void> => {
    await turnstile.enter();
    entered.push(number);
  };
  const all = [1, 2, 3, 4].map(enter);
  await Promise.all(all.slice(0, 2));
  assert.deepEqual(entered, [1, 2]);
  turnstile.leave();
  await all[2];
  assert.deepEqual(entered, [1, 2, 3]);
  turnstile.leave();
  turnstile.leave();
  await all[3];
  await enter(5);
  assert.deepEqual(entered, [1, 2, 3, 4, 5]);
});
