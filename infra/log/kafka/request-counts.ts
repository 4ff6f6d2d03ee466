/**
 * What the driver has asked of the brokers since the start, for metrics. One for each log, counted where a request
 * leaves and comes back, so nothing is missed; bytes are the sockets' own numbers.
 */
import type { Socket } from 'node:net';
import { Histogram, Tally } from '../../metrics/histogram.ts';
import { errorNameOf } from './kafka-errors.ts';

export interface RequestCount {
  readonly api: string;
  /** Also with an error code in the answer. */
  answered: number;
  /** No answer in time, or no connection any more. */
  lost: number;
  /** Of answered ones; a fetch waits for records, up to half a second. */
  readonly seconds: Histogram;
}

export interface GroupCount {
  readonly group: string;
  /** Generations joined: each is a rebalance that this member went through. */
  generations: number;
  /** Generations that ended because this member was counted out, or could not know that it was not. */
  lost: number;
}

const PRODUCE = 0;
const FETCH = 1;
const INT32_BYTES = 4;

/** How long the broker holds our next request back for a quota, ms; 0 where the answer's form is not known here. */
export const throttleMsOf = (apiKey: number, payload: Buffer): number => {
  if (payload.length < INT32_BYTES) return 0;
  if (apiKey === PRODUCE) return payload.readInt32BE(payload.length - INT32_BYTES);
  return apiKey === FETCH ? payload.readInt32BE(0) : 0;
};

export class KafkaCounts {
  /** Connections opened. */
  connections = 0;
  /** Connections that could not be opened. */
  refusedConnections = 0;
  throttleMs = 0;
  /** Error codes in answers, by Kafka's name: most pass by themselves (elections, moved partitions). */
  readonly errors = new Tally();
  readonly #requests = new Map<string, RequestCount>();
  readonly #groups = new Map<string, GroupCount>();
  readonly #open = new Set<Socket>();
  #bytesSent = 0;
  #bytesReceived = 0;

  get requests(): IterableIterator<RequestCount> {
    return this.#requests.values();
  }

  get groups(): IterableIterator<GroupCount> {
    return this.#groups.values();
  }

  get openConnections(): number {
    return this.#open.size;
  }

  get bytesSent(): number {
    let bytes = this.#bytesSent;
    for (const socket of this.#open) bytes += socket.bytesWritten;
    return bytes;
  }

  get bytesReceived(): number {
    let bytes = this.#bytesReceived;
    for (const socket of this.#open) bytes += socket.bytesRead;
    return bytes;
  }

  request(api: string): RequestCount {
    let count = this.#requests.get(api);
    if (count === undefined) {
      count = { api, answered: 0, lost: 0, seconds: new Histogram() };
      this.#requests.set(api, count);
    }
    return count;
  }

  group(group: string): GroupCount {
    let count = this.#groups.get(group);
    if (count === undefined) {
      count = { group, generations: 0, lost: 0 };
      this.#groups.set(group, count);
    }
    return count;
  }

  /** Counts the error codes of an answer: of its partitions, or its own. */
  answer(answer: unknown): void {
    if (Array.isArray(answer)) for (const part of answer) this.#error(part);
    else this.#error(answer);
  }

  #error(part: unknown): void {
    if (typeof part !== 'object' || part === null || !('errorCode' in part) || part.errorCode === 0) return;
    this.errors.add(errorNameOf(Number(part.errorCode)));
  }

  opened(socket: Socket): void {
    this.connections += 1;
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#bytesSent += socket.bytesWritten;
      this.#bytesReceived += socket.bytesRead;
    });
  }
}
