/** A registry behind a real port: bubble's own endpoint, which can be away, empty, or answer what a test wants. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeRegistryHandler, REGISTRY_PATH } from '../registry-http.ts';
import type { SchemaRegistry } from '../schema-registry.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export class ServedRegistry {
  /** Method and path of each request, as it came. */
  readonly requests: string[] = [];
  readonly authorizations: (string | undefined)[] = [];
  /** Replaces the answer of every request while it is set. */
  answer: Answer | null = null;
  registry: SchemaRegistry;
  #server: Server | null = null;
  #port = 0;

  constructor(registry: SchemaRegistry) {
    this.registry = registry;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}${REGISTRY_PATH}`;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}${REGISTRY_PATH}`;
  }

  /** Listens: the first time on any port, later on the same one. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.requests.push(`${request.method} ${request.url?.slice(REGISTRY_PATH.length)}`);
      this.authorizations.push(request.headers.authorization);
      if (this.answer !== null) this.answer(request, response);
      else void makeRegistryHandler({ registry: this.registry })(request, response);
    }).listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
