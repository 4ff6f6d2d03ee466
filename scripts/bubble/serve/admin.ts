/**
 * The admin listener: /healthz (the process is alive), /readyz (it takes work), both as text or, where that is
 * accepted, as JSON with a word about every part (health.ts), /metrics, and with the token of
 * admin.json the log, /log/topics and /log/read, and the partitions: /partitions shows them, and with POST and
 * `inbox=<number>` inbox grows; /partition shows which stand still, and takes an operator's decision with POST. Below
 * /apis/ccompat/v7 the schemas are served, as a registry of Confluent's serves them.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REGISTRY_PATH } from '../../../infra/schema-registry/registry-http.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Layout } from '../../../schemas/topics.ts';
import { type LogView, READ_LIMITS } from '../inspect/log-view.ts';
import { requestIn } from '../partition/requests.ts';
import type { PartitionDesk } from '../partition.ts';
import type { PartHealth } from './health.ts';

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
  readonly partitions: PartitionDesk;
  /** Answers below REGISTRY_PATH. */
  readonly registry: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly liveness: () => readonly PartHealth[];
  readonly readiness: () => readonly PartHealth[];
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

/** 200 where every part is well, else 503; the parts that are not well come first. */
const replyHealth = (
  request: IncomingMessage,
  response: ServerResponse,
  state: 'alive' | 'ready',
  parts: readonly PartHealth[],
): void => {
  const isWell = parts.every(({ ok }) => ok);
  const status = isWell ? 200 : 503;
  const sorted = parts.toSorted((one, other) => Number(one.ok) - Number(other.ok));
  const word = isWell ? state : `not ${state}`;
  if (request.headers.accept?.includes('application/json') === true) {
    reply(response, status, `${JSON.stringify({ status: word, parts: sorted })}\n`, 'application/json');
  } else {
    const lines = sorted.map(({ part, ok, detail }) => `${ok ? 'ok     ' : 'MISSING'} ${part}: ${detail}\n`);
    reply(response, status, `${word}\n${lines.join('')}`);
  }
};

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

/** Paths that take a POST. */
const CHANGING = ['/partition', '/partitions'];

const change = async (options: AdminOptions, { pathname, searchParams }: URL): Promise<unknown> =>
  pathname === '/partitions'
    ? options.grow(numberIn(searchParams, 'inbox', 0))
    : { decision: await options.partitions.decide(requestIn(searchParams)) };

const answer = async (
  options: AdminOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const url = new URL(request.url ?? '/', 'http://admin');
  // Schemas are no secret: who reads a topic needs them.
  if (`${url.pathname}/`.startsWith(`${REGISTRY_PATH}/`)) return options.registry(request, response);
  const changes = request.method === 'POST' && CHANGING.includes(url.pathname);
  if (request.method !== 'GET' && !changes) return reply(response, 405, 'only GET\n');
  switch (url.pathname) {
    case '/healthz':
      return replyHealth(request, response, 'alive', options.liveness());
    case '/readyz':
      return replyHealth(request, response, 'ready', options.readiness());
    case '/metrics':
      return reply(response, 200, await options.metrics());
    case '/partition':
    case '/partitions':
    case '/log/topics':
    case '/log/read':
      if (!isAllowed(request, options.token))
        return reply(response, 401, 'the token of admin.json is needed\n');
      if (changes) return json(response, await change(options, url));
      if (url.pathname === '/partition') return json(response, await options.partitions.show());
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
