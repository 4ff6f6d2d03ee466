/** Plain TCP: frames as a byte stream. */
import { createServer, type Socket } from 'node:net';
import type { Connection, ConnectionHandler } from '../../schemas/ports/connection.ts';
import {
  type Acceptor,
  CONNECTIONS_BEYOND_LIMIT,
  type Listener,
  type ListenOptions,
  startListening,
} from './listener.ts';

class TcpConnection implements Connection {
  readonly remoteAddress: string;
  readonly messageFramed = false;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remoteAddress = socket.remoteAddress ?? '';
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  send(frames: readonly Uint8Array[]): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    if (frames.length === 1) {
      socket.write(frames[0]!);
      return;
    }
    // Corked writes leave in one writev.
    socket.cork();
    for (const frame of frames) socket.write(frame);
    socket.uncork();
  }

  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/**
 * The handler of each socket. Shared listener functions find it by `this`, so that ten thousand idle connections do
 * not hold ten thousand times four closures.
 */
const handlers = new WeakMap<Socket, ConnectionHandler>();

function onData(this: Socket, chunk: Buffer): void {
  handlers.get(this)?.received(chunk);
}
function onDrain(this: Socket): void {
  handlers.get(this)?.drained();
}
function onError(this: Socket): void {
  // Always followed by 'close', which carries on; a reset by the peer is no failure of the server.
}
function onClose(this: Socket, hadError: boolean): void {
  handlers.get(this)?.closed(hadError ? 'error' : 'closed');
  handlers.delete(this);
}

/** Rejects with ADDRESS_IN_USE. */
export const listenTcp = async (gate: Acceptor, options: ListenOptions): Promise<Listener> => {
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
  server.maxConnections = options.limits.connections + CONNECTIONS_BEYOND_LIMIT;
  server.on('connection', (socket: Socket) => {
    // The peer may be gone already.
    if (socket.remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.on('drain', onDrain);
    handlers.set(socket, gate.accept(new TcpConnection(socket)));
    socket.on('data', onData);
  });
  const port = await startListening(server, options);
  return {
    host: options.host,
    port,
    // `server.close` calls back only when the last connection is gone; accepting stops at once.
    close: async () => {
      server.close();
    },
  };
};
