/** WebSocket: each binary message is one frame. */
import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Connection, ConnectionHandler } from '../../schemas/ports/connection.ts';
import { MAX_HEADER_BYTES } from '../../schemas/wire/header.ts';
import {
  type Acceptor,
  CONNECTIONS_BEYOND_LIMIT,
  type Listener,
  type ListenOptions,
  startListening,
} from './listener.ts';

const NORMAL_CLOSURE = 1000;
const UNSUPPORTED_DATA = 1003;
const UPGRADE_TIMEOUT_MS = 5_000;
const MOST_UPGRADE_BYTES = 8 * 1024;

const BINARY = { binary: true, compress: false } as const;

class WebSocketConnection implements Connection {
  readonly remoteAddress: string;
  readonly messageFramed = true;
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;

  constructor(webSocket: WebSocket, socket: Socket) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.remoteAddress = socket.remoteAddress ?? '';
  }

  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  send(frames: readonly Uint8Array[]): void {
    const webSocket = this.#webSocket;
    if (webSocket.readyState !== webSocket.OPEN) return;
    // A message is two buffers (frame header, payload); corked they leave in one system call, as do all messages.
    this.#socket.cork();
    for (const frame of frames) webSocket.send(frame, BINARY);
    this.#socket.uncork();
  }

  pauseReading(): void {
    this.#webSocket.pause();
  }

  resumeReading(): void {
    this.#webSocket.resume();
  }

  end(): void {
    this.#webSocket.close(NORMAL_CLOSURE);
  }

  destroy(): void {
    this.#webSocket.terminate();
  }
}

/** See tcp-listener.ts. 'drain' comes from the socket under the WebSocket, hence the second map. */
const handlers = new WeakMap<WebSocket, ConnectionHandler>();
const bySocket = new WeakMap<Socket, ConnectionHandler>();

function onMessage(this: WebSocket, data: Buffer, isBinary: boolean): void {
  if (isBinary) handlers.get(this)?.received(data);
  else this.close(UNSUPPORTED_DATA);
}
function onError(this: WebSocket): void {
  // A violation of the WebSocket protocol or a reset; 'close' follows.
}
function onClose(this: WebSocket, code: number): void {
  handlers.get(this)?.closed(`closed ${code}`);
  handlers.delete(this);
}
function onDrain(this: Socket): void {
  bySocket.get(this)?.drained();
}

/** Rejects with ADDRESS_IN_USE. */
export const listenWebSocket = async (gate: Acceptor, options: ListenOptions): Promise<Listener> => {
  const { limits } = options;
  const server = createServer({
    noDelay: true,
    headersTimeout: UPGRADE_TIMEOUT_MS,
    requestTimeout: UPGRADE_TIMEOUT_MS,
    connectionsCheckingInterval: UPGRADE_TIMEOUT_MS,
    maxHeaderSize: MOST_UPGRADE_BYTES,
  });
  server.maxConnections = limits.connections + CONNECTIONS_BEYOND_LIMIT;
  const webSocketServer = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    skipUTF8Validation: true,
    maxPayload: limits.bodyBytes + MAX_HEADER_BYTES,
    // ws refuses the fragment after so many; a message in `websocketFragments` fragments is taken.
    maxFragments: limits.websocketFragments,
    maxBufferedChunks: 1024,
  });
  const opened = (webSocket: WebSocket, request: IncomingMessage): void => {
    const { socket } = request;
    webSocket.on('error', onError);
    webSocket.on('close', onClose);
    const handler = gate.accept(new WebSocketConnection(webSocket, socket));
    handlers.set(webSocket, handler);
    bySocket.set(socket, handler);
    webSocket.on('message', onMessage as (data: unknown, isBinary: boolean) => void);
    socket.on('drain', onDrain);
  };
  server.on('upgrade', (request, socket, head) =>
    webSocketServer.handleUpgrade(request, socket, head, opened),
  );
  server.on('request', (_request, response) => {
    response.writeHead(426, { connection: 'close', upgrade: 'websocket' });
    response.end('This port speaks WebSocket.\n');
  });
  const port = await startListening(server, options);
  return {
    host: options.host,
    port,
    close: async () => {
      server.close();
      server.closeIdleConnections();
    },
  };
};
