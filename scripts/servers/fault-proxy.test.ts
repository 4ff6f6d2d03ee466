/** What the fault proxy does to requests and answers, before a server that answers each request by its number. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { type CutRule, type FaultCounts, FaultProxy, NO_FAULTS, noCounts } from './fault-proxy.ts';
import { correlationIdOf, FrameCutter, requestHeader } from './kafka-frames.ts';

const PRODUCE = 0;
const FETCH = 1;

const request = (apiKey: number, correlationId: number, clientId = 'me'): Buffer => {
  const frame = Buffer.alloc(14 + clientId.length);
  frame.writeInt32BE(frame.length - 4, 0);
  frame.writeInt16BE(apiKey, 4);
  frame.writeInt32BE(correlationId, 8);
  frame.writeInt16BE(clientId.length, 12);
  frame.write(clientId, 14);
  return frame;
};

const answerTo = (correlationId: number): Buffer => {
  const frame = Buffer.alloc(16);
  frame.writeInt32BE(12, 0);
  frame.writeInt32BE(correlationId, 4);
  return frame;
};

/** A client that keeps the numbers of the answers it got. */
class Client {
  readonly socket: Socket;
  readonly answered: number[] = [];
  readonly closed: Promise<unknown>;
  #heard: () => void = () => {};

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    const cutter = new FrameCutter();
    this.socket.on('data', (chunk: Buffer) => {
      for (const frame of cutter.push(chunk)) this.answered.push(correlationIdOf(frame));
      this.#heard();
    });
    // A reset is one of the faults.
    this.socket.on('error', () => {});
    this.closed = once(this.socket, 'close').catch(() => {});
  }

  async answers(count: number): Promise<number[]> {
    while (this.answered.length < count) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
    return this.answered;
  }
}

describe('the fault proxy', () => {
  let server: Server;
  let proxy: FaultProxy;
  let counts: FaultCounts;
  const clients: Client[] = [];
  let executed: number[] = [];
  let executing: () => void = () => {};

  const executions = async (count: number): Promise<number[]> => {
    while (executed.length < count) {
      await new Promise<void>((resolve) => {
        executing = resolve;
      });
    }
    return executed;
  };
  const client = (): Client => {
    const made = new Client(proxy.port);
    clients.push(made);
    return made;
  };
  const rule = (fields: Partial<CutRule>): CutRule => ({
    stops: 'both',
    clientId: null,
    newOnly: false,
    after: 'late',
    ...fields,
  });

  before(async () => {
    server = createServer((socket) => {
      const cutter = new FrameCutter();
      socket.on('error', () => {});
      socket.on('data', (chunk: Buffer) => {
        for (const frame of cutter.push(chunk)) {
          const { correlationId } = requestHeader(frame);
          executed.push(correlationId);
          executing();
          socket.write(answerTo(correlationId));
        }
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    await proxy.close();
    server.close();
  });
  beforeEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await proxy?.close();
    executed = [];
    counts = noCounts();
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    proxy = await FaultProxy.open({ target: address.port, random: new SeededRandom(1), counts });
  });

  test('without faults everything passes, also in pieces', async () => {
    const one = client();
    const bytes = Buffer.concat([request(FETCH, 1), request(PRODUCE, 2)]);
    one.socket.write(bytes.subarray(0, 7));
    await once(one.socket, 'connect');
    one.socket.write(bytes.subarray(7));
    assert.deepEqual(await one.answers(2), [1, 2]);
    assert.deepEqual([counts.requests, counts.produced, counts.late], [2, 1, 0]);
  });

  test('a lost answer: executed, and nothing comes on this connection any more', async () => {
    proxy.rates = { ...NO_FAULTS, lostProduced: 1 };
    let resets = 0;
    for (let number = 1; number <= 20; number += 1) {
      const one = client();
      one.socket.write(request(PRODUCE, number));
      await executions(number);
      one.socket.write(request(FETCH, 100));
      const outcome = await Promise.race([
        one.closed.then(() => 'reset'),
        executions(number + 1).then(() => 'hangs'),
      ]);
      executed = executed.filter((each) => each !== 100);
      if (outcome === 'reset') resets += 1;
      assert.deepEqual(one.answered, []);
      one.socket.destroy();
    }
    assert.equal(counts.lostProduced, 20);
    assert.ok(resets > 0 && resets < 20, `${resets} of 20 were reset, the others hang`);
  });

  test('delays keep the order', async () => {
    proxy.rates = { ...NO_FAULTS, delayed: 1, delayMs: 20 };
    const one = client();
    const numbers = Array.from({ length: 50 }, (_, index) => index);
    for (const number of numbers) one.socket.write(request(FETCH, number));
    assert.deepEqual(await one.answers(50), numbers);
    assert.deepEqual(executed, numbers);
    assert.equal(counts.delayed, 100);
  });

  test('answers that are held come when the cut is over', async () => {
    const one = client();
    one.socket.write(request(FETCH, 1));
    await one.answers(1);
    const end = proxy.cut(rule({ stops: 'answers' }));
    one.socket.write(request(FETCH, 2));
    await executions(2);
    assert.deepEqual(one.answered, [1]);
    end();
    assert.deepEqual(await one.answers(2), [1, 2]);
  });

  test('requests that are held are executed late, also when the client has gone', async () => {
    const one = client();
    const other = client();
    one.socket.write(request(FETCH, 1));
    await one.answers(1);
    const end = proxy.cut(rule({ stops: 'requests', clientId: 'me' }));
    one.socket.write(request(PRODUCE, 2));
    one.socket.end();
    other.socket.write(request(FETCH, 3, 'another'));
    await other.answers(1);
    assert.deepEqual(executed, [1, 3], 'the cut is about one client');
    end();
    assert.deepEqual(await executions(3), [1, 3, 2]);
    assert.equal(counts.late, 1);
  });

  test('a cut that ends by reset loses what it held', async () => {
    const one = client();
    one.socket.write(request(FETCH, 1));
    await one.answers(1);
    const end = proxy.cut(rule({ after: 'reset' }));
    one.socket.write(request(PRODUCE, 2));
    // When the other one's request has come, the first one's has too.
    const other = client();
    end();
    await one.closed;
    other.socket.write(request(FETCH, 3));
    assert.deepEqual(await other.answers(1), [3]);
    assert.deepEqual(executed, [1, 3]);
  });

  test('half open: new connections are accepted and never answered, old ones go on', async () => {
    const old = client();
    old.socket.write(request(FETCH, 1));
    await old.answers(1);
    const end = proxy.cut(rule({ newOnly: true, after: 'reset' }));
    const young = client();
    await once(young.socket, 'connect');
    young.socket.write(request(FETCH, 2));
    old.socket.write(request(FETCH, 3));
    assert.deepEqual(await old.answers(2), [1, 3]);
    assert.deepEqual([executed, young.answered], [[1, 3], []]);
    end();
    await young.closed;
  });

  test('a torn frame: half of it passes, then the connection is reset', async () => {
    proxy.rates = { ...NO_FAULTS, torn: 1 };
    const one = client();
    one.socket.write(request(PRODUCE, 1));
    await one.closed;
    assert.equal(counts.torn, 1);
    assert.deepEqual([executed, one.answered], [[], []]);
  });
});
