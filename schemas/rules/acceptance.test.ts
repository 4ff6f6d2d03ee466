import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NO_SOURCE, SourceVector } from './acceptance.ts';

test('the chain of one source is accepted once, in order; repeats are dropped, a hole stays a hole', () => {
  const vector = new SourceVector();
  assert.equal(vector.accept(2, 10, NO_SOURCE), 'accepted');
  assert.equal(vector.accept(2, 15, 10), 'accepted');
  assert.equal(vector.accept(2, 10, NO_SOURCE), 'repeat');
  assert.equal(vector.accept(2, 30, 20), 'hole');
  assert.equal(vector.accept(2, 31, 30), 'hole');
  assert.deepEqual(vector.toArray(), [NO_SOURCE, NO_SOURCE, 15]);
  assert.equal(vector.accept(2, 20, 15), 'accepted');
  assert.equal(vector.accept(2, 30, 20), 'accepted');
});

test('whatever is resent, and wherever a reader starts again from its vector, each record counts once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 19 }), { maxLength: 60 }),
      fc.nat(60),
      (resends, restartAt) => {
        // The log: records 0..19 of one source, and resends of prefixes after any of them, as a lane resends.
        const log: number[] = [];
        let appended = 0;
        for (const back of resends) {
          for (let src = Math.max(0, appended - back); src <= appended && src < 20; src += 1) log.push(src);
          appended = Math.min(19, appended + 1);
        }
        let vector = new SourceVector();
        const accepted: number[] = [];
        log.forEach((src, index) => {
          if (index === restartAt) vector = new SourceVector(vector.toArray());
          if (vector.accept(0, src, src - 1) === 'accepted') accepted.push(src);
        });
        assert.deepEqual(
          accepted,
          [...new Set(log)].sort((a, b) => a - b),
        );
      },
    ),
  );
});
