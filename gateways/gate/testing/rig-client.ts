/** A connection with both ends in the test's hand. */
import assert from 'node:assert/strict';
import { CLOSE_CODES, type CloseName, ERRORS } from '../../../schemas/errors.ts';
import type { Connection, ConnectionHandler } from '../../../schemas/ports/connection.ts';
import { type Frame, FrameSplitter } from '../../../schemas/wire/frames.ts';
import { bubble } from '../../../schemas/wire/generated/bubble.js';
import { idOf, longOf, longOfId } from '../../../schemas/wire/int64.ts';
import { OP } from '../../../schemas/wire/operations.ts';
import { clearFrame } from '../replies.ts';
import { openPlain, sealPlain } from './plain-authenticator.ts';

const { AddMsg, CommandAck, DisconnectMsg, NewChatMsg, PushMsg } = bubble.wire;

export interface SentFrame {
  readonly operation: number;
  readonly sequence: number;
  readonly body: Buffer;
}

export class RigClient implements Connection {
  readonly remoteAddress: string;
  readonly messageFramed: boolean;
  bufferedBytes = 0;
  /** False: the peer does not read, bytes stay in the buffer. */
  reads = true;
  paused = false;
  ended = false;
  destroyed = false;
  writes = 0;
  readonly frames: SentFrame[] = [];
  readonly #splitter = new FrameSplitter();
  #handler: ConnectionHandler | null = null;
  #clear = true;
  #opened = 0;
  #counter = 0;
  #sequence = 0;

  constructor(messageFramed: boolean, remoteAddress: string) {
    this.messageFramed = messageFramed;
    this.remoteAddress = remoteAddress;
  }

  attach(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  // The gate's side.
  send(frames: readonly Uint8Array[]): void {
    if (this.destroyed) return;
    this.writes += 1;
    for (const bytes of frames) {
      if (!this.reads) this.bufferedBytes += bytes.length;
      this.#splitter.feed(bytes);
      for (;;) {
        const frame = this.#splitter.next(1 << 22);
        if (frame === null) break;
        if (typeof frame === 'string') throw new Error(`the gate sent a malformed frame: ${frame}`);
        this.#take(frame);
      }
    }
  }
  pauseReading(): void {
    this.paused = true;
  }
  resumeReading(): void {
    this.paused = false;
  }
  end(): void {
    this.ended = true;
    if (this.bufferedBytes === 0) this.gone();
  }
  destroy(): void {
    this.destroyed = true;
    this.gone();
  }

  #take(frame: Frame): void {
    const { operation, sequence } = frame.header;
    let body: Buffer | null = Buffer.from(frame.body);
    if (!this.#clear) {
      body = openPlain(frame.body, this.#opened++);
      if (body === null) throw new Error('a frame of the gate did not open: wrong order or spoilt');
    }
    if (operation === OP.AUTH_REPLY && body.toString() === 'accept') this.#clear = false;
    this.frames.push({ operation, sequence, body });
  }

  // The client's side.
  gone(): void {
    const handler = this.#handler;
    this.#handler = null;
    handler?.closed('gone');
  }
  bytes(bytes: Uint8Array): void {
    this.#handler?.received(bytes);
  }
  readAgain(): void {
    this.reads = true;
    this.bufferedBytes = 0;
    this.#handler?.drained();
  }
  auth(user: string, device: string): void {
    this.bytes(clearFrame(OP.AUTH, 1, Buffer.from(`${user}/${device}`)));
  }
  sealed(operation: number, sequence: number, body: Uint8Array): Buffer {
    return sealPlain(operation, sequence, body, this.#counter++);
  }
  /** @returns the sequence id */
  request(operation: number, body: Uint8Array, sequence = ++this.#sequence): number {
    this.bytes(this.sealed(operation, sequence, body));
    return sequence;
  }
  say(to: string, clientMsgId: bigint, text = 'hello'): number {
    return this.request(OP.SEND_MSG, message(to, clientMsgId, text));
  }
  replyTo(sequence: number): SentFrame | undefined {
    return this.frames.find(
      (frame) => frame.sequence === sequence && sequence !== 0 && frame.operation !== 8,
    );
  }
  disconnectCode(): number | undefined {
    const found = this.frames.find((frame) => frame.operation === OP.DISCONNECT);
    return found === undefined ? undefined : DisconnectMsg.decode(found.body).code;
  }
  pushes(): SentFrame[] {
    return this.frames.filter((frame) => frame.operation === OP.SEND_MSG_REPLY && frame.sequence === 0);
  }
  pushedRows(): (typeof AddMsg.prototype)[] {
    return this.pushes().flatMap((frame) => PushMsg.decode(frame.body).msg.map((row) => AddMsg.create(row)));
  }
  notices(): SentFrame[] {
    return this.frames.filter((frame) => frame.operation === OP.HEARTBEAT + 1 && frame.sequence === 0);
  }
}

export const message = (to: string, clientMsgId: bigint, text = 'hello'): Uint8Array =>
  NewChatMsg.encode({
    msgType: 1,
    toUserName: to,
    clientMsgId: longOfId(clientMsgId),
    content: Buffer.from(text),
  }).finish();

export const rowBytes = (from: string, to: string, seq: number, text = 'hello'): Buffer =>
  Buffer.from(
    AddMsg.encode({
      fromUserName: from,
      toUserName: to,
      content: Buffer.from(text),
      serverMsgSeq: longOf(seq),
      convSeq: longOf(seq),
      serverMsgId: longOfId(BigInt(seq)),
    }).finish(),
  );

/** The answer to a command, and whose it says it is. */
export const ack = (client: RigClient, sequence: number): { name: string; id: bigint } | undefined => {
  const reply = client.replyTo(sequence);
  if (reply === undefined) return undefined;
  const decoded = CommandAck.decode(reply.body);
  const name = Object.entries(ERRORS).find(([, entry]) => entry.code === decoded.ret)?.[0] ?? '?';
  return { name, id: idOf(decoded.clientMsgId) };
};
export const nameOf = (client: RigClient, sequence: number): string | undefined =>
  ack(client, sequence)?.name;

export const closedWith = (client: RigClient, code: CloseName): void => {
  assert.equal(client.disconnectCode(), CLOSE_CODES[code].code);
  assert.ok(client.ended || client.destroyed);
};
