/** A TCP proxy before a server on this machine: for each connection of a client one to the server. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A client's connection and the one made for it. */
export interface ProxiedPair {
  readonly client: Socket;
  readonly server: Socket;
  /** Ends both at once. */
  end(): void;
}

export interface TcpProxyOptions {
  /** The port of the server, which need not listen yet. */
  readonly target: number;
  /** Connects what comes in on either side with the other. The pair's sockets end when one of them fails. */
  readonly wire: (pair: ProxiedPair) => void;
  /** The ends of connections stay open until both sides have ended; otherwise the end of one ends the other. */
  readonly halfOpen?: boolean;
}

export class TcpProxy {
  readonly #options: TcpProxyOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(options: TcpProxyOptions) {
    this.#options = options;
    const allowHalfOpen = options.halfOpen ?? false;
    this.#server = createServer({ allowHalfOpen, noDelay: true }, (client) => this.#accept(client));
  }

  static async open(options: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  #accept(client: Socket): void {
    const { target, halfOpen, wire } = this.#options;
    const server = connect({
      port: target,
      host: '127.0.0.1',
      allowHalfOpen: halfOpen ?? false,
      noDelay: true,
    });
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        if (halfOpen !== true) end();
      });
      // A reset by either side: whoever wires the pair decides what the other side gets of what is under way.
      socket.on('error', () => {
        if (halfOpen !== true) end();
      });
    }
    wire({ client, server, end });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
