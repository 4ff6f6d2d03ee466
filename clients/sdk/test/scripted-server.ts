/**
 * A small server for tests of the SDK: real frames and the real channel over a simulated network, one inbox per user,
 * first answers remembered. A test looks at every request first and may answer it, drop it, or leave it to the server.
 */
import { createHash } from 'node:crypto';
import { BubbleError, CLOSE_CODES, type CloseName } from '../../../schemas/errors.ts';
import { serverMsgIdOf } from '../../../schemas/ids.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Connection, ConnectionHandler } from '../../../schemas/ports/connection.ts';
import { bubble } from '../../../schemas/wire/generated/bubble.js';
import { idOf, longOf, longOfId, numberOf } from '../../../schemas/wire/int64.ts';
import { OP, replyTo } from '../../../schemas/wire/operations.ts';
import { FrameReader } from '../frame-reader.ts';
import type { Transport } from '../transport.ts';
import { type AckFields, type Request, ServerConnection } from './server-connection.ts';
import {
  type AuthRule,
  answerAuth,
  type Login,
  manifestAnswer,
  plainDisconnect,
} from './server-handshake.ts';

const { ConversationListRep, HeartbeatRep, NewChatMsg, SyncMsgRep } = bubble.wire;

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const TENANT = 't';

interface Stored {
  readonly ack: AckFields;
}

/** What the gates of a deployment have in common. */
class Deployment {
  readonly servers: ScriptedServer[] = [];
  readonly inboxes = new Map<string, bubble.wire.AddMsg.$Properties[]>();
  readonly outcomes = new Map<string, Stored>();
  seq = 2 ** 45;
}

export class ScriptedServer {
  readonly clock: Clock;
  readonly #deployment: Deployment;
  readonly connections: ServerConnection[] = [];
  readonly logins: Login[] = [];
  /** Every sealed request that arrived. */
  readonly requests: Request[] = [];
  /** Rows of each user, in the order of their versions. */
  readonly inboxes: Map<string, bubble.wire.AddMsg.$Properties[]>;
  /** True: the request was dealt with. */
  intercept: (request: Request) => boolean = () => false;
  auth: (login: Login) => AuthRule = () => ({ kind: 'accept' });
  /** 'refuse': no connection comes about. A close name: plain op 6 in place of an answer to Auth. */
  network: 'up' | 'refuse' | CloseName = 'up';
  announcesJoins = true;
  pushes = true;
  heartbeatMs = 25_000;
  latencyMs = 1;
  /** Server's clock minus the test's. */
  clockOffsetMs = 0;
  attempts = 0;

  /** @param other of the same deployment */
  constructor(clock: Clock, other?: ScriptedServer) {
    this.clock = clock;
    this.#deployment = other === undefined ? new Deployment() : other.#deployment;
    this.#deployment.servers.push(this);
    this.inboxes = this.#deployment.inboxes;
  }

  get transport(): Transport {
    return { connect: (handler, signal) => this.#connect(handler, signal) };
  }

  get open(): ServerConnection[] {
    return this.connections.filter((connection) => connection.isOpen);
  }

  #connect(handler: ConnectionHandler, signal: AbortSignal): Promise<Connection> {
    this.attempts += 1;
    if (this.network === 'refuse' || signal.aborted) {
      return Promise.reject(new BubbleError('CONNECTION_LOST', 'refused', { retryable: true }));
    }
    let open = true;
    const shut = (reason: string): void => {
      if (!open) return;
      open = false;
      connection.isOpen = false;
      handler.closed(reason);
    };
    const later = (action: () => void): void => {
      this.clock.after(this.latencyMs, action);
    };
    const connection = new ServerConnection(
      this,
      (bytes) => later(() => open && handler.received(bytes)),
      () => later(() => shut('the server closed')),
    );
    this.connections.push(connection);
    const reader = new FrameReader(false, 1 << 20);
    const receive = (bytes: Uint8Array): void => {
      reader.feed(bytes, (header, headerBytes, body) => {
        this.#frame(
          connection,
          header.operation,
          header.sequence,
          new Uint8Array(headerBytes),
          new Uint8Array(body),
        );
      });
    };
    return Promise.resolve({
      remoteAddress: 'test',
      messageFramed: false,
      bufferedBytes: 0,
      send: (frames) => {
        const bytes = Buffer.concat(frames);
        later(() => open && receive(bytes));
      },
      pauseReading: () => {},
      resumeReading: () => {},
      end: () => later(() => shut('ended')),
      destroy: () => shut('destroyed'),
    });
  }

  #frame(
    connection: ServerConnection,
    operation: number,
    sequence: number,
    header: Uint8Array,
    body: Uint8Array,
  ): void {
    if (connection.channel !== null) {
      const plain = connection.channel.open(header, body) as Uint8Array | null;
      if (plain === null) throw new Error('a frame of the client does not open');
      connection.join();
      this.#request({ connection, operation, sequence, body: plain });
      return;
    }
    if (operation === OP.HANDSHAKE) connection.plain(manifestAnswer(sequence, this.now()));
    else if (operation === OP.AUTH) void this.#authenticate(connection, header, sequence, body);
    else throw new Error(`operation ${operation} outside the channel`);
  }

  now(): number {
    return this.clock.now() + this.clockOffsetMs;
  }

  async #authenticate(
    connection: ServerConnection,
    header: Uint8Array,
    sequence: number,
    body: Uint8Array,
  ): Promise<void> {
    if (this.network !== 'up' && this.network !== 'refuse') {
      connection.plain(plainDisconnect(CLOSE_CODES[this.network].code));
      connection.close();
      return;
    }
    const { frame, login, channel } = await answerAuth(header, sequence, body, {
      rule: (asked) => this.auth(asked),
      serverTimeMs: this.now(),
      heartbeatMs: this.heartbeatMs,
      tenant: TENANT,
    });
    this.logins.push(login);
    connection.login = login;
    connection.channel = channel;
    connection.plain(frame);
    if (channel === null) connection.close();
  }

  #request(request: Request): void {
    this.requests.push(request);
    if (!this.intercept(request)) this.answer(request);
  }

  requestsOf(operation: number): Request[] {
    return this.requests.filter((request) => request.operation === operation);
  }

  /** What the server does by itself. */
  answer(request: Request): void {
    const { connection, operation, sequence, body } = request;
    if (operation === OP.HEARTBEAT) {
      const newestSeq = longOf(this.newestOf(connection.user));
      const reply = HeartbeatRep.encode({ serverTime: longOf(this.now()), newestSeq }).finish();
      connection.sealed(replyTo(operation), sequence, reply);
    } else if (operation === OP.SYNC)
      connection.sealed(replyTo(operation), sequence, this.#page(connection.user, body));
    else if (operation === OP.CONVERSATION_LIST) {
      const syncedTo = longOf(this.newestOf(connection.user));
      connection.sealed(replyTo(operation), sequence, ConversationListRep.encode({ syncedTo }).finish());
    } else connection.ack(request, this.decide(request).ack);
  }

  newestOf(user: string): number {
    return numberOf(this.inboxes.get(user)?.at(-1)?.serverMsgSeq);
  }

  #page(user: string, body: Uint8Array): Uint8Array {
    const { serverMsgSeq } = bubble.wire.SyncMsgReq.decode(body);
    const from = numberOf(serverMsgSeq);
    const rows = (this.inboxes.get(user) ?? []).filter((row) => numberOf(row.serverMsgSeq) > from);
    const page = rows.slice(0, 3);
    const more = page.length < rows.length;
    const end = more ? numberOf(page.at(-1)?.serverMsgSeq) : Math.max(from, this.#deployment.seq);
    return SyncMsgRep.encode({ msg: page, syncedTo: longOf(end), more }).finish();
  }

  /** Decides as fan-out does: first outcome by (sender, device, id); rows for sender and receiver. */
  decide({ connection, operation, body }: Request): Stored {
    const message = NewChatMsg.decode(body);
    const clientMsgId = idOf(message.clientMsgId);
    const key = `${connection.user}/${connection.login?.deviceId}/${operation}/${message.toUserName}/${clientMsgId}`;
    const known = this.#deployment.outcomes.get(key);
    if (known !== undefined) return { ack: { ...known.ack, duplicate: true, serverMsgSeq: longOf(0) } };
    const to = operation === OP.SEND_MSG ? message.toUserName : connection.user;
    const row = this.deliver(connection.user, to, clientMsgId, message.content, {
      deviceId: connection.login?.deviceId ?? '',
      without: connection,
    });
    const { serverMsgId, serverMsgSeq, prevSeq, convSeq, serverTime } = row;
    const ack: AckFields = {
      clientMsgId,
      serverMsgId: serverMsgId ?? null,
      serverMsgSeq: serverMsgSeq ?? null,
      prevSeq: prevSeq ?? null,
      convSeq: convSeq ?? null,
      serverTime: serverTime ?? null,
      toUserName: message.toUserName,
    };
    this.#deployment.outcomes.set(key, { ack });
    return { ack };
  }

  /** Puts a message into both inboxes and pushes it. @returns the sender's row with prevSeq */
  deliver(
    from: string,
    to: string,
    clientMsgId: bigint,
    content: Uint8Array,
    { deviceId = 'other', without }: { deviceId?: string; without?: ServerConnection } = {},
  ): bubble.wire.AddMsg.$Properties {
    this.#deployment.seq += 10;
    const seq = longOf(this.#deployment.seq);
    const base: bubble.wire.AddMsg.$Properties = {
      fromUserName: from,
      toUserName: to,
      msgType: 1,
      content,
      serverMsgId: longOfId(serverMsgIdOf(sha256, TENANT, from, to, clientMsgId)),
      clientMsgId: longOfId(clientMsgId),
      serverMsgSeq: seq,
      convSeq: seq,
      serverTime: longOf(this.now()),
      deviceId,
    };
    let senders = base;
    for (const user of new Set([from, to])) {
      const prevSeq = longOf(this.newestOf(user));
      const row = user === from ? { ...base, own: true } : base;
      this.#inboxOf(user).push(row);
      if (user === from) senders = { ...row, prevSeq };
      if (!this.pushes) continue;
      for (const connection of this.#deployment.servers.flatMap((server) => server.open)) {
        if (connection.user === user && connection !== without) connection.push([{ ...row, prevSeq }]);
      }
    }
    return senders;
  }

  #inboxOf(user: string): bubble.wire.AddMsg.$Properties[] {
    const inbox = this.inboxes.get(user) ?? [];
    this.inboxes.set(user, inbox);
    return inbox;
  }
}

export const idInBody = (body: Uint8Array): bigint => idOf(NewChatMsg.decode(body).clientMsgId);
