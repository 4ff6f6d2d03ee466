import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testCodecs } from '../../infra/timeline/testing/inbox-writer.ts';
import { ackWithVersion } from '../../schemas/wire/row.ts';
import { encodePush } from './push-encoder.ts';

const codec = testCodecs().push;
const number = fc.integer({ min: 0, max: 2 ** 52 - 1 });
const bytes = fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b));
const answer = fc.record({
  connection: number,
  request: number,
  ack: bytes,
  prevSeq: number,
  versioned: fc.boolean(),
});

test('a push is encoded as its codec encodes it', () => {
  const push = fc.record({
    slotEpoch: number,
    inboxPartition: fc.nat(255),
    seq: number,
    row: bytes,
    targets: bytes,
    ownTargets: bytes,
    answer: fc.oneof(fc.constant(null), answer),
  });
  fc.assert(
    fc.property(push, ({ answer, ...rest }) => {
      const { connection, request, prevSeq } = answer ?? { connection: -1, request: 0, prevSeq: 0 };
      const ack = answer === null ? Buffer.alloc(0) : answer.ack;
      const whole = answer?.versioned === true ? ackWithVersion(ack, rest.seq, prevSeq) : ack;
      assert.deepEqual(
        encodePush(codec, { ...rest, answer }),
        codec.encode({ ...rest, connection, request, prevSeq, ack: whole }),
      );
    }),
    { numRuns: 300 },
  );
});
