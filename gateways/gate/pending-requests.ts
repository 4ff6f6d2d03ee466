/**
 * Commands that were appended, or are about to be, and have no answer yet.
 *
 * Invariants:
 * 1. A request is in the queue of its inbound partition and in the list of its connection until it is answered,
 *    refused or forgotten, also when its connection is gone: its answer tells that the partition is alive.
 * 2. PENDING is said only of what is stored.
 * 3. While the oldest request of a partition is older than `laneGiveUpMs`, one probe at a time is admitted. A probe
 *    that is answered clears what is older: those do not hold the partition back any more.
 */
import type { Limits } from '../../schemas/limits.ts';

export interface PendingRequest {
  readonly connection: number;
  readonly request: number;
  readonly operation: number;
  readonly partition: number;
  readonly conversation: string;
  readonly clientMsgId: bigint;
  /** Monotonic ms. */
  readonly since: number;
  /** `told`: PENDING was answered. `done`: out of the lists. */
  state: 'queued' | 'stored' | 'told' | 'done';
}

/** The requests of a partition in the order of arrival, with three places that only move forward. */
interface PartitionQueue {
  requests: PendingRequest[];
  /** Below: done. */
  head: number;
  /** Below: done, or does not hold the partition back. */
  oldest: number;
  /** Below: told or done. */
  told: number;
  probe: PendingRequest | null;
}

const COMPACT_FROM = 1024;

const compact = (queue: PartitionQueue): void => {
  while (queue.head < queue.requests.length && queue.requests[queue.head]!.state === 'done') queue.head += 1;
  if (queue.head < COMPACT_FROM || 2 * queue.head < queue.requests.length) return;
  queue.requests = queue.requests.slice(queue.head);
  queue.oldest = Math.max(0, queue.oldest - queue.head);
  queue.told = Math.max(0, queue.told - queue.head);
  queue.head = 0;
};

export class PendingRequests {
  readonly #limits: Limits;
  readonly #byConnection = new Map<number, PendingRequest[]>();
  readonly #partitions: PartitionQueue[] = [];
  #count = 0;

  constructor(limits: Limits, partitions: number) {
    this.#limits = limits;
    for (let index = 0; index < partitions; index += 1) {
      this.#partitions.push({ requests: [], head: 0, oldest: 0, told: 0, probe: null });
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Whether a request may be appended now; marks nothing. */
  admits(partition: number, now: number): boolean {
    if (this.#count >= this.#limits.pendingSends) return false;
    const queue = this.#partitions[partition]!;
    if (!this.#isBehind(queue, now)) return true;
    const { probe } = queue;
    return probe === null || probe.state === 'done' || now - probe.since > this.#limits.laneGiveUpMs;
  }

  #isBehind(queue: PartitionQueue, now: number): boolean {
    const { requests } = queue;
    while (queue.oldest < requests.length && requests[queue.oldest]!.state === 'done') queue.oldest += 1;
    const oldest = requests[queue.oldest];
    return oldest !== undefined && now - oldest.since > this.#limits.laneGiveUpMs;
  }

  /** Requests of a connection without a definite answer, in one conversation or (null) in all. */
  outstanding(connection: number, conversation: string | null): number {
    const requests = this.#byConnection.get(connection);
    if (requests === undefined) return 0;
    if (conversation === null) return requests.length;
    let count = 0;
    for (const request of requests) if (request.conversation === conversation) count += 1;
    return count;
  }

  has(connection: number, request: number): boolean {
    return this.#byConnection.get(connection)?.some((each) => each.request === request) ?? false;
  }

  /** Whether a reply is still owed: some request has neither answer nor PENDING. */
  owesReply(connection: number): boolean {
    return this.#byConnection.get(connection)?.some((each) => each.state !== 'told') ?? false;
  }

  add(request: PendingRequest, now: number): void {
    const queue = this.#partitions[request.partition]!;
    if (this.#isBehind(queue, now)) queue.probe = request;
    queue.requests.push(request);
    const list = this.#byConnection.get(request.connection);
    if (list === undefined) this.#byConnection.set(request.connection, [request]);
    else list.push(request);
    this.#count += 1;
  }

  /** The answer has come. @returns the request with the state it had, or null: nobody waits for it */
  answered(connection: number, request: number): { request: PendingRequest; told: boolean } | null {
    const found = this.#byConnection.get(connection)?.find((each) => each.request === request);
    if (found === undefined) return null;
    const told = found.state === 'told';
    const queue = this.#partitions[found.partition]!;
    if (queue.probe === found) {
      queue.oldest = Math.max(queue.oldest, queue.requests.indexOf(found));
      queue.probe = null;
    }
    this.remove(found);
    return { request: found, told };
  }

  /** Out of the lists: answered, refused or forgotten. */
  remove(request: PendingRequest): void {
    if (request.state === 'done') return;
    request.state = 'done';
    this.#count -= 1;
    const list = this.#byConnection.get(request.connection)!;
    if (list.length === 1) {
      this.#byConnection.delete(request.connection);
    } else {
      list[list.indexOf(request)] = list[list.length - 1]!;
      list.pop();
    }
    compact(this.#partitions[request.partition]!);
  }

  /** Calls back for each request that has waited long enough for PENDING, and forgets the very old. */
  tick(now: number, pending: (request: PendingRequest) => void): void {
    const { pendingAnswerMs, requestForgottenMs } = this.#limits;
    for (const queue of this.#partitions) {
      const { requests } = queue;
      for (; queue.told < requests.length; queue.told += 1) {
        const request = requests[queue.told]!;
        if (request.state === 'done') continue;
        if (request.state === 'queued' || now - request.since < pendingAnswerMs) break;
        request.state = 'told';
        pending(request);
      }
      for (let index = queue.head; index < requests.length; index += 1) {
        const request = requests[index]!;
        if (request.state === 'done') continue;
        if (now - request.since < requestForgottenMs) break;
        // Removal may compact, which replaces the array; the one walked here stays as it is.
        this.remove(request);
      }
    }
  }

  /** Calls back for everything stored that has no reply yet: the gate is closing. */
  tellAll(pending: (request: PendingRequest) => void): void {
    for (const list of this.#byConnection.values()) {
      for (const request of list) {
        if (request.state !== 'stored') continue;
        request.state = 'told';
        pending(request);
      }
    }
  }
}
