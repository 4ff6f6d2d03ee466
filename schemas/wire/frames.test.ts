import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Frame, FrameSplitter, wholeFrame } from './frames.ts';
import { HEADER_BYTES, writeHeader } from './header.ts';

const LIMIT = 4096;

const encode = (operation: number, sequence: number, body: Uint8Array, extension = 0): Uint8Array => {
  const out = new Uint8Array(HEADER_BYTES + extension + body.length);
  writeHeader(out, 0, operation, sequence, body.length);
  out[2] = HEADER_BYTES + extension;
  out.set(body, HEADER_BYTES + extension);
  return out;
};

const copied = (frame: Frame): unknown => ({
  operation: frame.header.operation,
  sequence: frame.header.sequence,
  header: frame.headerBytes.length,
  body: [...frame.body],
});

const cut = (splitter: FrameSplitter, chunk: Uint8Array, out: unknown[]): string | null => {
  splitter.feed(chunk);
  for (;;) {
    const frame = splitter.next(LIMIT);
    if (frame === null || typeof frame === 'string') return frame;
    out.push(copied(frame));
  }
};

const bodies = [new Uint8Array(0), Uint8Array.of(1, 2, 3), new Uint8Array(300).fill(7)];
const frames = bodies.map((body, index) => encode(4 + index, index, body, index === 1 ? 47 : 0));
const stream = Uint8Array.from(frames.flatMap((frame) => [...frame]));
const expected: unknown[] = [];
cut(new FrameSplitter(), stream, expected);

test('a chunk of several frames', () => {
  assert.equal(expected.length, 3);
  assert.deepEqual(expected[1], { operation: 5, sequence: 1, header: 64, body: [1, 2, 3] });
});

test('frames split at every byte are the same frames', () => {
  for (let at = 0; at <= stream.length; at += 1) {
    const splitter = new FrameSplitter();
    const out: unknown[] = [];
    // The chunk is overwritten after each call, as a socket's buffer may be.
    for (const part of [stream.slice(0, at), stream.slice(at)]) {
      assert.equal(cut(splitter, part, out), null);
      part.fill(0xee);
    }
    assert.deepEqual(out, expected, `split at ${at}`);
    assert.equal(splitter.partial, false);
  }
});

test('any cutting gives the same frames', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
      const splitter = new FrameSplitter();
      const out: unknown[] = [];
      for (let at = 0, turn = 0; at < stream.length; turn += 1) {
        const size = sizes[turn % sizes.length]!;
        assert.equal(cut(splitter, stream.slice(at, at + size), out), null);
        at += size;
      }
      assert.deepEqual(out, expected);
    }),
    { numRuns: 100 },
  );
});

test('faults are seen as early as the bytes allow, whole or byte by byte', () => {
  const wrong: [string, (frame: Uint8Array) => void][] = [
    ['check-code', (frame) => frame.fill(0, 0, 1)],
    ['header-length', (frame) => frame.fill(16, 2, 3)],
    ['header-length', (frame) => frame.fill(65, 2, 3)],
    ['version', (frame) => frame.fill(1, 4, 5)],
    ['too-large', (frame) => frame.fill(0xff, 13, 17)],
  ];
  for (const [fault, spoil] of wrong) {
    const frame = encode(4, 1, Uint8Array.of(1));
    spoil(frame);
    assert.equal(cut(new FrameSplitter(), frame, []), fault);
    assert.equal(wholeFrame(frame, LIMIT), fault);
    const splitter = new FrameSplitter();
    let seen: string | null = null;
    for (let at = 0; at < HEADER_BYTES && seen === null; at += 1) {
      seen = cut(splitter, frame.slice(at, at + 1), []);
    }
    assert.equal(seen, fault);
  }
});

test('a lying length costs no memory before its bytes arrive, and the frame stays partial', () => {
  const splitter = new FrameSplitter();
  const frame = encode(4, 1, new Uint8Array(LIMIT));
  assert.equal(cut(splitter, frame.slice(0, 20), []), null);
  assert.equal(splitter.partial, true);
  const out: unknown[] = [];
  assert.equal(cut(splitter, frame.slice(20), out), null);
  assert.equal(out.length, 1);
  assert.equal(splitter.partial, false);
});

test('a message is exactly one frame', () => {
  const frame = encode(4, 9, Uint8Array.of(1, 2));
  const read = wholeFrame(frame, LIMIT);
  assert.ok(typeof read !== 'string');
  assert.deepEqual([...read.body], [1, 2]);
  assert.equal(wholeFrame(frame.subarray(0, 18), LIMIT), 'length');
  assert.equal(wholeFrame(frame.subarray(0, 9), LIMIT), 'length');
  assert.equal(wholeFrame(Uint8Array.from([...frame, 0]), LIMIT), 'length');
  assert.equal(wholeFrame(new Uint8Array(0), LIMIT), 'length');
});

test('arbitrary bytes end in frames or a fault, never in an exception', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
      const splitter = new FrameSplitter();
      for (const chunk of chunks) {
        const bytes = chunk.length > 2 ? Uint8Array.from([0xbf, 0, 17, 0, 2, ...chunk]) : chunk;
        if (cut(splitter, bytes, []) !== null) return;
      }
    }),
    { numRuns: 300 },
  );
});
