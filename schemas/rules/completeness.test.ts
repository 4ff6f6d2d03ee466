import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Completeness } from './completeness.ts';

test('pushes in order are applied, a gap is shown and pulled, a repeat is dropped', () => {
  const client = new Completeness(10);
  assert.equal(client.pushed(12, 10), 'applied');
  assert.equal(client.pushed(12, 10), 'repeat');
  assert.equal(client.pushed(20, 15), 'gap');
  assert.equal(client.completeTo, 12);
  assert.equal(client.pullUntil, 20);
  client.pulled(12, 25);
  assert.equal(client.completeTo, 25);
  assert.equal(client.pullUntil, 0);
});

test('an answer to a pull that began above C proves nothing', () => {
  const client = new Completeness(10);
  client.pulled(15, 40);
  assert.equal(client.completeTo, 10);
});

test('a notice raises what is wanted, never C', () => {
  const client = new Completeness(10);
  assert.equal(client.noticed(9), false);
  assert.equal(client.noticed(30), true);
  assert.equal(client.completeTo, 10);
});

test('C never passes a missing row, whatever is lost, doubled or pushed with prevSeq too high', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ lost: fc.boolean(), lift: fc.nat(2), twice: fc.boolean() }), { maxLength: 40 }),
      fc.nat(3),
      (pushes, pullEvery) => {
        const client = new Completeness();
        const held = new Set<number>();
        let previous = 0;
        pushes.forEach(({ lost, lift, twice }, index) => {
          const seq = (index + 1) * 10;
          if (!lost) {
            for (let time = 0; time < (twice ? 2 : 1); time += 1) {
              client.pushed(seq, Math.min(seq - 1, previous + lift));
              held.add(seq);
            }
          }
          previous = seq;
          if (pullEvery > 0 && index % pullEvery === 0 && client.pullUntil > 0) {
            for (let row = 10; row <= seq; row += 10) if (row > client.completeTo) held.add(row);
            client.pulled(client.completeTo, seq);
          }
          for (let row = 10; row <= client.completeTo; row += 10) assert.ok(held.has(row), `row ${row}`);
        });
      },
    ),
  );
});
