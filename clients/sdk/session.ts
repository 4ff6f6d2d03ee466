/**
 * One authenticated connection: sealed frames, requests and their replies, pushes, notices, heartbeats. It never
 * reconnects and keeps nothing: outbox, completeness and reconnection are the client's (client.ts).
 *
 * 1. Frames leave in the order of the calls, those of one turn in one write.
 * 2. Frames are handled in the order of arrival, also where the cryptography library is asynchronous.
 * 3. The first frame is a heartbeat: until it arrives, the server does nothing for this session.
 * 4. A heartbeat is due every heartbeatMs; where nothing at all arrives within the grace, the session ends.
 * 5. `ended` is called exactly once, after every outstanding request was told; then nothing is called any more and
 *    no timer is left.
 */
import type { ClientChannel } from '../../schemas/channel/client-channel.ts';
import { isPromise } from '../../schemas/channel/maybe-promise.ts';
import { BubbleError } from '../../schemas/errors.ts';
import type { SdkLimits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import type { Header } from '../../schemas/wire/header.ts';
import { longOf, numberOf } from '../../schemas/wire/int64.ts';
import { OP, replyTo } from '../../schemas/wire/operations.ts';
import { assert } from './assert.ts';
import type { FrameReceiver, FrameStream } from './frame-stream.ts';
import type { SessionInfo } from './handshake.ts';
import { Heartbeats } from './heartbeats.ts';
import { OutgoingFrames } from './outgoing-frames.ts';
import { decodePush, type Row } from './rows.ts';

const { DisconnectMsg, HeartbeatRep, HeartbeatReq } = bubble.wire;

export type SessionEnd =
  /** The server said why (a code of CLOSE_CODES), inside the channel. */
  | {
      readonly kind: 'disconnected';
      readonly code: number;
      readonly reason: string;
      readonly retryAfterMs: number;
    }
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'heartbeat-missed' }
  | { readonly kind: 'bad-frame'; readonly reason: string }
  /** `close` was called. */
  | { readonly kind: 'closed' };

export interface Notice {
  /** ms; 0 in notices that carry none. */
  readonly serverTime: number;
  readonly newestSeq: number;
  readonly provenTo: number;
  readonly unproven: boolean;
}

export interface SessionHooks {
  /** C, told to the server with every heartbeat. */
  completeTo?(): number;
  /** The undecoded PushMsg; where this is given, `rows` is not called. The bytes may be kept. */
  push?(body: Uint8Array): void;
  rows?(rows: Row[]): void;
  /** Joined, notify mode, and replies to heartbeats. */
  notice?(notice: Notice): void;
  /** A second answer to a request (after PENDING), or one to a request of nobody. */
  lateReply?(operation: number, sequence: number, body: Uint8Array): void;
  /** The first sealed frame has opened: the ticket that was used is spent. */
  confirmed?(): void;
  ended?(end: SessionEnd): void;
}

/** @param body the reply's, or null: the session has ended before it came */
export type ReplyHandler = (body: Uint8Array | null) => void;

export interface SessionParts {
  readonly stream: FrameStream;
  readonly channel: ClientChannel;
  readonly info: SessionInfo;
  readonly clock: Clock;
  readonly limits: SdkLimits;
  readonly hooks: SessionHooks;
}

const RAW_HEADER_BYTES = 8;

/** Made by `openSession` (session-opening.ts). */
export class ClientSession {
  readonly info: SessionInfo;
  readonly #channel: ClientChannel;
  readonly #limits: SdkLimits;
  readonly #hooks: SessionHooks;
  readonly #requests = new Map<number, ReplyHandler>();
  #sequence = 0;
  /** Not known before the first frame: only an asynchronous port needs a copy of what arrives. */
  #asynchronous: boolean | null = null;
  #confirmed = false;
  readonly #heartbeats: Heartbeats;
  readonly #outgoing: OutgoingFrames;
  #ended = false;

  constructor(parts: SessionParts) {
    this.info = parts.info;
    this.#channel = parts.channel;
    this.#limits = parts.limits;
    this.#hooks = parts.hooks;
    this.#outgoing = new OutgoingFrames(parts.channel, parts.stream.connection, parts.clock, (reason) =>
      this.#finish({ kind: 'bad-frame', reason }),
    );
    this.#heartbeats = new Heartbeats({
      clock: parts.clock,
      periodMs: parts.info.heartbeatMs,
      graceMs: parts.limits.heartbeatGraceMs,
      beat: (answered) => this.#heartbeat(answered),
      missed: () => this.#finish({ kind: 'heartbeat-missed' }),
    });
    this.#heartbeats.start();
    const receiver: FrameReceiver = {
      frame: this.#frame,
      fault: (reason) => this.#finish({ kind: 'bad-frame', reason }),
      closed: (reason) => this.#finish({ kind: 'lost', reason }),
    };
    parts.stream.handOver(receiver);
  }

  get isOpen(): boolean {
    return !this.#ended;
  }

  /** Requests without an answer. */
  get outstanding(): number {
    return this.#requests.size;
  }

  // ---- out ----

  /**
   * Sends a request; the reply (operation + 1) goes to the handler.
   * @returns the sequence id
   * @throws BubbleError REFUSED (retryable) beyond limits.requestsOutstanding
   */
  request(operation: number, body: Uint8Array, reply: ReplyHandler): number {
    assert(!this.#ended, 'a request needs an open session');
    if (this.#requests.size >= this.#limits.requestsOutstanding) {
      throw new BubbleError('REFUSED', 'too many requests without an answer', { retryable: true });
    }
    return this.#request(operation, body, reply);
  }

  #request(operation: number, body: Uint8Array, reply: ReplyHandler): number {
    const sequence = this.#nextSequence();
    this.#requests.set(sequence, reply);
    this.#outgoing.send(operation, sequence, body);
    return sequence;
  }

  /** As `request`. Rejects with CONNECTION_LOST (retryable) where the session ends before the reply. */
  ask(operation: number, body: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.request(operation, body, (reply) => {
        if (reply !== null) resolve(reply);
        else reject(new BubbleError('CONNECTION_LOST', 'the session has ended', { retryable: true }));
      });
    });
  }

  #nextSequence(): number {
    do {
      this.#sequence = this.#sequence >= 0xffff_ffff ? 1 : this.#sequence + 1;
    } while (this.#requests.has(this.#sequence));
    return this.#sequence;
  }

  /** Sends what was asked to be sent, then closes. */
  close(): void {
    this.#finish({ kind: 'closed' }, () => this.#outgoing.end());
  }

  // ---- in ----

  readonly #frame = (header: Header, headerBytes: Uint8Array, body: Uint8Array): void => {
    if (this.#ended) return;
    this.#heartbeats.received();
    const { operation, sequence } = header;
    const copy = this.#asynchronous !== false;
    const plain = this.#channel.open(
      copy ? new Uint8Array(headerBytes) : headerBytes,
      copy ? new Uint8Array(body) : body,
    );
    if (!isPromise(plain)) {
      this.#asynchronous = false;
      this.#opened(operation, sequence, plain);
      return;
    }
    this.#asynchronous = true;
    plain.then(
      (bytes) => this.#opened(operation, sequence, bytes),
      (error: unknown) => this.#finish({ kind: 'bad-frame', reason: `open: ${String(error)}` }),
    );
  };

  #opened(operation: number, sequence: number, plain: Uint8Array | null): void {
    if (this.#ended) return;
    if (plain === null) {
      this.#finish({ kind: 'bad-frame', reason: 'a frame did not open' });
      return;
    }
    if (!this.#confirmed) {
      this.#confirmed = true;
      this.#hooks.confirmed?.();
    }
    if (operation !== OP.RAW) this.#dispatch(operation, sequence, plain);
    else if (plain.length < RAW_HEADER_BYTES) this.#finish({ kind: 'bad-frame', reason: 'raw too short' });
    else {
      const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
      this.#dispatch(view.getUint32(0), view.getUint32(4), plain.subarray(RAW_HEADER_BYTES));
    }
  }

  #dispatch(operation: number, sequence: number, body: Uint8Array): void {
    if (sequence !== 0) {
      const reply = this.#requests.get(sequence);
      if (reply === undefined) {
        this.#hooks.lateReply?.(operation, sequence, body);
        return;
      }
      this.#requests.delete(sequence);
      reply(body);
      return;
    }
    if (operation === OP.SEND_MSG_REPLY) this.#pushed(body);
    else if (operation === replyTo(OP.HEARTBEAT)) this.#noticed(body);
    else if (operation === OP.DISCONNECT) this.#disconnected(body);
    // Pushes of operations that a later release has are not for this one.
  }

  #pushed(body: Uint8Array): void {
    const { push, rows } = this.#hooks;
    if (push !== undefined) {
      push.call(this.#hooks, body);
      return;
    }
    if (rows === undefined) return;
    const decoded = this.#decode(decodePush, body);
    if (decoded !== null) rows.call(this.#hooks, decoded);
  }

  #noticed(body: Uint8Array): void {
    const notice = this.#decode(decodeNotice, body);
    if (notice !== null) this.#hooks.notice?.(notice);
  }

  #disconnected(body: Uint8Array): void {
    const message = this.#decode((bytes) => DisconnectMsg.decode(bytes), body);
    if (message === null) return;
    const { code, reason, retryAfterMs } = message;
    this.#finish({ kind: 'disconnected', code, reason, retryAfterMs });
  }

  /** What the server has sealed but cannot be decoded ends the session: its state is not known any more. */
  #decode<T>(decode: (body: Uint8Array) => T, body: Uint8Array): T | null {
    try {
      return decode(body);
    } catch (error) {
      this.#finish({ kind: 'bad-frame', reason: String(error) });
      return null;
    }
  }

  #heartbeat(answered: () => void): void {
    const completeTo = this.#hooks.completeTo?.() ?? 0;
    const body = HeartbeatReq.encode({ completeTo: longOf(completeTo) }).finish();
    this.#request(OP.HEARTBEAT, body, (reply) => {
      if (reply === null) return;
      answered();
      this.#noticed(reply);
    });
  }

  // ---- the end ----

  #finish(end: SessionEnd, disconnect: () => void = () => this.#outgoing.destroy()): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#heartbeats.stop();
    disconnect();
    const waiting = [...this.#requests.values()];
    this.#requests.clear();
    for (const reply of waiting) reply(null);
    this.#hooks.ended?.(end);
  }
}

const decodeNotice = (body: Uint8Array): Notice => {
  const reply = HeartbeatRep.decode(body);
  return {
    serverTime: numberOf(reply.serverTime),
    newestSeq: numberOf(reply.newestSeq),
    provenTo: numberOf(reply.provenTo),
    unproven: reply.unproven,
  };
};
