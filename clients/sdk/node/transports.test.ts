/** TCP and WebSocket over real sockets: the same suite for both. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import type { Connection, ConnectionHandler } from '../../../schemas/ports/connection.ts';
import type { Transport } from '../transport.ts';
import { connectTcp } from './tcp-transport.ts';
import { connectWebSocket } from './websocket-transport.ts';

interface Echo {
  readonly transport: Transport;
  /** Bytes that arrived, by connection. */
  readonly received: () => Buffer;
  kick(): void;
  close(): Promise<void>;
}

const tcpEcho = async (): Promise<Echo> => {
  let received = Buffer.alloc(0);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      socket.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    transport: connectTcp(`127.0.0.1:${port}`),
    received: () => received,
    kick: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
};

const webSocketEcho = async (): Promise<Echo> => {
  let received = Buffer.alloc(0);
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      received = Buffer.concat([received, data]);
      socket.send(data);
    });
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    transport: connectWebSocket(`ws://127.0.0.1:${port}`),
    received: () => received,
    kick: () => {
      for (const socket of server.clients) socket.terminate();
    },
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
};

const listening = (
  want: number,
): ConnectionHandler & { bytes: Buffer; done: Promise<void>; gone: Promise<string> } => {
  let finish = (): void => {};
  let leave = (_reason: string): void => {};
  const handler = {
    bytes: Buffer.alloc(0),
    done: new Promise<void>((resolve) => {
      finish = resolve;
    }),
    gone: new Promise<string>((resolve) => {
      leave = resolve;
    }),
    received: (bytes: Uint8Array) => {
      handler.bytes = Buffer.concat([handler.bytes, bytes]);
      if (handler.bytes.length >= want) finish();
    },
    drained: () => {},
    closed: (reason: string) => leave(reason),
  };
  return handler;
};

const never = new AbortController().signal;

for (const [name, make] of [
  ['tcp', tcpEcho],
  ['websocket', webSocketEcho],
] as const) {
  test(`${name}: frames go and come in order, small and large`, async () => {
    const echo = await make();
    const frames = Array.from({ length: 100 }, (_, index) =>
      Buffer.alloc(index === 50 ? 200_000 : 40, index),
    );
    const all = Buffer.concat(frames);
    const handler = listening(all.length);
    const connection: Connection = await echo.transport.connect(handler, never);
    assert.equal(connection.remoteAddress, '127.0.0.1');
    assert.equal(connection.messageFramed, name === 'websocket');
    connection.send(frames);
    await handler.done;
    assert.ok(handler.bytes.equals(all) && echo.received().equals(all));
    connection.end();
    await handler.gone;
    connection.send(frames);
    await echo.close();
  });

  test(`${name}: the end is told once, from either side`, async () => {
    const echo = await make();
    const handler = listening(1);
    await echo.transport.connect(handler, never);
    echo.kick();
    assert.equal(typeof (await handler.gone), 'string');
    const other = listening(1);
    (await echo.transport.connect(other, never)).destroy();
    assert.equal(typeof (await other.gone), 'string');
    await echo.close();
  });

  test(`${name}: nobody there, or given up`, async () => {
    const echo = await make();
    const abort = new AbortController();
    const attempt = echo.transport.connect(listening(1), abort.signal);
    abort.abort(new Error('enough'));
    await assert.rejects(attempt, { code: 'CONNECTION_LOST', retryable: true });
    await echo.close();
    await assert.rejects(echo.transport.connect(listening(1), never), { code: 'CONNECTION_LOST' });
  });
}
