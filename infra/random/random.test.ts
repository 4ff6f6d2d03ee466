import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from './seeded-random.ts';
import { systemRandom } from './system-random.ts';

for (const [name, random] of [
  ['system', systemRandom],
  ['seeded', new SeededRandom(7)],
] as const) {
  test(`${name}: below is even and within its bound, also a large one`, () => {
    const counts = new Array<number>(10).fill(0);
    for (let at = 0; at < 20_000; at += 1) counts[random.below(10)]! += 1;
    for (const count of counts) assert(count > 1_700 && count < 2_300, counts.join(' '));
    let largest = 0;
    for (let at = 0; at < 200; at += 1) {
      const value = random.below(2 ** 45);
      assert(Number.isSafeInteger(value) && value >= 0 && value < 2 ** 45);
      largest = Math.max(largest, value);
    }
    assert(largest > 2 ** 44);
    assert.equal(random.below(1), 0);
    assert.equal(random.bytes(33).length, 33);
    assert.throws(() => random.below(0));
  });
}

test('seeded: the same seed gives the same, another seed or a fork something else', () => {
  const draw = (random: SeededRandom): number[] => Array.from({ length: 20 }, () => random.below(1_000_000));
  assert.deepEqual(draw(new SeededRandom(5)), draw(new SeededRandom(5)));
  assert.notDeepEqual(draw(new SeededRandom(5)), draw(new SeededRandom(6)));
  const parent = new SeededRandom(5);
  assert.notDeepEqual(draw(parent.fork()), draw(parent.fork()));
});
