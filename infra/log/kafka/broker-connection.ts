/**
 * One connection to one broker: kafkajs's, with deadlines of our own.
 *
 * Invariants:
 * 1. A broker answers the requests of one connection in order, one at a time: whoever may wait long (a fetch, a join)
 *    has a connection of its own.
 * 2. A request that is not answered in time ends its connection, so that its late answer or effect cannot be taken
 *    for that of another; whatever waits on the connection is rejected with it.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { ApiVersions, KafkaLogger } from 'kafkajs/src/network/connection.js';
import Connection from 'kafkajs/src/network/connection.js';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Logger } from '../../logger/logger.ts';
import { apiVersions, type Exchange, supportsSaslAuthenticate, type Versioned } from './exchanges.ts';
import { kafkaFailure } from './kafka-errors.ts';
import { type KafkaCounts, throttleMsOf } from './request-counts.ts';

export interface Sasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export interface ConnectionOptionsOfBroker {
  readonly clientId: string;
  readonly ssl: ConnectionOptions | null;
  readonly sasl: Sasl | null;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counts?: KafkaCounts;
}

const KEEP_ALIVE_MS = 60_000;
const REFUSAL_MS = 100;
/** kafkajs has time limits too; ours are shorter, and alone in force. */
const NEVER_MS = 2 ** 30;

const loggerOfKafkajs = (logger: Logger): KafkaLogger => {
  const adapter: KafkaLogger = {
    namespace: () => adapter,
    debug: () => {},
    info: (message, extra) => logger.debug({ ...extra }, message),
    warn: (message, extra) => logger.warn({ ...extra }, message),
    // What it calls an error is a lost connection or a refused request: we decide what that means.
    error: (message, extra) => logger.debug({ ...extra }, message),
  };
  return adapter;
};

export class BrokerConnection {
  readonly place: string;
  readonly #options: ConnectionOptionsOfBroker;
  readonly #connection: Connection;
  #socket: Socket | null = null;
  #versions: ApiVersions = {};
  #ended: BubbleError | null = null;
  #isConnected = false;
  #isAuthenticating = false;
  #waiting = new Set<(error: BubbleError) => void>();

  private constructor(host: string, port: number, options: ConnectionOptionsOfBroker) {
    this.place = `${host}:${port}`;
    this.#options = options;
    this.#connection = new Connection({
      host,
      port,
      clientId: options.clientId,
      logger: loggerOfKafkajs(options.logger),
      requestTimeout: NEVER_MS,
      connectionTimeout: NEVER_MS,
      enforceRequestTimeout: false,
      ssl: options.ssl,
      sasl: options.sasl,
      socketFactory: ({ onConnect }) => {
        const { ssl } = options;
        const socket =
          ssl === null
            ? connectTcp({ host, port }, onConnect)
            : connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect);
        socket.setNoDelay(true);
        socket.setKeepAlive(true, KEEP_ALIVE_MS);
        socket.once('close', () => this.#closed());
        options.counts?.opened(socket);
        this.#socket = socket;
        return socket;
      },
    });
    stopIdlePolling(this.#connection);
  }

  static async open(
    host: string,
    port: number,
    options: ConnectionOptionsOfBroker,
  ): Promise<BrokerConnection> {
    const broker = new BrokerConnection(host, port, options);
    try {
      await broker.#inTime(broker.#start(), options.connectTimeoutMs, 'connecting');
    } catch (error) {
      if (options.counts !== undefined) options.counts.refusedConnections += 1;
      throw error;
    }
    return broker;
  }

  get alive(): boolean {
    return this.#ended === null;
  }

  /** Rejects with LOG_TIMEOUT (retryable) when the connection is lost or the time is up. */
  request<Answer>(exchange: Exchange<Answer>, timeoutMs: number): Promise<Answer> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const { counts, clock } = this.#options;
    const answered = this.#inTime(this.#send(exchange), timeoutMs, exchange.request.apiName);
    if (counts === undefined) return answered;
    const count = counts.request(exchange.request.apiName);
    const sentAt = clock.monotonic();
    return answered.then(
      (answer) => {
        count.answered += 1;
        count.seconds.observe((clock.monotonic() - sentAt) / 1_000);
        counts.answer(answer);
        return answer;
      },
      (error: unknown) => {
        count.lost += 1;
        throw error;
      },
    );
  }

  ask<Answer>(versioned: Versioned<Answer>, timeoutMs: number): Promise<Answer> {
    return this.request(versioned(this.#versions), timeoutMs);
  }

  /** Ends the connection at once; everything unanswered is rejected. */
  drop(reason: string): void {
    if (this.#ended !== null) return;
    this.#ended = new BubbleError('LOG_TIMEOUT', `broker ${this.place}: ${reason}`, { retryable: true });
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const reject of waiting) reject(this.#ended);
    this.#connection.rejectRequests(this.#ended);
    this.#connection.requestQueue.destroy();
    // kafkajs clears its timer of the connecting, which is as good as endless, at an error alone: it would keep the
    // process, and memory for each attempt.
    this.#socket?.destroy(this.#isConnected ? undefined : this.#ended);
  }

  #closed(): void {
    const reason = 'the broker has closed the connection';
    // Its refusal of our credentials comes just before it closes, and is being read.
    if (this.#isAuthenticating) this.#options.clock.after(REFUSAL_MS, () => this.drop(reason));
    else this.drop(reason);
  }

  async #start(): Promise<void> {
    await this.#connection.connect();
    this.#isConnected = true;
    const { errorCode, apiVersions: offered } = await this.#send(apiVersions());
    if (errorCode !== 0) throw kafkaFailure(errorCode, `asking ${this.place} for its versions`);
    this.#versions = Object.fromEntries(
      offered.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { minVersion, maxVersion }]),
    );
    this.#connection.setVersions(this.#versions);
    this.#connection.setSupportAuthenticationProtocol(supportsSaslAuthenticate(this.#versions));
    this.#isAuthenticating = true;
    try {
      await this.#connection.authenticate();
    } catch (cause) {
      if (!(cause instanceof Error) || cause.name !== 'KafkaJSSASLAuthenticationError') throw cause;
      throw new BubbleError('CONFIG', `broker ${this.place} refused our credentials: ${cause.message}`, {
        cause,
      });
    } finally {
      this.#isAuthenticating = false;
    }
  }

  async #send<Answer>({ request, decode }: Exchange<Answer>): Promise<Answer> {
    const { counts } = this.#options;
    const answer = await this.#connection.send({
      request,
      response: {
        decode: (payload) => {
          if (counts !== undefined) counts.throttleMs += throttleMsOf(request.apiKey, payload);
          return decode(payload);
        },
        parse: (decoded) => decoded,
      },
      logResponseError: false,
    });
    return answer as Answer;
  }

  #inTime<Value>(work: Promise<Value>, timeoutMs: number, doing: string): Promise<Value> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.after(timeoutMs, () =>
        this.drop(`${doing} took longer than ${timeoutMs} ms`),
      );
      const fail = (error: BubbleError): void => {
        timer.cancel();
        this.#waiting.delete(fail);
        reject(error);
      };
      this.#waiting.add(fail);
      work.then(
        (value) => {
          timer.cancel();
          this.#waiting.delete(fail);
          resolve(value);
        },
        (cause: unknown) => {
          if (cause instanceof BubbleError && !cause.retryable) {
            fail(cause);
            this.drop(cause.message);
            return;
          }
          this.drop(cause instanceof Error ? cause.message : String(cause));
          fail(this.#ended!);
        },
      );
    });
  }
}

/**
 * kafkajs 2.2.4 looks for throttled requests with a timer of 1 ms that renews itself for ever, on every connection.
 * It is needed only while a request waits.
 */
function stopIdlePolling({ requestQueue: queue }: Connection): void {
  queue.scheduleCheckPendingRequests = () => {
    if (queue.throttleCheckTimeoutId !== null || queue.pending.length === 0) return;
    const timer = setTimeout(
      () => {
        queue.throttleCheckTimeoutId = null;
        queue.checkPendingRequests();
      },
      Math.max(10, queue.throttledUntil - Date.now()),
    );
    queue.throttleCheckTimeoutId = timer;
  };
}
