import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { isBubbleError } from '../../../schemas/errors.ts';
import { SimClock } from '../../clock/sim-clock.ts';
import { SILENT_LOGGER } from '../../logger/logger.ts';
import { Cluster } from './cluster.ts';
import { Writing } from './wire-format.ts';

const API_VERSIONS = 18;
const ID_A = Buffer.from('aaaaaaaaaaaaaaaa');
const ID_B = Buffer.from('bbbbbbbbbbbbbbbb');
const text = (bytes: Buffer): string => bytes.toString('base64url');

/** One broker that says what its versions are, and what the test wants it to say about the topic `t`. */
class ScriptedBroker extends EventEmitter<{ asked: [version: number] }> {
  readonly #server: Server;
  readonly #newest: number;
  readonly #sockets = new Set<Socket>();
  /** null: there is no such topic. */
  id: Buffer | null = ID_A;

  constructor(newest: number) {
    super();
    this.#newest = newest;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('data', (frame) => socket.write(this.#answer(frame)));
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `127.0.0.1:${this.#port}`;
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Questions are short and come one at a time: each is a chunk of its own. */
  #answer(frame: Buffer): Buffer {
    const version = frame.readInt16BE(6);
    const correlation = frame.readInt32BE(8);
    const isVersions = frame.readInt16BE(4) === API_VERSIONS;
    const body = isVersions ? this.#versions() : this.#metadata(version);
    if (!isVersions) this.emit('asked', version);
    const head = new Writing(8).int32(4 + body.length).int32(correlation);
    return Buffer.concat([head.bytes, body]);
  }

  #versions(): Buffer {
    const writing = new Writing(100).int16(0).count(1);
    writing.int16(3).int16(0).int16(this.#newest).int32(0);
    return writing.bytes.subarray(0, writing.at);
  }

  #metadata(version: number): Buffer {
    const { id } = this;
    const isCompact = version >= 9;
    const writing = new Writing(400, isCompact ? 'compact' : 'fixed').tags().int32(0).count(1);
    writing.int32(1).text('127.0.0.1').int32(this.#port).text('').tags();
    writing.text('cluster').int32(1).count(1);
    writing.int16(id === null ? 3 : 0).text('t');
    if (isCompact) for (const byte of id ?? Buffer.alloc(16)) writing.int8(byte);
    writing.int8(0).count(id === null ? 0 : 1);
    if (id !== null) {
      writing.int16(0).int32(0).int32(1).int32(0);
      writing.count(1).int32(1).count(1).int32(1).count(0).tags();
    }
    if (isCompact) writing.int32(0);
    writing.tags().tags();
    return writing.bytes.subarray(0, writing.at);
  }
}

const rig = async (newest: number) => {
  const broker = new ScriptedBroker(newest);
  const versions: number[] = [];
  broker.on('asked', (version) => versions.push(version));
  const clock = new SimClock();
  const cluster = new Cluster({
    brokers: [await broker.start()],
    ...{ clientId: 'test', ssl: null, sasl: null, connectTimeoutMs: 2_000, clock, logger: SILENT_LOGGER },
  });
  const end = (): void => {
    cluster.close();
    broker.stop();
  };
  return { broker, clock, cluster, versions, end };
};

test('a topic that was made anew has no leaders and no partitions here any more, and says what to do', async () => {
  const { broker, cluster, versions, end } = await rig(13);
  try {
    assert.equal(await cluster.partitions('t'), 1);
    assert.equal(cluster.leaderOf('t', 0), 1);
    broker.id = null;
    await cluster.refresh();
    assert.equal(cluster.lossOf('t'), null, 'it may be a broker that is not up to date');
    // Also where a broker tells of the old one again.
    for (const id of [ID_B, ID_A]) {
      broker.id = id;
      await cluster.refresh();
      assert.equal(cluster.leaderOf('t', 0), undefined);
      const loss = cluster.lossOf('t');
      assert.ok(isBubbleError(loss, 'OFFSET_OUT_OF_RANGE') && !loss.retryable);
      assert.ok(loss.message.includes(`its id was ${text(ID_A)} and is ${text(ID_B)}`), loss.message);
      await assert.rejects(cluster.partitions('t'), loss);
    }
    assert.deepEqual(new Set(versions), new Set([11]));
  } finally {
    end();
  }
});

test('where nothing fails all is asked for again after a while, until it is closed', async () => {
  const { broker, clock, cluster, versions, end } = await rig(13);
  try {
    await cluster.partitions('t');
    cluster.watch();
    broker.id = ID_B;
    for (const count of [2, 3]) {
      const asked = once(broker, 'asked');
      await clock.runFor(5_000);
      await asked;
      await cluster.refresh();
      assert.ok(versions.length >= count);
    }
    assert.ok(isBubbleError(cluster.lossOf('t'), 'OFFSET_OUT_OF_RANGE'));
    cluster.close();
    const before = versions.length;
    await clock.runFor(20_000);
    assert.equal(versions.length, before);
  } finally {
    end();
  }
});

test('a broker too old to tell ids is asked in its own version, and nothing is noticed', async () => {
  const { broker, cluster, versions, end } = await rig(8);
  try {
    assert.equal(await cluster.partitions('t'), 1);
    broker.id = ID_B;
    await cluster.refresh();
    assert.equal(cluster.lossOf('t'), null);
    assert.equal(cluster.leaderOf('t', 0), 1);
    assert.deepEqual(versions, [7, 7]);
  } finally {
    end();
  }
});
