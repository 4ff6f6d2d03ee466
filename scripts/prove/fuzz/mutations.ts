/** Bytes gone wrong: what fuzzing feeds. All from a seed. */
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { HEADER_BYTES, writeHeader } from '../../../schemas/wire/header.ts';

const INTERESTING_BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0xbf];
const LENGTH_DELIMITED = 2;

const flip = (random: SeededRandom, bytes: Buffer): Buffer => {
  if (bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  bytes[at] = bytes[at]! ^ (1 << random.below(8));
  return bytes;
};

const set = (random: SeededRandom, bytes: Buffer): Buffer => {
  if (bytes.length === 0) return bytes;
  bytes[random.below(bytes.length)] = INTERESTING_BYTES[random.below(INTERESTING_BYTES.length)]!;
  return bytes;
};

const cut = (random: SeededRandom, bytes: Buffer): Buffer =>
  bytes.subarray(0, random.below(bytes.length + 1));

const insert = (random: SeededRandom, bytes: Buffer): Buffer => {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(16)), bytes.subarray(at)]);
};

const repeat = (random: SeededRandom, bytes: Buffer): Buffer => {
  if (bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  const piece = bytes.subarray(at, at + 1 + random.below(32));
  return Buffer.concat([bytes.subarray(0, at), piece, piece, bytes.subarray(at)]);
};

/** A length that says more, or less, than is there: a varint in the middle becomes another. */
const lie = (random: SeededRandom, bytes: Buffer): Buffer => {
  if (bytes.length < 2) return bytes;
  const at = 1 + random.below(bytes.length - 1);
  const lies = [
    [0x00],
    [0x7f],
    [0xff, 0xff, 0xff, 0xff, 0x0f],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  ];
  return Buffer.concat([
    bytes.subarray(0, at),
    Buffer.from(lies[random.below(lies.length)]!),
    bytes.subarray(at + 1),
  ]);
};

const KINDS = [flip, set, cut, insert, repeat, lie];

/** The bytes with one to four faults; the ones given are not changed. */
export const mutate = (random: SeededRandom, bytes: Uint8Array): Buffer => {
  let changed: Buffer = Buffer.from(bytes);
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    changed = KINDS[random.below(KINDS.length)]!(random, changed);
  }
  return changed;
};

/** Messages within messages, deeper than anybody means it. @param field number of a length-delimited field */
export const deepProtobuf = (depth: number, field: number): Buffer => {
  let inner: Buffer = Buffer.alloc(0);
  for (let level = 0; level < depth; level += 1) {
    const head = [(field << 3) | LENGTH_DELIMITED];
    let length = inner.length;
    while (length >= 0x80) {
      head.push((length & 0x7f) | 0x80);
      length >>>= 7;
    }
    head.push(length);
    inner = Buffer.concat([Buffer.from(head), inner]);
  }
  return inner;
};

/** Groups (wire types 3 and 4) within groups: what decoders skip by recursion. */
export const deepGroups = (depth: number, field: number): Buffer => Buffer.alloc(depth, (field << 3) | 3);

/** A frame whose header claims another length than its body has. */
export const lyingFrame = (random: SeededRandom, operation: number, body: Uint8Array): Buffer => {
  const frame = Buffer.alloc(HEADER_BYTES + body.length);
  const lies = [0, 1, body.length + 1, Math.max(0, body.length - 1), 0x7fff_ffff, 0xffff_ffff, 65_536, 4_097];
  writeHeader(frame, 0, operation, random.next(), lies[random.below(lies.length)]!);
  frame.set(body, HEADER_BYTES);
  return frame;
};

export const frameOf = (operation: number, sequence: number, body: Uint8Array): Buffer => {
  const frame = Buffer.alloc(HEADER_BYTES + body.length);
  writeHeader(frame, 0, operation, sequence, body.length);
  frame.set(body, HEADER_BYTES);
  return frame;
};
