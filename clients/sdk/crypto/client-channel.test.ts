import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClientChannel, openClientChannel } from '../../../schemas/channel/client-channel.ts';
import type { CryptoPort } from '../../../schemas/channel/crypto-port.ts';
import type { TrafficSecrets } from '../../../schemas/channel/key-schedule.ts';
import { type EpochLimits, TrafficDirection } from '../../../schemas/channel/traffic.ts';
import { HEADER_BYTES } from '../../../schemas/wire/header.ts';
import { nodeCryptoPort } from './node-crypto-port.ts';
import { webCryptoPort } from './web-crypto-port.ts';

const node = nodeCryptoPort();
const web = webCryptoPort();
const secrets = (): TrafficSecrets => ({
  clientToServer: node.randomBytes(32),
  serverToClient: node.randomBytes(32),
});
/** The other end, on the same code with the directions swapped. */
const swapped = ({ clientToServer, serverToClient }: TrafficSecrets): TrafficSecrets => ({
  clientToServer: serverToClient,
  serverToClient: clientToServer,
});
const ends = (a: CryptoPort, b: CryptoPort, limits?: EpochLimits): [ClientChannel, ClientChannel] => {
  const both = secrets();
  return [openClientChannel(a, both, limits), openClientChannel(b, swapped(both), limits)];
};
const parts = (frame: Uint8Array): [Uint8Array, Uint8Array] => [
  frame.subarray(0, HEADER_BYTES),
  frame.subarray(HEADER_BYTES),
];
const body = (index: number): Uint8Array => new Uint8Array(index % 50).fill(index);

for (const [name, a, b] of [
  ['node to web', node, web],
  ['web to node', web, node],
] as const) {
  test(`frames across epochs, ${name}; results settle in the order of the calls`, async () => {
    const [sender, receiver] = ends(a, b, { frames: 7, bodyBytes: 150 });
    const settled: number[] = [];
    const frames = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const frame = await sender.seal(4, index + 1, body(index));
        settled.push(index);
        return frame;
      }),
    );
    assert.deepEqual(
      settled,
      [...settled].sort((x, y) => x - y),
    );
    const opened: number[] = [];
    await Promise.all(
      frames.map(async (frame, index) => {
        const plain = await receiver.open(...parts(frame));
        assert.deepEqual(plain === null ? null : new Uint8Array(plain), body(index));
        opened.push(index);
      }),
    );
    assert.deepEqual(
      opened,
      [...opened].sort((x, y) => x - y),
    );
  });
}

test('a port whose operations end in the wrong order: results still settle in order', async () => {
  const ends: (() => void)[] = [];
  /** Each operation waits until the test lets it end. */
  const held = <T>(value: T): Promise<T> => new Promise((resolve) => ends.push(() => resolve(value)));
  const { sealInto: _, ...bare } = node;
  const slow: CryptoPort = {
    ...bare,
    seal: (...input) => held(node.seal(...input)) as Promise<Uint8Array>,
    open: (...input) => held(node.open(...input)) as Promise<Uint8Array | null>,
  };
  const [sender, receiver] = [slow, slow].map((port, index) =>
    openClientChannel(port, index === 0 ? fixed : swapped(fixed)),
  ) as [ClientChannel, ClientChannel];
  const settled: number[] = [];
  const sealing = [0, 1, 2].map(async (index) => {
    const frame = await sender.seal(4, index, body(index + 1));
    settled.push(index);
    return frame;
  });
  for (const end of ends.splice(0).reverse()) end();
  const frames = await Promise.all(sealing);
  assert.deepEqual(settled, [0, 1, 2]);
  const opened: number[] = [];
  const opening = frames.map(async (frame, index) => {
    const plain = await receiver.open(...parts(frame));
    opened.push(index);
    return plain;
  });
  for (const end of ends.splice(0).reverse()) end();
  assert.deepEqual(
    (await Promise.all(opening)).map((plain) => plain?.length),
    [1, 2, 3],
  );
  assert.deepEqual(opened, [0, 1, 2]);
});
const fixed = secrets();

test('a synchronous port makes no promise', () => {
  const [a, b] = ends(node, node);
  const frame = a.seal(2, 1, body(3));
  assert.ok(frame instanceof Uint8Array);
  const plain = b.open(...parts(frame));
  assert.ok(plain instanceof Uint8Array);
});

for (const [name, port] of [
  ['node', node],
  ['web', web],
] as const) {
  test(`every byte of a frame flipped: refused, ${name}`, async () => {
    const both = secrets();
    const frame = await openClientChannel(port, both).seal(4, 9, body(20));
    for (let index = 0; index < frame.length; index += 1) {
      const flipped = Uint8Array.from(frame);
      flipped[index]! ^= 1 << (index % 8);
      const receiver = openClientChannel(port, swapped(both));
      assert.equal(await receiver.open(...parts(flipped)), null, `byte ${index}`);
    }
    const plain = await openClientChannel(port, swapped(both)).open(...parts(frame));
    assert.deepEqual(plain === null ? null : new Uint8Array(plain), body(20));
  });

  test(`replay, reflection, reorder, truncation, splice: refused, and the channel stays closed, ${name}`, async () => {
    const both = secrets();
    const sender = openClientChannel(port, both);
    const first = await sender.seal(4, 1, body(1));
    const second = await sender.seal(4, 2, body(2));
    const fresh = (): ClientChannel => openClientChannel(port, swapped(both));
    const refused = async (receiver: ClientChannel, frame: Uint8Array): Promise<void> => {
      assert.equal(await receiver.open(...parts(frame)), null);
      assert.equal(await receiver.open(...parts(first)), null, 'nothing opens after a frame that did not');
    };
    const afterFirst = fresh();
    assert.notEqual(await afterFirst.open(...parts(first)), null);
    await refused(afterFirst, first);
    await refused(fresh(), second);
    await refused(fresh(), first.subarray(0, first.length - 1));
    await refused(fresh(), first.subarray(0, HEADER_BYTES + 3));
    await refused(openClientChannel(port, both), first); // reflected to its sender
    const stranger = openClientChannel(port, secrets());
    await refused(fresh(), await stranger.seal(4, 1, body(1)));
  });

  test(`frames in flight behind a broken one are dropped, ${name}`, async () => {
    const [sender, receiver] = ends(port, port);
    const frames = await Promise.all([1, 2, 3].map((index) => sender.seal(4, index, body(index))));
    frames[1]![HEADER_BYTES]! ^= 1;
    const results = await Promise.all(frames.map((frame) => receiver.open(...parts(frame))));
    assert.deepEqual(
      results.map((plain) => plain !== null),
      [true, false, false],
    );
  });
}

test('no (key, nonce) pair repeats over many frames with epochs, in both directions', () => {
  const both = secrets();
  const seen = new Set<string>();
  let epochs = 0;
  const importKey = (key: Uint8Array): string => {
    epochs += 1;
    return Buffer.from(key).toString('latin1');
  };
  const nonce = new Uint8Array(12);
  const FRAMES = 100_000;
  for (const secret of [both.clientToServer, both.serverToClient]) {
    const direction = new TrafficDirection(node, secret, importKey, { frames: 999, bodyBytes: 70_000 });
    for (let index = 0; index < FRAMES; index += 1) {
      const key = direction.take(16 + (index % 300), nonce);
      seen.add(key + Buffer.from(nonce).toString('latin1'));
    }
  }
  assert.equal(seen.size, 2 * FRAMES);
  assert.ok(epochs > 400, `${epochs} epochs`);
});

test('an epoch ends with the frame of the last counter, or with the frame that reaches the bytes', () => {
  const keysOf = (limits: EpochLimits, lengths: readonly number[]): number[] => {
    let made = 0;
    const direction = new TrafficDirection(node, new Uint8Array(32), () => made++, limits);
    return lengths.map((length) => direction.take(length, new Uint8Array(12)));
  };
  assert.deepEqual(keysOf({ frames: 2, bodyBytes: 1_000 }, [16, 16, 16, 16, 16]), [0, 0, 1, 1, 2]);
  assert.deepEqual(
    keysOf({ frames: 9, bodyBytes: 100 }, [99, 1, 100, 101, 50, 50, 1]),
    [0, 0, 1, 2, 3, 3, 4],
  );
});

test('the default epoch: 2^24 frames or 2^36 body bytes', () => {
  let made = 0;
  const direction = new TrafficDirection(node, new Uint8Array(32), () => made++);
  const nonce = new Uint8Array(12);
  for (let index = 0; index < 2 ** 24 - 1; index += 1) direction.take(16, nonce);
  assert.equal(made, 1);
  const before = Uint8Array.from(nonce);
  assert.equal(direction.take(16, nonce), 0, 'the frame of counter 2^24 - 1 has the old key');
  assert.notDeepEqual(nonce, before);
  assert.equal(made, 2);
  assert.equal(direction.take(2 ** 36, nonce), 1);
  assert.equal(made, 3);
});
