/** Frames out of a stream, cut at every byte, and out of messages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEADER_BYTES, writeHeader } from '../../schemas/wire/header.ts';
import { FrameReader } from './frame-reader.ts';

const frame = (operation: number, body: string): Uint8Array => {
  const bytes = Buffer.from(body);
  const out = new Uint8Array(HEADER_BYTES + bytes.length);
  writeHeader(out, 0, operation, 9, bytes.length);
  out.set(bytes, HEADER_BYTES);
  return out;
};
const readAll = (reader: FrameReader, chunks: readonly Uint8Array[]): [string[], string | null] => {
  const seen: string[] = [];
  for (const chunk of chunks) {
    const fault = reader.feed(chunk, (header, headerBytes, body) => {
      assert.equal(headerBytes.length, header.headerLength);
      seen.push(`${header.operation}:${Buffer.from(body).toString()}`);
    });
    if (fault !== null) return [seen, fault];
  }
  return [seen, null];
};

test('a stream may be cut anywhere', () => {
  const bytes = Buffer.concat([frame(1, 'one'), frame(2, ''), frame(3, 'x'.repeat(100))]);
  const expected = ['1:one', '2:', `3:${'x'.repeat(100)}`];
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)];
    assert.deepEqual(readAll(new FrameReader(false, 1_000), chunks), [expected, null], String(cut));
  }
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  assert.deepEqual(readAll(new FrameReader(false, 1_000), single), [expected, null]);
});

test('what cannot be a frame is a fault: check code, version, length', () => {
  assert.equal(readAll(new FrameReader(false, 1_000), [Buffer.from('GET / HTTP/1.1\r\n')])[1], 'check-code');
  const other = frame(1, 'x');
  other[4] = 1;
  assert.equal(readAll(new FrameReader(false, 1_000), [other])[1], 'version');
  assert.equal(readAll(new FrameReader(false, 2), [frame(1, 'xxx')])[1], 'too-large');
});

test('a message is exactly one frame', () => {
  const one = frame(1, 'x');
  assert.deepEqual(readAll(new FrameReader(true, 1_000), [one, one]), [['1:x', '1:x'], null]);
  for (const wrong of [
    one.subarray(0, -1),
    Buffer.concat([one, one]),
    new Uint8Array(0),
    Buffer.concat([one, Buffer.of(1)]),
  ]) {
    assert.equal(readAll(new FrameReader(true, 1_000), [wrong])[1], 'not-one-frame');
  }
});
