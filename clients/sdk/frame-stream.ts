/**
 * A connection as frames. During the handshake frames are awaited one by one; frames that arrive in between wait,
 * a few of them. Then a session takes over and gets each frame as it arrives, without a copy.
 */
import { BubbleError } from '../../schemas/errors.ts';
import type { Connection, ConnectionHandler } from '../../schemas/ports/connection.ts';
import type { Header } from '../../schemas/wire/header.ts';
import { assert } from './assert.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';

export interface Frame {
  readonly header: Header;
  readonly headerBytes: Uint8Array;
  readonly body: Uint8Array;
}

export interface FrameReceiver {
  readonly frame: FrameSink;
  fault(reason: string): void;
  closed(reason: string): void;
}

/** Frames that may wait during the handshake: the server has no reason to send any. */
const WAITING_FRAMES_MAX = 8;

export class FrameStream implements ConnectionHandler {
  readonly #frameBytes: number;
  readonly #early: Uint8Array[] = [];
  #connection: Connection | null = null;
  #reader: FrameReader | null = null;
  #receiver: FrameReceiver | null = null;
  #waiting: Frame[] = [];
  #wanted: { resolve(frame: Frame): void; reject(error: BubbleError): void } | null = null;
  #failure: BubbleError | null = null;

  constructor(frameBytes: number) {
    this.#frameBytes = frameBytes;
  }

  get connection(): Connection {
    assert(this.#connection !== null, 'a stream is used after its connection is there');
    return this.#connection;
  }

  attach(connection: Connection): void {
    this.#connection = connection;
    this.#reader = new FrameReader(connection.messageFramed, this.#frameBytes);
    for (const bytes of this.#early.splice(0)) this.received(bytes);
    if (this.#failure !== null) connection.destroy();
  }

  received(bytes: Uint8Array): void {
    if (this.#reader === null) {
      if (this.#early.length < WAITING_FRAMES_MAX) this.#early.push(new Uint8Array(bytes));
      else this.#fault('bytes before the connection is there');
      return;
    }
    if (this.#failure !== null) return;
    const fault = this.#reader.feed(bytes, this.#sink);
    if (fault !== null) this.#fault(fault);
  }

  readonly #sink: FrameSink = (header, headerBytes, body) => {
    if (this.#failure !== null) return;
    if (this.#receiver !== null) {
      this.#receiver.frame(header, headerBytes, body);
      return;
    }
    // Not `slice`: a Buffer's shares the memory.
    const frame = { header, headerBytes: new Uint8Array(headerBytes), body: new Uint8Array(body) };
    const wanted = this.#wanted;
    this.#wanted = null;
    if (wanted !== null) wanted.resolve(frame);
    else if (this.#waiting.length < WAITING_FRAMES_MAX) this.#waiting.push(frame);
    else this.#fault('frames nobody has asked for');
  };

  #fault(reason: string): void {
    if (this.#receiver !== null) this.#receiver.fault(reason);
    else this.fail(new BubbleError('CONNECTION_LOST', `bad frame: ${reason}`, { retryable: true }));
  }

  drained(): void {
    // What is sent is bounded by the requests that may be outstanding.
  }

  closed(reason: string): void {
    if (this.#receiver !== null) this.#receiver.closed(reason);
    else this.fail(new BubbleError('CONNECTION_LOST', `connection closed: ${reason}`, { retryable: true }));
  }

  /** Ends what is being waited for, and the connection. Nothing is received afterwards. */
  fail(error: BubbleError): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#connection?.destroy();
    this.#wanted?.reject(error);
    this.#wanted = null;
  }

  get failure(): BubbleError | null {
    return this.#failure;
  }

  /** The next frame, for the handshake. */
  next(): Promise<Frame> {
    const frame = this.#waiting.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#wanted = { resolve, reject };
    });
  }

  /** From here on frames go to the receiver; those that waited go first. */
  handOver(receiver: FrameReceiver): void {
    this.#receiver = receiver;
    for (const frame of this.#waiting.splice(0)) receiver.frame(frame.header, frame.headerBytes, frame.body);
  }
}
