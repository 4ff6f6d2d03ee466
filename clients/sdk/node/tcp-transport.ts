/** Frames over TCP, or TLS over TCP. */
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Connection, ConnectionHandler } from '../../../schemas/ports/connection.ts';
import type { Transport } from '../transport.ts';
import { writeTogether } from './write-together.ts';

export interface TcpOptions {
  /** Default false: the sealed channel alone. */
  readonly tls?: boolean;
}

/** @param address `host:port`; IPv6 in brackets */
export const connectTcp = (address: string, { tls = false }: TcpOptions = {}): Transport => {
  const { hostname, port } = new URL(`tcp://${address}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    connect: (handler, signal) =>
      new Promise((resolve, reject) => {
        const target = { host, port: Number(port) };
        const socket = tls ? connectTls({ ...target, servername: host }) : connectPlain(target);
        const failed = (cause: unknown): void => {
          socket.destroy();
          reject(
            new BubbleError('CONNECTION_LOST', `cannot connect to ${address}`, { retryable: true, cause }),
          );
        };
        const aborted = (): void => failed(signal.reason);
        if (signal.aborted) return aborted();
        signal.addEventListener('abort', aborted, { once: true });
        socket.once('error', failed);
        socket.once(tls ? 'secureConnect' : 'connect', () => {
          signal.removeEventListener('abort', aborted);
          socket.off('error', failed);
          resolve(tcpConnection(socket, handler));
        });
      }),
  };
};

const tcpConnection = (socket: Socket, handler: ConnectionHandler): Connection => {
  let reason = 'the peer closed';
  socket.setNoDelay(true);
  socket.on('data', (bytes) => handler.received(bytes));
  socket.on('drain', () => handler.drained());
  socket.on('error', (error) => {
    reason = error.message;
  });
  socket.once('close', () => handler.closed(reason));
  return {
    remoteAddress: socket.remoteAddress ?? '',
    messageFramed: false,
    get bufferedBytes() {
      return socket.writableLength;
    },
    send: (frames) => {
      if (socket.writable) writeTogether(socket, frames);
    },
    pauseReading: () => void socket.pause(),
    resumeReading: () => void socket.resume(),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
};
