/**
 * The admin listener: /healthz (the process answers), /readyz (it takes work), /metrics, and with the token of
 * admin.json the log, /log/topics and /log/read, and the partitions: /partitions shows them, and with POST and
 * `inbox=<number>` inbox grows.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Layout } from '../../../schemas/topics.ts';
import { type LogView, READ_LIMITS } from '../inspect/log-view.ts';

/** What there is of partitions, and in which epoch the server works. */
export interface InboxEpochs {
  /** Rising; the last one is not the current one while a change is under way. */
  readonly layouts: readonly Pick<Layout, 'epoch' | 'inboundPartitions' | 'inboxPartitions'>[];
  readonly current: number;
}

export interface AdminOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly logView: LogView;
  readonly inbox: () => InboxEpochs;
  /** @throws BubbleError REFUSED */
  readonly grow: (inboxPartitions: number) => Promise<InboxEpochs>;
  /** Empty: ready; else why not. */
  readonly notReady: () => string;
  readonly metrics: () => Promise<string>;
}

export interface AdminListener {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const isAllowed = (request: IncomingMessage, token: string): boolean =>
  timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`));

const reply = (response: ServerResponse, status: number, body: string, type = 'text/plain'): void => {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' });
  response.end(body);
};

const json = (response: ServerResponse, value: unknown): void =>
  reply(response, 200, JSON.stringify(value), 'application/json');

const numberIn = (query: URLSearchParams, name: string, fallback: number): number => {
  const number = Number(query.get(name) ?? fallback);
  return Number.isSafeInteger(number) ? number : fallback;
};

const answerLog = async (
  { logView }: AdminOptions,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  if (url.pathname === '/log/topics') return json(response, await logView.topics());
  const gone = new AbortController();
  request.once('close', () => gone.abort());
  const query = url.searchParams;
  const page = await logView.read(
    {
      topic: query.get('topic') ?? '',
      partition: numberIn(query, 'partition', 0),
      from: numberIn(query, 'from', 0),
      limit: numberIn(query, 'limit', READ_LIMITS.records),
      waitMs: numberIn(query, 'waitMs', 0),
    },
    gone.signal,
  );
  json(response, page);
};

const answer = async (
  options: AdminOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const url = new URL(request.url ?? '/', 'http://admin');
  const grows = request.method === 'POST' && url.pathname === '/partitions';
  if (request.method !== 'GET' && !grows) return reply(response, 405, 'only GET\n');
  switch (url.pathname) {
    case '/healthz':
      return reply(response, 200, 'ok\n');
    case '/readyz': {
      const reason = options.notReady();
      return reply(response, reason === '' ? 200 : 503, reason === '' ? 'ready\n' : `${reason}\n`);
    }
    case '/metrics':
      return reply(response, 200, await options.metrics());
    case '/partitions':
    case '/log/topics':
    case '/log/read':
      if (!isAllowed(request, options.token))
        return reply(response, 401, 'the token of admin.json is needed\n');
      if (grows) return json(response, await options.grow(numberIn(url.searchParams, 'inbox', 0)));
      if (url.pathname === '/partitions') return json(response, options.inbox());
      return answerLog(options, url, request, response);
    default:
      return reply(response, 404, 'nothing here\n');
  }
};

/** @throws BubbleError ADDRESS_IN_USE and others of the listener */
export const listenAdmin = (options: AdminOptions): Promise<AdminListener> => {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (response.headersSent) response.destroy();
      else reply(response, error instanceof BubbleError ? 400 : 500, `${message}\n`);
    });
  });
  const { host, port } = options;
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const inUse = 'code' in cause && cause.code === 'EADDRINUSE';
      const message = inUse
        ? `port ${port} on ${host} is in use: stop its owner or choose another with --admin-port`
        : `cannot listen on ${host}:${port}: ${cause.message}`;
      reject(new BubbleError(inUse ? 'ADDRESS_IN_USE' : 'CONFIG', message, { cause }));
    });
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo;
      resolve({
        host,
        port: address.port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
};
