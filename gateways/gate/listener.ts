/** What TCP and WebSocket listeners share. */
import type { Server } from 'node:net';
import { BubbleError } from '../../schemas/errors.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Connection, ConnectionHandler } from '../../schemas/ports/connection.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly limits: Limits;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Stops accepting; connections that are open stay open. */
  close(): Promise<void>;
}

/** The gate, as far as listeners know it. */
export interface Acceptor {
  accept(connection: Connection): ConnectionHandler;
}

/** Above the gate's own limit, so that the gate can say why; beyond it the kernel's backlog is not answered. */
export const CONNECTIONS_BEYOND_LIMIT = 256;

const failureOf = (error: NodeJS.ErrnoException, host: string, port: number): Error => {
  if (error.code === 'EADDRINUSE') {
    return new BubbleError('ADDRESS_IN_USE', `${host}:${port} is in use by another process`, {
      cause: error,
    });
  }
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
    return new BubbleError('CONFIG', `cannot listen on ${host}:${port} (${error.code})`, { cause: error });
  }
  return error;
};

/** Rejects with ADDRESS_IN_USE, or CONFIG where the address is not this machine's or not permitted. */
export const startListening = (server: Server, { host, port }: ListenOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(failureOf(error, host, port));
    server.once('error', failed);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.removeListener('error', failed);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
