/** TCP and WebSocket under a handler that is no gate: bytes, order, ends, limits, addresses. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { DEFAULT_LIMITS } from '../../schemas/limits.ts';
import type { Connection, ConnectionHandler } from '../../schemas/ports/connection.ts';
import type { Acceptor, Listener, ListenOptions } from './listener.ts';
import { listenTcp } from './tcp-listener.ts';
import { listenWebSocket } from './websocket-listener.ts';

const AT: ListenOptions = { host: '127.0.0.1', port: 0, limits: DEFAULT_LIMITS };

class Echo implements Acceptor {
  readonly connections: Connection[] = [];
  readonly received: Buffer[] = [];
  readonly closed: string[] = [];
  drained = 0;
  #wake: (() => void)[] = [];

  accept(connection: Connection): ConnectionHandler {
    this.connections.push(connection);
    this.#changed();
    return {
      received: (bytes) => {
        this.received.push(Buffer.from(bytes));
        this.#changed();
      },
      drained: () => {
        this.drained += 1;
        this.#changed();
      },
      closed: (reason) => {
        this.closed.push(reason);
        this.#changed();
      },
    };
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }
}

const tcp = async (listener: Listener): Promise<Socket> => {
  const socket = connect(listener.port, listener.host);
  await once(socket, 'connect');
  return socket;
};
const webSocket = async (listener: Listener): Promise<WebSocket> => {
  const socket = new WebSocket(`ws://${listener.host}:${listener.port}`);
  await once(socket, 'open');
  return socket;
};

test('tcp: bytes both ways, in order, and the end of both sides', async () => {
  const gate = new Echo();
  const listener = await listenTcp(gate, AT);
  const socket = await tcp(listener);
  socket.write('hello');
  await gate.until(() => gate.received.length > 0);
  assert.equal(gate.received[0]?.toString(), 'hello');
  const [connection] = gate.connections;
  assert.equal(connection?.remoteAddress, '127.0.0.1');
  assert.equal(connection?.messageFramed, false);
  connection?.send([Buffer.from('a'), Buffer.from('b')]);
  connection?.send([Buffer.from('c')]);
  connection?.end();
  let text = '';
  for await (const chunk of socket) text += chunk;
  assert.equal(text, 'abc');
  await gate.until(() => gate.closed.length > 0);
  connection?.send([Buffer.from('late')]);
  await listener.close();
});

test('tcp: back-pressure is seen, reading stops and goes on, drained is told', async () => {
  const gate = new Echo();
  const listener = await listenTcp(gate, AT);
  const socket = await tcp(listener);
  socket.pause();
  await gate.until(() => gate.connections.length === 1);
  const connection = gate.connections[0]!;
  const megabyte = Buffer.alloc(1 << 20);
  for (let count = 0; count < 64 && connection.bufferedBytes === 0; count += 1) connection.send([megabyte]);
  for (let count = 0; count < 16; count += 1) connection.send([megabyte]);
  assert.ok(connection.bufferedBytes > 1 << 20);
  socket.resume();
  await gate.until(() => gate.drained > 0);
  assert.equal(connection.bufferedBytes, 0);
  connection.pauseReading();
  socket.write('x');
  await new Promise((resolve) => setImmediate(resolve));
  connection.resumeReading();
  await gate.until(() => gate.received.length === 1);
  socket.resetAndDestroy();
  await gate.until(() => gate.closed.length === 1);
  await listener.close();
});

test('websocket: one message each, several in one go, close is told', async () => {
  const gate = new Echo();
  const listener = await listenWebSocket(gate, AT);
  const socket = await webSocket(listener);
  const messages: string[] = [];
  socket.on('message', (data: Buffer) => messages.push(data.toString()));
  socket.send(Buffer.from('one'));
  socket.send(Buffer.from('two'));
  await gate.until(() => gate.received.length === 2);
  assert.deepEqual(gate.received.map(String), ['one', 'two']);
  const connection = gate.connections[0]!;
  assert.equal(connection.messageFramed, true);
  connection.send([Buffer.from('x'), Buffer.from('y'), Buffer.from('z')]);
  connection.end();
  await once(socket, 'close');
  assert.deepEqual(messages, ['x', 'y', 'z']);
  await gate.until(() => gate.closed.length === 1);
  await listener.close();
});

test('websocket: text, too large and too many fragments are refused, others are unharmed', async () => {
  const gate = new Echo();
  const listener = await listenWebSocket(gate, AT);
  const healthy = await webSocket(listener);
  const closeCode = async (abuse: (socket: WebSocket) => void): Promise<number> => {
    const socket = await webSocket(listener);
    socket.on('error', () => {});
    abuse(socket);
    const [code] = await once(socket, 'close');
    return code as number;
  };
  assert.equal(await closeCode((socket) => socket.send('text')), 1003);
  assert.equal(await closeCode((socket) => socket.send(Buffer.alloc(DEFAULT_LIMITS.bodyBytes + 65))), 1009);
  const fragments = (count: number) => (socket: WebSocket) => {
    for (let index = 1; index <= count; index += 1) socket.send(Buffer.from('x'), { fin: index === count });
  };
  assert.equal(await closeCode(fragments(DEFAULT_LIMITS.websocketFragments + 1)), 1008);
  fragments(DEFAULT_LIMITS.websocketFragments)(healthy);
  await gate.until(() => gate.received.length === 1);
  assert.equal(gate.received[0]?.length, DEFAULT_LIMITS.websocketFragments);
  healthy.terminate();
  await gate.until(() => gate.closed.length === 4);
  await listener.close();
});

test('websocket: another protocol is told what this port speaks', async () => {
  const listener = await listenWebSocket(new Echo(), AT);
  const get = request({ host: listener.host, port: listener.port, agent: false });
  get.end();
  const [response] = await once(get, 'response');
  assert.equal(response.statusCode, 426);
  response.resume();
  await once(response, 'end');
  await listener.close();
});

test('a port in use, an address of another machine', async () => {
  const listener = await listenTcp(new Echo(), AT);
  const taken = { ...AT, port: listener.port };
  await assert.rejects(listenTcp(new Echo(), taken), { code: 'ADDRESS_IN_USE' });
  await assert.rejects(listenWebSocket(new Echo(), taken), { code: 'ADDRESS_IN_USE' });
  await assert.rejects(listenTcp(new Echo(), { ...AT, host: '192.0.2.1' }), { code: 'CONFIG' });
  await listener.close();
});
